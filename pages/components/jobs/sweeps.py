"""Many runs for one visitor: a few of them in work at a time, and of each nothing kept but its end.

A sweep asks for as many runs at once as there are processes, so that it takes turns with other visitors as if it were
one or two runs. Two visitors who ask for the same run share it. A sweep that no page has asked about for a while gets
no more turns; the next question wakes it.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable
from typing import ClassVar

from rnn_core.config import Config
from rnn_core.experiments.memory import Trained

from .cache import ResultCache
from .job import Job, TrainingError
from .tasks import SummaryRun

LANES = os.cpu_count() or 1
"""Runs of one sweep that are in work at a time."""

FORGOTTEN_AFTER = 5.0
"""Seconds without a page asking, after which a sweep gets no more turns; a page asks about once a second."""


class Sweep:
    """Many runs of one visitor.

    Attributes
    ----------
    results : of the runs that have ended
    configs : all runs
    error : what brought it to an end, if a training process failed
    stopped : True from `stop` to `go_on`
    """

    _all: ClassVar[weakref.WeakSet[Sweep]] = weakref.WeakSet()
    _counting: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, cache: ResultCache[Config, Trained], configs: Iterable[Config]) -> None:
        with self._counting:
            self._all.add(self)
        self.results: dict[Config, Trained] = {}
        self.error: TrainingError | None = None
        self.stopped = False
        self._cache = cache
        self._lock = threading.Lock()
        self._jobs: list[Job[Trained]] = []
        self._pending: deque[Config] = deque()
        self._asked_at = 0.0
        for config in dict.fromkeys(configs):
            result = cache.find(config)
            if result is None:
                self._pending.append(config)
            else:
                self.results[config] = result
        self.configs = {*self._pending, *self.results}

    @property
    def complete(self) -> bool:
        return len(self.results) == len(self.configs)

    @property
    def live(self) -> bool:
        """Whether there is something to wait for."""
        return not (self.complete or self.stopped)

    @classmethod
    def count(cls) -> int:
        """How many sweeps of all visitors are on their way."""
        with cls._counting:
            return sum(sweep.live and sweep.wanted for sweep in cls._all)

    @property
    def wanted(self) -> bool:
        """Whether its runs should get turns."""
        return not self.stopped and time.monotonic() - self._asked_at <= FORGOTTEN_AFTER

    def ask(self) -> float:
        """Begin or go on; the share of the work that is done."""
        self._asked_at = time.monotonic()
        self.proceed()
        with self._lock:
            begun = sum(job.done / job.config.updates for job in self._jobs)
        return (len(self.results) + begun) / len(self.configs)

    def stop(self) -> None:
        """End after the turns in work. What is finished stays, and what is begun is not lost."""
        self.stopped = True

    def go_on(self) -> None:
        """Go on after Stop, or after a failure."""
        self.stopped, self.error = False, None
        self.ask()

    def first(self, configs: Iterable[Config]) -> None:
        """Do these before the others, in this order."""
        rank = {config: k for k, config in enumerate(configs)}
        with self._lock:
            self._pending = deque(sorted(self._pending, key=lambda config: rank.get(config, len(rank))))

    def proceed(self) -> None:
        """Take what has ended, and see to it that enough runs are in work."""
        with self._lock:
            for job in [job for job in self._jobs if job.ended]:
                self._jobs.remove(job)
                try:
                    result = job.wait(0)
                except TrainingError as error:
                    self.stopped, self.error = True, error
                    self._pending.appendleft(job.config)
                else:
                    assert result is not None, "it has ended"
                    self.results[job.config] = result
            if not self.wanted:
                return
            while self._pending and len(self._jobs) < LANES:
                config = self._pending.popleft()
                result_or_job = self._cache.request(config, SummaryRun(config))
                if isinstance(result_or_job, Job):
                    result_or_job.join(self)
                    self._jobs.append(result_or_job)
                else:
                    self.results[config] = result_or_job
            for job in self._jobs:
                job.go_on()
