"""No shortcut to the answer: rules without training, and linear readers that see everything but the nouns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from rnn_core.tasks.agreement import NUMBER, TOKEN, VOCABULARY, Sentences, baselines, sentences

TRAINING, TEST = 4000, 4000
CHANCE = 0.5 + 4 * 0.5 / np.sqrt(TEST)
"""Four standard deviations above what a coin would get right of the test sentences."""

SIZES = [(8, 0), (11, 1), (15, 1), (20, 3), (26, 6)]
Features = Callable[[Sentences], np.ndarray]

sizes = pytest.mark.parametrize(("length", "attractors"), SIZES)


def drawn(
    length: int, attractors: int, count: int, seed: int, pairs: Literal["trained", "held out"] = "trained"
) -> Sentences:
    return sentences(np.random.default_rng([length, attractors, seed]), length, attractors, (count,), pairs=pairs)


def numbers_of_nouns(sample: Sentences) -> np.ndarray:
    """(nouns from the last back, N) with 0 where a sentence has fewer."""
    number = NUMBER[sample.tokens][::-1]
    rank = (number != 0).cumsum(axis=0) - 1
    t, n = np.nonzero(number)
    numbers = np.zeros((rank.max() + 1, number.shape[1]), number.dtype)
    numbers[rank[t, n], n] = number[t, n]
    return numbers


def masked(sample: Sentences, noun: int = len(VOCABULARY)) -> np.ndarray:
    """(T, N) token ids with one and the same id for every noun."""
    return np.where(NUMBER[sample.tokens] != 0, noun, sample.tokens)


def bag_of_words(sample: Sentences) -> np.ndarray:
    counts = np.zeros((sample.tokens.shape[1], len(VOCABULARY) + 1))
    for words in masked(sample):
        counts[np.arange(len(counts)), words] += 1
    return counts


def word_at_each_position(sample: Sentences) -> np.ndarray:
    return np.concatenate([np.eye(len(VOCABULARY) + 1)[words] for words in masked(sample)], axis=1)


def lemmas_and_template(sample: Sentences) -> np.ndarray:
    lemma = np.eye(12)[sample.noun]
    template = np.eye(6)[sample.template]
    return np.concatenate([lemma, template, np.einsum("ni,nj->nij", lemma, template).reshape(len(lemma), -1)], axis=1)


def linear_reader(features: np.ndarray, plural: np.ndarray) -> np.ndarray:
    """Least squares with a little ridge: the weights of a linear classifier."""
    answers = 2.0 * plural - 1
    return np.linalg.solve(features.T @ features + np.eye(features.shape[1]), features.T @ answers)


def accuracy_of_a_linear_reader(features: Features, length: int, attractors: int, training: Sentences) -> float:
    weights = linear_reader(features(training), training.plural)
    test = drawn(length, attractors, TEST, seed=1)
    return float(((features(test) @ weights > 0) == test.plural).mean())


@sizes
@pytest.mark.parametrize("features", [bag_of_words, word_at_each_position, lemmas_and_template])
def test_a_linear_reader_that_does_not_see_the_nouns_stays_at_chance(
    features: Features, length: int, attractors: int
) -> None:
    training = drawn(length, attractors, TRAINING, seed=0)
    assert accuracy_of_a_linear_reader(features, length, attractors, training) <= CHANCE


@pytest.mark.parametrize("features", [bag_of_words, word_at_each_position])
def test_the_linear_reader_would_find_a_leak(features: Features) -> None:
    """The same probe, on sentences in which one adverb gives the answer away in a tenth of the cases."""
    leaking = []
    for seed in (0, 1):
        sample = drawn(15, 1, TRAINING, seed)
        tokens = sample.tokens.copy()
        chosen = np.random.default_rng(seed).random(TRAINING) < 0.1
        tokens[-2, chosen] = np.where(sample.plural[chosen] == 1, TOKEN["today"], TOKEN["again"])
        leaking.append(sample._replace(tokens=tokens))
    training, test = leaking
    weights = linear_reader(features(training), training.plural)
    assert ((features(test) @ weights > 0) == test.plural).mean() > CHANCE


@sizes
def test_the_number_of_every_other_noun_is_independent_of_the_answer(length: int, attractors: int) -> None:
    sample = drawn(length, attractors, 40_000, seed=2)
    answer = 2 * sample.plural - 1
    numbers = numbers_of_nouns(sample)
    others = [row for k, row in enumerate(numbers) if k != attractors]  # counted from the verb, the subject comes next
    for row in others:
        there = row != 0
        agreeing, count = int((row == answer)[there].sum()), int(there.sum())
        assert abs(agreeing - count / 2) < 5 * np.sqrt(count) / 2  # 5 standard deviations of a fair coin
        plurals = int((row == 1).sum())
        assert abs(plurals - count / 2) < 5 * np.sqrt(count) / 2
    np.testing.assert_array_equal(numbers[attractors], answer)


@pytest.mark.parametrize(("length", "attractors"), [(20, 3), (26, 6)])
def test_attractors_are_coins_that_do_not_look_at_each_other(length: int, attractors: int) -> None:
    numbers = numbers_of_nouns(drawn(length, attractors, TEST, seed=3))[:attractors].astype(float)
    correlation = np.corrcoef(numbers) - np.eye(attractors)
    assert np.abs(correlation).max() < 5 / np.sqrt(TEST)  # 5 standard errors of a correlation of independent coins


def test_which_words_surround_a_noun_does_not_depend_on_its_number() -> None:
    sample = drawn(15, 1, 20_000, seed=4)
    tokens = masked(sample)
    number = NUMBER[sample.tokens]
    t, n = np.nonzero(number[:-1])
    follower = tokens[t + 1, n]
    for word in np.unique(follower):
        plural = number[t, n][follower == word] == 1
        assert abs(plural.sum() - len(plural) / 2) < 5 * np.sqrt(len(plural)) / 2  # 5 standard deviations


def as_sample(*texts: str) -> np.ndarray:
    return np.array([[TOKEN[word] for word in text.split()] for text in texts]).T


def test_baselines_equal_values_counted_by_hand() -> None:
    tokens = as_sample(
        "the artists performed near the pilot and",  # were: first right, last wrong, the vote is a tie
        "near the pilots the artist who performed",  # was: first wrong, last right, a tie
        "the name changed with the names and",  # were: first wrong, last right, a tie
        "near the guides the farmers that stayed",  # were: all right
        "near the guides the farmers that stayed",  # was: all wrong
        "the singer waited in the name and",  # was: all right
    )
    plural = np.array([1, 0, 1, 1, 0, 0])
    assert baselines(tokens, plural) == {
        "majority": 0.5,
        "last noun": pytest.approx(4 / 6),
        "first noun": pytest.approx(3 / 6),
        "vote of nouns": pytest.approx((3 * 0.5 + 2) / 6),
    }
    assert baselines(tokens[:, :4], plural[:4]) == {
        "majority": 0.75,
        "last noun": 0.75,
        "first noun": 0.5,
        "vote of nouns": (3 * 0.5 + 1) / 4,
    }


@sizes
def test_baselines_of_many_sentences_are_where_the_task_s_design_puts_them(length: int, attractors: int) -> None:
    sample = drawn(length, attractors, 12_000, seed=5)
    found = baselines(sample.tokens, sample.plural)
    spread = 5 * 0.5 / np.sqrt(12_000)  # 5 standard deviations of a share
    assert found["majority"] == 0.5
    assert found["last noun"] == (pytest.approx(0.5, abs=spread) if attractors else 1)
    assert found["first noun"] == pytest.approx(0.75, abs=spread)
    assert 0.5 < found["vote of nouns"] < 0.95
