"""Saturated states, what they do to the flow of the gradient, and the updates in which a run fell into them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rnn_core.cells import ACTIVATIONS
from rnn_core.types import Floats, Record

SATURATED = 0.99
"""A state of a tanh unit beyond ± this is saturated: its slope 1 - h², which the gradient is multiplied with, is below
0.02 of the steepest. For every other activation the same slope, relative to its steepest, is the limit: a sigmoid unit
is saturated below 0.005 and above 0.995, a ReLU unit where it is off, and a unit without nonlinearity never."""

FALL_FROM, FALL_TO = 0.1, 0.5
"""A run falls where the share of saturated states goes from below the first to above the second."""


def saturation(h: Floats, activation: str = "tanh") -> float:
    """Share of hidden states (T+1, H) after the first input that are saturated; nan if one is not a number.

    Parameters
    ----------
    activation : a key of `cells.ACTIVATIONS`. For the gated cells, h beyond ±0.99 is counted as for "tanh", but is less
        of an obstacle: their gradient has a way around h, through z_t or c_t
    """
    if not np.isfinite(h).all():
        return math.nan
    states = h[1:].astype(np.float64)
    slope, f = np.empty_like(states), ACTIVATIONS[activation]
    f.slope(states, slope)
    return float((slope < (1 - SATURATED**2) * f.steepest).mean())


def flow(record: Record, first: int = 0, last: int | None = None) -> float:
    """How much of the gradient gets from the last time step back to the first: median of ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖.

    Over the updates from `first` up to, not including, `last`; nan where no such ratio is a number.
    """
    h_1, h_T = record.dh_norm[first:last, 1], record.dh_norm[first:last, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = h_1 / h_T
    ratio = ratio[~np.isnan(ratio)]
    return float(np.median(ratio)) if len(ratio) else math.nan


class SaturationOnset(NamedTuple):
    """The updates in which a run's hidden states were thrown into saturation.

    Attributes
    ----------
    start, end : numbers of updates: before the update `start` few states were saturated, before `end` most
    saturated : share of saturated states on the task's probe at those two
    largest_norm : largest gradient norm in the updates from `start` up to `end`
    usual_norm : median of the gradient norm before `start`
    recurrent_share : median of ‖∂L/∂W_hh‖ / ‖∂L/∂θ‖ in those updates
    flow_after : `flow` from `end` on
    """

    start: int
    end: int
    saturated: tuple[float, float]
    largest_norm: float
    usual_norm: float
    recurrent_share: float
    flow_after: float


def saturation_onset(record: Record) -> SaturationOnset | None:
    """Find a run's fall in its snapshots; None if it never fell, or was saturated from the start."""
    shares = np.array([saturation(h, record.config.activation) for h in record.probe_h])
    above = np.flatnonzero(shares > FALL_TO)
    below = np.flatnonzero(shares[: above[0]] < FALL_FROM) if len(above) else above
    if not len(below):
        return None
    k, n = int(below[-1]), int(above[0])
    start, end = int(record.probe_updates[k]), int(record.probe_updates[n])
    norms, recurrent = record.grad_norm[start:end], record.param_norm["W_hh"][start:end]
    return SaturationOnset(
        start=start,
        end=end,
        saturated=(float(shares[k]), float(shares[n])),
        largest_norm=float(norms.max()),
        usual_norm=float(np.median(record.grad_norm[: max(1, start)])),
        recurrent_share=float(np.median(recurrent / norms)),
        flow_after=flow(record, end),
    )
