"""The project itself, and the floor under it."""

from __future__ import annotations

import numpy as np

from rnn_core.numerics.workspace import Workspace
from rnn_core.training import starting_state, training_update
from rnn_core.types import UpdateRecord

from .problem import Outcome, Peer, Problem


def rnn_core(problem: Problem) -> list[Peer]:
    """The very function that the training loop calls for each update, with the loop's workspace."""
    state, work = starting_state(problem.config, problem.params), Workspace()

    def update() -> UpdateRecord:
        nonlocal state
        record = training_update(problem.config, state, problem.batch, work=work)
        state = record.state
        return record

    return [Peer(update, lambda record: Outcome(record.loss, record.grad_norm, record.dh_norm, record.params))]


def floor(problem: Problem) -> list[Peer]:
    """Matrix products and tanh that no implementation with NumPy can avoid, on arrays that are there already.

    h_{t-1} W_hh, tanh of each gate (σ is one, too) and ∂L/∂a_t W_hhᵀ for each t; Σ_t h_{t-1}ᵀ ∂L/∂a_t and the output
    layer once. Nothing else: no word is looked up, no row of W_xh gets its gradient, nothing is added, measured or
    clipped.
    """
    cell, T, B, H = problem.size
    W_hh, W_hy = problem.params["W_hh"], problem.params["W_hy"]
    W_hhT, W_hyT = (np.ascontiguousarray(W.T) for W in (W_hh, W_hy))
    rng = np.random.default_rng(0)
    h, gates, da = (rng.uniform(-1, 1, (T + 1, B, n)).astype(np.float32) for n in (H, *2 * [W_hh.shape[1]]))
    h_at, da_at, gates_at = list(h), list(da), list(h if cell == "vanilla" else gates)
    h_prev, da_rows = h[:-1].reshape(-1, H), da[1:].reshape(T * B, -1)
    a_t, dh_t, c_t, dW_hh = np.empty_like(da[0]), np.empty_like(h[0]), np.empty_like(h[0]), np.empty_like(W_hh)
    logits, dW_hy = np.empty((B, W_hy.shape[1]), np.float32), np.empty_like(W_hy)

    def update() -> None:
        for t in range(1, T + 1):
            h_at[t - 1].dot(W_hh, out=a_t)
            np.tanh(a_t, out=gates_at[t])
            if cell == "lstm":
                np.tanh(c_t, out=c_t)
        h_at[T].dot(W_hy, out=logits)
        logits.dot(W_hyT, out=dh_t)
        for t in range(T, 0, -1):
            da_at[t].dot(W_hhT, out=dh_t)
        np.dot(h_prev.T, da_rows, out=dW_hh)
        np.dot(h_at[T].T, logits, out=dW_hy)

    return [Peer(update, None)]
