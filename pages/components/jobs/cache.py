"""Finished results up to a size, and the jobs of those that are not finished."""

from __future__ import annotations

import dataclasses
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np

from .job import Job, Result, Task

Key = TypeVar("Key", bound=Hashable)


class ResultCache(Generic[Key, Result]):
    """Results by key, the least recently used given up first, and jobs by theirs while anyone holds them.

    Parameters
    ----------
    send : hands a job to the processes
    limit : bytes of all results together
    """

    def __init__(self, send: Callable[[Job[Any]], None], limit: int) -> None:
        self.limit = limit
        self._send = send
        self._lock = threading.Lock()
        self._jobs: weakref.WeakValueDictionary[Key, Job[Result]] = weakref.WeakValueDictionary()
        self._results: OrderedDict[Key, Result] = OrderedDict()
        self._bytes = 0

    def find(self, key: Key) -> Result | None:
        """The finished result if it is kept."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def request(self, key: Key, task: Task[Result]) -> Result | Job[Result]:
        """The finished result if it is kept, else the job that makes it; the same job for all who hold it."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(self._send, task, lambda job, result: self._ended(key, job, result))
            return job

    def _ended(self, key: Key, job: Job[Result], result: Result | None) -> None:
        """Keep what a job came to; who asks after one that failed gets another."""
        with self._lock:
            if self._jobs.get(key) is job:
                del self._jobs[key]
        if result is not None:
            self.keep(key, result)

    def keep(self, key: Key, result: Result) -> None:
        """Put a finished result here, and give up the ones not used for longest where they become too many."""
        with self._lock:
            if key not in self._results:
                self._results[key] = result
                self._bytes += size_of(result)
            while len(self._results) > 1 and self._bytes > self.limit:
                _, given_up = self._results.popitem(last=False)
                self._bytes -= size_of(given_up)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._jobs.clear()
            self._results.clear()
            self._bytes = 0


def size_of(result: object) -> int:
    """Bytes of the arrays, bytes and texts that a result holds."""
    match result:
        case np.ndarray():
            return result.nbytes
        case bytes() | str():
            return len(result)
        case dict():
            return sum(map(size_of, result.values()))
        case tuple() | list():
            return sum(map(size_of, result))
    return sum(map(size_of, vars(result).values())) if dataclasses.is_dataclass(result) else 0
