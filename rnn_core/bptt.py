"""Forward over time, backward over time: backpropagation through time, written out.

The loop over time holds the recurrence and nothing else. Everything that does not depend on the previous time step is
one array operation over all (T, B): the input projection before the loop, the weights' gradients after it. What one
time step computes is the cell's, see `rnn_core.cells`.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np

from .cells import VANILLA, Cell
from .cells.cell import Arrays
from .cells.gates import with_gates_halved
from .cells.memory import backward_memory, forward_memory, slope_arrays
from .clipping import all_finite, rescale
from .losses import SOFTMAX_CROSS_ENTROPY, Loss
from .numerics.norms import global_norm
from .numerics.projection import project, project_vjp
from .numerics.workspace import Workspace, tiles
from .types import Batch, Floats, Gradients, Params, Tape


def forward(
    params: Params,
    batch: Batch,
    cell: Cell = VANILLA,
    h_0: Floats | None = None,
    c_0: Floats | None = None,
    work: Workspace | None = None,
) -> Tape:
    """Run the network over a batch of sequences.

    Parameters
    ----------
    h_0, c_0 : (B, H) initial states, c_0 for the LSTM alone; zeros if None
    work : where to put the states; fresh memory if None

    Raises
    ------
    ValueError
        If an initial state has another shape, or the cell has no such state.
    IndexError
        If a token id is not that of a row of W_xh.
    """
    work = Workspace() if work is None else work
    W, (T, B), H = with_gates_halved(params, cell), batch.inputs.shape[:2], len(params["W_hh"])
    saved, ax, time_steps = forward_memory(cell, (T + 1, B, H), params["W_hh"].dtype, work)
    for name, start in _starts(cell, h_0, c_0, (B, H)).items():
        saved[name][0] = start
    project(batch.inputs, W["W_xh"], W["b_h"], ax[1:])  # ax_t = x_t W_xh + b_h, where the cell will compute
    for before, now in itertools.pairwise(time_steps):
        cell.step(W, before, now)
    h, read_at = saved["h"], batch.read_at
    logits = h[read_at + 1] @ params["W_hy"] + params["b_y"]  # y_t = h_t W_hy + b_y
    return Tape(h, read_at, logits, {name: array for name, array in saved.items() if name != "h"})


def _starts(cell: Cell, h_0: Floats | None, c_0: Floats | None, shape: tuple[int, int]) -> dict[str, Floats | int]:
    """What the cell's states are at t = 0, by name."""
    given = {name: start for name, start in (("h", h_0), ("c", c_0)) if start is not None}
    for name, start in given.items():
        if name not in cell.states:
            raise ValueError(f"{name}_0 is given, but this cell has no state {name}; allowed: None")
        if start.shape != shape:
            raise ValueError(f"{name}_0 has the shape {start.shape}; allowed: (B, H) = {shape}")
    return dict.fromkeys(cell.states, 0) | given


