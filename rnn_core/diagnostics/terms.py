"""The terms of ∂L/∂W_hh by time step: ∂L/∂W_hh = Σ_t h_{t-1}ᵀ ∂L/∂a_t, t = 1 ... T.

Term t is what W_hh's use at time step t contributes: the states that it multiplied there, times what the change of
their product is worth to all later losses.
"""

from __future__ import annotations

import numpy as np

from rnn_core.cells import VANILLA, Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.types import Batch, Floats, Gradients, Params, Tape


def recurrent_da(tape: Tape, gradients: Gradients, cell: Cell = VANILLA) -> Floats:
    """∂L/∂(h_{t-1} W_hh), (T, B, G·H): what stands beside h_{t-1} in the terms.

    For the vanilla cell and the LSTM this is `gradients.da`. The GRU's n_t = tanh(ax^n_t + r_t ⊙ q_t) lets the product
    q_t = h_{t-1} W^n_hh + b_hn through the reset gate, so its third block is ∂L/∂q_t = r_t ⊙ ∂L/∂a^n_t.
    """
    if cell.blocks != ("r", "z", "n"):
        return gradients.da
    H = tape.h.shape[-1]
    da, r = gradients.da.copy(), tape.saved["r"][1:]
    da[:, :, 2 * H :] *= r
    return da


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def recurrent_terms(params: Params, batch: Batch, tape: Tape, gradients: Gradients, cell: Cell = VANILLA) -> Floats:
    """All terms, (T, H, G·H), summed over the batch; for small networks, as this is T times the size of W_hh.

    Parameters
    ----------
    tape, gradients : what `bptt.forward` and `bptt.backward` returned for this batch
    """
    terms = np.empty((len(batch.inputs), *params["W_hh"].shape), tape.h.dtype)
    return np.matmul(tape.h[:-1].transpose(0, 2, 1), recurrent_da(tape, gradients, cell), out=terms)
