"""Pictures and sentences on tagging and writing: their numbers are those of the networks."""

from __future__ import annotations

import numpy as np
import pytest

from pages.lessons.five_kinds.figures.answer_map import answer_map, answer_map_alt, answer_map_info
from pages.lessons.five_kinds.figures.recall_curves import (
    recall_info,
    recall_lengths,
    recall_lengths_alt,
    recall_places,
    recall_places_alt,
)
from pages.lessons.five_kinds.networks import Network, batch_of, text_of, write
from pages.lessons.five_kinds.sentences import many_to_many as sentences
from rnn_core.config import Config
from rnn_core.experiments.kinds import KINDS, GradientFlow
from rnn_core.models.decoding import Recall
from rnn_core.recording import train
from rnn_core.tasks import dates, reversal, tagging
from rnn_core.training import starting_params
from rnn_core.types import Gradients

P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.5, 0.3]])
RULE = "a rule"


def test_an_answer_map_frames_the_likeliest_and_marks_what_is_right_where_something_is() -> None:
    info = answer_map_info(("a", "b", "a"), ("X", "Y", "Z"), P, [0, 1, -1], "words", {RULE: np.array([-1, -1, 2])})
    said, right, rule = info.marks
    assert said.rows == (0, 2, 1)
    assert right.rows == (0, 1, -1)
    figure = answer_map(info)
    heatmap, *marks = figure.data
    np.testing.assert_allclose(np.array(heatmap.z), P.T, rtol=1e-6)
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)
    assert [(list(m.x), list(m.y), m.name) for m in marks] == [
        (["0", "1", "2"], [0, 2, 1], said.name),
        (["0", "1"], [0, 1], right.name),
        (["2"], [2], rule.name),
    ]
    assert list(figure.layout.xaxis.ticktext) == ["a", "b", "a"]
    assert list(figure.layout.yaxis.ticktext) == ["X", "Y", "Z"]
    alt = answer_map_alt(info)
    assert "a: X (70%), b: Z (60%), right is Y, a: Y (50%)." in alt
    bare = answer_map_info(("a",), ("X", "Y"), P[:1, :2], [-1], "words")
    assert len(answer_map(bare).data) == 2


def of(whole: float, forced: list[float], free: list[float]) -> Recall:
    return Recall(np.array([*forced, 1.0]), np.array([*free, 1.0]), whole)


RECALLS = {
    64: {2: of(1.0, [1.0, 0.9], [1.0, 0.8]), 3: of(0.6, [0.9, 0.7, 0.8], [0.9, 0.6, 0.5])},
    16: {2: of(0.5, [0.8, 0.7], [0.8, 0.5]), 3: of(0.1, [0.7, 0.6, 0.2], [0.7, 0.3, 0.1])},
}


def test_recall_is_drawn_over_lengths_and_over_places_for_both_sizes() -> None:
    info = recall_info(RECALLS, 8, 3)
    assert list(info.recalls) == [16, 64]
    small, large = (trace for trace in recall_lengths(info).data if trace.mode == "lines+markers")
    assert (list(small.x), list(small.y), small.name) == ([2, 3], [0.5, 0.1], "H = 16")
    assert (list(large.y), large.name) == ([1.0, 0.6], "H = 64")
    figure = recall_places(info)
    drawn = {trace.name: (list(trace.y), trace.line.dash) for trace in figure.data if trace.mode == "lines+markers"}
    assert drawn["H = 16, reads the right symbols"] == ([0.7, 0.6, 0.2, 1.0], "solid")
    assert drawn["H = 16, reads its own symbols"] == ([0.7, 0.3, 0.1, 1.0], "dot")
    assert drawn["H = 64, reads its own symbols"][0] == [0.9, 0.6, 0.5, 1.0]
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "3", "END"]
    assert "16 hidden units: 50% at 2, 10% at 3; 64 hidden units: 100% at 2, 60% at 3" in recall_lengths_alt(info)
    assert "64 hidden units, free running: 90%, 60%, 50%, 100%" in recall_places_alt(info)


def tags(text: str) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    tokens = tagging.read(text)
    by_word = tagging.looked_up(tokens[:, None])[tagging.BY_WORD][:, 0]
    return tuple(tagging.VOCABULARY[token] for token in tokens), tagging.right_tags(tokens), by_word


def test_the_sentence_on_tags_counts_right_ones_and_names_wrong_ones() -> None:
    words, right, by_word = tags("they guide plans")
    told = sentences.tags_sentence(words, right, right, by_word)
    assert told == "**All 3 tags are right.** The table that knows each word alone is wrong at “guide”."
    noun = tagging.TAGS.index("NOUN")
    told = sentences.tags_sentence(words, np.array([right[0], noun, right[2]]), right, right)
    assert told == "2 of 3 tags are right. The first wrong one: “guide” is a verb here, not a noun."
    words, right, by_word = tags("they the early guide")
    told = sentences.tags_sentence(words, right, right, by_word)
    assert told.startswith("1 of 1 tags are right.")
    assert told.endswith(
        "From “the” (word 2) on, the grammar has no such sentence, so nothing there is right or wrong."
    )
    words, right, by_word = tags("and they")
    assert sentences.tags_sentence(words, right, right, by_word).startswith(
        "0 of 0 tags are right. From “and” (word 1)"
    )


