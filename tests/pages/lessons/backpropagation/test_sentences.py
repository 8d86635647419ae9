"""Sentences of the page on backpropagation: each number is that of the arrays, each word follows from them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pages.components.figures.itemised_map import ItemisedInfo, itemised_info
from pages.components.numbers import power_of_ten
from pages.lessons.backpropagation import sentences
from pages.lessons.backpropagation.figures.descent import DescentInfo
from pages.lessons.backpropagation.figures.distances import distances_info
from pages.lessons.backpropagation.networks import sentence_of, small_network
from rnn_core.checking import TensorCheck
from rnn_core.tasks import agreement, next_word, reading
from tests.pages.records import run

from .small_chain import worked

ALL = (1, 2, 3, 4)


def test_the_verb_of_the_first_noun_so_far_is_right() -> None:
    assert small_network("the artists who performed", 2, 0.8, 0).right == ("was", "were", "were", "were")
    assert small_network("the artist and the singers", 2, 0.8, 0).right == ("was",) * 5
    assert small_network("yesterday who", 2, 0.8, 0).right == ("was", "was")


def test_equal_words_share_a_row() -> None:
    small = small_network("the artists near the guide", 3, 0.8, 0)
    assert small.rows == ("the", "artists", "near", "guide")
    assert small.inputs.tolist() == [0, 1, 2, 0, 3]
    assert small.params["W_xh"].shape == (4, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [("the", "1 words"), ("the artists near the guide who performed", "7 words"), ("the artsts waited", "artsts")],
)
def test_words_that_the_small_network_cannot_read_are_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        small_network(text, 2, 0.8, 0)


def test_the_table_has_the_forward_pass() -> None:
    small, rule = worked(ALL)
    table = sentences.forward_table(small, rule)
    assert table["word"] == list(small.words)
    assert float(table["loss Lₜ (nats)"][1]) == pytest.approx(-np.log(rule.y_hat[1, 1]), rel=0.005)
    first = [float(value) for value in table["state hₜ"][0].replace("−", "-").split(", ")]
    np.testing.assert_allclose(first, rule.h[1], rtol=0.005)


def test_the_way_back_is_told_with_its_numbers() -> None:
    _, rule = worked((3,))
    text = sentences.path_sentence(rule, "W_hh")
    norms = np.linalg.norm(rule.dh, axis=1)
    assert "3 terms" in text
    assert "2 factors" in text
    told = re.search(r"from ([\d.]+) to ([\d.]+): times ([\d.]+)\.", text)
    assert told
    np.testing.assert_allclose([float(n) for n in told.groups()], [norms[3], norms[1], norms[1] / norms[3]], rtol=0.005)
    assert "time step 1 is exactly 0" in text
    largest = int(np.argmax([np.abs(term).sum() for term in rule.terms["W_hh"]])) + 1
    assert f"that of time step {largest} " in text


def test_into_the_inputs_the_first_term_is_not_zero_and_none_says_so() -> None:
    _, rule = worked((2,))
    assert "exactly 0" not in sentences.path_sentence(rule, "W_xh")
    assert "1 factor " in sentences.path_sentence(rule, "W_xh")
    assert "1 term," in sentences.path_sentence(worked((1,))[1], "b_h")


def test_into_the_outputs_nothing_goes_back() -> None:
    assert "1 term," in sentences.path_sentence(worked((2,))[1], "W_hy")
    assert "4 terms" in sentences.path_sentence(worked(ALL)[1], "W_hy")


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (1.05, "nearly"),
        (1.6, "less than promised"),
        (0.2, "more than promised"),
        (2.5, "**up**"),
        (np.inf, "no number"),
    ],
)
def test_the_update_is_told_as_it_was_measured(after: float, told: str) -> None:
    info = DescentInfo(
        np.array([0.0, 1.0]), np.array([2.0, after]), squared_norm=2.0, alpha=0.5, before=2.0, after=after
    )
    text = sentences.update_sentence(info)
    assert told in text
    assert "$-\\lVert g \\rVert^2$, times α promised a change of −1;" in text
    if after == 1.6:
        assert "from 2 to 1.6" in text
        assert "measured is −0.4" in text


CHECKS = [TensorCheck("W_hh", 4, 0.1, 2e-10), TensorCheck("h", 10, 0.5, 3e-9)]


def test_the_proof_names_the_worst_tensor_and_counts_the_entries() -> None:
    text = sentences.proof_sentence("L₂", CHECKS)
    assert text.startswith("**Proven:**")
    assert "14 central differences" in text
    assert "3.00·10⁻⁹" in text
    assert "∂L₂/∂hₜ" in text
    assert sentences.proof_sentence("L", [*CHECKS, TensorCheck("b_y", 2, 1.0, 1e-3)]).startswith("**Wrong:**")
    assert sentences.proof_sentence("L", [TensorCheck("b_y", 2, 1.0, np.nan), *CHECKS]).startswith("**Wrong:**")


def test_huge_states_are_told_as_the_reason() -> None:
    text = sentences.no_judge_sentence([TensorCheck("W_hy", 2, 1.0, 0.5)], 123456.0)
    assert "apart by 0.5" in text
    assert "as large as 1.23·10⁵" in text


def test_entries_at_a_kink_are_told() -> None:
    assert "1 entry is left out" in sentences.kinks_sentence([*CHECKS, TensorCheck("b_h", 2, 1.0, 0.0, kinks=1)])
    assert "3 entries are" in sentences.kinks_sentence([TensorCheck("b_h", 2, 1.0, 0.0, kinks=1)] * 3)


def test_the_followed_loss_and_powers_of_ten_are_written_out() -> None:
    assert sentences.loss_in_words(worked((3,))[1]) == "L₃"
    assert sentences.loss_in_words(worked(ALL)[1]) == "L"
    assert power_of_ten(1e-6) == "10⁻⁶"


def test_the_proofs_table_has_a_row_per_tensor() -> None:
    table = sentences.proof_table("L₂", CHECKS)
    assert table["gradient"] == ["∂L₂/∂W_hh", "∂L₂/∂hₜ, all t"]
    assert table["entries compared"] == ["4", "10"]


WORDS = ("the", "artists", "who")


def info_of(
    matrix: np.ndarray, total: list[float], direct: list[float], read: tuple[int, ...] = (1, 2, 3)
) -> ItemisedInfo:
    return itemised_info(WORDS, read, matrix, np.array(total), np.array(direct))


MATRIX = np.array([[1.0, 0.5, 0, 0], [1, 2, 4, 0], [0.01, 0.04, 0.2, 1]])


def test_the_last_loss_is_told_from_its_word_to_the_first() -> None:
    text = sentences.itemised_sentences(info_of(MATRIX, [1, 2, 5, 1], [0.5, 4, 1]), ("artists", "who", "was"))[0]
    assert "“who”,** (right is “was”) sends 1 to its own state and 0.04" in text
    assert "times 0.04 over 2 factors, times 0.2 per word" in text


def test_the_loss_that_sends_most_to_the_first_word_is_named() -> None:
    text = sentences.itemised_sentences(info_of(MATRIX, [1, 2, 5, 1], [0.5, 4, 1]), ("", "", "was"))[1]
    assert "after word 2, “artists”" in text
    assert "4 times the direct part" in text


def test_where_later_losses_point_against_a_word_it_is_named() -> None:
    *_, grown = sentences.itemised_sentences(info_of(MATRIX, [1, 2, 5, 1], [0.5, 4, 1]), ("", "", "was"))
    assert "At no word less" in grown
    *_, shrunk = sentences.itemised_sentences(info_of(MATRIX, [1, 2, 3, 1], [0.5, 4, 1]), ("", "", "was"))
    assert "At 1 of 3 words less" in shrunk
    assert "“artists”" in shrunk


def test_one_loss_alone_and_rows_without_a_logarithm_are_told_as_such() -> None:
    alone = sentences.itemised_sentences(info_of(MATRIX, [1, 1, 1, 1], [0, 0, 1], (3,)), ("", "", "were"))
    assert len(alone) == 2
    assert "Only one loss" in alone[1]
    gone = sentences.itemised_sentences(info_of(MATRIX * 0, [0, 0, 0, 0], [0, 0, 0]), ("", "", "were"))
    assert "4 are exactly 0 and 0 not finite" in gone[0]


def test_the_share_of_the_nearest_words_is_told() -> None:
    terms = np.array([[[6.0]], [[2.0]], [[1.0]], [[1.0]], [[0.0]]])
    text = sentences.distance_sentence(distances_info(terms))
    assert "**90.0% of ∂L/∂W_hh" in text
    assert "further back has 10.0%." in text
    assert "distance 3 is 0.167 times" in text
    assert "At distance 4 it is exactly 0" in text


def test_shares_beyond_the_whole_are_told_as_against_it() -> None:
    text = sentences.distance_sentence(distances_info(np.array([[2.0], [0.5], [0.0], [-0.5]])))
    assert "**125.0%" in text
    assert "has -25.0%: it points against the rest" in text
    near = sentences.distance_sentence(distances_info(np.array([[2.0], [0.5], [0.1], [1e-9]])))
    assert "less than 0.1%" in near
    assert "no direction" in sentences.distance_sentence(distances_info(np.zeros((4, 2))))


@pytest.mark.parametrize("T", [2, 3])
def test_a_sentence_with_nothing_further_back_is_told_as_such(T: int) -> None:
    text = sentences.distance_sentence(distances_info(np.array([[3.0], [1.0], [0.0]])[:T]))
    assert text.startswith(f"**All of ∂L/∂W_hh comes from distances up to {T - 1}:**")
    assert "lies further back" not in text


def test_training_is_told_with_its_losses() -> None:
    record = run(task="next_word")
    text = sentences.training_sentence(record)
    assert "100 updates" in text
    assert f"{record.loss[0]:.3g}"[:3] in text


@pytest.mark.parametrize("task", ["next_word", "agreement"])
def test_a_sentences_batch_is_the_tasks(task: str) -> None:
    words, right, batch = sentence_of("The artists who performed yesterday were", task)
    read = reading.read("the artists who performed yesterday")
    assert words == read.words
    assert right[-1] == "were"
    assert batch.weights.sum() == pytest.approx(1)
    if task == "next_word":
        expected = next_word.as_batch(read.tokens[:, None], np.array([1]), "float64")
        assert right[:-1] == words[1:]
    else:
        unused = np.zeros(1, int)
        expected = agreement.as_batch(
            agreement.Sentences(read.tokens[:, None], np.array([1]), unused, unused), "float64"
        )
        assert set(right[:-1]) == {""}
    for ours, theirs in zip(batch, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_without_a_verb_the_first_noun_decides_and_a_typed_verb_is_believed() -> None:
    for text, verb in (
        ("the artists waited", "were"),
        ("the artist waited", "was"),
        ("the artist waited were", "were"),
    ):
        assert sentence_of(text, "next_word").right[-1] == verb
