"""The copying problem: what is read, what is asked, and what ignorance gets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import SHORTEST, Config
from rnn_core.tasks import copying
from rnn_core.tasks.copying import BLANK, CHANCE, CLASSES, DELIMITER, FRESH, LOSS, MEMORYLESS, SYMBOLS, recalled

LENGTHS = (21, 22, 40, 100)


def config(length: int, **changes: object) -> Config:
    return Config(task="copying", sentence_length=length, dtype="float64", **changes)


@pytest.mark.parametrize("length", LENGTHS)
def test_ten_symbols_blanks_a_delimiter_and_ten_blanks_are_read_and_the_symbols_asked_at_the_end(length: int) -> None:
    batch = batch_of_update(config(length), 0)
    assert batch.inputs.shape == (length, 32)
    delay = length - 20
    symbols, wait, rest = batch.inputs[:10], batch.inputs[10 : 10 + delay], batch.inputs[10 + delay :]
    assert symbols.min() >= 0
    assert symbols.max() < SYMBOLS
    assert (wait[:-1] == BLANK).all()
    assert (wait[-1] == DELIMITER).all()
    assert len(rest) == 10
    assert (rest == BLANK).all()
    assert (batch.targets[:-10] == BLANK).all()
    np.testing.assert_array_equal(batch.targets[-10:], symbols)
    np.testing.assert_array_equal(batch.weights, 1 / (length * 32))


def test_the_shortest_sequence_has_a_delay_of_one() -> None:
    assert SHORTEST["copying"] == 21
    with pytest.raises(ValueError, match="sentence_length is 20"):
        config(20)


def test_symbols_are_as_likely_as_each_other() -> None:
    batch = copying.slices(config(21), np.random.default_rng(0), 8000)[FRESH].batch
    counts = np.array([np.bincount(row, minlength=SYMBOLS) for row in batch.inputs[:10]])
    assert counts.shape == (10, SYMBOLS)
    assert np.abs(counts - 1000).max() < 5 * math.sqrt(1000)
    pairs = np.bincount(batch.inputs[0] * SYMBOLS + batch.inputs[1])
    assert np.abs(pairs - 125).max() < 5 * math.sqrt(125)


def test_only_the_recalled_symbols_count_as_right() -> None:
    batch = batch_of_update(config(30), 0)
    logits = np.zeros((30, 32, CLASSES))
    logits[:-10, :, BLANK] = 1
    logits[-10:, :, 3] = 1
    share = (batch.inputs[:10] == 3).mean()
    assert recalled(logits, batch.targets, batch.weights) == pytest.approx(share, rel=1e-12)
    perfect = 9.0 * np.eye(CLASSES)[batch.targets]
    assert recalled(perfect, batch.targets, batch.weights) == 1
    perfect[:-10] = 0  # the blanks before do not count
    assert recalled(perfect, batch.targets, batch.weights) == 1


@pytest.mark.parametrize("length", LENGTHS)
def test_without_memory_the_loss_is_ten_log_eight_over_the_length_and_an_eighth_is_right(length: int) -> None:
    batch, baselines, losses = copying.slices(config(length), np.random.default_rng(0), 4000)[FRESH]
    with np.errstate(divide="ignore"):
        blank = np.where(np.arange(CLASSES) == BLANK, 0.0, -99.0)
        guess = np.where(np.arange(CLASSES) == BLANK, -99.0, -math.log(SYMBOLS))
    logits = np.broadcast_to(blank, (length, 4000, CLASSES)).copy()
    logits[-10:] = guess
    loss, _ = LOSS.value_and_gradient(logits, batch.targets, batch.weights)
    assert losses == {MEMORYLESS: pytest.approx(10 * math.log(8) / length, rel=1e-15)}
    assert loss == pytest.approx(losses[MEMORYLESS], rel=1e-9)
    assert baselines == {CHANCE: pytest.approx(1 / 8, abs=0.01)}
    constant = [
        LOSS.accuracy(np.eye(CLASSES)[np.full((length, 4000), k)], batch.targets, batch.weights) for k in range(8)
    ]
    assert max(constant) == baselines[CHANCE]


def test_the_probe_is_a_sequence_of_the_task() -> None:
    probe = copying.probe(config(25))
    assert probe.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, *[BLANK] * 4, DELIMITER, *[BLANK] * 10]
