"""The tasks of three kinds: a digit display, melodies, and praise or criticism."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.tasks import led, melody, sentiment
from rnn_core.tasks.melody import INTERVALS, KEYS, KNOWN, NOTES, PAIRS, SCALES, UNHEARD, held_out, of_pairs
from rnn_core.tasks.sentiment import CONTRAST, DISAGREE, FRESH, NOTHING, TOKEN, VOCABULARY, meant, sentences

DRAWN = 4000


def words_of(tokens: np.ndarray) -> tuple[str, ...]:
    return tuple(VOCABULARY[token] for token in tokens if VOCABULARY[token] != NOTHING)


def test_the_digits_are_ten_displays_that_all_differ() -> None:
    assert len({tuple(row) for row in led.DIGITS.tolist()}) == 10
    lit = {digit: {led.SEGMENTS[k] for k in np.flatnonzero(row)} for digit, row in enumerate(led.DIGITS)}
    assert lit[8] == set(led.SEGMENTS)
    assert lit[1] == {"upper right", "lower right"}
    assert lit[8] - lit[0] == {"middle"}
    assert lit[9] - lit[4] == {"top", "bottom"}
    assert [len(lit[digit]) for digit in range(10)] == [6, 2, 5, 5, 4, 5, 6, 3, 7, 6]


def test_one_segment_in_ten_is_broken_each_by_itself() -> None:
    lit, digits = led.displays(np.random.default_rng(0), (20_000,))
    broken = lit != led.DIGITS[digits]
    np.testing.assert_allclose(broken.mean(axis=0), 0.1, atol=0.011)
    np.testing.assert_allclose(np.corrcoef(broken.T) - np.eye(7), 0, atol=0.036)
    np.testing.assert_allclose(np.bincount(digits) / 20_000, 0.1, atol=0.011)


def test_the_best_share_is_that_of_the_nearest_digit_over_all_displays() -> None:
    best = 0.0
    for display in itertools.product((0, 1), repeat=7):
        likelihoods = [np.prod(np.where(display == row, 0.9, 0.1)) for row in led.DIGITS]
        best += max(likelihoods) / 10
    assert pytest.approx(best, rel=1e-12) == led.BEST
    assert pytest.approx(0.74, abs=0.001) == led.BEST  # Breiman et al. (1984) give the Bayes rate as .26
    lit, digits = led.displays(np.random.default_rng(1), (40_000,))
    assert led.baselines(lit, digits)[led.NEAREST] == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize(
    ("lit", "nearest"),
    [
        ((0, 0, 0, 0, 0, 0, 0), {1}),  # two lit segments are the fewest
        ((1, 1, 1, 0, 1, 0, 1), {0}),
        ((0, 0, 1, 1, 0, 1, 0), {1, 4}),
        ((1, 0, 1, 1, 1, 1, 1), {2, 3, 8}),
    ],
)
def test_a_tie_between_k_digits_is_worth_one_kth(lit: tuple[int, ...], nearest: set[int]) -> None:
    for digit in range(10):
        share = led.baselines(np.array([lit]), np.array([digit]))[led.NEAREST]
        assert share == ((digit in nearest) / len(nearest))


def test_a_display_is_one_time_step_whatever_the_length() -> None:
    for length in (8, 30):
        batch = batch_of_update(Config(task="led", sentence_length=length, batch_size=3, attractors=0), 0)
        assert batch.inputs.shape == (1, 3, 7)


@pytest.mark.parametrize("length", [8, 15, 40])
def test_a_melody_goes_up_to_the_eighth_note_and_back_as_long_as_it_lasts(length: int) -> None:
    up_and_down = [0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]
    batch = of_pairs(PAIRS, length, "float64")
    for column, (key, scale) in enumerate(PAIRS):
        right = [key + INTERVALS[scale][up_and_down[t % 14]] for t in range(length)]
        assert batch.targets[:, column].tolist() == right
    assert batch.targets.max() < NOTES


def test_key_and_scale_are_read_at_the_first_time_step_and_nothing_after_it() -> None:
    batch = of_pairs(np.array([[3, 2], [11, 5]]), 9, "float32")
    assert np.flatnonzero(batch.inputs[0, 0]).tolist() == [3, len(KEYS) + 2]
    assert np.flatnonzero(batch.inputs[0, 1]).tolist() == [11, len(KEYS) + 5]
    assert set(batch.inputs[0].ravel().tolist()) == {0.0, 1.0}
    assert not batch.inputs[1:].any()


def pairs_in(inputs: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(*(inputs[0][:, at].argmax(axis=1).tolist() for at in (slice(0, 12), slice(12, None))), strict=True))


def test_a_sixth_of_the_pairs_never_occurs_in_training_though_every_key_and_scale_does() -> None:
    config = Config(task="melody", sentence_length=15, batch_size=64)
    trained = set().union(*(pairs_in(batch_of_update(config, u).inputs) for u in range(30)))
    assert trained == {(k, s) for k, s in PAIRS.tolist() if not held_out(k, s)}
    assert len(trained) == 60
    assert {k for k, _ in trained} == set(range(12))
    assert {s for _, s in trained} == set(range(len(SCALES)))
    slices = melody.slices(config, np.random.default_rng(0), DRAWN)
    assert pairs_in(slices[KNOWN].batch.inputs) == trained
    assert pairs_in(slices[UNHEARD].batch.inputs) == {(k, s) for k, s in PAIRS.tolist() if held_out(k, s)}


def test_the_rules_of_melodies_say_the_commonest_note_of_training() -> None:
    trained = [pair for pair in PAIRS.tolist() if not held_out(*pair)]
    songs = {tuple(pair): of_pairs(np.array([pair]), 15, "float64").targets[:, 0] for pair in PAIRS.tolist()}

    def guess(t: int, key: int) -> int:
        notes = [int(songs[k, s][t]) for k, s in trained if k == key]
        return max(set(notes), key=lambda note: (notes.count(note), -note))

    for is_heard, name in ((True, KNOWN), (False, UNHEARD)):
        pairs = np.array([pair for pair in PAIRS.tolist() if held_out(*pair) is not is_heard])
        found = melody.baselines(of_pairs(pairs, 15, "float64"))
        hits = [guess(t, key) == songs[key, scale][t] for key, scale in pairs.tolist() for t in range(15)]
        assert found["key and time step"] == pytest.approx(np.mean(hits)), name
    assert found["scale and time step"] == 0  # a scale's commonest note is one of a key that it was heard in


@pytest.mark.parametrize("disagree", [False, True])
@pytest.mark.parametrize("length", [13, 20])
def test_sentences_mean_what_an_independent_reading_of_the_rules_says(length: int, disagree: bool) -> None:
    tokens, answer = sentences(np.random.default_rng(length), length, (DRAWN,), disagree=disagree)
    assert tokens.shape == (length, DRAWN)
    read = [words_of(column) for column in tokens.T]
    assert [meant(words) for words in read] == answer.tolist()
    assert abs(answer.mean() - 0.5) < 0.04
    lengths = {len(words) for words in read}
    assert (min(lengths), max(lengths)) == ((9, 13) if disagree else (4, 13))
    for column, words in zip(tokens.T, read, strict=True):
        assert (column[: length - len(words)] == TOKEN[NOTHING]).all()
        assert words[0] in ("the", "although")
        assert words.count("the") == words.count("was")


def clauses(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The clauses of a sentence: each ends with its adjective."""
    ends = [k for k, word in enumerate(words) if sentiment.POLARITY[TOKEN[word]]]
    return [tuple(words[a:b]) for a, b in zip([0, *(k + 1 for k in ends)], [k + 1 for k in ends], strict=False)]


