"""The agreement task: exact lengths and nouns, balance, and nothing but the subject's form that tells the answer."""

from __future__ import annotations

import functools
from collections import Counter

import numpy as np
import pytest

from rnn_core.config import Config, shortest_sentence
from rnn_core.tasks import TASKS, agreement
from rnn_core.tasks.agreement import (
    ADVERBS,
    DISAGREE,
    FRESH,
    HELD_OUT,
    NUMBER,
    PEOPLE,
    PLURAL,
    SINGULAR,
    TEMPLATES,
    TOKEN,
    UNTRAINED,
    VOCABULARY,
    Sentences,
    held_out,
    sentences,
)

SIZES = [(shortest_sentence(attractors), attractors) for attractors in range(7)]
SIZES += [(shortest_sentence(attractors) + 1, attractors) for attractors in range(7)]
SIZES += [(15, 1), (15, 2), (21, 0), (40, 3), (60, 6), (100, 0), (100, 6)]

sizes = pytest.mark.parametrize(("length", "attractors"), SIZES)

FRAMES = {  # written out here a second time: how each template starts, with N for any noun, V for any verb
    "relative clause": ("the N who V", False),
    "main clause": ("the N V", True),
    "relative and main clause": ("the N who V", True),
    "place first, relative clause": ("near the N the N who V", False),
    "clause first, main clause": ("when the N V the N V", True),
    "clause first, relative clause": ("when the N V the N who V", False),
}

WORDS = np.array(VOCABULARY)


@functools.cache
def drawn(length: int, attractors: int, count: int = 1200, pairs: str = "trained", disagree: bool = False) -> Sentences:
    rng = np.random.default_rng([length, attractors, count])
    return sentences(rng, length, attractors, (count,), pairs=pairs, disagree=disagree)


def frame_of(index: int) -> tuple[list[str], bool]:
    start, joined = FRAMES[TEMPLATES[index].name]
    return start.split(), joined


def subject_position(sample: Sentences) -> np.ndarray:
    """(N,) where the subject stands: the last N of its template's frame."""
    last_noun = [max(i for i, slot in enumerate(frame_of(k)[0]) if slot == "N") for k in range(len(TEMPLATES))]
    return np.array(last_noun)[sample.template]


def test_the_frames_of_this_file_are_the_templates() -> None:
    assert [template.name for template in TEMPLATES] == list(FRAMES)


@sizes
def test_every_sentence_follows_its_template_from_the_first_word_to_the_verb(length: int, attractors: int) -> None:
    sample = drawn(length, attractors)
    verbs = {*agreement.INTRANSITIVE, *agreement.TRANSITIVE}
    members = {"N": {*SINGULAR, *PLURAL}, "V": verbs, "who": {"who", "that"}, "near": set(agreement.OPENERS)}
    for tokens, template in zip(sample.tokens.T, sample.template, strict=True):
        words = WORDS[tokens].tolist()
        frame, joined = frame_of(template)
        assert all(word in members.get(slot, {slot}) for word, slot in zip(words, frame, strict=False)), words
        assert (words[-1] == "and") == joined, words


@sizes
def test_length_and_number_of_attractors_are_exact(length: int, attractors: int) -> None:
    sample = drawn(length, attractors)
    assert sample.tokens.shape == (length, 1200)
    after_subject = np.arange(length)[:, None] > subject_position(sample)
    nouns = NUMBER[sample.tokens] != 0
    np.testing.assert_array_equal((nouns & after_subject).sum(axis=0), attractors)
    before = np.array([frame_of(k)[0].count("N") - 1 for k in range(len(TEMPLATES))])[sample.template]
    np.testing.assert_array_equal(nouns.sum(axis=0), attractors + 1 + before)


@sizes
def test_the_subject_has_the_answer_s_number_and_the_lemma_that_is_reported(length: int, attractors: int) -> None:
    sample = drawn(length, attractors)
    subjects = np.take_along_axis(sample.tokens, subject_position(sample)[None], axis=0)[0]
    forms = (SINGULAR, PLURAL)
    expected = [forms[p][n] for p, n in zip(sample.plural, sample.noun, strict=True)]
    assert WORDS[subjects].tolist() == expected


