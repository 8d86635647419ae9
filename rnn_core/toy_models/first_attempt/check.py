"""The class's gradients against central differences of its own loss."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from rnn_core.checking import EPSILON, TOLERANCE
from rnn_core.types import Floats

from .attempt import CHECK, Sizes, Stop, network, params_of, run, sequence, stream

WIDER, SMALL = 5e-3, 1e-4
"""Tiny weights have gradients so small that the loss's rounding would be seen at EPSILON, and hardly bend the loss."""


class ParameterCheck(NamedTuple):
    """One parameter's gradient as the class computes it, beside its central differences.

    Attributes
    ----------
    name : of the parameter
    largest : largest |∂L/∂entry| by differences
    error : largest difference between the two, relative to the largest entry of either; at most 2
    """

    name: str
    largest: float
    error: float

    @property
    def right(self) -> bool:
        """Whether the two agree; what is not a number does not."""
        return self.error <= TOLERANCE


def check(faults: Collection[str], sizes: Sizes, seed: int) -> list[ParameterCheck] | Stop:
    """Check the gradient of the class's loss on one sequence, in float64, or say what stops the class.

    `rnn_core.checking` goes through one time step at a time of a network that it knows. Of this class nothing is known
    but its loss, so differences are of the loss itself; over so few time steps they are as good.
    """
    rnn = network(faults, sizes, seed)
    x, target = sequence(sizes, stream(seed, CHECK))

    def losses() -> Floats:
        """The terms whose sum is the class's loss."""
        terms: Floats = -target * rnn.forward(x)[1]
        return terms

    def compared() -> list[ParameterCheck]:
        gradients = rnn.backward(x, target)
        return [_compare(name, gradients[name], _measured(losses, W)) for name, W in params_of(rnn).items()]

    return run(faults, compared)


def _compare(name: str, gradient: Floats, measured: Floats) -> ParameterCheck:
    largest = float(np.abs(measured).max())
    scale = max(largest, float(np.abs(gradient).max())) or 1.0
    return ParameterCheck(name, largest, float(np.abs(gradient - measured).max()) / scale)


def _measured(losses: Callable[[], Floats], array: Floats) -> Floats:
    """Differences with EPSILON; with WIDER where they are so small that rounding would be seen."""
    found = differences(losses, array, EPSILON)
    return differences(losses, array, WIDER) if np.abs(found).max() < SMALL else found


def differences(losses: Callable[[], Floats], array: Floats, epsilon: float) -> Floats:
    """(8 (L(x+ε) - L(x-ε)) - (L(x+2ε) - L(x-2ε))) / 12ε in every entry of an array that the losses are read from.

    Terms are subtracted before they are summed, so that those that do not change add no rounding.
    """
    found = np.empty_like(array)
    for entry in np.ndindex(array.shape):
        kept, at = array[entry], []
        for nudge in (-2, -1, 1, 2):
            array[entry] = kept + nudge * epsilon
            at.append(losses())
        array[entry] = kept
        found[entry] = (8 * (at[2] - at[1]) - (at[3] - at[0])).sum() / (12 * epsilon)
    return found
