"""Pictures and words of "Why recurrence?": they show exactly the numbers that they are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pages.lessons.why_recurrence import sentences
from pages.lessons.why_recurrence.figures.meanings import COLOURS, meanings, meanings_alt, meanings_info
from pages.lessons.why_recurrence.figures.position_cosines import cosines_alt, cosines_info, position_cosines
from pages.lessons.why_recurrence.figures.right_bars import SLICES, bars_alt, bars_info, right_bars
from pages.lessons.why_recurrence.figures.right_curves import curves_alt, curves_info, right_curves
from rnn_core.experiments.why_recurrence import GROWS, KINDS, LENGTHS, MOVED, OPENINGS, SHIFTS, SLOTS, Trained
from rnn_core.models.feedforward import CUTS
from rnn_core.tasks.homograph import stretched

FIRST, EVERYWHERE = OPENINGS
JUDGE = ("they", "asked", "the", "judge", "to", "lie")
TO_JUDGE = ("they", "asked", "to", "judge", "the", "lie")


def network(kind: str, openings: str = FIRST, **changes: Any) -> Trained:
    """Every accuracy is another one."""
    k = 0.1 * list(KINDS).index(kind)
    lengths = {
        (grows, cut): tuple(0.3 + k + 0.01 * n + 0.002 * i + 0.001 * j for n in range(len(LENGTHS)))
        for i, grows in enumerate(GROWS)
        for j, cut in enumerate(CUTS)
    }
    shifts = np.arange(len(SHIFTS))
    words, order = tuple(0.5 + k + 0.01 * shifts), tuple(0.4 + k + 0.01 * shifts)
    params = {"E": np.zeros((81, 12)), "W_1": np.zeros((SLOTS * 12, 11))} if kind == "fixed" else {"E": np.zeros(5)}
    return Trained(kind, openings, params, 0.1, (0.71 + k, 0.61 + k), words, order, lengths)._replace(**changes)


@pytest.fixture
def networks() -> dict[str, Trained]:
    return {kind: network(kind) for kind in KINDS}


def test_a_mark_stands_where_each_network_puts_the_sentence() -> None:
    info = meanings_info("lie", {"rnn": 0.9, "bag": 0.5, "fixed": 0.2})
    figure = meanings(info)
    assert [trace.x[-1] for trace in figure.data] == [0.5, 0.2, 0.9]
    assert [trace.y[-1] for trace in figure.data] == list(KINDS.values())
    assert all(trace.x[0] == 0.5 for trace in figure.data)
    assert [trace.marker.color for trace in figure.data] == [COLOURS[kind] for kind in KINDS]
    assert "bag of words 0.50, fixed positions 0.20, RNN 0.90" in meanings_alt(info)


def test_bars_are_the_accuracies_of_each_kind_of_sentence(networks: dict[str, Trained]) -> None:
    info = bars_info(networks)
    for kind, of in networks.items():
        assert info.accuracy[kind] == (*of.fresh, of.words_tell[MOVED], of.order_tells[MOVED])
    figure = right_bars(info)
    assert [trace.name for trace in figure.data] == list(KINDS.values())
    assert [tuple(trace.x) for trace in figure.data] == list(info.accuracy.values())
    assert {shape.x0 for shape in figure.layout.shapes} == {0.5}
    for name in SLICES:
        assert f"{name}:" in bars_alt(info)


def test_curves_go_through_the_accuracies_and_mark_training_chance_and_the_sentence(
    networks: dict[str, Trained],
) -> None:
    shares = {kind: of.order_tells for kind, of in networks.items()}
    info = curves_info("words before the core", SHIFTS, shares, trained=2, here=4)
    figure = right_curves(info)
    for trace, kind in zip(figure.data, KINDS, strict=True):
        assert trace.name == KINDS[kind]
        assert (tuple(trace.x), tuple(trace.y)) == (SHIFTS, shares[kind])
    band, chance, here = figure.layout.shapes
    assert band.x0 < 0 < 2 < band.x1 < 3
    assert chance.y0 == chance.y1 == 0.5
    assert here.x0 == here.x1 == 4
    assert "up to 2 as in training" in curves_alt(info)
    assert "44% at 4" in curves_alt(info)


def test_a_sentence_beyond_the_axis_is_not_marked(networks: dict[str, Trained]) -> None:
    shares = {kind: of.lengths["after", "end"] for kind, of in networks.items()}
    figure = right_curves(curves_info("words", LENGTHS, shares, trained=SLOTS, here=LENGTHS[-1] + 1))
    assert len(figure.layout.shapes) == 2


@pytest.mark.parametrize(
    ("words", "p_verb", "said"),
    [
        (JUDGE, 0.9, "*lie* is a **verb**. bag of words: verb, 90% ✓"),
        (JUDGE, 0.2, "*lie* is a **verb**. bag of words: noun, 80% ✗"),
        (TO_JUDGE, 0.2, "*lie* is a **noun**. bag of words: noun, 80% ✓"),
        (JUDGE, 0.59, "bag of words: undecided, 59% for verb; RNN"),
        (JUDGE, 0.41, "bag of words: undecided, 41% for verb; RNN"),
        (("lie",), 0.2, "only you can say who is right. bag of words: noun, 80%;"),
    ],
)
def test_what_is_said_of_a_sentence_is_marked_right_or_wrong_where_that_is_known(
    words: tuple[str, ...], p_verb: float, said: str
) -> None:
    assert said in sentences.verdicts_sentence({"bag": p_verb, "rnn": p_verb}, words, len(words) - 1)


@pytest.mark.parametrize(
    ("before", "after", "cut", "said"),
    [
        (0, 0, "end", "has 6 of 12 words; 6 positions stay empty"),
        (0, 6, "end", "has 12 of 12 words; 0 positions stay empty"),
        (0, 8, "end", "14 words, 2 too many. Fixed positions see only: “they asked to judge the lie in"),
        (0, 8, "front", "see only: “to judge the lie in"),
        (8, 0, "front", "see only: “near school at church around court they asked to judge the lie”."),
        (8, 0, "end", "“lie” itself is cut off"),
        (0, 20, "front", "“lie” itself is cut off"),
    ],
)
def test_what_of_the_sentence_lies_in_the_slots_is_spelt_out(before: int, after: int, cut: str, said: str) -> None:
    words = stretched(TO_JUDGE, before, after)
    sentence = sentences.slots_sentence(words, before + 5, cut)
    assert said in sentence
    assert ("itself is cut off" in sentence) == ("itself" in said)


@pytest.mark.parametrize(
    ("bag", "fixed", "rnn", "said"),
    [
        (0.5, 0.01, 1.0, "RNN"),
        (0.5, 0.9, 0.9, "fixed positions and RNN"),
        (0.5, 1.0, 0.89, "fixed positions"),
        (0.95, 0.1, 0.1, "bag of words"),
        (0.5, 0.5, 0.5, "none of them"),
    ],
)
def test_who_is_right_nine_times_of_ten_is_one_of_the_answers_to_predict(
    bag: float, fixed: float, rnn: float, said: str
) -> None:
    assert sentences.right_ones({"bag": bag, "fixed": fixed, "rnn": rnn}) == said
    assert said in sentences.ANSWERS


def test_the_reason_for_the_first_answer_has_the_visitors_own_numbers(networks: dict[str, Trained]) -> None:
    networks["fixed"] = network("fixed", order_tells=(1.0, 1.0, 1.0, 0.3, 0.03, 0.2))
    said = sentences.moved_because(networks)
    assert "bag of words 44%, fixed positions 3%, RNN 64%" in said
    assert "worse than a coin" in said
    assert "right in 71%" in said


@pytest.mark.parametrize(("share", "worse"), [(0.39, True), (0.41, False)])
def test_worse_than_a_coin_is_said_only_of_what_is(share: float, worse: bool, networks: dict[str, Trained]) -> None:
    networks["fixed"] = network("fixed", order_tells=(1.0, 1.0, 1.0, 1.0, share, 1.0))
    assert ("worse than a coin" in sentences.moved_because(networks)) == worse


def test_where_all_positions_were_trained_the_reason_says_so(networks: dict[str, Trained]) -> None:
    networks["fixed"] = network("fixed", EVERYWHERE, order_tells=(1.0,) * 6)
    said = sentences.moved_because(networks)
    assert "up to 5 words before" in said
    assert "own block" not in said


def test_what_the_others_can_do_is_said_in_their_numbers(networks: dict[str, Trained]) -> None:
    said = sentences.moved_fairness(networks)
    for share in ("bag is right in 54%", "fixed positions in 64%", "exactly 61%", "trained, in 71%"):
        assert share in said


def test_the_reason_for_the_second_answer_names_only_what_happened(networks: dict[str, Trained]) -> None:
    at = LENGTHS.index(20)
    assert sentences.long_accuracy(networks, "before", "front", 20) == {
        kind: of.lengths["before", "front"][at] for kind, of in networks.items()
    }
    assert "remember the answer longer than the 3 words" in sentences.long_because(networks, 20)
    assert "costs fixed positions nothing" not in sentences.long_because(networks, 20)
    good = {key: (0.95,) * len(LENGTHS) for key in networks["rnn"].lengths}
    networks |= {kind: network(kind, lengths=good) for kind in ("fixed", "rnn")}
    assert "remember" not in sentences.long_because(networks, 20)
    assert "costs fixed positions nothing" in sentences.long_because(networks, 20)


def test_the_other_way_to_grow_is_compared_in_the_visitors_numbers(networks: dict[str, Trained]) -> None:
    said = sentences.long_comparison(networks, 28)
    assert "right in 58%" in said
    assert "Fixed positions: 48% if the end" in said
    assert "48% if the front" in said
    networks["fixed"] = network("fixed", lengths={**networks["fixed"].lengths, ("before", "front"): (0.2,) * 9})
    assert "20% if the front" in sentences.long_comparison(networks, 28)


def test_the_table_of_shapes_counts_the_weights_and_the_blocks(networks: dict[str, Trained]) -> None:
    bag, fixed, _ = sentences.shapes_table(networks)
    assert bag["weights"] == "5"
    assert fixed["weights"] == f"{81 * 12 + SLOTS * 12 * 11:,}"
    assert "E 81×12, W_1 12 blocks of 12×11" in fixed["shapes"]


def test_the_homograph_is_bold_and_a_typed_word_never_becomes_markdown() -> None:
    assert sentences.spelt(("a", "*b*", "lie"), 2) == r"a \*b\* **lie**"


def test_two_positions_that_read_a_word_alike_have_the_cosine_one_and_opposite_ones_minus_one() -> None:
    parts = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 2.0], [-5.0, 0.0]])
    info = cosines_info("to", parts, (1, 2, 3))
    assert info.cosine.tolist() == [[1, 1, 0, -1], [1, 1, 0, -1], [0, 0, 1, 0], [-1, -1, 0, 1]]
    assert info.opposite == (1, 3, 0)
    assert cosines_info("to", parts, (2, 4)).opposite == (2, 4, -1)
    figure = position_cosines(info)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)
    assert list(figure.data[0].x) == ["•1", "•2", "•3", "4"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert "positions 1, 2, 3" in cosines_alt(info)


def test_how_differently_positions_read_a_word_is_said_in_numbers() -> None:
    parts = np.array([[1.0, 0.0], [-1.0, 1.0], [0.0, 2.0]])
    said = sentences.cosines_sentence(cosines_info("to", parts, (1, 2)))
    assert "stood at positions 1, 2." in said
    assert "positions 1 and 2: cosine -0.71" in said
    assert "opposite" in said
    aside = sentences.cosines_sentence(cosines_info("to", parts, (1, 3)))
    assert "opposite" not in aside
    assert "about at right angles" in aside


@pytest.mark.parametrize(("length", "empty"), [(11, "1 position stays empty"), (9, "3 positions stay empty")])
def test_empty_positions_are_counted(length: int, empty: str) -> None:
    assert empty in sentences.slots_sentence(("lie",) * length, 0, "end")
