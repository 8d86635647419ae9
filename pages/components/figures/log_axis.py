"""Logarithmic axes: their range, and ticks that stay few."""

from __future__ import annotations

import math

import numpy as np

from rnn_core.types import Floats

_MOST_DECADES = 8
"""Each with a label of its own."""

_FLOATS = (-323.0, 308.0)
"""log₁₀ of the ends of double precision, beyond which an edge would be 0 or inf itself."""


def drawable(values: Floats, *, log: bool = True) -> Floats:
    """The values that have a place on the axis; nan for the others."""
    has_place = np.isfinite(values) & (values > 0) if log else np.isfinite(values)
    return np.where(has_place, values, np.nan)


def log_range(*values: Floats | list[float], top: float | None = None) -> tuple[float, float]:
    """log₁₀ at both ends of an axis on which all positive finite values fit: a decade at least.

    Parameters
    ----------
    top : log₁₀ of the largest value there can be, if that is known
    """
    shown = np.concatenate([drawable(np.asarray(v, float)) for v in values])
    shown = shown[~np.isnan(shown)]
    low, high = (math.log10(shown.min()), math.log10(shown.max())) if len(shown) else (-1.0, 0.0)
    if top is not None:
        low, high = min(low, top - 1), max(high, top)
    missing = max(0.0, 1 - (high - low)) / 2
    low, high = low - missing, high + missing
    margin = 0.04 * (high - low)
    return max(low - margin, _FLOATS[0]), min(high + margin, _FLOATS[1])


def log_axis(ends: tuple[float, float]) -> dict[str, object]:
    """Settings of an axis with this range; Plotly's own ticks would crowd it with lone digits between the powers."""
    low, high = ends
    axis: dict[str, object] = {"type": "log", "range": [low, high], "exponentformat": "power"}
    if high - low > 2:
        return axis | {"tick0": 0, "dtick": max(1, math.ceil((high - low) / _MOST_DECADES))}
    decades = range(math.floor(low), math.ceil(high) + 1)
    ticks = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    return axis | {"tickvals": [tick for tick in ticks if low <= math.log10(tick) <= high]}