@pytest.mark.parametrize("attractors", range(7))
def test_one_word_less_than_the_shortest_sentence_does_not_fit_every_template(attractors: int) -> None:
    # each attractor costs at least three words (near the N); the longest frame and its "and" come on top
    frames = [len(frame) + joined for frame, joined in map(frame_of, range(len(TEMPLATES)))]
    assert shortest_sentence(attractors) == max(frames) + 3 * attractors
    with pytest.raises(ValueError):  # noqa: PT011 - NumPy words this message, and may word it anew
        agreement.layouts(shortest_sentence(attractors) - 1, attractors)


@sizes
def test_sentences_hold_no_untrained_word_and_no_determiner_but_the(length: int, attractors: int) -> None:
    sample = drawn(length, attractors)
    words = set(WORDS[np.unique(sample.tokens)])
    number_bearing = {"was", "were", "is", "are", "has", "have", "does", "do"}
    number_bearing |= {"a", "an", "this", "these", "that's", "some", "many", "each", "every", "all", "both"}
    number_bearing |= {"it", "they", "he", "she", "his", "her", "its", "their", "them", "one", "two"}
    assert not words & (number_bearing | set(UNTRAINED))
    before_noun = sample.tokens[:-1][NUMBER[sample.tokens[1:]] != 0]
    assert set(WORDS[before_noun]) == {"the"}


@sizes
def test_adverbs_never_stand_side_by_side_and_who_only_follows_people(length: int, attractors: int) -> None:
    sample = drawn(length, attractors)
    adverb = np.isin(sample.tokens, [TOKEN[word] for word in ADVERBS])
    assert not (adverb[1:] & adverb[:-1]).any()
    people = {*SINGULAR[:PEOPLE], *PLURAL[:PEOPLE]}
    who = np.argwhere(sample.tokens == TOKEN["who"])
    assert len(who)
    assert {WORDS[sample.tokens[t - 1, n]] for t, n in who} <= people


@pytest.mark.parametrize(("length", "attractors"), [(15, 1), (40, 3), (100, 6)])
def test_with_words_to_spare_every_template_is_arranged_in_many_ways(length: int, attractors: int) -> None:
    adverb = np.array([agreement.WORDS_OF_SLOT[slot] == ADVERBS for slot in agreement.WORDS_OF_SLOT])
    for of_one_template in agreement.layouts(length, attractors):
        assert len(np.unique(of_one_template, axis=0)) >= 10
        assert len(set(adverb[of_one_template].sum(axis=1).tolist())) >= 2


def test_the_vocabulary_holds_every_word_once_with_the_number_of_its_noun() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY) == len(NUMBER)
    assert {word: TOKEN[word] for word in VOCABULARY} == {word: i for i, word in enumerate(VOCABULARY)}
    assert tuple(WORDS[NUMBER == -1]) == SINGULAR
    assert tuple(WORDS[NUMBER == +1]) == PLURAL == tuple(noun + "s" for noun in SINGULAR)
    task = TASKS["agreement"]
    assert (task.inputs, task.outputs) == (len(VOCABULARY), 2)


@pytest.mark.parametrize("batch_size", [1, 2, 11, 12, 13, 24, 32, 50, 512])
def test_answers_and_templates_are_balanced_to_within_one_in_every_batch(batch_size: int) -> None:
    sample = sentences(np.random.default_rng(batch_size), 15, 1, (20, batch_size))
    assert sample.tokens.shape == (15, 20, batch_size)
    for plural, template in zip(sample.plural, sample.template, strict=True):
        cells = Counter(zip(template.tolist(), plural.tolist(), strict=True))
        counts = [cells[k, p] for k in range(len(TEMPLATES)) for p in (0, 1)]
        assert max(counts) - min(counts) <= 1
        assert abs(2 * plural.sum() - batch_size) <= batch_size % 2


