"""Forward over time, backward over time: backpropagation through time, written out.

The loop over time holds the recurrence and nothing else. Everything that does not depend on the previous time step is
one array operation over all (T, B): the input projection before the loop, the weights' gradients after it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .cells import CELLS
from .losses import accuracy, softmax_cross_entropy
from .types import Batch, Floats, Gradients, Ints, Params, Tape


def forward(params: Params, batch: Batch, cell: str = "vanilla", h_0: Floats | None = None) -> Tape:
    """Run the network over a batch of sequences; `h_0` is its initial state (B, H), zeros if None."""
    step = CELLS[cell].step
    W_hh = params["W_hh"]
    ax = project(batch.inputs, params["W_xh"], params["b_h"])  # (T, B, H)
    T, B, H = ax.shape
    h = np.empty((T + 1, B, H), ax.dtype)
    h[0] = 0 if h_0 is None else h_0
    for t in range(T):
        step(ax[t], h[t], W_hh, h[t + 1])
    read_at = batch.read_at
    return Tape(h, read_at, h[read_at + 1] @ params["W_hy"] + params["b_y"])  # y_t = h_t W_hy + b_y


def backward(params: Params, batch: Batch, tape: Tape, dlogits: Floats, cell: str = "vanilla") -> Gradients:
    """Send ∂L/∂y_t back through the network and through time.

    Parameters
    ----------
    tape : what `forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_t at the time steps `tape.read_at`

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990).
    """
    step_vjp = CELLS[cell].step_vjp
    W_hh, W_hy = params["W_hh"], params["W_hy"]
    h, read_at = tape.h, tape.read_at
    T, B, H = h.shape[0] - 1, h.shape[1], h.shape[2]
    dh_direct = np.zeros((T, B, H), h.dtype)
    dh_direct[read_at] = dlogits @ W_hy.T  # ∂L/∂h_t from the output at t alone
    dh = np.empty_like(h)
    da = np.empty_like(dh_direct)
    dh[T] = 0
    read = set(read_at.tolist())
    for t in range(T, 0, -1):
        if t - 1 in read:
            dh[t] += dh_direct[t - 1]  # what comes from the output at t joins what comes from t + 1
        step_vjp(dh[t], h[t], W_hh, da[t - 1], dh[t - 1])
    h_prev, h_read = h[:-1].reshape(-1, H), h[read_at + 1].reshape(-1, H)
    da_rows, dy_rows = da.reshape(-1, H), dlogits.reshape(-1, dlogits.shape[-1])
    gradients = {
        "W_xh": project_vjp(batch.inputs, da, len(params["W_xh"])),  # Σ_t x_tᵀ ∂L/∂a_t
        "W_hh": h_prev.T @ da_rows,  # Σ_t h_{t-1}ᵀ ∂L/∂a_t
        "b_h": da_rows.sum(axis=0),  # Σ_t ∂L/∂a_t
        "W_hy": h_read.T @ dy_rows,  # Σ_t h_tᵀ ∂L/∂y_t
        "b_y": dy_rows.sum(axis=0),  # Σ_t ∂L/∂y_t
    }
    return Gradients(gradients, dh, dh_direct)


class Pass(NamedTuple):
    """A loss and everything that was computed on the way to its gradient."""

    loss: float
    accuracy: float
    tape: Tape
    gradients: Gradients


def loss_and_gradients(params: Params, batch: Batch, cell: str = "vanilla") -> Pass:
    """Softmax cross-entropy of a batch, forward and back."""
    tape = forward(params, batch, cell)
    targets, weights = batch.targets[tape.read_at], batch.weights[tape.read_at]
    loss, dlogits = softmax_cross_entropy(tape.logits, targets, weights)
    right = accuracy(tape.logits, targets, weights)
    return Pass(loss, right, tape, backward(params, batch, tape, dlogits, cell))


def project(inputs: Ints | Floats, W_xh: Floats, b_h: Floats) -> Floats:
    """x_t W_xh + b_h for all t at once, (T, B, H). For a token id, x_t is one-hot and x_t W_xh a row of W_xh."""
    if inputs.ndim == 2:
        return (W_xh + b_h)[inputs]
    return inputs @ W_xh + b_h


def project_vjp(inputs: Ints | Floats, da: Floats, tokens: int) -> Floats:
    """∂L/∂W_xh = Σ_t x_tᵀ ∂L/∂a_t, (D, H); for token ids, the rows of da summed by id."""
    rows = da.reshape(-1, da.shape[-1])
    if inputs.ndim == 3:
        return inputs.reshape(len(rows), -1).T @ rows
    one_hot = np.zeros((tokens, len(rows)), da.dtype)
    one_hot[inputs.ravel(), np.arange(len(rows))] = 1
    return one_hot @ rows
