"""From text to code end to end, without a browser: the page says of the class what the class does."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.numbers import number
from pages.lessons.from_text_to_code import networks, sentences, texts
from pages.lessons.from_text_to_code.controls import EXAMPLES, NAMES, Settings, key_of
from pages.lessons.from_text_to_code.parts.forty_lines import USE
from pages.lessons.from_text_to_code.parts.one_fault import ANSWERS
from pages.lessons.from_text_to_code.results import BELOW
from rnn_core.experiments.faults import RUNNING
from rnn_core.toy_models import forty_lines
from rnn_core.toy_models.first_attempt.attempt import Sizes, Stop
from rnn_core.toy_models.first_attempt.check import ParameterCheck, check
from rnn_core.toy_models.first_attempt.faults import FAULTS, mended, source
from rnn_core.toy_models.first_attempt.learning import Learning, guessing, learn
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, charts, shown, words

SIZES, EQUAL = Sizes(3, 8), Sizes(5, 5)
LABELS = {name: label for label, name in NAMES.items()}


def opened(**query: Any) -> AppTest:
    at = page_of("from_text_to_code")
    for key, value in query.items():
        at.query_params[key] = str(value)
    at.run()
    assert not at.exception
    return at


def without(*, but: tuple[str, ...] = ()) -> dict[str, str]:
    """A link to the class with these faults alone."""
    return {key_of(name): "false" for name in FAULTS if name not in but}


def text(at: AppTest) -> str:
    return shown(words(at))


def checks_of(faults: tuple[str, ...], sizes: Sizes = SIZES) -> list[ParameterCheck]:
    checks = check(faults, sizes, 0)
    assert not isinstance(checks, Stop)
    return checks


def drawn(at: AppTest, key: str) -> dict[str, float]:
    """Error by parameter, from the marks of a chart."""
    data = _decoded(json.loads(charts(at)[key].spec))["data"]
    marks = [trace for trace in data if trace.get("mode") == "markers+text"]
    return {name: error for trace in marks for name, error in zip(trace["y"], trace["customdata"], strict=True)}


def test_it_opens_as_typed_in_with_nothing_given_away() -> None:
    at = opened()
    assert at.button(key="tc_predict_one_term_commit")
    assert {*charts(at)} == {"tc_losses"}
    page_text = text(at)
    assert "11 of 11 faults are in. The class stops with an error" in page_text.replace("**", "")
    assert "Does it still learn" not in page_text
    assert "ValueError" in at.error[0].value
    codes = [block.value for block in at.code]
    assert source(FAULTS).strip() in codes
    assert mended().strip() in codes
    assert len(charts(at)["tc_losses"].alt) > 40


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_prediction_the_page_says_what_the_check_found(fault: str) -> None:
    sizes = {"tc_symbols": 5, "tc_units": 5}
    at = opened(tc_fault=LABELS[fault], **sizes, **without())
    typed, right = sentences.snippet(fault)
    codes = [block.value for block in at.code]
    assert typed in codes
    assert right in codes
    key = f"tc_predict_{fault}"
    outcome = check([fault], EQUAL, 0)
    right_answer = sentences.answer(outcome)
    assert right_answer in ANSWERS
    at.radio(key=f"{key}_options").set_value(right_answer)
    at.button(key=f"{key}_commit").click().run()
    assert not at.exception
    page_text = text(at)
    assert f"Right: {right_answer}" in page_text
    assert shown(texts.options("why")[fault]) in page_text
    assert shown(texts.options("numpy")[fault]) in page_text
    if isinstance(outcome, Stop):
        assert outcome.message in shown(at.error[0].value)
        assert str(outcome.line) in at.error[0].value
        assert "tc_errors_one" not in charts(at)
    else:
        assert not at.error
        assert drawn(at, "tc_errors_one") == {one.name: one.error for one in outcome}
    assert ("Does it still learn?" in page_text) is (fault in RUNNING or fault == "bias")


def test_a_wrong_prediction_is_told_and_explained_with_numbers() -> None:
    at = opened(**without())
    at.radio(key="tc_predict_one_term_options").set_value("W_hh alone")
    at.button(key="tc_predict_one_term_commit").click().run()
    page_text = text(at)
    assert "You said W_hh alone; it is W_xh, W_hh and b_h." in page_text
    by_name = {one.name: one for one in checks_of(("one_term",))}
    assert f"∂L/∂b_h: relative error {by_name['b_h'].error:.3g}" in page_text


def test_mending_in_the_order_of_the_list_always_mends_the_fault_that_shows_until_all_is_right() -> None:
    names = list(FAULTS)
    for k, name in enumerate(names):
        first, alone = check(names[k:], SIZES, 0), check([name], SIZES, 0)
        if isinstance(alone, Stop):
            assert isinstance(first, Stop)
            assert (first.error, first.line) == (alone.error, alone.line)
        else:
            assert not isinstance(first, Stop)
    at = opened(**without(but=("wraps", "tiny_weights")))
    assert "1 of 5 gradients is wrong" in text(at)
    at.button(key="tc_next").click().run()
    page_text = text(at)
    assert "One of 11 faults is in. It runs, and **all five gradients are right**" in page_text
    assert "not below guessing" in page_text
    at.button(key="tc_next").click().run()
    assert "No fault is left. It runs, and **all five gradients are right**" in text(at)
    assert at.button(key="tc_next").disabled
    assert max(drawn(at, "tc_errors").values()) < 1e-6


def test_a_fault_that_a_teacher_fixed_is_not_mended_by_the_button() -> None:
    at = opened(fixed="tc_one_term", tc_one_term="true", **without(but=("one_term", "wraps")))
    at.button(key="tc_next").click().run()
    assert at.toggle(key="tc_one_term").value
    assert not at.toggle(key="tc_wraps").value
    assert at.button(key="tc_next").disabled


def test_the_loss_is_that_of_the_class_beside_the_class_without_a_fault() -> None:
    at = opened(**without(but=("no_recurrence",)))
    attempt, right = learn(["no_recurrence"], SIZES, 0), learn([], SIZES, 0)
    assert isinstance(attempt, Learning)
    assert isinstance(right, Learning)
    lines = {trace["name"]: trace for trace in _decoded(json.loads(charts(at)["tc_losses"].spec))["data"]}
    np.testing.assert_array_equal(lines["the class as it stands"]["y"], attempt.loss)
    np.testing.assert_array_equal(lines["without a fault"]["y"], right.loss)
    assert f"from {number(attempt.start)} to {number(attempt.end)}" in text(at)
    assert f"guessing ({number(guessing(SIZES))})" in text(at)


def test_a_link_sets_all_controls_and_one_that_makes_no_sense_is_told() -> None:
    at = opened(tc_symbols=4, tc_units=6, tc_seed=7, tc_fault="tiny weights", **without(but=RUNNING))
    assert sentences.task_sentence(Settings(Sizes(4, 6), 7)) in words(at)
    assert sentences.snippet("tiny_weights")[0] in [block.value for block in at.code]
    assert "5 of 11 faults are in" in text(at)
    at = opened(tc_units=99, tc_fault="typing", tc_bias="maybe")
    page_text = text(at)
    for part in ("Hidden units H is “99”", "from 3 to 8", "The fault is “typing”", "biases mixed up is “maybe”"):
        assert part in page_text


def test_names_cover_all_faults_and_examples_are_what_their_labels_say() -> None:
    assert list(NAMES.values()) == list(FAULTS)
    assert max(map(len, NAMES)) <= 28
    assert texts.options("why").keys() == texts.options("numpy").keys() == FAULTS.keys()
    assert BELOW.keys() == {*RUNNING, "bias"}
    assert EXAMPLES["As typed in"] == tuple(FAULTS)
    assert EXAMPLES["Only what never stops it"] == RUNNING
    at = opened()
    at.button(key=next(b.key for b in at.button if b.label == "All right, and it does not learn")).click().run()
    assert "all five gradients are right" in text(at)
    assert "not below guessing" in text(at)


def test_the_class_can_be_taken_away_and_its_use_is_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "forty_lines", forty_lines)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(USE, "use", "exec"), {})  # our own text
    assert printed.getvalue() == "right: 1.0\n"
    [button] = opened(**without()).get("download_button")
    assert button.proto.label == "Download the class"


@pytest.mark.parametrize("sizes", [SIZES, EQUAL, Sizes(2, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_the_class_and_rnn_core_differ_by_rounding_alone(sizes: Sizes, seed: int) -> None:
    twins = networks.compare(sizes, seed)
    assert abs(twins.losses[0] - twins.losses[1]) <= 1e-12
    assert twins.largest <= 1e-12
    assert number(twins.losses[0]) in sentences.twins_sentence(twins)


def test_the_lines_of_a_fault_come_with_their_neighbours() -> None:
    typed, right = sentences.snippet("bias")
    assert typed.splitlines() == [
        '    gradients["W_hh"] += np.outer(h_before, da)',
        '    gradients["b_y"] += da',
        "return gradients",
    ]
    assert right == typed.replace('"b_y"', '"b_h"')
    assert len(sentences.snippet("tiny_weights")[0].splitlines()) == 5


def test_an_error_in_a_line_without_a_fault_is_told() -> None:
    hidden, plain = check(["elementwise"], EQUAL, 0), check(["elementwise"], SIZES, 0)
    assert isinstance(hidden, Stop)
    assert isinstance(plain, Stop)
    assert "Nothing is wrong with that line" in sentences.shows_elsewhere(["elementwise"], hidden)
    assert sentences.shows_elsewhere(["elementwise"], plain) == ""


def test_answers_name_exactly_what_is_wrong() -> None:
    def of(*wrong: str) -> str:
        names = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
        return sentences.answer([ParameterCheck(name, 1.0, 0.5 if name in wrong else 1e-12) for name in names])

    assert of() == sentences.NONE
    assert of("W_hh") == "W_hh alone"
    assert of("b_h", "b_y") == "b_h and b_y"
    assert of("W_xh", "W_hh", "b_h") == "W_xh, W_hh and b_h"
    assert of("W_xh", "W_hh", "b_h", "W_hy", "b_y") == sentences.ALL


def test_weights_beyond_all_numbers_are_told() -> None:
    lost = Learning(np.full(30, np.nan))
    right = Learning(np.linspace(1, 0.1, 30))
    sentence = sentences.learning_sentence(["one_term"], lost, right, 0.8)
    assert "beyond all numbers" in sentence
    assert "not below guessing" in sentence
    assert "It learns" not in sentence
    assert "It learns, whatever the check says" in sentences.learning_sentence(["wraps"], right, right, 0.8)