def backward(
    params: Params,
    batch: Batch,
    tape: Tape,
    dlogits: Floats,
    cell: Cell = VANILLA,
    work: Workspace | None = None,
    window: int = 0,
    flow_limit: float = math.inf,
) -> Gradients:
    """Send ∂L/∂y_t back through the network and through time.

    Parameters
    ----------
    tape : what `forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_t at the time steps `tape.read_at`
    work : where to put what has a time axis; fresh memory if None
    window : truncated BPTT: nothing flows from t + 1 to t where T - t is a multiple of it, 0 < t < T; 0 is without
    flow_limit : what arrives at a time step, ∂L/∂h_t, is shortened to this norm before it flows on; for the LSTM
        ∂L/∂h_t together with the part of ∂L/∂c_t that came from c_{t+1}: the part through h_t is added afterwards

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990); truncation in
    windows: Williams and Peng, "An efficient gradient-based algorithm for on-line training of recurrent network
    trajectories", Neural Computation 2 (1990), BPTT(h; h).
    """
    work = Workspace() if work is None else work
    h, read_at = tape.h, tape.read_at
    T, B, H = len(h) - 1, *h.shape[1:]
    before, now = _before_and_now(tape, cell)
    room = backward_memory(cell, h.shape, h.dtype, work)
    d_states, da, K, d_at, da_at, _ = room
    dh_direct = work.empty("dh_direct", (T, B, H), h.dtype)
    W_hhT = np.ascontiguousarray(params["W_hh"].T)  # a product with it is faster than with a transposed view

    dh_direct[:] = 0
    dh_direct[read_at] = dlogits @ params["W_hy"].T  # ∂L/∂h_t from the output at t alone
    read = set((read_at + 1).tolist())
    for d in d_states:
        d[T] = 0
    for tile in reversed(tiles(T, K[:, 0].nbytes)):  # so few time steps that their slopes stay in the cache
        slopes = cell.slopes([array[tile] for array in before], [array[tile] for array in now], room.slopes_at(tile))
        for t, slopes_t in room.backwards(tile, slopes):
            d_t = d_at[t]
            if window and (T - t) % window == 0:  # nothing flows from t + 1 to t
                for d in d_t:
                    d[:] = 0
            if t in read:
                np.add(d_t[0], dh_direct[t - 1], d_t[0])  # from the output at t, beside what comes from t + 1
            if flow_limit < math.inf:
                _shorten(d_t, flow_limit)
            cell.step_vjp(W_hhT, slopes_t, da_at[t - 1], d_t, d_at[t - 1])

    dh, da_rows, dy_rows = d_states[0], da.reshape(T * B, -1), dlogits.reshape(-1, dlogits.shape[-1])
    dW_hh = h[:-1].reshape(-1, H).T @ da_rows  # Σ_t h_{t-1}ᵀ ∂L/∂a_t
    d_biases = cell.to_inputs(now, da, dh[1:]) if cell.to_inputs else {}  # from here on, da is ∂L/∂ax_t
    gradients = {
        "W_xh": project_vjp(batch.inputs, da.reshape(T, B, -1), len(params["W_xh"]), work),  # Σ_t x_tᵀ ∂L/∂a_t
        "W_hh": dW_hh,
        "b_h": np.ones(T * B, da.dtype) @ da_rows,  # Σ_t ∂L/∂a_t
        "W_hy": h[read_at + 1].reshape(-1, H).T @ dy_rows,  # Σ_t h_tᵀ ∂L/∂y_t
        "b_y": dy_rows.sum(axis=0),  # Σ_t ∂L/∂y_t
    }
    return Gradients(gradients | d_biases, dh, dh_direct, da.reshape(T, B, -1), *d_states[1:])


def slopes_of(tape: Tape, cell: Cell) -> Arrays:
    """The slopes of all time steps, as `cell.slopes` returns them."""
    K = np.empty((slope_arrays(cell), *tape.h[1:].shape), tape.h.dtype)
    return cell.slopes(*_before_and_now(tape, cell), K)


def _before_and_now(tape: Tape, cell: Cell) -> tuple[Arrays, Arrays]:
    """The arrays that the cell has saved, at t - 1 and at t, for t = 1 ... T."""
    saved = [tape.h if name == "h" else tape.saved[name] for name in cell.saved]
    return [array[:-1] for array in saved], [array[1:] for array in saved]


def _shorten(d_t: tuple[Floats, ...], limit: float) -> None:
    """If the norm of the states' gradient at one time step, over batch and units, is above the limit: shorten it."""
    norm = global_norm(d_t)
    if norm > limit and all_finite(d_t, norm):
        for d, shorter in zip(d_t, rescale(d_t, norm, limit)[0], strict=True):
            d[:] = shorter


class Pass(NamedTuple):
    """A loss and everything that was computed on the way to its gradient."""

    loss: float
    accuracy: float
    tape: Tape
    dlogits: Floats
    gradients: Gradients


def loss_and_gradients(
    params: Params,
    batch: Batch,
    cell: Cell = VANILLA,
    work: Workspace | None = None,
    loss: Loss = SOFTMAX_CROSS_ENTROPY,
    window: int = 0,
) -> Pass:
    """The loss of a batch, forward and back; `work` and `window` as in `forward` and `backward`."""
    work = Workspace() if work is None else work
    tape = forward(params, batch, cell, work=work)
    targets, weights = batch.targets[tape.read_at], batch.weights[tape.read_at]
    value, dlogits = loss.value_and_gradient(tape.logits, targets, weights)
    right = loss.accuracy(tape.logits, targets, weights)
    return Pass(value, right, tape, dlogits, backward(params, batch, tape, dlogits, cell, work, window))
