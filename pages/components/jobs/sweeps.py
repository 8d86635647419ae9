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
from concurrent.futures import Future
from typing import Any, ClassVar

from rnn_core.config import Config
from rnn_core.experiments import memory
from rnn_core.experiments.memory import Trained

from . import runs as in_turns
from .runs import Runs, TrainingError, Turns, Work
from .shelf import Shelf

LANES = os.cpu_count() or 1
"""Runs of one sweep that are in work at a time."""

FORGOTTEN_AFTER = 5.0
"""Seconds without a page asking, after which a sweep gets no more turns; a page asks about once a second."""

CACHE_BYTES = 128 * 2**20
"""Ends of runs are kept up to this size together: some thousand of them."""


class Brief(Turns[Trained]):
    """One run of which only the end is kept."""

    def __init__(self, config: Config, runs: Runs, shelf: Shelf[Brief, Trained]) -> None:
        super().__init__(config, runs)
        self._shelf = shelf
        self._sweeps: weakref.WeakSet[Sweep] = weakref.WeakSet()
        self._checkpoint: memory.Checkpoint | None = None

    @property
    def ended(self) -> bool:
        """Whether it has a result, or failed; `wait` then returns it, or raises, at once."""
        return self._ended

    def join(self, sweep: Sweep) -> None:
        """Tell this sweep when it ends, and go on as long as it is wanted."""
        with self._changed:
            self._sweeps.add(sweep)

    @property
    def _wanted(self) -> bool:
        return super()._wanted or any(sweep.wanted for sweep in list(self._sweeps))

    def work(self) -> Work:
        return memory.advance, (self.config, self._checkpoint, in_turns.STRETCH_SECONDS)

    def _add(self, checkpoint: Any) -> None:
        self._checkpoint, self.done = checkpoint, checkpoint.chunk.end
        self._result = memory.trained(self.config, checkpoint)
        if self._result is not None:
            self._checkpoint = None
            self._shelf.keep(self.config, self._result)

    def take(self, future: Future[Any]) -> bool:
        more = super().take(future)
        self._tell()
        return more

    def fail(self, error: Exception) -> None:
        super().fail(error)
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            sweeps = list(self._sweeps) if self._ended else []
        for sweep in sweeps:
            sweep.proceed()

    def _forget(self) -> None:
        self._checkpoint = None
        self._shelf.forget(self)


def shelf_of(runs: Runs) -> Shelf[Brief, Trained]:
    """The ends of finished runs, and jobs that take their turns in the processes of `runs`."""

    def make(config: Config) -> Brief:
        return Brief(config, runs, shelf)

    shelf: Shelf[Brief, Trained] = Shelf(make, lambda end: sum(W.nbytes for W in end.params.values()), CACHE_BYTES)
    return shelf


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

    def __init__(self, shelf: Shelf[Brief, Trained], configs: Iterable[Config]) -> None:
        with self._counting:
            self._all.add(self)
        self.results: dict[Config, Trained] = {}
        self.error: TrainingError | None = None
        self.stopped = False
        self._shelf = shelf
        self._lock = threading.Lock()
        self._jobs: list[Brief] = []
        self._pending: deque[Config] = deque()
        self._asked = 0.0
        for config in dict.fromkeys(configs):
            found = shelf.find(config)
            if found is None:
                self._pending.append(config)
            else:
                self.results[config] = found
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
        return not self.stopped and time.monotonic() - self._asked <= FORGOTTEN_AFTER

    def ask(self) -> float:
        """Begin or go on; the share of the work that is done."""
        self._asked = time.monotonic()
        self.proceed()
        with self._lock:
            halves = sum(job.done / job.config.updates for job in self._jobs)
        return (len(self.results) + halves) / len(self.configs)

    def stop(self) -> None:
        """End after the stretches in work. What is finished stays, and what is begun is not lost."""
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
                    self.error, self.stopped = error, True
                    self._pending.appendleft(job.config)
                else:
                    assert result is not None, "it has ended"
                    self.results[job.config] = result
            if not self.wanted:
                return
            while self._pending and len(self._jobs) < LANES:
                config = self._pending.popleft()
                found = self._shelf.request(config)
                if isinstance(found, Brief):
                    found.join(self)
                    self._jobs.append(found)
                else:
                    self.results[config] = found
            for job in self._jobs:
                job.go_on()
