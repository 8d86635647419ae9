"""The learning rate: each point of a grid has its best one, chosen with seeds that its results are not made of."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .grid import Point, Result, Running, over_seeds, results_of

RATES = (0.001, 0.003, 0.01)
FIRST_SEED, SEEDS = 10_000, 3
"""Seeds that choose: so many, counted up from the first."""


def tried(
    points: Mapping[Point, Sequence[Any]],
    rates: Sequence[float] = RATES,
    seeds: int = SEEDS,
    first_seed: int = FIRST_SEED,
) -> dict[Point, tuple[Any, ...]]:
    """Jobs that try every rate at every point, as `grid.over_seeds` makes them: by point, rate and seed."""
    tries = {
        (*point, rate): (config.replace(learning_rate=rate, seed=first_seed), *rest)
        for point, (config, *rest) in points.items()
        for rate in rates
    }
    return over_seeds(tries, seeds)


def mean_scores(results: Mapping[Point, Result], score: Callable[[Result], float]) -> dict[Point, dict[float, float]]:
    """By point and by rate, ascending, the mean score over seeds."""
    scores: dict[Point, dict[float, list[float]]] = {}
    for (*point, rate, _), result in sorted(results.items(), key=lambda item: item[0][-2:]):
        scores.setdefault(tuple(point), {}).setdefault(rate, []).append(score(result))
    return {point: {rate: statistics.fmean(of) for rate, of in by_rate.items()} for point, by_rate in scores.items()}


def best_rates(results: Mapping[Point, Result], score: Callable[[Result], float]) -> dict[Point, float]:
    """By point, the learning rate with the lowest mean score; of equal ones, the lowest."""
    return {point: min(means, key=means.__getitem__) for point, means in mean_scores(results, score).items()}


def tuned(
    work: Callable[..., Result],
    points: Mapping[Point, Sequence[Any]],
    seeds: int,
    score: Callable[[Result], float],
    workers: int | None = None,
) -> Running[dict[Point, Result]]:
    """Choose the learning rate of each point, then do `work` there with every seed, as `grid.results_of` does.

    Parameters
    ----------
    score : of a result; the lowest is the best
    """
    tries = tried(points)
    over_seeds(points, seeds)  # what makes no run is told before the work
    rates = best_rates((yield from results_of(work, tries, workers, after=len(points) * seeds)), score)
    best = {point: (config.replace(learning_rate=rates[point]), *rest) for point, (config, *rest) in points.items()}
    return (yield from results_of(work, over_seeds(best, seeds), workers, before=len(tries)))
