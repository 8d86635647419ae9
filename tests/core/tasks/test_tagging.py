"""Tagging: a grammar in which what stood before always decides, and rules that look at less fail."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.experiments.kinds import KINDS
from rnn_core.recording import advance
from rnn_core.tasks.tagging import (
    AMBIGUOUS,
    BY_PAIR,
    BY_WORD,
    EITHER,
    EXAMPLE,
    FRESH,
    GRAMMAR,
    ONE_TAG,
    TAGS,
    TOKEN,
    VOCABULARY,
    looked_up,
    read,
    right_tags,
    sentences,
    slices,
)

SMALL = KINDS["many-to-many-equal"].config


def drawn(length: int = 14, count: int = 2000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return sentences(np.random.default_rng(seed), length, (count,))


def tags_of(text: str) -> list[str]:
    return [TAGS[tag] if tag >= 0 else "?" for tag in right_tags(read(text))]


def test_whatever_stood_before_no_word_can_have_two_tags() -> None:
    """Every set of places that the words so far leave open is visited."""
    starts = frozenset(name for name in GRAMMAR if name in ("det s", "det p", "they"))
    seen, todo = {starts}, [starts]
    while todo:
        can_be = todo.pop()
        for word in VOCABULARY:
            here = [GRAMMAR[name] for name in can_be if word in GRAMMAR[name].words]
            assert len({place.tag for place in here}) <= 1, (word, can_be)
            after = frozenset(name for place in here for name in place.then)
            if here and after not in seen:
                seen.add(after)
                todo.append(after)
    assert len(seen) > 20
    assert set().union(*seen) == set(GRAMMAR)


@pytest.mark.parametrize("length", [1, 2, 14, 40])
def test_the_tags_of_drawn_sentences_are_those_that_the_grammar_gives_them(length: int) -> None:
    tokens, tags = drawn(length, 40)
    assert tokens.shape == tags.shape == (length, 40)
    for k in range(40):
        np.testing.assert_array_equal(right_tags(tokens[:, k]), tags[:, k])


def test_every_word_and_every_tag_is_drawn_and_only_in_pairs_that_the_grammar_has() -> None:
    tokens, tags = drawn()
    assert set(tokens.ravel()) == set(range(len(VOCABULARY)))
    assert set(tags.ravel()) == set(range(len(TAGS)))
    allowed = {(word, place.tag) for place in GRAMMAR.values() for word in place.words}
    found = {(VOCABULARY[w], TAGS[t]) for w, t in zip(tokens.ravel(), tags.ravel(), strict=True)}
    assert found <= allowed
    several = {word for word in VOCABULARY if len([1 for w, _ in allowed if w == word]) > 1}
    assert several == {VOCABULARY[k] for k in np.flatnonzero(AMBIGUOUS)}
    assert {"that", "early", "fast", "plan", "plans"} <= several
    assert len(several) == 23


def test_what_follows_a_place_is_as_likely_as_each_other() -> None:
    tokens, _ = drawn(1, 9000)
    first = np.bincount(tokens[0], minlength=len(VOCABULARY)) / 9000
    one_in_three = 1 / 3
    assert first[TOKEN["they"]] == pytest.approx(one_in_three / 2, abs=0.02)
    assert first[TOKEN["a"]] == pytest.approx(one_in_three / 3, abs=0.02)
    assert first[TOKEN["the"]] == pytest.approx(one_in_three / 3 + one_in_three / 2, abs=0.02)


def test_the_same_word_is_tagged_by_what_stood_before() -> None:
    assert tags_of("The guides plan dances") == ["DET", "NOUN", "VERB", "NOUN"]
    assert tags_of("they guide plans") == ["PRON", "VERB", "NOUN"]
    assert tags_of("that guide that plans walks names that dance") == (
        ["DET", "NOUN", "PRON", "VERB", "NOUN", "VERB", "DET", "NOUN"]
    )
    assert tags_of("the early train arrived early") == ["DET", "ADJ", "NOUN", "VERB", "ADV"]
    assert "?" not in tags_of(EXAMPLE)


def test_from_where_the_grammar_has_no_such_sentence_there_is_no_right_tag() -> None:
    assert tags_of("the guide the plan") == ["DET", "NOUN", "?", "?"]
    assert tags_of("and they arrived") == ["?", "?", "?"]


def test_typed_words_are_read_and_unknown_ones_named() -> None:
    assert [VOCABULARY[token] for token in read("They, GUIDE plans!")] == ["they", "guide", "plans"]
    with pytest.raises(ValueError, match=r"does not know the word “trane”; near matches: .*train"):
        read("the trane")
    with pytest.raises(ValueError, match="empty"):
        read(" . ")


def test_the_tables_are_the_best_that_know_a_word_or_two() -> None:
    tokens, tags = drawn(count=6000)
    guess = looked_up(tokens)
    before = np.concatenate([np.full_like(tokens[:1], len(VOCABULARY)), tokens[:-1]])
    for name, key in ((BY_WORD, tokens), (BY_PAIR, before * len(VOCABULARY) + tokens)):
        counts = np.zeros((key.max() + 1, len(TAGS)), int)
        np.add.at(counts, (key, tags), 1)
        best_here = counts.max(axis=1).sum() / tags.size  # of all tables, on just these sentences
        right = (guess[name] == tags).mean()
        assert best_here - 0.004 < right <= best_here


def test_without_context_ambiguous_words_are_often_wrong_and_with_one_word_of_it_sometimes() -> None:
    tokens, tags = drawn(count=4000)
    ambiguous = AMBIGUOUS[tokens]
    assert 0.25 < ambiguous.mean() < 0.35
    right = {name: guess == tags for name, guess in looked_up(tokens).items()}
    assert 0.68 < right[BY_WORD][ambiguous].mean() < 0.77
    assert 0.93 < right[BY_PAIR][ambiguous].mean() < 0.96
    assert right[BY_WORD][~ambiguous].all()
    assert right[BY_PAIR][~ambiguous].all()


def test_the_loss_is_read_at_every_word() -> None:
    batch = batch_of_update(SMALL, 0)
    assert batch.inputs.shape == (14, 32)
    np.testing.assert_array_equal(batch.weights, np.float32(1 / (14 * 32)))
    for k in range(32):
        np.testing.assert_array_equal(right_tags(batch.inputs[:, k]), batch.targets[:, k])


@pytest.mark.parametrize("name", [FRESH, EITHER])
def test_baselines_are_shares_of_the_words_that_are_asked_for(name: str) -> None:
    found, baselines, losses = slices(SMALL, np.random.default_rng(3), 300)[name]
    asked = AMBIGUOUS[found.inputs] if name == EITHER else np.ones(found.inputs.shape, bool)
    np.testing.assert_array_equal(found.weights > 0, asked)
    np.testing.assert_allclose(found.weights[asked], 1 / asked.sum(), rtol=1e-6)
    share = np.bincount(found.targets[asked]) / asked.sum()
    share = share[share > 0]
    assert baselines[ONE_TAG] == pytest.approx(share.max(), rel=1e-12)
    for rule, guess in looked_up(found.inputs).items():
        assert baselines[rule] == pytest.approx((guess == found.targets)[asked].mean(), rel=1e-12)
    assert losses["unigram"] == pytest.approx(-(share * np.log(share)).sum(), rel=1e-12)


def test_in_300_updates_a_simple_network_beats_the_word_and_the_one_before_with_every_seed() -> None:
    for seed in range(5):
        evaluation = advance(SMALL.replace(seed=seed)).evaluation
        assert evaluation is not None
        found, either = evaluation[FRESH], evaluation[EITHER]
        assert found.accuracy > 0.995 > 0.99 > found.baselines[BY_PAIR] > found.baselines[BY_WORD]
        assert either.accuracy > 0.985 > 0.97 > either.baselines[BY_PAIR] > 0.77 > either.baselines[BY_WORD]
