"""Sentences with homographs: grammatical, balanced, and in half of them nothing but the order tells."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnn_core.tasks import homograph
from rnn_core.tasks.homograph import (
    AFTER,
    ANSWERS,
    BEFORE,
    CORES,
    HOMOGRAPHS,
    LENGTHS,
    LONGEST,
    OF_ORDER,
    OF_WORDS,
    ORDER_TELLS,
    VOCABULARY,
    WORDS_OF_SLOT,
    WORDS_TELL,
    Sentences,
)

SLOT_OF = {word: slot for slot, words in WORDS_OF_SLOT.items() for word in words}
NOUN, VERB = ANSWERS.index("noun"), ANSWERS.index("verb")
ANSWER_OF_CORE = {
    **{core: ANSWERS.index(answer) for core, answer in WORDS_TELL},
    **dict.fromkeys((verb for verb, _ in ORDER_TELLS), VERB),
    **dict.fromkeys((noun for _, noun in ORDER_TELLS), NOUN),
}
GRAMMAR = re.compile(rf"((?:WHEN )?(?:IN TOWN )*)({'|'.join(ANSWER_OF_CORE)})((?: IN TOWN)*(?: WHEN)?)")


def drawn(count: int = 800, most_before: int = 5, seed: int = 0) -> tuple[Sentences, np.ndarray, np.ndarray]:
    """Sentences, and how many words stand before and after their cores."""
    rng = np.random.default_rng(seed)
    core, before = rng.integers(len(CORES), size=count), rng.integers(most_before + 1, size=count)
    after = homograph.closings(rng, core, before)
    return homograph.sentences(rng, core, before, after), before, after


def pairs(count: int = 400) -> tuple[Sentences, np.ndarray]:
    rng = np.random.default_rng(1)
    core, before = rng.choice(OF_ORDER, count), rng.integers(6, size=count)
    return homograph.pairs(rng, core, before, rng.integers(5, size=count)), core


def words_of(sentences: Sentences, n: int) -> list[str]:
    return [VOCABULARY[token] for token in sentences.tokens[: sentences.length[n], n]]


def parsed(words: list[str]) -> tuple[int, str, int]:
    """Words of the opening, the core, words of the closing."""
    match = GRAMMAR.fullmatch(" ".join(SLOT_OF[word] for word in words))
    assert match, words
    return len(match[1].split()), match[2], len(match[3].split())


def test_no_word_stands_in_two_slots() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY) == sum(map(len, WORDS_OF_SLOT.values()))


def test_every_sentence_is_an_opening_a_core_with_its_answer_and_a_closing_of_the_words_asked_for() -> None:
    sentences, before, after = drawn()
    for n in range(len(before)):
        opening, core, closing = parsed(words_of(sentences, n))
        assert (opening, closing) == (before[n], after[n])
        assert sentences.answer[n] == ANSWER_OF_CORE[core]


def test_every_word_and_every_core_is_drawn() -> None:
    sentences, before, _ = drawn(3000)
    found = [words_of(sentences, n) for n in range(len(before))]
    assert {word for words in found for word in words} == set(VOCABULARY)
    assert {parsed(words)[1] for words in found} == set(ANSWER_OF_CORE)


def test_every_sentence_has_one_homograph_and_nothing_after_its_end() -> None:
    sentences, before, _ = drawn()
    for n in range(len(before)):
        assert sum(word in HOMOGRAPHS for word in words_of(sentences, n)) == 1
        assert not sentences.tokens[sentences.length[n] :, n].any()


@pytest.mark.parametrize("cores", [OF_WORDS, OF_ORDER], ids=["words tell", "order tells"])
def test_nouns_and_verbs_are_equally_many_among_the_cores(cores: np.ndarray) -> None:
    assert np.mean([CORES[core][1] for core in cores]) == 0.5


def test_a_pair_has_the_same_words_in_two_orders_and_two_answers() -> None:
    sentences, core = pairs()
    N = len(core)
    for n in range(N):
        one, other = words_of(sentences, n), words_of(sentences, n + N)
        assert sorted(one) == sorted(other)
        assert one != other
        (before, core_one, after), (_, core_other, _) = parsed(one), parsed(other)
        assert parsed(other)[::2] == (before, after)
        assert {core_one, core_other} in [set(orders) for orders in ORDER_TELLS]
        assert sentences.answer[n] == ANSWER_OF_CORE[core_one] == 1 - ANSWER_OF_CORE[core_other]
        assert sentences.answer[n + N] == ANSWER_OF_CORE[core_other]


def test_a_pair_can_start_from_either_order() -> None:
    sentences, core = pairs()
    assert set(sentences.answer[: len(core)]) == {NOUN, VERB}


def test_where_order_tells_no_word_is_commoner_with_one_answer_than_with_the_other() -> None:
    sentences, _ = pairs()
    verb = sentences.answer == VERB
    inside = np.arange(len(sentences.tokens))[:, None] < sentences.length
    for token in range(len(VOCABULARY)):
        has = ((sentences.tokens == token) & inside).any(axis=0)
        assert has[verb].sum() == has[~verb].sum()


def test_the_articles_two_sentences_are_among_those_of_training() -> None:
    assert parsed(list(homograph.read("One should never tell a lie.").words))[1] == WORDS_TELL[0][0]
    assert parsed(list(homograph.read("Doctor asked him to lie down.").words))[1] == WORDS_TELL[5][0]


@pytest.mark.parametrize("most_before", [BEFORE, 5])
def test_closings_are_of_every_length_that_fits_and_no_sentence_is_longer_than_the_longest(most_before: int) -> None:
    rng = np.random.default_rng(0)
    core, before = rng.integers(len(CORES), size=4000), rng.integers(most_before + 1, size=4000)
    after = homograph.closings(rng, core, before)
    assert (before + LENGTHS[core] + after).max() == LONGEST
    assert set(after) == set(range(AFTER + 1))


def test_in_training_openings_every_closing_fits_whatever_the_core() -> None:
    core = np.repeat(np.arange(len(CORES)), 200)
    after = homograph.closings(np.random.default_rng(0), core, np.full(core.shape, BEFORE))
    for k in range(len(CORES)):
        assert set(after[core == k]) == set(range(AFTER + 1))


def test_the_loss_of_a_batch_is_the_mean_over_sentences_each_read_at_its_own_last_word() -> None:
    sentences, before, _ = drawn(50)
    batch = homograph.as_batch(sentences, "float32")
    assert batch.weights.dtype == np.float32
    assert np.array_equal((batch.weights > 0).sum(axis=0), np.ones(len(before)))
    assert np.array_equal(batch.weights.argmax(axis=0), sentences.length - 1)
    assert np.array_equal(batch.targets[sentences.length - 1, np.arange(50)], sentences.answer)
    assert batch.weights.sum() == pytest.approx(1)


def test_a_typed_sentence_is_read_with_the_place_of_its_homograph() -> None:
    read = homograph.read("Doctor asked him to LIE down.")
    assert read.words == ("doctor", "asked", "him", "to", "lie", "down")
    assert read.words[read.place] == "lie"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("they asked the artist to lie", "“artist”"),
        ("they asked the judge to walc", "near matches: walk"),
        ("they asked the judge", "exactly one of lie, .* it has none"),
        ("they walk to lie", "it has “walk”, “lie”"),
        ("they " * 60 + "lie", "more than 60 words"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        homograph.read(text)


@pytest.mark.parametrize("before", range(8))
@pytest.mark.parametrize("after", range(8))
def test_a_sentence_can_be_stretched_by_an_opening_and_a_closing_as_in_training(before: int, after: int) -> None:
    words = ["they", "asked", "to", "judge", "the", "lie"]
    longer = homograph.stretched(words, before, after)
    assert parsed(list(longer)) == (before, "SUBJECT ASKED to PERSON THE HOMOGRAPH", after)
    assert list(longer[before : len(longer) - after]) == words


def test_the_answer_of_a_sentence_is_told_from_its_words_alone() -> None:
    sentences, before, _ = drawn()
    assert [homograph.answer_of(words_of(sentences, n)) for n in range(len(before))] == sentences.answer.tolist()


@pytest.mark.parametrize("text", ["judge the lie", "they lie", "lie", "today in town"])
def test_a_sentence_that_is_made_otherwise_has_no_answer(text: str) -> None:
    assert homograph.answer_of(text.split()) is None


@pytest.mark.parametrize("most_before", [0, 2])
@pytest.mark.parametrize("word", ["to", "the", "lie", "helped", "him"])
def test_the_positions_of_a_word_are_those_at_which_it_is_drawn(word: str, most_before: int) -> None:
    sentences, _, _ = drawn(20_000, most_before)
    found = (sentences.tokens == homograph.TOKEN[word]) & (np.arange(len(sentences.tokens))[:, None] < sentences.length)
    assert homograph.positions(word, most_before) == (np.flatnonzero(found.any(axis=1)) + 1).tolist()
