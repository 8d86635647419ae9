"""The simple recurrent network of Elman (1990): h_t = f(a_t), a_t = x_t W_xh + h_{t-1} W_hh + b_h."""

from __future__ import annotations

import numpy as np

from rnn_core.types import Floats, Params

from .activations import Activation
from .cell import Arrays, Cell


def vanilla(activation: Activation) -> Cell:
    """The vanilla cell with this nonlinearity; ax_t = x_t W_xh + b_h stands where h_t will be."""
    f, slope, *_ = activation

    def step(W: Params, before: Arrays, now: Arrays) -> None:
        h_prev, h = before[0], now[0]
        f(h + h_prev.dot(W["W_hh"]), h)  # h_t = f(ax_t + h_{t-1} W_hh)

    def slopes(before: Arrays, now: Arrays, K: Floats) -> Arrays:
        slope(now[0], K[0])  # ∂h_t/∂a_t = f'(a_t), from h_t alone
        return (K[0],)

    return Cell(("h",), ("h",), ("h",), step, slopes, step_vjp, kink=activation.kink)


def step_vjp(W_hhT: Floats, slopes_t: Arrays, da_t: Arrays, d_t: Arrays, d_prev: Arrays) -> None:
    """One time step back.

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990).
    """
    (K,), (da, _), (dh,), (dh_prev,) = slopes_t, da_t, d_t, d_prev
    np.multiply(dh, K, da)  # ∂L/∂a_t = ∂L/∂h_t ⊙ ∂h_t/∂a_t
    da.dot(W_hhT, dh_prev)  # ∂L/∂h_{t-1} = ∂L/∂a_t W_hhᵀ
