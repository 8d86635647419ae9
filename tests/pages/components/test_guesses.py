"""What the lessons ask before they show it: the right answer is that of the numbers, and nothing tells it before."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.figures.itemised_map import itemised_info
from pages.lab.parts.predict_twins import solving
from pages.lessons.backpropagation.parts.guess import answer
from pages.lessons.long_memory.parts.furthest import NONE, furthest
from pages.lessons.vanishing_exploding.figures.repeated_product import products_info
from pages.lessons.vanishing_exploding.sentences.weight_guess import NEVER, guess
from rnn_core.config import Config
from rnn_core.diagnostics import outcome
from rnn_core.experiments.memory import GridPoint
from rnn_core.recording import train
from rnn_core.toy_models.repeated_product import DTYPES, powers
from tests.pages.lessons.long_memory.studies import STUDY, all_ended, ended
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words


def opened(lesson: str, **query: Any) -> AppTest:
    at = page_of(lesson)
    for key, value in query.items():
        at.query_params[key] = str(value)
    at.run()
    assert not at.exception
    return at


def drawn(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def dots(at: AppTest) -> int:
    """How many networks stand in the curves on long memory."""
    specs = [_decoded(json.loads(chart.proto.spec)) for chart in at.get("plotly_chart")[:3]]
    return sum(len(trace["x"]) for spec in specs for trace in spec["data"] if trace.get("mode") == "markers")


@pytest.mark.parametrize("w", [2.0, -3.0, 1.5, 1.1, 0.5, -0.3, 0.01])
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_end_of_a_power_is_where_the_core_first_finds_none(w: float, dtype: str) -> None:
    found = guess(products_info(w, 5), dtype)
    assert found is not None
    assert found.right in found.answers
    size = np.abs(powers(w, 9000, dtype).astype(float))
    ends = np.isinf(size) if abs(w) > 1 else size == 0
    assert found.right == f"t = {int(ends.argmax()):,}"
    assert len(found.answers) == 4


@pytest.mark.parametrize("w", [0.9, -0.51])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_power_that_rounding_keeps_up_is_never_zero(w: float, dtype: str) -> None:
    found = guess(products_info(w, 2000), dtype)
    assert found is not None
    assert found.right == NEVER == found.answers[-1]
    assert powers(w, 9000, dtype)[-1] != 0


@pytest.mark.parametrize(("w", "dtype"), [(1.0, "float32"), (-1.0, "float16"), (0.0, "float64"), (1.0001, "float16"),
                                          (1e-9, "float16")])  # fmt: skip
def test_where_nothing_happens_nothing_is_asked(w: float, dtype: str) -> None:
    assert guess(products_info(w, 10), dtype) is None


def test_a_weight_that_is_one_to_another_precision_leaves_that_out() -> None:
    found = guess(products_info(1.0001, 10), "float32")
    assert found is not None
    assert "float16" not in found.because
    assert found.right == "t = 887,126"


def test_the_page_on_vanishing_tells_no_end_before_the_answer() -> None:
    at = opened("vanishing_exploding")
    assert drawn(at) == 0
    assert "infinite" not in words(at)
    at.radio(key="ve_guess_options").set_value("t = 64").run()
    at.button(key="ve_guess_commit").click().run()
    assert drawn(at) == 2
    assert "You said t = 64; it is t = 128" in words(at)
    at.select_slider(key="ve_w").set_value(0.5).run()
    assert "Answer now: t = 150" in words(at)


def test_the_other_parts_of_that_page_are_open() -> None:
    assert drawn(opened("vanishing_exploding", ve_part="The matrix")) == 2


def info_of(own: float, first: float, words: int = 5) -> Any:
    norms = np.full((words, words + 1), np.nan)
    norms[-1] = np.geomspace(1, 1, words + 1)
    norms[-1, [1, words]] = first, own
    return itemised_info(tuple("abcde"), (words,), norms, np.ones(words + 1), np.ones(words))


@pytest.mark.parametrize(
    ("own", "first", "expected"),
    [(2.0, 0.0021, "shrunk"), (2.0, 0.0019, "vanished"), (2.0, 1999.0, "grown"),
     (2.0, 2001.0, "exploded"), (1.0, 0.0, "vanished"), (0.0, 0.0, "vanished"),
     (1.0, np.inf, "none of these"), (np.nan, 1.0, "none of these")],
)  # fmt: skip
def test_what_is_left_at_the_first_word_is_judged_by_its_norm(own: float, first: float, expected: str) -> None:
    assert answer(info_of(own, first)) == expected


@pytest.mark.parametrize(("link", "right"), [({"bp_cell": "sigmoid"}, "vanished"),
                                             ({"bp_cell": "identity", "bp_radius": 2}, "exploded")])  # fmt: skip
def test_the_page_on_backpropagation_hides_one_picture_until_the_answer(link: dict[str, Any], right: str) -> None:
    at = opened("backpropagation", bp_hidden=32, **link)
    assert drawn(at) == 3
    assert "per word on average" not in words(at)
    at.radio(key="bp_guess_options").set_value(right).run()
    at.button(key="bp_guess_commit").click().run()
    assert drawn(at) == 4
    assert f"✓ Right: {right}." in words(at)
    assert "per word on average" in words(at)


def test_the_cell_that_most_seeds_carry_furthest_is_right_and_a_tie_is_none() -> None:
    ends = all_ended()
    right, because = furthest(STUDY, ends)
    assert right == NONE
    assert because == (
        "With clipping, most seeds solve the task: Vanilla RNN up to 11 words, GRU up to 14 words, LSTM up to 14 words."
    )
    ends = {place: run if (place.cell, place.value) != ("gru", 14) else ended(0.5) for place, run in ends.items()}
    assert furthest(STUDY, ends)[0] == "LSTM"
    for seed in (3, 4):  # what happens without clipping does not count
        ends[GridPoint("gru", False, 14, seed)] = ended(1.0)
        ends[GridPoint("lstm", False, 14, seed)] = ended(0.5)
    assert furthest(STUDY, ends)[0] == "LSTM"


def test_half_of_the_seeds_are_not_most() -> None:
    ends = all_ended() | {GridPoint("gru", True, 14, 3): ended(0.5)}
    assert furthest(STUDY, ends)[0] == "LSTM"


def test_the_page_on_long_memory_trains_while_it_asks_and_shows_no_curve_before_the_answer() -> None:
    at = opened("long_memory", lm_updates=400, lm_seed=60, lm_hidden=16, lm_longest=14, lm_seeds=2)
    assert at.session_state["lm_sweep"].live
    while not at.session_state["lm_sweep"].results:
        at.run()
    assert dots(at.run()) == 0
    assert drawn(at) >= 3
    assert "are trained so far" not in words(at)
    assert "it is the LSTM" not in words(at)
    at.button(key="lm_guess_show").click().run()
    assert "are trained so far" in words(at)
    assert dots(at) > 0
    assert "will stand here when all networks are trained" in words(at)
    at.session_state["lm_sweep"].stop()


@pytest.mark.parametrize(("a", "b", "right"), [(1.0, 1.0, "both"), (1.0, 0.5, "A alone"), (0.5, 1.0, "B alone"),
                                               (0.5, 0.5, "neither")])  # fmt: skip
def test_the_labs_answer_is_the_outcome_of_both_records(a: float, b: float, right: str) -> None:
    record = train(Config(updates=5, hidden_size=4))
    twins = [
        replace(record, evaluation={name: of._replace(accuracy=share) for name, of in record.evaluation.items()})
        for share in (a, b)
    ]
    found, because = solving(*twins)
    assert found == right
    for name, twin in zip("AB", twins, strict=True):
        assert f"{name} is *{outcome(twin).kind}*" in because
