"""The adding problem: which numbers are marked, what their sum is, and what ignorance gets."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import VANILLA
from rnn_core.config import Config
from rnn_core.tasks import adding
from rnn_core.tasks.adding import CHANCE, FRESH, LOSS, sequences
from rnn_core.training import starting_params
from tests.core import oracle

N = 20_000


@pytest.mark.parametrize("length", [8, 9, 31, 100])
def test_one_number_of_each_half_is_marked_each_as_likely(length: int) -> None:
    drawn = sequences(np.random.default_rng(length), length, (N,))
    number, marker = drawn.inputs[..., 0], drawn.inputs[..., 1]
    assert set(np.unique(marker).tolist()) == {0.0, 1.0}
    half = length // 2
    for part, start, size in ((marker[:half], 0, half), (marker[half:], half, length - half)):
        np.testing.assert_array_equal(part.sum(axis=0), 1)
        counts = np.bincount(part.argmax(axis=0), minlength=size)
        assert np.abs(counts - N / size).max() < 5 * np.sqrt(N / size)
        found = drawn.first if start == 0 else drawn.second
        np.testing.assert_array_equal(start + part.argmax(axis=0), found)
    assert 0 <= number.min() < 0.01
    assert 0.99 < number.max() < 1
    assert abs(number.mean() - 0.5) < 5 * np.sqrt(1 / 12 / number.size)


def test_the_target_is_the_sum_of_the_two_marked_numbers() -> None:
    drawn = sequences(np.random.default_rng(0), 30, (200,))
    n = np.arange(200)
    expected = drawn.inputs[drawn.first, n, 0] + drawn.inputs[drawn.second, n, 0]
    np.testing.assert_allclose(drawn.total, expected, rtol=1e-15)


def test_the_loss_is_the_mean_squared_error_at_the_last_time_step() -> None:
    config = Config(task="adding", sentence_length=20, batch_size=7, dtype="float64")
    batch = batch_of_update(config, 0)
    assert batch.inputs.shape == (20, 7, 2)
    np.testing.assert_array_equal(batch.weights[-1], 1 / 7)
    total = (batch.inputs[..., 0] * batch.inputs[..., 1]).sum(axis=0)
    np.testing.assert_allclose(batch.targets[-1], total, rtol=1e-15)
    outputs = np.linspace(0, 2, 7)[None, :, None]
    loss, _ = LOSS.value_and_gradient(outputs, batch.targets[-1:], batch.weights[-1:])
    assert loss == pytest.approx(((outputs[0, :, 0] - total) ** 2).mean(), rel=1e-12)


def test_always_saying_1_is_right_in_7_84_percent_with_a_mean_squared_error_of_a_sixth() -> None:
    config = Config(task="adding", sentence_length=20)
    batch, baselines, losses = adding.slices(config, np.random.default_rng(0), 200_000)[FRESH]
    p = 2 * 0.04 - 0.04**2
    assert p == pytest.approx(0.0784)
    assert baselines == {CHANCE: pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / 200_000))}
    spread = np.sqrt((1 / 15 - 1 / 36) / 200_000)  # of (sum - 1)²: its fourth moment is 1/15
    assert losses == {CHANCE: pytest.approx(1 / 6, abs=5 * spread)}
    ones = np.ones((1, 200_000, 1))
    assert LOSS.accuracy(ones, batch.targets[-1:], batch.weights[-1:]) == baselines[CHANCE]


def test_through_a_whole_network_gradients_are_pytorch_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def squared(torch: object, outputs: object, targets: object, weights: object) -> object:
        return (weights * (outputs[:, 0] - targets) ** 2).sum()

    monkeypatch.setattr(oracle, "_loss", squared)
    config = Config(task="adding", sentence_length=12, batch_size=4, hidden_size=5, dtype="float64")
    params, batch = starting_params(config), batch_of_update(config, 0)
    expected = oracle.pytorch(params, batch, np.zeros((4, 5)))
    done = loss_and_gradients(params, batch, VANILLA, None, LOSS)
    assert done.loss == pytest.approx(expected.loss, rel=1e-12)
    for name, gradient in done.gradients.params.items():
        np.testing.assert_allclose(gradient, expected.params[name], rtol=1e-10, atol=1e-13, err_msg=name)
    np.testing.assert_allclose(done.gradients.dh, expected.dh, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("length", [8, 21, 100])
def test_the_probe_marks_one_number_in_each_half(length: int) -> None:
    probe = adding.probe(Config(task="adding", sentence_length=length))
    assert probe.shape == (length, 2)
    marked = np.flatnonzero(probe[:, 1])
    assert len(marked) == 2
    assert marked[0] < length // 2 <= marked[1]
    assert (np.diff(probe[:, 0]) > 0).all()
    assert 0 <= probe[:, 0].min() <= probe[:, 0].max() < 1
