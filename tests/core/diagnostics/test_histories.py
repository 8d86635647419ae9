"""A sentence at all snapshots: states and answers as `probe` reads them, gradients as PyTorch sends them back."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np
import pytest

from rnn_core import diagnostics
from rnn_core.bptt import forward, loss_and_gradients
from rnn_core.cells import CELLS, cell_of
from rnn_core.config import Config
from rnn_core.diagnostics import History, probe
from rnn_core.recording import train
from rnn_core.tasks import TASKS, reading
from rnn_core.types import Batch, Record
from tests.core.oracle import central_differences, pytorch

KINDS = [(cell, activation) for cell, activations in CELLS.items() for activation in activations]

READ = reading.read("The artists who performed near the pilot and were early.")
TOKENS, T = READ.tokens, len(READ.tokens)
WAS, WERE = TASKS["agreement"].answers


@functools.cache
def run(**changes: Any) -> Record:
    small = {"updates": 6, "hidden_size": 7, "batch_size": 4, "learning_rate": 0.3, "dtype": "float64"}
    return train(Config(**(small | changes)))


def history(record: Record, inputs: Any, answer: float) -> History:
    """At all snapshots of a record."""
    return diagnostics.history(record.config, record.probe_params, inputs, answer)


def batch_of(answer: int, dtype: str = "float64") -> Batch:
    weights = np.zeros((T, 1), dtype)
    weights[-1] = 1
    return Batch(TOKENS[:, None], np.full((T, 1), answer), weights)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@pytest.mark.parametrize("answer", [WAS, WERE])
def test_states_answers_and_gradients_are_those_of_pytorch_at_the_snapshots(kind: tuple[str, str], answer: int) -> None:
    record = run(cell=kind[0], activation=kind[1])
    found, H = history(record, TOKENS, answer), record.config.hidden_size
    for s in (0, 3, 6):
        params = {name: W[s] for name, W in record.probe_params.items()}
        zeros = np.zeros((1, H))
        judge = pytorch(params, batch_of(answer), zeros, zeros if kind[0] == "lstm" else None, *kind)
        np.testing.assert_allclose(found.h[s], judge.h[:, 0], rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(found.dh_norm[s], np.linalg.norm(judge.dh[:, 0], axis=1), rtol=1e-9)
        assert -np.log(found.p[s, -1, answer]) == pytest.approx(judge.loss, rel=1e-9)


def test_the_gradient_at_the_start_is_that_of_central_differences() -> None:
    record = run(cell="gru")
    params = {name: W[4] for name, W in record.probe_params.items()}
    h_0 = np.zeros((1, record.config.hidden_size))

    def loss() -> float:
        logits = forward(params, batch_of(WAS), cell_of(record.config), h_0).logits[-1, 0]
        return float(np.log(np.exp(logits).sum()) - logits[WAS])

    expected = np.linalg.norm(central_differences(loss, h_0))
    assert history(record, TOKENS, WAS).dh_norm[4, 0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_reads_as_probe_does_in_the_runs_dtype(kind: tuple[str, str], dtype: str) -> None:
    record = run(cell=kind[0], activation=kind[1], dtype=dtype)
    found = history(record, TOKENS, WERE)
    S, H = len(record.probe_updates), record.config.hidden_size
    assert (found.h.shape, found.p.shape, found.dh_norm.shape) == ((S, T + 1, H), (S, T + 1, 2), (S, T + 1))
    assert (found.h.dtype, found.p.dtype, found.dh_norm.dtype) == (dtype, dtype, "float64")
    for s in range(S):
        one = probe(record, TOKENS, s)
        np.testing.assert_array_equal(found.h[s], one.h)
        np.testing.assert_allclose(found.p[s], one.p, rtol=1e-6 if dtype == "float32" else 1e-14)


@pytest.mark.parametrize("clip", ["off", "flow", "norm"])
def test_the_gradient_is_the_one_before_any_clipping(clip: str) -> None:
    record = run()
    clipped = dataclasses.replace(record, config=record.config.replace(clip=clip, clip_threshold=1e-3))
    np.testing.assert_array_equal(history(clipped, TOKENS, WAS).dh_norm, history(record, TOKENS, WAS).dh_norm)


def test_truncated_bptt_lets_nothing_back_beyond_its_window() -> None:
    found = history(run(bptt_window=3), TOKENS, WAS).dh_norm
    assert (found[:, T - 2 :] > 0).all()
    assert not found[:, : T - 2].any()


@pytest.mark.parametrize("task", TASKS)
def test_the_probe_of_every_task_can_be_read(task: str) -> None:
    record = run(task=task, sentence_length=24, attractors=0, updates=2)
    of_task = TASKS[task]
    inputs = of_task.probe(record.config)
    answer = of_task.answers[0] if of_task.answers else 0.3
    found = history(record, inputs, answer)
    params = {name: W[1] for name, W in record.probe_params.items()}
    N = len(inputs)
    weights = np.zeros((N, 1))
    weights[-1] = 1
    batch = Batch(inputs[:, None], np.full((N, 1), answer), weights)
    expected = loss_and_gradients(params, batch, cell_of(record.config), loss=of_task.loss).gradients.dh
    np.testing.assert_allclose(found.dh_norm[1], np.linalg.norm(expected[:, 0], axis=1), rtol=1e-12)
    assert found.p.shape == (3, N + 1, of_task.outputs)
    np.testing.assert_allclose(found.p[1], probe(record, inputs, 1).p, rtol=1e-12)


def test_values_that_are_not_finite_come_out_as_they_are() -> None:
    record = run(activation="identity", dtype="float32")
    params = {name: W.copy() for name, W in record.probe_params.items()}
    params["W_hh"][2] *= 1e30
    found: History = history(dataclasses.replace(record, probe_params=params), TOKENS, WERE)
    assert not np.isfinite(found.h[2]).all()
    assert not np.isfinite(found.dh_norm[2]).all()
    for s in (1, 3):  # nothing is left behind in memory that is used again
        np.testing.assert_array_equal(found.h[s], history(record, TOKENS, WERE).h[s])
        np.testing.assert_array_equal(found.dh_norm[s], history(record, TOKENS, WERE).dh_norm[s])
