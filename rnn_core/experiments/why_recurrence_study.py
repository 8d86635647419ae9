"""Why recurrence? The three networks over seeds, and the search for their learning rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.config import Config

from .why_recurrence import BEST, KINDS, LENGTHS, MOVED, OPENINGS, RATES, SLOTS, Trained, size, trained
from .workers import results_of

TUNING_SEED = 1000
"""The first of the seeds on which learning rates are tried: apart from those of the tables."""

FIRST, EVERYWHERE = OPENINGS


class Run(NamedTuple):
    """One network of a study."""

    kind: str
    openings: str
    rate: float
    seed: int


def runs(seeds: int, first: int = 0) -> list[Run]:
    """Every network, each with its best learning rate; those that can use it also trained on all positions."""
    kinds = [(kind, FIRST) for kind in KINDS] + [(kind, EVERYWHERE) for kind in ("fixed", "rnn")]
    return [Run(kind, openings, BEST[kind], seed) for seed in range(first, first + seeds) for kind, openings in kinds]


def tuning(seeds: int) -> list[Run]:
    """Every network with every learning rate."""
    return [
        Run(kind, FIRST, rate, seed)
        for seed in range(TUNING_SEED, TUNING_SEED + seeds)
        for kind in KINDS
        for rate in RATES
    ]


def sweep(
    config: Config, asked: Sequence[Run], workers: int | None = None
) -> Iterator[tuple[int, int, dict[Run, Trained]]]:
    """Train these in processes of their own; yields (done, total, results so far) after each.

    Parameters
    ----------
    config : what they share
    """
    jobs = {run: (run.kind, _config_of(config, run), run.openings) for run in asked}
    yield from results_of(trained, jobs, workers)


def _config_of(config: Config, run: Run) -> Config:
    return config.replace(seed=run.seed, learning_rate=run.rate)


def summary(config: Config, results: Mapping[Run, Trained]) -> dict[str, Any]:
    """Plain values: what the runs share, and every run with what it got right."""
    ended = [{**run._asdict(), **_plain(result)} for run, result in sorted(results.items())]
    return {"config": config.to_dict(), "slots": SLOTS, "moved": MOVED, "lengths": LENGTHS, "runs": ended}


def _plain(result: Trained) -> dict[str, Any]:
    lengths = [{"grows": grows, "cut": cut, "accuracy": shares} for (grows, cut), shares in result.lengths.items()]
    fields = result._asdict() | {"parameters": size(result.params), "lengths": lengths}
    return {name: value for name, value in fields.items() if name not in ("params", "kind", "openings")}


def best_rates(results: Mapping[Run, Trained]) -> dict[str, float]:
    """Of each network, the learning rate with the lowest mean loss on fresh sentences."""
    losses = mean_losses(results)
    return {kind: min(of_kind, key=lambda rate: of_kind[rate]) for kind, of_kind in losses.items()}


def mean_losses(results: Mapping[Run, Trained]) -> dict[str, dict[float, float]]:
    """By network and learning rate, the mean loss over seeds."""
    found: dict[str, dict[float, float]] = {}
    for kind in KINDS:
        for rate in RATES:
            losses = [result.loss for run, result in results.items() if (run.kind, run.rate) == (kind, rate)]
            found.setdefault(kind, {})[rate] = float(np.mean(losses))
    return found
