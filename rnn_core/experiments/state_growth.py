"""What becomes of the states of an untrained network in a long text: by activation, recurrent gain and seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.cells import ACTIVATIONS
from rnn_core.config import Config
from rnn_core.toy_models.forward_pass import long_reading, small_params
from rnn_core.types import Floats

from .experiment import Result, several
from .grid import Running, by_point, results_of
from .table import count, spread, table_of

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


def last_sizes(activation: str, gain: float, hidden_size: int, time_steps: int, seed: int) -> tuple[float, float]:
    """The largest |state| of a network with b_h = 0, in float32, after it read WORDS words over and over, and after it
    read them once and then nothing.
    """
    params = small_params(WORDS, hidden_size, gain, seed, bias_std=0)
    reading, silence = (
        float(sizes(long_reading(params, np.arange(WORDS), time_steps, activation, silence))[-1])
        for silence in (False, True)
    )
    return reading, silence


def study(
    changes: Mapping[str, Any],
    seeds: int,
    workers: int | None = None,
    gains: Sequence[float] = GAINS,
    hidden_size: int = HIDDEN_SIZE,
    time_steps: int = T,
    first_seed: int = 0,
) -> Running[Result]:
    """What reading on, and silence, does to the states with every activation, gain and seed; no `Config` says it."""
    if first_seed < 0:
        raise ValueError(f"seeds is {seeds} from {first_seed}; allowed: at least 1, from 0 or more")
    if hidden_size < 1:
        raise ValueError(f"hidden_size is {hidden_size}; allowed: at least 1")
    if time_steps < WORDS:
        raise ValueError(f"time_steps is {time_steps}; allowed: at least {WORDS}, so that all words are read")
    for gain in gains:
        if not 0 < gain < np.inf:
            raise ValueError(f"gain is {gain}; allowed: a number above 0")
    all_seeds = range(first_seed, first_seed + seeds)
    jobs = {
        (activation, gain, seed): (activation, gain, hidden_size, time_steps, seed)
        for activation in ACTIVATIONS
        for gain in gains
        for seed in all_seeds
    }
    largest = by_point((yield from results_of(last_sizes, jobs, workers)))
    rows = [Row(*point, *(ends(np.array(of)) for of in zip(*both, strict=True))) for point, both in largest.items()]
    plain = [row._asdict() | {"reading": row.reading._asdict(), "silence": row.silence._asdict()} for row in rows]
    return {"hidden_size": hidden_size, "time_steps": time_steps, "seeds": list(all_seeds), "rows": plain}


def report(result: Result) -> str:
    """The table over seeds."""
    seeds = len(result["seeds"])
    columns: dict[str, Callable[[Row], object]] = {
        "activation": lambda r: r.activation,
        "gain": lambda r: f"{r.gain:g}",
        f"reading on: above {GROWN:,.0f}": lambda r: count(r.reading.grown, seeds),
        "reading on: ∞ or NaN": lambda r: count(r.reading.overflowed, seeds),
        "reading on, largest state: median (lowest to highest)": lambda r: spread(r.reading[:3], ".3g"),
        f"silence: below {COLLAPSED:g}": lambda r: count(r.silence.collapsed, seeds),
        f"silence: above {GROWN:,.0f}": lambda r: count(r.silence.grown, seeds),
        "silence, largest state: median (lowest to highest)": lambda r: spread(r.silence[:3], ".3g"),
    }
    rows = [
        Row(row["activation"], row["gain"], Ends(**row["reading"]), Ends(**row["silence"])) for row in result["rows"]
    ]
    return table_of(columns, rows)


NAME = "state-growth"
HELP = (
    "let untrained networks read on and on, or fall silent after a sentence: over seeds, count by activation and "
    "recurrent gain where the states stay, collapse, grow or overflow"
)
SEEDS = 20
BASE, FIELDS = Config(), ()
OPTIONS: Result = {
    "gains": several(GAINS, "spectral radii of W_hh", "G", float),
    "hidden_size": {"type": int, "default": HIDDEN_SIZE, "help": "hidden units H"},
    "time_steps": {"type": int, "default": T, "help": "how long to read"},
    "first_seed": {"type": int, "default": 0, "help": "where the first weights come from"},
}
