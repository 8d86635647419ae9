"""How far back ∂L/∂W_hh comes from: its terms by the distance between the loss and the time step they arise at.

    ∂L/∂W_hh = Σ_d G_d,    G_d = Σ_s h_{s-d-1}ᵀ ∂L_s/∂(h_{s-d-1} W_hh)

G_d is what W_hh's uses d time steps before the loss contribute; G_0 from the very words at which a loss is read.
"""

from __future__ import annotations

import numpy as np

from rnn_core.bptt import backward
from rnn_core.cells import VANILLA, Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import scaled_norm
from rnn_core.numerics.workspace import Workspace
from rnn_core.types import Batch, Floats, Params, Tape

from .terms import recurrent_da


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def terms_by_distance(params: Params, batch: Batch, tape: Tape, dlogits: Floats, cell: Cell = VANILLA) -> Floats:
    """All G_d, d = 0 ... T-1, (T, H, G·H), summed over the batch; for small networks, one backward pass per loss.

    Parameters
    ----------
    tape : what `bptt.forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_s at the time steps `tape.read_at`
    """
    found = np.zeros((len(batch.inputs), *params["W_hh"].shape), tape.h.dtype)
    alone, work = np.zeros_like(dlogits), Workspace()
    for k, s in enumerate((tape.read_at + 1).tolist()):
        alone[:] = 0
        alone[k] = dlogits[k]
        da = recurrent_da(tape, backward(params, batch, tape, alone, cell, work), cell)[:s]
        found[:s] += np.matmul(tape.h[:s].transpose(0, 2, 1), da)[::-1]  # time step t is s - t before the loss
    return found


def shares(terms: Floats) -> Floats:
    """Share of each term in the sum G of all: ⟨G_d, G⟩ / ‖G‖², how much of G's length lies in it.

    The shares sum to 1. One below 0 belongs to a term that points against the sum.

    Parameters
    ----------
    terms : (N, ...)

    Returns
    -------
    (N,) float64; nan if the sum is 0 or not finite
    """
    wide = terms.astype(np.float64).reshape(len(terms), -1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        total = wide.sum(axis=0)
        largest, relative = scaled_norm([total])
        unit = total / largest / relative
        return np.asarray((wide @ unit) / largest / relative)
