"""Training for the pages: in a pool of processes, a stretch at a time, with finished records kept.

A script thread never trains; it waits, and a visitor's next click ends the wait. Each job hands the pool one short
stretch after another, so thirty visitors share the processes in turns, progress is known, and Stop is immediate. A
job that no page has asked about for a while ends by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

from rnn_core.config import Config
from rnn_core.training import Stretch, advance, to_record
from rnn_core.types import Record
from rnn_core.workers import worker_pool

STRETCH_SECONDS = 0.25
"""How long one visitor's run keeps a process before the next one's turn."""

FORGOTTEN_AFTER = 10.0
"""Seconds without a page asking, after which a job ends."""

CACHE_BYTES = 512 * 2**20
"""Finished records are kept up to this size together, the least recently used given up first."""


class TrainingError(RuntimeError):
    """A training process ended without an answer, twice; the message is for the visitor."""


class Job:
    """One run on its way. All methods may be called from any thread."""

    def __init__(self, config: Config, runs: Runs) -> None:
        self.config = config
        self._runs = runs
        self._stretches: list[Stretch] = []
        self._record: Record | None = None
        self._error: BaseException | None = None
        self._retried = False
        self._active = False
        self._in_work = False  # a stretch is with the processes; a stopped job's last one still comes back
        self._asked = time.monotonic()
        self._changed = threading.Condition()

    @property
    def done(self) -> int:
        """Updates so far."""
        return self._stretches[-1].end if self._stretches else 0

    def wait(self, seconds: float) -> Record | None:
        """The finished record, or None after so many seconds. Wakes a job that was stopped or forgotten."""
        with self._changed:
            self._asked = time.monotonic()
            if not self._active and not self._ended:
                self._active = True
                if not self._in_work:
                    self._submit()
            self._changed.wait_for(lambda: self._ended, seconds)
            if self._error is not None:
                raise TrainingError("a training process ended unexpectedly; change a control to train again") from (
                    self._error
                )
            return self._record

    def stop(self) -> Record | None:
        """End after the stretch in work; the record so far, or None if there is none yet. `wait` goes on with it."""
        with self._changed:
            self._active = False
            stretches = list(self._stretches)
        return to_record(self.config, stretches) if stretches else None

    @property
    def _ended(self) -> bool:
        return self._record is not None or self._error is not None

    def _submit(self) -> None:
        last = self._stretches[-1] if self._stretches else None
        future = self._runs.submit(self.config, last)
        self._in_work = True
        future.add_done_callback(self._take)

    def _take(self, future: Future[Stretch]) -> None:
        """Runs in the pool's own thread when a stretch is done; what goes wrong here is kept for `wait` to raise."""
        with self._changed:
            self._in_work = False
            try:
                self._go_on(future)
            except Exception as error:
                logging.getLogger(__name__).exception("training %s failed", self.config)
                self._error = error
            if self._ended or not self._active:
                self._active = False
                self._runs.put_away(self)
            self._changed.notify_all()

    def _go_on(self, future: Future[Stretch]) -> None:
        try:
            self._stretches.append(future.result())
            self._retried = False
        except BrokenProcessPool:  # a process was killed, perhaps over another job: once more, in a new pool
            if self._retried:
                raise
            self._retried = True
        if self._stretches and self._stretches[-1].evaluation is not None:
            self._record = to_record(self.config, self._stretches)
            self._runs.keep(self._record)
        elif time.monotonic() - self._asked > FORGOTTEN_AFTER:
            self._active = False
        elif self._active:
            self._submit()


class Runs:
    """The pool, the jobs in work and the finished records of one server."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._pool = worker_pool()
        self._jobs: dict[Config, Job] = {}
        self._records: OrderedDict[Config, Record] = OrderedDict()

    def request(self, config: Config) -> Record | Job:
        """The finished record if it is kept, else the job that trains it; asking again gives the same job."""
        with self._lock:
            if config in self._records:
                self._records.move_to_end(config)
                return self._records[config]
            return self._jobs.setdefault(config, Job(config, self))

    def submit(self, config: Config, after: Stretch | None) -> Future[Stretch]:
        """Hand one stretch to the processes; to new ones if one of the old was killed."""
        with self._lock:
            try:
                return self._pool.submit(advance, config, after, STRETCH_SECONDS)
            except BrokenProcessPool:
                self._pool = worker_pool()
                return self._pool.submit(advance, config, after, STRETCH_SECONDS)

    def keep(self, record: Record) -> None:
        """Put a finished record into the cache, and give up the ones not used for longest where it overflows."""
        with self._lock:
            self._records[record.config] = record
            while len(self._records) > 1 and sum(map(_bytes, self._records.values())) > CACHE_BYTES:
                self._records.popitem(last=False)

    def put_away(self, job: Job) -> None:
        """Forget a job that has ended, was stopped or was forgotten; who holds it can still go on with it."""
        with self._lock:
            if self._jobs.get(job.config) is job:
                del self._jobs[job.config]


def _bytes(record: Record) -> int:
    arrays = [record.dh_norm, record.probe_h, *record.probe_params.values(), *record.param_norm.values()]
    return sum(array.nbytes for array in arrays) + 5 * record.loss.nbytes
