"""Forward over time, backward over time: backpropagation through time, written out.

The loop over time holds the recurrence and nothing else. Everything that does not depend on the previous time step is
one array operation over all (T, B): the input projection before the loop, the weights' gradients after it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .cells import CELLS
from .losses import accuracy, softmax_cross_entropy
from .types import Batch, Floats, Gradients, Ints, Params, Tape


class Workspace:
    """Memory of the arrays (T, B, ·) of a pass, to be used again by the next: fresh pages cost as much as arithmetic.

    A pass that is given a workspace writes over what the last pass in it returned, so each thread needs its own, and
    whatever is to be kept must be copied. Gradients of the parameters are always fresh.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, Floats] = {}

    def empty(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Floats:
        """`numpy.empty`, but the same array as at the last call if shape and dtype are still the same."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = np.empty(shape, dtype)
        return array


def forward(
    params: Params,
    batch: Batch,
    cell: str = "vanilla",
    h_0: Floats | None = None,
    work: Workspace | None = None,
) -> Tape:
    """Run the network over a batch of sequences.

    Parameters
    ----------
    h_0 : (B, H) initial state; zeros if None
    work : where to put the states; fresh memory if None
    """
    work = Workspace() if work is None else work
    step = CELLS[cell].step
    W_hh = params["W_hh"]
    (T, B), H = batch.inputs.shape[:2], len(W_hh)
    h = work.empty("h", (T + 1, B, H), W_hh.dtype)
    h[0] = 0 if h_0 is None else h_0
    project(batch.inputs, params["W_xh"], params["b_h"], h[1:])  # ax_t stands where h_t will be
    h_at = list(h)  # views of (B, H), made once: indexing the array in the loop takes longer
    for t in range(1, T + 1):
        step(h_at[t], h_at[t - 1], W_hh, h_at[t])
    read_at = batch.read_at
    return Tape(h, read_at, h[read_at + 1] @ params["W_hy"] + params["b_y"])  # y_t = h_t W_hy + b_y


def backward(
    params: Params,
    batch: Batch,
    tape: Tape,
    dlogits: Floats,
    cell: str = "vanilla",
    work: Workspace | None = None,
) -> Gradients:
    """Send ∂L/∂y_t back through the network and through time.

    Parameters
    ----------
    tape : what `forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_t at the time steps `tape.read_at`
    work : where to put what has a time axis; fresh memory if None

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990).
    """
    work = Workspace() if work is None else work
    _, slope, step_vjp = CELLS[cell]
    W_hhT = np.ascontiguousarray(params["W_hh"].T)  # a product with it is faster than with a transposed view
    h, read_at = tape.h, tape.read_at
    T, B, H = h.shape[0] - 1, h.shape[1], h.shape[2]
    dh_direct = work.empty("dh_direct", (T, B, H), h.dtype)
    dh_direct[:] = 0
    dh_direct[read_at] = dlogits @ params["W_hy"].T  # ∂L/∂h_t from the output at t alone
    dh = work.empty("dh", h.shape, h.dtype)
    dh[T] = 0
    da = work.empty("da", (T, B, H), h.dtype)
    slope(h[1:], da)  # ∂h_t/∂a_t stands where ∂L/∂a_t will be
    dh_at, da_at, read = list(dh), [None, *da], set((read_at + 1).tolist())
    for t in range(T, 0, -1):
        if t in read:
            dh_at[t] += dh_direct[t - 1]  # what comes from the output at t joins what comes from t + 1
        step_vjp(dh_at[t], da_at[t], W_hhT, da_at[t], dh_at[t - 1])
    h_prev, h_read = h[:-1].reshape(-1, H), h[read_at + 1].reshape(-1, H)
    da_rows, dy_rows = da.reshape(-1, H), dlogits.reshape(-1, dlogits.shape[-1])
    gradients = {
        "W_xh": project_vjp(batch.inputs, da, len(params["W_xh"]), work),  # Σ_t x_tᵀ ∂L/∂a_t
        "W_hh": h_prev.T @ da_rows,  # Σ_t h_{t-1}ᵀ ∂L/∂a_t
        "b_h": np.ones(len(da_rows), da.dtype) @ da_rows,  # Σ_t ∂L/∂a_t
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


def loss_and_gradients(params: Params, batch: Batch, cell: str = "vanilla", work: Workspace | None = None) -> Pass:
    """Softmax cross-entropy of a batch, forward and back; `work` as in `forward` and `backward`."""
    work = Workspace() if work is None else work
    tape = forward(params, batch, cell, work=work)
    targets, weights = batch.targets[tape.read_at], batch.weights[tape.read_at]
    loss, dlogits = softmax_cross_entropy(tape.logits, targets, weights)
    right = accuracy(tape.logits, targets, weights)
    return Pass(loss, right, tape, backward(params, batch, tape, dlogits, cell, work))


def project(inputs: Ints | Floats, W_xh: Floats, b_h: Floats, ax: Floats) -> None:
    """ax_t = x_t W_xh + b_h for all t at once, (T, B, H). For a token id, x_t is one-hot and x_t W_xh a row of W_xh.

    Raises
    ------
    IndexError
        If a token id is not that of a row of W_xh.
    """
    if inputs.ndim == 3:
        np.add(np.matmul(inputs, W_xh, out=ax), b_h, out=ax)
        return
    ids = inputs.astype(np.intp, copy=False)
    low, high = ids.min(), ids.max()
    if low < 0 or high >= len(W_xh):
        raise IndexError(f"token ids go from {low} to {high}, but W_xh has {len(W_xh)} rows")
    (W_xh + b_h).take(ids, axis=0, out=ax, mode="clip")  # the mode that writes straight into ax; nothing is clipped


def project_vjp(inputs: Ints | Floats, da: Floats, tokens: int, work: Workspace) -> Floats:
    """∂L/∂W_xh = Σ_t x_tᵀ ∂L/∂a_t, (D, H); for token ids, the rows of da summed by id."""
    rows = da.reshape(-1, da.shape[-1])
    if inputs.ndim == 3:
        return inputs.reshape(len(rows), -1).T @ rows
    ids = inputs.ravel().astype(np.min_scalar_type(tokens))  # small integers: NumPy sorts them in linear time
    by_id = work.empty("da by token id", rows.shape, rows.dtype)
    np.take(rows, np.argsort(ids, kind="stable"), axis=0, out=by_id, mode="clip")
    ends = np.bincount(ids, minlength=tokens).cumsum().tolist()
    ones = np.ones(len(rows), da.dtype)
    dW_xh = np.empty((tokens, da.shape[-1]), da.dtype)
    for dW_x, start, end in zip(dW_xh, [0, *ends], ends, strict=False):
        ones[start:end].dot(by_id[start:end], out=dW_x)  # Σ ∂L/∂a_t over where x_t is this token
    return dW_xh
