"""A job: what processes compute for the pages, a turn at a time, and what became of it."""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, Protocol, TypeVar

from rnn_core.config import Config

FORGOTTEN_AFTER = 2.0
"""Seconds without a page waiting, after which a job ends; a page waits a tenth of a second at a time."""

TRIES = 5
"""So often in a row may a job lose its process, perhaps one that was killed over another job, before it is given up."""

Work = tuple[Callable[..., Any], tuple[Any, ...]]
"""What a process is to call, and with what."""

Result = TypeVar("Result")


class TrainingError(RuntimeError):
    """A training process failed, or ended without an answer again and again; the message is for the visitor."""


class Task(Generic[Result]):
    """What a job is about: it says what comes next, and takes what came of it.

    Attributes
    ----------
    config : the run, to be named where it fails
    done : updates so far
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.done = 0

    def work(self) -> Work:
        """What comes next."""
        raise NotImplementedError

    def take(self, answer: Any) -> Result | None:
        """Take what came of it; returns the result, or None if there is more to do."""
        raise NotImplementedError

    def partial(self) -> Task[Result] | None:
        """What makes a result of what was done so far; None if nothing was."""
        return None


class Follower(Protocol):
    """One who does not wait for a job, but wants it done, and to be told."""

    @property
    def wanted(self) -> bool:
        """Whether it still does."""

    def proceed(self) -> None:
        """Hear that a job has ended."""


class Job(Generic[Result]):
    """A task on its way, in turns with others; `take`, `work` and `fail` are for the dispatcher, the rest for anybody.

    Parameters
    ----------
    send : hands a job to the dispatcher
    on_end : told the result, or None if it failed; the task is gone then
    """

    def __init__(
        self,
        send: Callable[[Job[Any]], None],
        task: Task[Result],
        on_end: Callable[[Job[Result], Result | None], None] = lambda job, result: None,
    ) -> None:
        self.config = task.config
        self.done = task.done
        self._send, self._on_end = send, on_end
        self._task: Task[Result] | None = task  # None when it has ended: who holds the job does not hold what it used
        self._result: Result | None = None
        self._error: Exception | None = None
        self._failures = 0  # processes lost since the last answer
        self._in_work = False  # with the dispatcher or the processes
        self._waiting = 0  # threads in `wait` now
        self._waited_at = -math.inf  # when the last of them left it
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()
        self._changed = threading.Condition()

    @property
    def ended(self) -> bool:
        """Whether it has a result, or failed; `wait` then returns it, or raises, at once."""
        return self._task is None

    @property
    def _wanted(self) -> bool:
        """Whether anybody waits for it, or did so a moment ago."""
        waited = self._waiting or time.monotonic() - self._waited_at <= FORGOTTEN_AFTER
        return bool(waited) or any(follower.wanted for follower in list(self._followers))

    def wait(self, seconds: float) -> Result | None:
        """The result, or None after so many seconds. Wakes a job that was stopped or forgotten.

        Raises
        ------
        TrainingError
            If it failed.
        """
        with self._changed:
            self.go_on()
            self._waiting += 1
            self._changed.wait_for(lambda: self.ended, seconds)
            self._waiting -= 1
            self._waited_at = time.monotonic()
            if self._error is not None:
                raise TrainingError("a training process ended unexpectedly; change a control to train again") from (
                    self._error
                )
            return self._result

    def go_on(self) -> None:
        """Begin, or go on after it was stopped or forgotten."""
        with self._changed:
            if not self._in_work and not self.ended:
                self._in_work = True
                self._send(self)

    def join(self, follower: Follower) -> None:
        """Tell it when the job ends, and go on as long as it is wanted."""
        with self._changed:
            self._followers.add(follower)

    def stop(self) -> Job[Result] | None:
        """End after the work in hand, unless others wait too; `wait` goes on with it.

        Returns the job that makes a result of what was done so far, or None if nothing was.
        """
        with self._changed:
            self._waited_at = -math.inf
            if self._task is None:
                return self
            partial = self._task.partial()
            return None if partial is None else Job(self._send, partial)

    def work(self) -> Work:
        """What comes next."""
        assert self._task is not None, "one that has ended is not sent"
        return self._task.work()

    def take(self, future: Future[Any]) -> bool:
        """Take what came of `work`; returns whether there is more to do, and somebody wants it."""
        with self._changed:
            try:
                answer = future.result()
            except BrokenProcessPool:
                self._failures += 1
                if self._failures == TRIES:
                    raise
            else:
                assert self._task is not None, "it was at work"
                self._failures = 0
                result = self._task.take(answer)
                self.done = self._task.done
                if result is not None:
                    self._result = result
                    self._end()
            self._in_work = self._wanted and not self.ended
            self._changed.notify_all()
            more = self._in_work
        self._tell()
        return more

    def fail(self, error: Exception) -> None:
        """End without a result; who waits is told."""
        with self._changed:
            self._error = error
            self._end()
            self._changed.notify_all()
        self._tell()

    def _end(self) -> None:
        self._task = None
        self._on_end(self, self._result)

    def _tell(self) -> None:
        with self._changed:
            followers = list(self._followers) if self.ended else []
        for follower in followers:
            follower.proceed()
