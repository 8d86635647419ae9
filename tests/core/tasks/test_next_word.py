"""The agreement task as next-word prediction: a loss at every word, the verb's answer read apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.experiments import compare as sweeps
from rnn_core.losses import softmax_cross_entropy
from rnn_core.tasks import TASKS, agreement, next_word
from rnn_core.tasks.agreement import TOKEN, VOCABULARY
from rnn_core.tasks.next_word import LOSS, VERBS, unigram_loss, verb_accuracy

CONFIG = Config(task="next_word", dtype="float64")
WAS, WERE = VERBS


def test_the_sentences_are_those_of_agreement_with_the_words_moved_by_one_and_the_verb_last() -> None:
    ours, theirs = batch_of_update(CONFIG, 7), batch_of_update(CONFIG.replace(task="agreement"), 7)
    np.testing.assert_array_equal(ours.inputs, theirs.inputs)
    np.testing.assert_array_equal(ours.targets[:-1], ours.inputs[1:])
    verbs = [VOCABULARY[token] for token in ours.targets[-1]]
    assert verbs == [agreement.ANSWERS[plural] for plural in theirs.targets[-1]]
    assert set(verbs) == {"was", "were"}
    np.testing.assert_array_equal(ours.weights, 1 / (14 * 32))


def test_the_slices_are_those_of_agreement_with_its_baselines() -> None:
    for attractors in (0, 2):
        config = CONFIG.replace(attractors=attractors)
        ours = next_word.slices(config, np.random.default_rng(3), 60)
        theirs = agreement.slices(config, np.random.default_rng(3), 60)
        assert ours.keys() == theirs.keys()
        for name, slice_ in theirs.items():
            np.testing.assert_array_equal(ours[name].batch.inputs, slice_.batch.inputs)
            assert ours[name].baselines == slice_.baselines


def test_the_verb_is_right_whatever_the_other_words_have() -> None:
    logits = np.zeros((3, 4, len(VOCABULARY)))
    logits[..., TOKEN["the"]] = 9  # the likeliest word everywhere
    logits[-1, :, WAS] = [1, 1, 2, np.nan]
    logits[-1, :, WERE] = [2, 2, 1, 0]
    targets = np.full((3, 4), TOKEN["the"])
    targets[-1] = [WERE, WAS, WAS, WERE]
    weights = np.full((3, 4), 1 / 12)
    assert verb_accuracy(logits, targets, weights) == 2 / 4
    logits[:-1, :, WERE] = 99  # other time steps do not count
    assert verb_accuracy(logits, targets, weights) == 2 / 4
    weights[:, 1] = 0
    assert verb_accuracy(logits, targets, weights) == 2 / 3
    logits[-1, 0, WERE] = logits[-1, 0, WAS]  # a tie is no answer
    assert verb_accuracy(logits, targets, weights) == 1 / 3


def test_the_loss_is_the_mean_over_all_words_in_nats() -> None:
    batch = batch_of_update(CONFIG, 0)
    logits = np.zeros((14, 32, len(VOCABULARY)))
    loss, gradient = LOSS.value_and_gradient(logits, batch.targets, batch.weights)
    assert loss == pytest.approx(math.log(len(VOCABULARY)), rel=1e-12)
    of_verbs = np.abs(gradient[-1]).sum() / np.abs(gradient).sum()
    assert of_verbs == pytest.approx(1 / 14, rel=1e-12)


def test_the_unigram_loss_is_what_the_shares_of_the_words_get_and_no_fixed_answer_does_better() -> None:
    batch = next_word.slices(CONFIG, np.random.default_rng(0), 300)[agreement.FRESH].batch
    share = np.bincount(batch.targets.ravel(), minlength=len(VOCABULARY)) / batch.targets.size
    with np.errstate(divide="ignore"):
        logits = np.where(share > 0, np.log(share), -99)
    found, _ = softmax_cross_entropy(
        np.broadcast_to(logits, (*batch.targets.shape, len(VOCABULARY))), batch.targets, batch.weights
    )
    assert unigram_loss(batch.targets) == pytest.approx(found, rel=1e-12)
    nudged = logits + 0.1 * np.random.default_rng(1).normal(size=len(VOCABULARY))
    worse, _ = softmax_cross_entropy(
        np.broadcast_to(nudged, (*batch.targets.shape, len(VOCABULARY))), batch.targets, batch.weights
    )
    assert worse > found


def test_a_sweep_chooses_between_the_two_verbs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIG.replace(updates=1, hidden_size=4)
    (plural, were), (singular, was) = TASKS["next_word"].pair
    assert (was, were) == VERBS

    def read(record: object, tokens: np.ndarray, snapshot: int) -> sweeps.probe:
        p = np.zeros((len(tokens) + 1, len(VOCABULARY)))
        p[-1, [TOKEN["the"], were, was]] = [0.9, 0.06, 0.04] if tokens is plural else [0.9, 0.04, 0.06]
        return probed._replace(p=p)

    record = sweeps.train(config)
    probed = sweeps.probe(record, singular, -1)
    monkeypatch.setattr(sweeps, "probe", read)
    assert sweeps.run(config).pair
    monkeypatch.setattr(sweeps, "probe", lambda record, tokens, snapshot: read(record, plural, snapshot))
    assert not sweeps.run(config).pair