def test_the_clause_that_does_not_decide_gives_nothing_away_and_disagreement_is_as_asked() -> None:
    tokens, answer = sentences(np.random.default_rng(0), 13, (DRAWN,))
    agree = []
    for column, right in zip(tokens.T, answer, strict=True):
        words = words_of(column)
        if any(word in CONTRAST for word in words):
            first, second = (meant(tuple(w for w in clause if w not in CONTRAST)) for clause in clauses(words))
            other = second if "although" in words[1:] else first
            agree.append(other == right)
    assert abs(np.mean(agree) - 0.5) < 0.05
    assert 0.55 < len(agree) / DRAWN < 0.65
    tokens, _ = sentences(np.random.default_rng(1), 13, (500,), disagree=True)
    for column in tokens.T:
        first, second = (meant(tuple(w for w in c if w not in CONTRAST)) for c in clauses(words_of(column)))
        assert first != second


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("the film was good", 1),
        ("the film was not good", 0),
        ("the film was never hardly bad", 0),
        ("the film was good but the plot was not so clever", 0),
        ("although the film was good the plot was dull", 0),
        ("the film was good although the plot was not clever", 1),
        ("the film was not bad and the plot was great", 1),
        ("the film was", None),
        ("the film was good but the plot", None),
        ("although", None),
    ],
)
def test_what_a_typed_sentence_means(text: str, right: int | None) -> None:
    assert meant(tuple(text.split())) == right


def test_the_rules_without_training_say_what_their_names_say() -> None:
    texts = [
        ("the film was good", 1),
        ("the film was not good", 0),
        ("the film was bad but the plot was not bad", 1),
        ("the film was good although the plot was not so good", 1),
    ]
    padded = [[NOTHING] * (13 - len(text.split())) + text.split() for text, _ in texts]
    tokens = np.array([[TOKEN[word] for word in row] for row in padded]).T
    found = sentiment.baselines(tokens, np.array([right for _, right in texts]))
    assert found == {
        "majority": 0.75,
        "vote of adjectives": 0.5,  # right, wrong, wrong, right
        "last adjective": 0.5,  # right, wrong, wrong, right
        "last clause": 0.75,  # the last one is wrong
    }


def test_every_word_is_used_and_adjectives_keep_their_polarity() -> None:
    tokens, _ = sentences(np.random.default_rng(0), 13, (DRAWN,))
    assert set(np.unique(tokens)) == set(range(len(VOCABULARY)))
    counts = np.bincount(tokens.ravel(), minlength=len(VOCABULARY))
    for words in (sentiment.POSITIVE, sentiment.NEGATIVE, sentiment.NOUNS, sentiment.NEGATORS, sentiment.INTENSIFIERS):
        of_words = counts[[TOKEN[word] for word in words]]
        assert of_words.max() < 1.35 * of_words.min()
    assert set(sentiment.slices(Config(task="sentiment"), np.random.default_rng(0), 40)) == {FRESH, DISAGREE}