def test_over_many_batches_no_cell_is_preferred() -> None:
    sample = sentences(np.random.default_rng(0), 15, 1, (4000, 5))
    counts = np.bincount((2 * sample.template + sample.plural).ravel(), minlength=12)
    assert np.abs(counts - 20_000 / 12).max() < 5 * np.sqrt(20_000 / 12)  # 5 standard deviations of a free draw


def test_an_update_s_batch_is_read_at_the_last_word_only_as_the_mean_over_sentences() -> None:
    config = Config(sentence_length=20, attractors=2, batch_size=30)
    made = agreement.batches(config, np.random.default_rng(0), 3)
    assert len(made) == 3
    for batch in made:
        assert batch.inputs.shape == batch.targets.shape == batch.weights.shape == (20, 30)
        assert batch.weights.dtype == np.dtype(config.dtype)
        assert not batch.weights[:-1].any()
        np.testing.assert_array_equal(batch.weights[-1], np.float32(1 / 30))
        assert batch.targets[-1].sum() == 15
    assert (made[0].inputs != made[1].inputs).any()


def test_every_noun_and_every_template_is_trained_and_a_sixth_of_the_pairs_is_held_out() -> None:
    table = np.array([[held_out(noun, k) for k in range(len(TEMPLATES))] for noun in range(len(SINGULAR))])
    assert table.mean() == 1 / 6
    assert (table.sum(axis=1) == 1).all()  # each noun lacks one template
    assert (table.sum(axis=0) == 2).all()  # each template lacks two nouns


@pytest.mark.parametrize(("length", "attractors"), [(8, 0), (15, 1), (30, 6)])
def test_held_out_pairs_never_occur_in_training_and_alone_in_their_slice(length: int, attractors: int) -> None:
    for pairs, expected in (("trained", False), ("held out", True)):
        sample = drawn(length, attractors, 6000, pairs)
        seen = set(zip(sample.noun.tolist(), sample.template.tolist(), strict=True))
        every = {(n, k) for n in range(len(SINGULAR)) for k in range(len(TEMPLATES)) if held_out(n, k) is expected}
        assert seen == every


def test_every_noun_occurs_in_training_in_every_role_and_number() -> None:
    sample = drawn(15, 1, 6000)
    t = np.arange(15)[:, None]
    at = subject_position(sample)
    nouns = NUMBER[sample.tokens] != 0
    for role in (nouns & (t == at), nouns & (t > at), nouns & (t < at)):
        assert set(WORDS[sample.tokens[role]]) == {*SINGULAR, *PLURAL}


def test_in_half_of_the_templates_the_first_noun_is_not_the_subject() -> None:
    sample = drawn(15, 1)
    first = (NUMBER[sample.tokens] != 0).argmax(axis=0)
    assert (first != subject_position(sample)).mean() == 0.5


@pytest.mark.parametrize(("length", "attractors"), [(11, 1), (15, 2), (30, 6)])
def test_the_slice_of_disagreeing_attractors_has_nothing_else(length: int, attractors: int) -> None:
    sample = drawn(length, attractors, disagree=True)
    after_subject = np.arange(length)[:, None] > subject_position(sample)
    number = NUMBER[sample.tokens]
    attractor = after_subject & (number != 0)
    np.testing.assert_array_equal(number[attractor], np.broadcast_to(1 - 2 * sample.plural, number.shape)[attractor])
    assert set(WORDS[sample.tokens[attractor]]) == {*SINGULAR, *PLURAL}


def test_slices_are_what_they_are_called_and_balanced() -> None:
    with_attractors, without = (
        agreement.slices(Config(sentence_length=20, attractors=attractors), np.random.default_rng(0), 240)
        for attractors in (2, 0)
    )
    assert list(with_attractors) == [FRESH, HELD_OUT, DISAGREE]
    assert list(without) == [FRESH, HELD_OUT]
    for batch, baselines, _ in with_attractors.values():
        assert batch.inputs.shape == (20, 240)
        assert batch.targets[-1].sum() == 120
        assert baselines == agreement.baselines(batch.inputs, batch.targets[-1])
    assert with_attractors[DISAGREE].baselines["last noun"] == 0
