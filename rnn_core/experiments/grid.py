"""Many runs at once: the points of a grid, each with several seeds, in processes of their own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any, TypeAlias, TypeVar

from .workers import worker_pool

Point: TypeAlias = tuple[Any, ...]
"""What varies in a grid, at one of its points; with a seed at its end it is the key of a run."""

Key = TypeVar("Key")
RunKey = TypeVar("RunKey", bound=Point)
Result = TypeVar("Result")

Progress: TypeAlias = tuple[int, int, str]
"""Jobs done, jobs in all, and a note on the last one."""

Running: TypeAlias = Generator[Progress, None, Result]
"""Work that says after each job how far it is, and returns what came of all."""


def over_seeds(points: Mapping[Point, Sequence[Any]], seeds: int) -> dict[Point, tuple[Any, ...]]:
    """Jobs by point and seed, those of one seed together: every point has a first result soon.

    Parameters
    ----------
    points : what a job at each point is given; a `Config`, whose seed is the first of the seeds, and what else it needs
    """
    return {
        (*point, config.seed + k): (config.replace(seed=config.seed + k), *rest)
        for k in range(seeds)
        for point, (config, *rest) in points.items()
    }


def results_of(
    work: Callable[..., Result],
    jobs: Mapping[Key, tuple[Any, ...]],
    workers: int | None = None,
    *,
    go_on: Callable[[Result], tuple[Any, ...] | None] = lambda result: None,
    note: Callable[[Key, Result], str] = lambda key, result: "",
    before: int = 0,
    after: int = 0,
) -> Running[dict[Key, Result]]:
    """Do jobs in processes of their own; returns their results by key, in the order of the jobs.

    Parameters
    ----------
    work : a function that a worker can import
    jobs : its arguments, by key
    go_on : the arguments with which `work` goes on from a result that is not the job's last; None from the last
    note : what to say of a result
    before, after : jobs that count as well: how many were done before these, how many come after them
    """
    workers = workers or os.cpu_count() or 1
    total = before + len(jobs) + after
    pool, waiting, results = worker_pool(workers), iter(jobs.items()), dict[Key, Result]()
    try:
        running = {pool.submit(work, *arguments): key for key, arguments in itertools.islice(waiting, workers)}
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key, result = running.pop(future), future.result()
                more = go_on(result)
                if more is None:
                    results[key] = result
                    running |= {pool.submit(work, *job): new for new, job in itertools.islice(waiting, 1)}
                else:
                    running[pool.submit(work, *more)] = key
                yield before + len(results), total, note(key, result)
    finally:
        pool.shutdown(cancel_futures=True)
    return {key: results[key] for key in jobs}


def by_point(results: Mapping[RunKey, Result]) -> dict[Point, list[Result]]:
    """The results of each point, by seed: the last entry of a run's key."""
    points: dict[Point, list[Result]] = {}
    for key in sorted(results, key=lambda key: key[-1]):
        points.setdefault(key[:-1], []).append(results[key])
    return points


def outcome_of(running: Running[Result], report: Callable[[int, int, str], None] | None = None) -> Result:
    """What comes of it at its end; `report` is called with each `Progress` until then."""
    while True:
        try:
            progress = next(running)
        except StopIteration as end:
            result: Result = end.value
            return result
        if report is not None:
            report(*progress)
