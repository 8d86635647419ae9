"""Training for the pages: in a pool of processes, a stretch at a time, with finished records kept.

A script thread never trains; it waits, and a visitor's next click ends the wait. Each job hands the pool one short
stretch after another, so thirty visitors share the processes in turns, progress is known, and Stop is immediate. A
job that no page has asked about for a while ends by itself.

One thread, the dispatcher, hands all work to the pool and takes all results from it. A future's callback must not do
so: where a process was killed, the pool calls it while it holds the lock that handing over work takes.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, TypeVar

from rnn_core.config import Config
from rnn_core.evaluation import evaluate
from rnn_core.experiments.workers import worker_pool
from rnn_core.recording import Chunk, advance, to_record
from rnn_core.types import Record

from .shelf import Shelf

STRETCH_SECONDS = 0.25
"""How long one visitor's run keeps a process before the next one's turn."""

FORGOTTEN_AFTER = 2.0
"""Seconds without a page waiting, after which a job ends; a page waits a tenth of a second at a time."""

TRIES = 5
"""So often in a row may a job lose its process, perhaps one that was killed over another job, before it is given up."""

CACHE_BYTES = 512 * 2**20
"""Finished records are kept up to this size together, the least recently used given up first."""

Work = tuple[Callable[..., Any], tuple[Any, ...]]
"""What a process is to call, and with what."""

Result = TypeVar("Result")


class TrainingError(RuntimeError):
    """A training process failed, or ended without an answer again and again; the message is for the visitor."""


class ServerEndsError(RuntimeError):
    """The processes are being ended, and take no more work."""


class Turns(Generic[Result]):
    """A run on its way, in turns with others. `wait` and `go_on` are for any thread, the rest for the dispatcher."""

    def __init__(self, config: Config, runs: Runs) -> None:
        self.config = config
        self.done = 0
        """Updates so far."""
        self._runs = runs
        self._result: Result | None = None
        self._error: Exception | None = None
        self._failures = 0  # processes lost since the last result
        self._in_work = False  # with the dispatcher or the processes
        self._waiting = 0  # threads in `wait` now
        self._asked = -math.inf  # when the last of them left it
        self._changed = threading.Condition()

    def wait(self, seconds: float) -> Result | None:
        """What it came to, or None after so many seconds. Wakes a job that was stopped or forgotten."""
        with self._changed:
            self.go_on()
            self._waiting += 1
            self._changed.wait_for(lambda: self._ended, seconds)
            self._waiting -= 1
            self._asked = time.monotonic()
            if self._error is not None:
                raise TrainingError("a training process ended unexpectedly; change a control to train again") from (
                    self._error
                )
            return self._result

    def go_on(self) -> None:
        """Begin, or go on after it was stopped or forgotten."""
        with self._changed:
            if not self._in_work and not self._ended:
                self._in_work = True
                self._runs.send(self)

    @property
    def _ended(self) -> bool:
        return self._result is not None or self._error is not None

    @property
    def _wanted(self) -> bool:
        """Whether anybody waits for it, or did so a moment ago."""
        return bool(self._waiting) or time.monotonic() - self._asked <= FORGOTTEN_AFTER

    def work(self) -> Work:
        """What comes next."""
        raise NotImplementedError

    def _add(self, result: Any) -> None:
        """Take what came of it."""
        raise NotImplementedError

    def take(self, future: Future[Any]) -> bool:
        """Take what came of `work`; returns whether there is more to do, and somebody waits for it."""
        with self._changed:
            try:
                result = future.result()
            except BrokenProcessPool:
                self._failures += 1
                if self._failures == TRIES:
                    raise
            else:
                self._failures = 0
                self._add(result)
            self._in_work = self._wanted and not self._ended
            self._changed.notify_all()
            return self._in_work

    def fail(self, error: Exception) -> None:
        """End without a result; who waits is told."""
        with self._changed:
            self._error = error
            self._forget()
            self._changed.notify_all()

    def _forget(self) -> None:
        """Who asks for the same next gets another job."""
        raise NotImplementedError


class Job(Turns[Record]):
    """One run on its way to its record; `stop` may be called from any thread."""

    def __init__(self, config: Config, runs: Runs) -> None:
        super().__init__(config, runs)
        self._chunks: list[Chunk] = []

    def stop(self) -> Job | None:
        """End after the stretch in work, unless others wait too; `wait` goes on with it.

        Returns the job that makes the record of what was trained so far, or None if nothing was.
        """
        with self._changed:
            self._asked = -math.inf
            if self._ended:
                return self
            return Ending(self, self._chunks) if self._chunks else None

    def work(self) -> Work:
        start = self._chunks[-1].as_start if self._chunks else None
        return advance, (self.config, start, STRETCH_SECONDS)

    def _add(self, chunk: Any) -> None:
        self._chunks.append(chunk)
        self.done = chunk.end
        if chunk.evaluation is not None:
            self._result = to_record(self.config, self._chunks)
            self._chunks = []
            self._runs.records.keep(self.config, self._result)

    def _forget(self) -> None:
        self._chunks = []
        self._runs.records.forget(self)


class Ending(Job):
    """The record of a run as far as it came: its last weights are evaluated by a process, and nothing is trained."""

    def __init__(self, job: Job, chunks: list[Chunk]) -> None:
        super().__init__(job.config, job._runs)
        self.done = job.done
        self._chunks = list(chunks)

    def work(self) -> Work:
        return evaluate, (self.config, self._chunks[-1].params)

    def _add(self, evaluation: Any) -> None:
        last = self._chunks[-1]._replace(evaluation=evaluation)
        self._result = to_record(self.config, [*self._chunks[:-1], last])
        self._chunks = []


class Once(Turns[Any]):
    """One function, called once in a process; nothing is kept."""

    def __init__(self, config: Config, runs: Runs, work: Work) -> None:
        super().__init__(config, runs)
        self._work = work

    def work(self) -> Work:
        return self._work

    def _add(self, result: Any) -> None:
        self._result = result

    def _forget(self) -> None:
        """Nobody else asks for it."""


class Runs:
    """The pool, the jobs in work and the finished records of one server."""

    def __init__(self) -> None:
        self._pool = worker_pool()
        self.records: Shelf[Job, Record] = Shelf(lambda config: Job(config, self), _bytes, CACHE_BYTES)
        self._inbox: queue.SimpleQueue[tuple[Turns[Any], Future[Any] | None]] = queue.SimpleQueue()
        threading.Thread(target=self._dispatch, name="dispatcher", daemon=True).start()

    def request(self, config: Config) -> Record | Job:
        """The finished record if it is kept, else the job that trains it."""
        return self.records.request(config)

    def send(self, job: Turns[Any]) -> None:
        """Begin or go on with a job."""
        self._inbox.put((job, None))

    def _dispatch(self) -> None:
        while True:
            self._handle(*self._inbox.get())  # in a function of its own: no job is held here while there is none

    def _handle(self, job: Turns[Any], future: Future[Any] | None) -> None:
        try:
            if future is None or job.take(future):
                self._submit(*job.work()).add_done_callback(lambda future: self._inbox.put((job, future)))
        except ServerEndsError as error:
            job.fail(error)
        except Exception as error:
            logging.getLogger(__name__).exception("training %s failed", job.config)
            job.fail(error)

    def _submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        """Hand work to the processes; to new ones if one of the old was killed."""
        try:
            return self._pool.submit(function, *arguments)
        except BrokenProcessPool:
            self._pool = worker_pool()
            return self._pool.submit(function, *arguments)
        except RuntimeError as error:
            raise ServerEndsError from error


def _bytes(record: Record) -> int:
    arrays = [record.dh_norm, record.probe_h, *record.probe_params.values(), *record.param_norm.values()]
    return sum(array.nbytes for array in arrays) + 5 * record.loss.nbytes
