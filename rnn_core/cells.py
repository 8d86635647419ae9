"""One time step of each recurrent cell: `step` forward, `step_vjp` back. The caller scans over time.

All inputs are projected at once before the scan, so a step receives ax_t = x_t W_xh + b_h and only the recurrence is
left to do. What the way back needs of the states alone, ∂h_t/∂a_t, is computed for all t at once as well. Arrays of
one time step are (B, H); vectors are rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .types import Floats


class Cell(NamedTuple):
    """The two directions of one time step.

    Attributes
    ----------
    step : (ax_t, h_prev, W_hh, out) writes h_t into `out`, which may be `ax_t` itself
    slope : (h, out) writes ∂h_t/∂a_t for all t; both (T, B, H)
    step_vjp : (dh_t, slope_t, W_hhT, da_out, dh_prev_out) writes ∂L/∂a_t and its contribution to ∂L/∂h_{t-1};
        `da_out` may be `slope_t` itself
    """

    step: Callable[[Floats, Floats, Floats, Floats], None]
    slope: Callable[[Floats, Floats], None]
    step_vjp: Callable[[Floats, Floats, Floats, Floats, Floats], None]


def tanh_step(ax_t: Floats, h_prev: Floats, W_hh: Floats, h_t: Floats) -> None:
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h): the simple recurrent network of Elman (1990)."""
    np.tanh(ax_t + h_prev.dot(W_hh), out=h_t)


def tanh_slope(h: Floats, slope: Floats) -> None:
    """∂h_t/∂a_t = 1 - h_t²."""
    np.subtract(1, np.multiply(h, h, out=slope), out=slope)


def tanh_step_vjp(dh_t: Floats, slope_t: Floats, W_hhT: Floats, da_t: Floats, dh_prev: Floats) -> None:
    """∂L/∂a_t = ∂L/∂h_t ⊙ ∂h_t/∂a_t and ∂L/∂h_{t-1} = ∂L/∂a_t W_hhᵀ.

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990).
    """
    np.multiply(dh_t, slope_t, out=da_t)
    da_t.dot(W_hhT, out=dh_prev)


CELLS: dict[str, Cell] = {"vanilla": Cell(tanh_step, tanh_slope, tanh_step_vjp)}
"""Cells by their name in `Config.cell`."""
