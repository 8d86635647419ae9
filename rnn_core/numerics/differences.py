"""Central differences: a gradient beside what its own definition says, entry by entry.

ReLU has a kink, where the loss has no derivative, only one to each side. A difference across a kink is neither. But
within one time step such a network is straight from kink to kink, so ε is made smaller until no unit is switched on or
off; an entry whose kink is nearer than NEAREST_KINK times ε is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.types import Floats

from .norms import global_norm

EPSILON = 1e-3
"""Entries are moved by ±ε and ±2ε: what the four values cut off grows with ε⁴, rounding with 1/ε.

It is larger where the values are so large that rounding would hide the difference, and smaller for W_hy where h_t is
large: both happen only to states that explode, those of ReLU or of no nonlinearity.
"""

NEAREST_KINK = 1e-6
"""How much smaller ε may become for a kink; below that, rounding would be taken for an error."""

TOLERANCE = 1e-6
"""The largest relative error that a correct gradient stays under."""

Weighted = list[tuple[Floats, Floats]]
"""Pairs of a constant weight and a value that depends on the entry that is moved; their products are summed."""

Term = Callable[[], Weighted]
"""A part of a sum, recomputed."""


class TensorCheck(NamedTuple):
    """One tensor's analytic gradient beside its central differences.

    Attributes
    ----------
    name : a parameter, or "h" for ∂L/∂h_t at every time step, or "c" for ∂L/∂c_t
    entries : how many were compared
    largest : largest |∂L/∂entry|
    error : largest difference, relative to `largest`; for "h" and "c", to the largest entry at its own time step; where
        the terms of a gradient cancel to nothing but rounding, relative to what differences could tell from rounding
    kinks : how many entries were left out, because a kink of ReLU is too near for any difference
    """

    name: str
    entries: int
    largest: float
    error: float
    kinks: int = 0


def compare(
    name: str,
    array: Floats,
    gradient: Floats,
    terms: list[Term],
    rng: np.random.Generator,
    most: int,
    epsilon: float = EPSILON,
    *,
    kinks: bool = False,
) -> TensorCheck:
    """Compare some entries of a gradient with differences of the sum of the terms.

    Parameters
    ----------
    array : where the terms read what the gradient is by; its entries are moved, and put back
    most : entries, of a larger tensor a random choice, always with the largest
    kinks : whether the values of the terms are of units with a kink at 0

    Raises
    ------
    ValueError
        If the gradient has another shape than the array.
    """
    if gradient.shape != array.shape:
        raise ValueError(f"the gradient of {name} has the shape {gradient.shape}; allowed: {array.shape}")
    chosen = np.append(rng.permutation(array.size)[:most], np.abs(gradient).argmax())
    entries = [tuple(int(i) for i in np.unravel_index(flat, array.shape)) for flat in np.unique(chosen)]
    largest, eps = float(np.abs(gradient).max()), float(np.finfo(array.dtype).eps)
    now = [[(np.zeros(1), np.zeros(1)), *term()] for term in terms]
    known = eps / TOLERANCE * global_norm([weight for pairs in now for weight, _ in pairs])
    scale = max(largest, known) if largest else 1.0
    rounding = [eps * global_norm([weight * value for weight, value in pairs]) for pairs in now]
    widths = [max(epsilon, 100 * size / (TOLERANCE * scale)) if largest else epsilon for size in rounding]
    errors = []
    for entry in entries:
        parts = [_difference(term, array, entry, width, kinks) for term, width in zip(terms, widths, strict=True)]
        difference = sum(part for part in parts if part is not None)
        if None not in parts:
            errors.append(abs(float(gradient[entry]) - difference) / scale)
    return TensorCheck(name, len(errors), largest, float(np.max(errors, initial=0.0)), len(entries) - len(errors))


def _difference(term: Term, array: Floats, entry: tuple[int, ...], epsilon: float, kinks: bool) -> float | None:
    """(8 (L(x+ε) - L(x-ε)) - (L(x+2ε) - L(x-2ε))) / 12ε in one entry; None where a kink is too near.

    Values are subtracted before they are weighted and summed, so that what does not change adds no rounding.
    """
    saved, smallest = array[entry], epsilon * NEAREST_KINK
    while epsilon >= smallest:
        at: list[Weighted] = []
        for nudge in (-2, -1, 1, 2):
            array[entry] = saved + nudge * epsilon
            at.append(term())
        array[entry] = saved
        if not (kinks and _switched(at)):
            total = 0.0
            for (weight, low), (_, below), (_, above), (_, high) in zip(*at, strict=True):
                total += float((weight * (8 * (above - below) - (high - low))).sum())
            return total / (12 * epsilon)
        epsilon /= 8
    return None


def _switched(at: list[Weighted]) -> bool:
    """Whether a unit is on at one of the four values and off at another."""
    for pairs in zip(*at, strict=True):
        first, *others = (value > 0 for _, value in pairs)
        if any(bool((first != other).any()) for other in others):
            return True
    return False
