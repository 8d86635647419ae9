"""Jacobians of one time step, their products over time, and the products' singular values."""

from __future__ import annotations

import numpy as np

from rnn_core.bptt import slopes_of
from rnn_core.cells import VANILLA, Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.types import Floats, Params, Tape

from .spectra import singular_values

__all__ = ["products", "singular_values", "step_jacobians"]


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def step_jacobians(params: Params, tape: Tape, cell: Cell = VANILLA) -> Floats:
    """∂state_t/∂state_{t-1} of one sequence, for t = 1 ... T.

    The state is h_t, and for the LSTM h_t and c_t side by side: S = H or 2H. States are rows, so a Jacobian acts from
    the right, δstate_t = δstate_{t-1} J_t; for the vanilla cell J_t = W_hh diag(f'(a_t)).

    Parameters
    ----------
    tape : of a batch with B = 1

    Returns
    -------
    (T, S, S) float64 whatever the run's dtype; J[t-1, i, j] = ∂state_t[j] / ∂state_{t-1}[i]

    Raises
    ------
    ValueError
        If the tape holds more than one sequence.
    """
    T, B, H = tape.h.shape[0] - 1, *tape.h.shape[1:]
    if B != 1:
        raise ValueError(f"the tape holds {B} sequences; Jacobians are those of one: allowed is 1")
    n = len(cell.states)
    S, G = n * H, len(cell.blocks)
    slopes = slopes_of(tape, cell)
    da = np.empty((S, G, H))
    W_hhT = np.ascontiguousarray(params["W_hh"].T, dtype=np.float64)
    d_prev = tuple(np.empty((S, H)) for _ in range(n))
    jacobians = np.empty((T, S, S))
    for t in range(1, T + 1):
        d_t = tuple(np.eye(S, H, -k * H) for k in range(n))  # row j asks for the gradient of state_t[j]
        da_t = da.reshape(S, -1), da.swapaxes(0, 1)
        cell.step_vjp(W_hhT, [array[t - 1] for array in slopes], da_t, d_t, d_prev)
        jacobians[t - 1] = np.concatenate(d_prev, axis=1).T
    return jacobians


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def products(jacobians: Floats) -> Floats:
    """∂state_T/∂state_t = J_{t+1} J_{t+2} ... J_T for t = 0 ... T: what a change of state_t becomes by the end.

    Parameters
    ----------
    jacobians : (T, S, S), see `step_jacobians`

    Returns
    -------
    (T+1, S, S), the last of them the identity. Their `singular_values` are how much of a change arrives, at most and at
    least, or for a gradient ∂L/∂state_T, how much of it gets back to state_t.
    """
    T, S, _ = jacobians.shape
    found = np.empty((T + 1, S, S))
    found[T] = np.eye(S)
    for t in range(T, 0, -1):
        found[t - 1] = jacobians[t - 1] @ found[t]
    return found
