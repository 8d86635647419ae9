"""Processes that train: fresh ones, with one BLAS thread each, that end with the process that started them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Where the common BLAS libraries read, once when they load, how many threads to use."""


def worker_pool(workers: int | None = None) -> ProcessPoolExecutor:
    """A pool of spawned processes, as many as there are cores if None.

    The matrices here are small: a second BLAS thread would only take the core of another worker. A BLAS library reads
    its number of threads from the environment when it loads, so it is set here, before the workers start; this process
    has loaded its own already.
    """
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=spawn, initializer=_end_with_parent)


def results_of(
    work: Callable[..., Result], jobs: Mapping[Key, tuple[Any, ...]], workers: int | None = None
) -> Iterator[tuple[int, int, dict[Key, Result]]]:
    """Do jobs in processes of their own; yields (done, total, results so far) after each.

    Parameters
    ----------
    work : a function that a worker can import
    jobs : its arguments, by what the result is found by
    """
    results: dict[Key, Result] = {}
    pool = worker_pool(workers)
    try:
        futures = {pool.submit(work, *arguments): key for key, arguments in jobs.items()}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            yield len(results), len(jobs), results
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process as soon as its parent is gone, however that ended.

    A killed parent says no goodbye, and its workers would wait for it for ever: each of them holds both ends of the
    queue that the next task would come from.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a worker has a parent"

    def watch() -> None:
        parent.join()
        os._exit(1)  # not sys.exit: that would end this thread alone

    threading.Thread(target=watch, name="end with parent", daemon=True).start()
