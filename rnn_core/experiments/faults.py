"""Each fault by itself, over seeds and sizes: which gradients it makes wrong, and whether the loss still falls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rnn_core.config import Config
from rnn_core.toy_models.first_attempt.attempt import Sizes, Stop
from rnn_core.toy_models.first_attempt.check import check
from rnn_core.toy_models.first_attempt.faults import FAULTS
from rnn_core.toy_models.first_attempt.learning import UPDATES, guessing, learn

from .experiment import Result
from .grid import Running, by_point, results_of
from .table import NONE, count, spread, table_of

SIZES = (Sizes(3, 8), Sizes(5, 5))
"""One in which all shapes differ, and one in which units and answers are as many."""

RUNNING = tuple(name for name, fault in FAULTS.items() if not fault.stops)
"""The faults that never stop the class."""

ATTEMPTS: tuple[tuple[str, ...], ...] = ((), *((name,) for name in FAULTS), RUNNING)
"""None, each by itself, and all that never stop the class."""


class GridPoint(NamedTuple):
    """One attempt in the study."""

    faults: tuple[str, ...]
    sizes: Sizes
    seed: int


class Outcome(NamedTuple):
    """What came of it.

    Attributes
    ----------
    stop : what stopped it, or None
    errors : relative error of each parameter's gradient; empty if it was stopped
    wrong : the parameters whose gradient is wrong
    start, end : mean loss per time step at both ends of learning; nan if it was stopped
    """

    stop: Stop | None
    errors: dict[str, float]
    wrong: tuple[str, ...]
    start: float
    end: float


def outcome(point: GridPoint, updates: int = UPDATES) -> Outcome:
    """Check and train one class."""
    checks = check(*point)
    learnt = learn(*point, updates)
    if isinstance(checks, Stop) or isinstance(learnt, Stop):
        stop = checks if isinstance(checks, Stop) else learnt
        assert isinstance(stop, Stop)
        return Outcome(stop, {}, (), math.nan, math.nan)
    wrong = tuple(gradient.name for gradient in checks if not gradient.right)
    return Outcome(None, {gradient.name: gradient.error for gradient in checks}, wrong, learnt.start, learnt.end)


def study(changes: Mapping[str, Any], seeds: int, workers: int | None = None) -> Running[Result]:
    """Every attempt at every size with every seed."""
    first = BASE.replace(**changes).seed
    points = [
        GridPoint(faults, sizes, seed) for seed in range(first, first + seeds) for sizes in SIZES for faults in ATTEMPTS
    ]
    results = yield from results_of(outcome, {point: (point,) for point in points}, workers)
    return {"rows": [row._asdict() | {"sizes": row.sizes._asdict()} for row in rows(results)]}


class Row(NamedTuple):
    """One attempt at one size, over seeds.

    Attributes
    ----------
    faults, sizes, seeds : which, and how many seeds
    stopped : how many were stopped, by the kind of error
    wrong : in how many a parameter's gradient is wrong, of those that are in any
    smallest_wrong, largest_right : relative errors over all seeds: the smallest of a gradient in `wrong`, the largest
        of any other; nan where there is none
    losses : at the end, of those that ran, ascending
    fell : how many of them ended lower than they began
    below_guessing : how many of them ended below `guess`
    guess : loss of who guesses
    """

    faults: tuple[str, ...]
    sizes: Sizes
    seeds: int
    stopped: dict[str, int]
    wrong: dict[str, int]
    smallest_wrong: float
    largest_right: float
    losses: tuple[float, ...]
    fell: int
    below_guessing: int
    guess: float


def rows(results: Mapping[GridPoint, Outcome]) -> list[Row]:
    """The table, attempt by attempt in the order of ATTEMPTS, each by size."""
    of_seeds = by_point(results)
    all_sizes = sorted({sizes for _, sizes in of_seeds})
    return [_row(faults, sizes, of_seeds[faults, sizes]) for faults in ATTEMPTS for sizes in all_sizes]


def _row(faults: tuple[str, ...], sizes: Sizes, outcomes: list[Outcome]) -> Row:
    wrong = Counter(name for outcome in outcomes for name in outcome.wrong)
    errors = [item for outcome in outcomes for item in outcome.errors.items()]
    losses = sorted(outcome.end for outcome in outcomes if outcome.stop is None)
    return Row(
        faults=faults,
        sizes=sizes,
        seeds=len(outcomes),
        stopped=dict(Counter(outcome.stop.error for outcome in outcomes if outcome.stop is not None)),
        wrong=dict(wrong),
        smallest_wrong=min((error for name, error in errors if name in wrong), default=math.nan),
        largest_right=max((error for name, error in errors if name not in wrong), default=math.nan),
        losses=tuple(losses),
        fell=sum(outcome.end < outcome.start for outcome in outcomes),
        below_guessing=sum(loss < guessing(sizes) for loss in losses),
        guess=guessing(sizes),
    )


def report(result: Result) -> str:
    """The table over seeds."""
    return table_of(COLUMNS, [Row(**row | {"sizes": Sizes(**row["sizes"])}) for row in result["rows"]])


def _checked(row: Row) -> str:
    parts = [f"stops: {error}, {count} of {row.seeds}" for error, count in row.stopped.items()]
    if row.losses:
        gradients = ", ".join(f"{name} {count}" for name, count in row.wrong.items())
        parts.append(f"wrong, of {row.seeds}: {gradients}" if gradients else "all right")
    return "; ".join(parts)


_ALL = {(): "none", RUNNING: "all that never stop it"}

COLUMNS: dict[str, Callable[[Row], object]] = {
    "fault": lambda r: _ALL.get(tuple(r.faults)) or r.faults[0],
    "symbols, units": lambda r: f"{r.sizes.symbols}, {r.sizes.units}",
    "gradient check": _checked,
    "smallest error of a wrong one": lambda r: NONE if math.isnan(r.smallest_wrong) else f"{r.smallest_wrong:.2g}",
    "largest error of a right one": lambda r: NONE if math.isnan(r.largest_right) else f"{r.largest_right:.0e}",
    "loss at the end: median (lowest to highest)": lambda r: spread(r.losses, ".2f"),
    "lower than at the start": lambda r: count(r.fell, len(r.losses)),
    "below guessing": lambda r: count(r.below_guessing, len(r.losses)),
}

NAME = "faults"
HELP = (
    "a class typed in with one fault at a time: which gradients the fault makes wrong, and whether the loss still falls"
)
SEEDS = 20
BASE = Config()
FIELDS = ("seed",)
OPTIONS: Result = {}