def gradients(total: list[float], direct: list[float]) -> Gradients:
    dh, dh_direct = np.array(total)[:, None, None] * [[[0.6, 0.8]]], np.array(direct)[:, None, None] * [[[0.0, 1.0]]]
    return Gradients({}, dh, dh_direct, np.zeros((len(direct), 1, 2)))


def test_near_losses_and_the_one_state_are_told_with_the_sequence_s_own_norms() -> None:
    told = sentences.near_loss_sentence(gradients([9, 2, 4, 8], [1, 1, 8]))
    assert "between 0.25 and 1 times what arrives at $h_t$ in all, 0.5 times in the median" in told
    assert "Nothing arrives" in sentences.near_loss_sentence(gradients([9, 0, 4], [0, 4]))
    told = sentences.one_state_sentence(gradients([9, 2, 5, 3, 1], [0, 0, 3, 1]), 2)
    assert "the states $h_1$ to $h_{2}$ have no loss of their own: what comes straight from a loss is 0 there" in told
    assert r"comes through $h_{2}$, from 2 losses at once: $\lVert \partial L / \partial h_{2} \rVert$ = 5" in told
    assert told.endswith("At $h_1$ the norm is 2.")


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        *((1, "the first"), (3, "the first"), (8, "where reading ends"), (14, "where reading ends"), (21, "the last")),
        *((5, "none of these"), (17, "none of these")),
    ],
)
def test_the_largest_gradient_is_found_by_its_time_step(at: int, answer: str) -> None:
    norm = np.full(23, 0.25)
    norm[at] = 0.5
    record = train(Config(task="led", hidden_size=2, updates=1))
    network = Network("x", KINDS["many-to-many-unequal"], record, {}, GradientFlow((11, 12), norm, 1.0, 0.1))
    name, because = sentences.largest_answer(network, 11)
    assert name == answer
    assert f"largest at $t = {at}$ (0.5)" in because


def test_the_encoder_is_told_from_where_the_first_loss_is_read_back_to_the_start() -> None:
    told = sentences.encoder_sentence(GradientFlow((3, 4), np.array([9, 0.5, 2, 3, 0.125]), 4.0, 0.1))
    assert "it goes from 2 at $h_{2}$ to 0.5 at $h_1$, 0.25 times" in told
    assert "$h_{4}$ itself gets little (0.125)" in told


def test_what_was_written_is_told_with_its_probability_and_its_weakest_symbol() -> None:
    p = np.array([0.5, 0.25, 1.0])
    assert sentences.written_sentence("12", "12", p) == (
        "It writes **12**. **Right.** To the whole of it, it gives the probability 0.125; it was least sure of symbol "
        "2 (0.25)."
    )
    assert "It writes **nothing**. Right would be 3." in sentences.written_sentence("", "3", p)
    assert "no right answer" in sentences.written_sentence("3", None, p)


def test_forcing_and_growth_are_told_with_the_shares_of_the_network() -> None:
    told = sentences.forcing_sentence(RECALLS[16][3], "3 days")
    assert "On 3 days, **62.5%** of the symbols are right with teacher forcing and **52.5%** free running" in told
    assert "right as a whole: 10.0%" in told
    assert "the two are alike" not in told
    assert "the two are alike" in sentences.forcing_sentence(of(1, [1.0], [1.0]), "it")
    small, large = sentences.grow_sentence(RECALLS, 3).split("\n\n")
    assert small.startswith("**H = 16:** 10.0% of the answers")
    assert "50.0% of the digits are right, least often digit 3 of the answer (20.0%), which was digit 1" in small
    assert large.startswith("**H = 64:** 60.0%")
    assert "digit 2 of the answer (70.0%), which was digit 2 of the input; free running 66.7%" in large


def test_half_right_is_the_length_before_the_first_failure() -> None:
    def shares(*whole: float) -> dict[int, Recall]:
        return {n: of(share, [1.0], [1.0]) for n, share in enumerate(whole, 2)}

    assert sentences.half_right(shares(1, 0.5, 0.4, 0.9)) == 3
    assert sentences.half_right(shares(0.4, 1)) == 0
    assert sentences.half_right(shares(1, 1)) == 3


def test_writing_stops_at_end_or_at_the_most() -> None:
    config = Config(task="reversal", sentence_length=9, hidden_size=4, batch_size=2, dtype="float64")
    params = starting_params(config) | {"b_y": np.zeros(11)}
    params["b_y"][7] = 99
    written = write(config, params, reversal.SYMBOLS, [1, 2], 5)
    assert written.classes == (7, 7, 7, 7, 7)
    assert text_of(reversal.SYMBOLS, written.classes) == "77777"
    np.testing.assert_allclose(written.sure, 1)
    params["b_y"][reversal.SYMBOLS.end] = 999
    written = write(config, params, reversal.SYMBOLS, [1, 2], 5)
    assert written.classes == (reversal.SYMBOLS.end,)
    assert written.p.shape == (1, 11)
    assert text_of(reversal.SYMBOLS, written.classes) == ""


def test_a_single_sequence_is_laid_out_as_in_training() -> None:
    config = Config(task="dates", sentence_length=23)
    written = [*map(dates.SYMBOLS.written.index, "2024-03-03"), dates.SYMBOLS.end]
    batch = batch_of(dates.SYMBOLS, [dates.TOKEN[character] for character in "mar 3, 2024"], written, config)
    np.testing.assert_array_equal(batch.inputs[:, 0], dates.probe(config))
    np.testing.assert_array_equal(batch.read_at, range(11, 22))
