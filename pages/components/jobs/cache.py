"""Finished results up to a size, and the jobs of those that are not finished."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from rnn_core.config import Config

Result = TypeVar("Result")
Kind = TypeVar("Kind", bound=Any)


class Shelf(Generic[Kind, Result]):
    """Results by their config, the least recently used given up first, and jobs by theirs while anyone holds them.

    Parameters
    ----------
    make : a job for a run that is neither finished nor in work
    size : bytes of a result
    limit : bytes of all results together
    """

    def __init__(self, make: Callable[[Config], Kind], size: Callable[[Result], int], limit: int) -> None:
        self.limit = limit
        self._make, self._size = make, size
        self._lock = threading.Lock()
        self._jobs: weakref.WeakValueDictionary[Config, Kind] = weakref.WeakValueDictionary()
        self._results: OrderedDict[Config, Result] = OrderedDict()
        self._bytes = 0

    def find(self, config: Config) -> Result | None:
        """The finished result if it is kept."""
        with self._lock:
            return self._results.get(config)

    def request(self, config: Config) -> Result | Kind:
        """The finished result if it is kept, else the job that makes it; the same job for all who hold it."""
        with self._lock:
            if config in self._results:
                self._results.move_to_end(config)
                return self._results[config]
            job = self._jobs.get(config)
            if job is None:
                job = self._jobs[config] = self._make(config)
            return job

    def keep(self, config: Config, result: Result) -> None:
        """Put a finished result here, and give up the ones not used for longest where they become too many."""
        with self._lock:
            self._jobs.pop(config, None)
            if config not in self._results:
                self._results[config] = result
                self._bytes += self._size(result)
            while len(self._results) > 1 and self._bytes > self.limit:
                _, given_up = self._results.popitem(last=False)
                self._bytes -= self._size(given_up)

    def forget(self, job: Kind) -> None:
        """Who asks for this run next gets another job."""
        with self._lock:
            if self._jobs.get(job.config) is job:
                del self._jobs[job.config]

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._jobs.clear()
            self._results.clear()
            self._bytes = 0
