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
from .cells.cell import Arrays, Views, time_steps
from .clipping import all_finite, rescale
from .losses import SOFTMAX_CROSS_ENTROPY, Loss
from .numerics.norms import global_norm
from .numerics.projection import project, project_vjp
from .numerics.workspace import Workspace, stretches
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
    W = cell.ready(params)
    (T, B), H, dtype = batch.inputs.shape[:2], len(params["W_hh"]), params["W_hh"].dtype
    arrays = {name: work.blocks(name, shape, dtype) for name, shape in cell.shapes(T, B, H).items()}
    for name, start in _starts(cell, h_0, c_0, (B, H)).items():
        arrays[name][0] = start
    project(batch.inputs, W["W_xh"], W["b_h"], arrays[cell.into][1:])  # ax_t stands where the cell will compute
    step, of = cell.step, (cell, *arrays.values())
    for before, now in itertools.pairwise(work.cached("forward", of, lambda: time_steps(cell.parts(arrays)))):
        step(W, before, now)
    h, read_at = arrays.pop("h"), batch.read_at
    return Tape(h, read_at, h[read_at + 1] @ params["W_hy"] + params["b_y"], arrays)  # y_t = h_t W_hy + b_y


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
    (steps, B, H), dtype = h.shape, h.dtype
    T = steps - 1
    dh_direct = work.empty("dh_direct", (T, B, H), dtype)
    dh_direct[:] = 0
    dh_direct[read_at] = dlogits @ params["W_hy"].T  # ∂L/∂h_t from the output at t alone
    d_states = [work.empty("d" + name, h.shape, dtype) for name in cell.states]
    for d in d_states:
        d[T] = 0
    da = work.empty("da", (T, B, len(cell.blocks), H), dtype)
    W_hhT = np.ascontiguousarray(params["W_hh"].T)  # a product with it is faster than with a transposed view
    step_vjp, read, borders = cell.step_vjp, set((read_at + 1).tolist()), _borders(T, window)
    special = set(range(1, T + 1)) if flow_limit < math.inf else read | borders
    d_at = work.cached("dstates", tuple(d_states), lambda: time_steps(tuple(d_states)))
    for stretch in _backwards({"h": h, **tape.saved}, da, cell, work):
        cell.slopes(stretch.arrays, stretch.K)
        for t, parts_t in zip(itertools.count(stretch.last, -1), stretch.parts, strict=False):
            d_t = d_at[t]
            if t in special:
                if t in borders:
                    for d in d_t:
                        d[:] = 0
                if t in read:
                    np.add(d_t[0], dh_direct[t - 1], d_t[0])  # from the output at t, beside what comes from t + 1
                if flow_limit < math.inf:
                    _shorten(d_t, flow_limit)
            step_vjp(W_hhT, parts_t, d_t, d_at[t - 1])
    dh = d_states[0]
    h_prev, h_read = h[:-1].reshape(-1, H), h[read_at + 1].reshape(-1, H)
    da_rows, dy_rows = da.reshape(T * B, -1), dlogits.reshape(-1, dlogits.shape[-1])
    dW_hh = h_prev.T @ da_rows  # Σ_t h_{t-1}ᵀ ∂L/∂a_t
    d_biases = cell.to_inputs({"h": h, **tape.saved}, da, dh[1:])
    gradients = {
        "W_xh": project_vjp(batch.inputs, da.reshape(T, B, -1), len(params["W_xh"]), work),  # Σ_t x_tᵀ ∂L/∂a_t
        "W_hh": dW_hh,
        "b_h": np.ones(len(da_rows), dtype) @ da_rows,  # Σ_t ∂L/∂a_t
        "W_hy": h_read.T @ dy_rows,  # Σ_t h_tᵀ ∂L/∂y_t
        "b_y": dy_rows.sum(axis=0),  # Σ_t ∂L/∂y_t
    }
    return Gradients(gradients | d_biases, dh, dh_direct, da.reshape(T, B, -1), *d_states[1:])


def slopes_of(tape: Tape, cell: Cell, work: Workspace) -> tuple[Floats, Floats]:
    """The slopes K (T, B, k, H) of all time steps, and room for da (T, B, G, H), in the same memory if it may be."""
    T, B, H = tape.h.shape[0] - 1, *tape.h.shape[1:]
    K = work.empty("K", (T, B, cell.slope_blocks, H), tape.h.dtype)
    cell.slopes({"h": tape.h, **tape.saved}, K)
    return K, K if cell.shared else work.empty("da", (T, B, len(cell.blocks), H), tape.h.dtype)


class _Stretch(NamedTuple):
    """Some time steps in a row, so few that their slopes are still in the processor's cache when they are used.

    Attributes
    ----------
    last : the last of them
    arrays : those of the tape, from the time step before the first of them on
    K : room for the slopes
    parts : what `step_vjp` gets, from the last time step to the first
    """

    last: int
    arrays: Arrays
    K: Floats
    parts: list[Views]


def _backwards(arrays: Arrays, da: Floats, cell: Cell, work: Workspace) -> list[_Stretch]:
    """All time steps, cut into stretches, from the last to the first; slopes and da share their memory if they may."""
    T, B, _, H = da.shape
    cuts = stretches(T, cell.slope_blocks * arrays["h"][0].nbytes)
    room = da if cell.shared else work.blocks("slopes", (cuts[0].stop, B, cell.slope_blocks, H), da.dtype)

    def make() -> list[_Stretch]:
        found = []
        for cut in reversed(cuts):
            da_here = da[cut]
            K = da_here if cell.shared else room[: cut.stop - cut.start]
            here = {name: array[cut.start : cut.stop + 1] for name, array in arrays.items()}
            found.append(_Stretch(cut.stop, here, K, time_steps(cell.back_parts(K, da_here))[::-1]))
        return found

    return work.cached("backward", (cell, *arrays.values(), da, room), make)


def _borders(T: int, window: int) -> set[int]:
    """The time steps that get nothing from the next one: the last of each window, counted back from T."""
    return set(range(T - window, 0, -window)) if window else set()


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
