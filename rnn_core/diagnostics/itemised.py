"""Itemised gradients: which loss sent how much to which state."""

from __future__ import annotations

import numpy as np

from rnn_core.bptt import slopes_of
from rnn_core.cells import VANILLA, Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Batch, Floats, Params, Tape


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")  # gradients may explode: inf and nan are findings here
def itemised(params: Params, batch: Batch, tape: Tape, dlogits: Floats, cell: Cell = VANILLA) -> Floats:
    """‖∂L_s/∂h_t‖ for every loss L_s, read at time step s, and every state h_t.

    L is the sum of all L_s, so for each t the gradients ∂L_s/∂h_t sum to ∂L/∂h_t; their norms need not, as gradients of
    different losses may point apart.

    Parameters
    ----------
    tape : what `bptt.forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_s at the time steps `tape.read_at`

    Returns
    -------
    (T, T+1) float64: row s-1 is the loss at time step s, column t the state h_t, the norm is over batch and units. Zero
    for t > s, which the loss does not depend on, and in the rows of time steps at which no loss is read.

    All losses go back together, from T to 1, as rows of one product: one sweep, which holds O(R·B·H) numbers.
    """
    (T, B), H = batch.inputs.shape[:2], tape.h.shape[-1]
    R, G, dtype = len(tape.read_at), len(cell.blocks), tape.h.dtype
    norms = np.zeros((T, T + 1))
    dh_direct = dlogits @ params["W_hy"].T
    slopes = slopes_of(tape, cell)
    da_all = np.empty((R * B, G, H), dtype)
    d_t, d_prev = (tuple(np.zeros((R, B, H), dtype) for _ in cell.states) for _ in range(2))  # a loss starts from 0
    W_hhT = np.ascontiguousarray(params["W_hh"].T)
    latest_first, going = tape.read_at[::-1], 0  # so that the losses on their way back are always the first rows
    for t in range(T, 0, -1):
        if going < R and latest_first[going] == t - 1:
            d_t[0][going] = dh_direct[R - 1 - going]
            going += 1
        if going == 0:
            continue
        rows = going * B
        norms[latest_first[:going], t] = row_norms(d_t[0][:going])
        da = da_all[:rows]
        slopes_t = [np.tile(array[t - 1], (going, 1)) for array in slopes]  # the same for every loss
        before, after = (tuple(d[:going].reshape(rows, H) for d in ds) for ds in (d_prev, d_t))
        cell.step_vjp(W_hhT, slopes_t, (da.reshape(rows, -1), da.swapaxes(0, 1)), after, before)
        d_t, d_prev = d_prev, d_t
    norms[latest_first[:going], 0] = row_norms(d_t[0][:going])
    return norms
