"""Sentences about the matrix, computed from its spectrum and from what was measured."""

from __future__ import annotations

import numpy as np

from pages.components.numbers import any_number as value
from pages.components.numbers import count, raised
from rnn_core.diagnostics.nonnormal import departure_from_normality
from rnn_core.toy_models.recurrence import Fading
from rnn_core.types import Floats

VANISHED, EXPLODED = 0.01, 100.0
"""What is left of a gradient on this page if it is said to vanish (less) or to explode (more)."""

NEAR = 1e-9
"""ρ and σ are computed: as near to a limit as this they are said to be equal to it."""


def what_happened(fading: Fading, W_hh: Floats, activation: str) -> list[str]:
    """What the measured line does, and why it is not the predicted one."""
    sentences = [_measured(fading), _bound(fading), _radius(fading)]
    if (growth := _growth(fading, W_hh)) is not None:
        sentences.append(growth)
    if activation != "identity":
        sentences.append(_slopes(fading))
    return sentences


def _measured(fading: Fading) -> str:
    T = len(fading.largest) - 1
    end, typical = float(fading.largest[-1]), float(fading.typical[-1])
    if end == 0:
        return f"**Nothing is left** after {count(T, 'time step')}: the gradient is exactly 0."
    verb = "vanishes" if end < VANISHED else "explodes" if end > EXPLODED else "neither vanishes nor explodes"
    return (
        f"**Measured: the gradient {verb}.** After {count(T, 'time step')} {value(end)} of it is left in the best "
        f"direction, {value(typical)} in a typical one. That is a factor of {value(fading.rate)} per time step."
    )


def _bound(fading: Fading) -> str:
    T, decay = len(fading.largest) - 1, fading.predicted
    compared = f"σ = {value(decay.largest)} and 1/γ = {value(1 / decay.steepest)}"
    bound = f"(γσ){raised(T)} = {value(float(decay.bound[-1]))}"
    if abs(decay.largest * decay.steepest - 1) < NEAR:
        return f"**{compared}: it cannot explode**, and need not vanish. The bound is 1 at every lag."
    if decay.must_vanish:
        return f"**{compared}: it must vanish in the long run**, whatever is read. No more than {bound} can be left."
    return f"**{compared}: the bound allows it to explode**, up to {bound}. It does not say that it will."


def _radius(fading: Fading) -> str:
    decay = fading.predicted
    beyond = decay.radius * decay.steepest - 1
    side = "equal to" if abs(beyond) < NEAR else "above" if beyond > 0 else "below"
    predicted = value(float(decay.by_radius[-1]))
    ends = np.array([decay.by_radius[-1], fading.largest[-1]])
    off = abs(np.log10(ends[0] / ends[1])) if (ends > 0).all() and np.isfinite(ends).all() else np.nan
    sentence = (
        f"ρ = {value(decay.radius)} is {side} 1/γ. With the mean slopes it predicts {predicted} at the end; measured "
        f"was {value(float(fading.largest[-1]))}"
    )
    if np.isnan(off):
        return f"{sentence}."
    return f"{sentence}, {'within a factor of 2' if off < np.log10(2) else f'off by a factor of {value(10**off)}'}."


def _growth(fading: Fading, W_hh: Floats) -> str | None:
    departure = departure_from_normality(W_hh)
    if departure < 1e-6 * np.linalg.norm(W_hh):
        return "W_hh is normal: its eigenvectors are orthogonal, and σ = ρ."
    sentence = (
        f"W_hh is not normal (Henrici's departure is {value(departure)}; of a normal matrix, 0), so σ is "
        f"{value(fading.predicted.largest)}, not ρ"
    )
    peak = fading.peak
    if fading.predicted.radius < 1 - NEAR and fading.largest[peak] > 1.05:
        return (
            f"{sentence}. **It grows first, though ρ < 1:** {value(float(fading.largest[peak]))} times at lag {peak}. "
            "ρ tells what happens in the end, not on the way."
        )
    return f"{sentence}."


def _slopes(fading: Fading) -> str:
    mean = float(fading.predicted.slopes.mean())
    return (
        f"The slopes f'(a_t) are {value(mean)} on average, and γ = {value(fading.predicted.steepest)}. Each time step "
        "multiplies with both matrix and slope: stronger input saturates the units and shrinks the slopes."
    )
