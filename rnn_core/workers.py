"""Processes that train: fresh ones, with one BLAS thread each."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

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
    return ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn"))
