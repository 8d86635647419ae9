"""Each fault by itself, over seeds and sizes: which gradients it makes wrong, and whether the loss still falls."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rnn_core.toy_models.first_attempt.attempt import Sizes, Stop
from rnn_core.toy_models.first_attempt.check import check
from rnn_core.toy_models.first_attempt.faults import FAULTS
from rnn_core.toy_models.first_attempt.learning import UPDATES, guessing, learn

from .workers import results_of

SEEDS = 20
SIZES = (Sizes(3, 8), Sizes(5, 5))
"""One in which all shapes differ, and one in which units and answers are as many."""

RUNNING = tuple(name for name, fault in FAULTS.items() if not fault.stops)
"""The faults that never stop the class."""

ATTEMPTS: tuple[tuple[str, ...], ...] = ((), *((name,) for name in FAULTS), RUNNING)
"""None, each by itself, and all that never stop the class."""


class Place(NamedTuple):
    """One attempt's place in the study."""

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


def outcome(place: Place, updates: int = UPDATES) -> Outcome:
    """Check and train one class."""
    checks = check(*place)
    learnt = learn(*place, updates)
    if isinstance(checks, Stop) or isinstance(learnt, Stop):
        stop = checks if isinstance(checks, Stop) else learnt
        assert isinstance(stop, Stop)
        return Outcome(stop, {}, (), math.nan, math.nan)
    wrong = tuple(found.name for found in checks if not found.right)
    return Outcome(None, {found.name: found.error for found in checks}, wrong, learnt.start, learnt.end)


Outcomes = Mapping[Place, Outcome]


def sweep(
    sizes: Sequence[Sizes] = SIZES,
    seeds: Sequence[int] = range(SEEDS),
    updates: int = UPDATES,
    workers: int | None = None,
) -> Iterator[tuple[int, int, dict[Place, Outcome]]]:
    """All attempts at all sizes and seeds, in processes of their own; yields (done, total, outcomes so far)."""
    all_places = [Place(faults, of, seed) for seed in seeds for of in sizes for faults in ATTEMPTS]
    yield from results_of(outcome, {place: (place, updates) for place in all_places}, workers)


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


def rows(results: Outcomes) -> list[Row]:
    """The table, attempt by attempt in the order of ATTEMPTS, each by size."""
    all_sizes = sorted({place.sizes for place in results})
    return [_row(faults, sizes, results) for faults in ATTEMPTS for sizes in all_sizes]


def _row(faults: tuple[str, ...], sizes: Sizes, results: Outcomes) -> Row:
    own = [results[place] for place in sorted(results) if place[:2] == (faults, sizes)]
    wrong = Counter(name for found in own for name in found.wrong)
    of_wrong = [error for found in own for name, error in found.errors.items() if name in wrong]
    of_right = [error for found in own for name, error in found.errors.items() if name not in wrong]
    losses = sorted(found.end for found in own if found.stop is None)
    return Row(
        faults=faults,
        sizes=sizes,
        seeds=len(own),
        stopped=dict(Counter(found.stop.error for found in own if found.stop is not None)),
        wrong=dict(wrong),
        smallest_wrong=min(of_wrong, default=math.nan),
        largest_right=max(of_right, default=math.nan),
        losses=tuple(losses),
        fell=sum(found.end < found.start for found in own),
        below_guessing=sum(loss < guessing(sizes) for loss in losses),
        guess=guessing(sizes),
    )


def summary(results: Outcomes) -> dict[str, Any]:
    """What `--json` prints."""
    return {"rows": [{**row._asdict(), "sizes": row.sizes._asdict()} for row in rows(results)]}


def cells(row: Row) -> list[str]:
    """A row in words: attempt, sizes, outcome, errors, loss, how many ended below guessing."""
    faults = "none" if not row.faults else row.faults[0] if len(row.faults) == 1 else "all that never stop it"
    stops = [f"stops: {error}, {count} of {row.seeds}" for error, count in row.stopped.items()]
    gradients = [f"{name} {count}" for name, count in row.wrong.items()]
    wrong = f"wrong, of {row.seeds}: {', '.join(gradients)}" if gradients else "all right"
    ran = len(row.losses) > 0
    median = statistics.median(row.losses) if ran else 0.0
    return [
        faults,
        f"{row.sizes.symbols}, {row.sizes.units}",
        "; ".join([*stops, *([wrong] if ran else [])]),
        f"{row.smallest_wrong:.2g}" if gradients else "–",
        f"{row.largest_right:.0e}" if ran and len(row.wrong) < _PARAMETERS else "–",
        f"{median:.2f} ({row.losses[0]:.2f} to {row.losses[-1]:.2f})" if ran else "–",
        f"{row.fell} of {len(row.losses)}" if ran else "–",
        f"{row.below_guessing} of {len(row.losses)}" if ran else "–",
    ]


_PARAMETERS = 5
HEAD = (
    "fault",
    "symbols, units",
    "gradient check",
    "smallest error of a wrong one",
    "largest error of a right one",
    "loss at the end: median (lowest to highest)",
    "lower than at the start",
    "below guessing",
)
"""Of the table whose rows are `cells`."""
