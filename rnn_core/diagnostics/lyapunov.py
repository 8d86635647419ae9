"""Lyapunov exponents: the rates at which a network stretches and shrinks small changes of its state, per time step.

In the long run a small change of the state grows as e^(λ t) with λ the largest exponent, and so does a gradient on its
way back: over long times gradients explode if λ > 0 (in a network whose states are bounded, that is chaos) and vanish
if λ < 0. The other exponents are the rates of the directions that are left if the faster ones are taken away.

Source: Benettin, Galgani, Giorgilli and Strelcyn, "Lyapunov characteristic exponents for smooth dynamical systems and
for Hamiltonian systems", Meccanica 15 (1980); for recurrent networks: Engelken, Wolf and Abbott, "Lyapunov spectra of
chaotic recurrent neural networks", Physical Review Research 5 (2023).
"""

from __future__ import annotations

import numpy as np

from rnn_core.bptt import forward
from rnn_core.cells import VANILLA, Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.types import Batch, Floats, Ints, Params

from .jacobians import step_jacobians


@one_blas_thread()
def exponents(jacobians: Floats, warm_up: int = 0) -> Floats:
    """All Lyapunov exponents along a trajectory, by QR.

    Changes δ_t = δ_{t-1} J_t of the state are followed in a frame that is made orthonormal again at each time step:
    J_tᵀ Q_{t-1} = Q_t R_t, and λ_k is the mean of log|R_t[k, k]|. Their sum is the mean of log|det J_t| for every T;
    each by itself converges about as 1 / T.

    Parameters
    ----------
    jacobians : (T, S, S) `jacobians.step_jacobians` of the trajectory
    warm_up : time steps in which the frame turns into place and that do not count; fewer than T

    Returns
    -------
    (S,) in nats per time step, largest first; -inf for directions that are lost entirely, as through ReLU units that
    are off; nan if a Jacobian is not finite

    Raises
    ------
    ValueError
        If the warm-up leaves no time step to measure.
    """
    T, S, _ = jacobians.shape
    if not 0 <= warm_up < T:
        raise ValueError(f"warm_up is {warm_up}; allowed: from 0 to {T - 1}, as there are {T} time steps")
    if not np.isfinite(jacobians).all():
        return np.full(S, np.nan)
    Q, stretched = np.eye(S), np.empty((T, S))
    for t, J in enumerate(jacobians):
        Q, R = np.linalg.qr(J.T @ Q)
        stretched[t] = np.abs(np.diag(R))
    with np.errstate(divide="ignore"):
        rates: Floats = np.log(stretched[warm_up:]).mean(axis=0)
    return np.sort(rates)[::-1]


def driven(params: Params, inputs: Ints | Floats, cell: Cell = VANILLA, warm_up: int = 0) -> Floats:
    """Exponents (S,) of a network that reads one sequence, (T,) token ids or (T, D) values, from h_0 = 0."""
    nothing_read = np.zeros((len(inputs), 1))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        tape = forward(params, Batch(inputs[:, None], nothing_read.astype(int), nothing_read), cell)
    return exponents(step_jacobians(params, tape, cell), warm_up)


def autonomous(params: Params, h_0: Floats, time_steps: int, cell: Cell = VANILLA, warm_up: int = 0) -> Floats:
    """Exponents (S,) of a network left to itself: inputs are 0, and only b_h and its state (H,) drive it."""
    nothing_read = np.zeros((time_steps, 1))
    silence = np.zeros((time_steps, 1, len(params["W_xh"])), params["W_xh"].dtype)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        tape = forward(params, Batch(silence, nothing_read.astype(int), nothing_read), cell, h_0[None])
    return exponents(step_jacobians(params, tape, cell), warm_up)
