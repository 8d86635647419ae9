"""One BLAS thread, so that a run's bits do not depend on how many cores the machine has free.

A second thread splits a matrix product at other places and rounds differently: the same config would give another
record, and training amplifies the difference. The matrices are small besides; more threads are slower here.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_PREFIXES, _SUFFIXES = ("scipy_openblas", "openblas"), ("64_", "")


def _thread_functions() -> tuple[Callable[[int], None], Callable[[], int]] | None:
    """OpenBLAS' own setter and getter, from the library that NumPy's wheel brings; None for other builds of NumPy."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for library in sorted(folder.glob("*openblas*")):
            loaded = ctypes.CDLL(str(library))  # already in this process: the same copy, not a second one
            for prefix in _PREFIXES:
                for suffix in _SUFFIXES:
                    setter = getattr(loaded, f"{prefix}_set_num_threads{suffix}", None)
                    getter = getattr(loaded, f"{prefix}_get_num_threads{suffix}", None)
                    if setter is not None and getter is not None:
                        return setter, getter
    return None


_FUNCTIONS = _thread_functions()
_LOCK = threading.Lock()
_BEFORE: list[int] = []
"""What each block that is still open found set when it began; the bottom is what was set before all of them."""


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """NumPy's matrix products inside the block use one thread; what was set before comes back after it.

    The setting is one for the whole process: where blocks overlap, in several threads, the last to leave restores it.
    Where NumPy was built with another BLAS this does nothing, and the environment decides (OMP_NUM_THREADS and its
    like, set before Python starts); `workers.worker_pool` sets it for the processes it starts.
    """
    if _FUNCTIONS is None:
        yield
        return
    set_threads, get_threads = _FUNCTIONS
    with _LOCK:
        _BEFORE.append(get_threads())
        set_threads(1)
    try:
        yield
    finally:
        with _LOCK:
            set_threads(_BEFORE.pop())
