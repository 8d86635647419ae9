"""What becomes of the states of an untrained network in a long text: by activation, recurrent gain and seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.cells import ACTIVATIONS
from rnn_core.toy_models.forward_pass import long_reading, small_params
from rnn_core.types import Floats

GAINS = (0.5, 0.9, 1.1, 1.5, 2.0)
WORDS, T, HIDDEN_SIZE = 5, 200, 32
"""Different words in the sentence, time steps, units."""

COLLAPSED, GROWN = 1e-3, 1e3
"""Below the one a largest state is said to have collapsed; above the other, infinity included, to have grown."""


def sizes(states: Floats) -> Floats:
    """(T,) the largest |state| after each time step 1 ... T; nan where any is not a number."""
    largest: Floats = np.abs(states[1:]).max(axis=1)
    return largest


class Ends(NamedTuple):
    """The largest |state| after the last time step, over seeds.

    Attributes
    ----------
    median, low, high : with what is not a number, or infinite, as infinity
    collapsed, grown, overflowed : in how many seeds it is below COLLAPSED, above GROWN, infinite or not a number
    """

    median: float
    low: float
    high: float
    collapsed: int
    grown: int
    overflowed: int


def ends(largest: Floats) -> Ends:
    """Count them; (seeds,)."""
    finite = np.isfinite(largest)
    size = np.where(finite, largest, np.inf)
    ordered = np.sort(size)
    n = len(ordered)
    low_middle, high_middle = float(ordered[(n - 1) // 2]), float(ordered[n // 2])
    median = low_middle if low_middle == high_middle else (low_middle + high_middle) / 2
    return Ends(
        median=median,
        low=float(ordered[0]),
        high=float(ordered[-1]),
        collapsed=int((size < COLLAPSED).sum()),
        grown=int((size > GROWN).sum()),
        overflowed=int((~finite).sum()),
    )


class Row(NamedTuple):
    """One activation with one gain: what reading on does to the states, and what silence does."""

    activation: str
    gain: float
    reading: Ends
    silence: Ends


def study(
    gains: Sequence[float], seeds: Sequence[int], hidden_size: int = HIDDEN_SIZE, time_steps: int = T
) -> list[Row]:
    """Let networks with b_h = 0 read WORDS words over and over, or once and then nothing, in float32.

    Raises
    ------
    ValueError
        If there are too few units or time steps, or a gain is not above 0.
    """
    if hidden_size < 1:
        raise ValueError(f"hidden_size is {hidden_size}; allowed: at least 1")
    if time_steps < WORDS:
        raise ValueError(f"time_steps is {time_steps}; allowed: at least {WORDS}, so that all words are read")
    for gain in gains:
        if not 0 < gain < np.inf:
            raise ValueError(f"gain is {gain}; allowed: a number above 0")
    return [
        Row(activation, gain, *(_ends_of(activation, gain, seeds, hidden_size, time_steps, s) for s in (False, True)))
        for activation in ACTIVATIONS
        for gain in gains
    ]


def _ends_of(activation: str, gain: float, seeds: Sequence[int], H: int, time_steps: int, silence: bool) -> Ends:
    inputs = np.arange(WORDS)
    found = []
    for seed in seeds:
        params = small_params(WORDS, H, gain, seed, bias_std=0)
        found.append(sizes(long_reading(params, inputs, time_steps, activation, silence))[-1])
    return ends(np.array(found, np.float64))


def plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as plain values."""
    return [row._asdict() | {"reading": row.reading._asdict(), "silence": row.silence._asdict()} for row in rows]
