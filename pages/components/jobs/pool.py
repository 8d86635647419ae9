"""The processes that do all jobs of a server.

A script thread never trains; it waits, and a visitor's next click ends the wait. Each job hands the pool one short
piece of work after another, so thirty visitors share the processes in turns, progress is known, and Stop is immediate.
A job that no page has asked about for a while ends by itself.

One thread, the dispatcher, hands all work to the pool and takes all results from it. A future's callback must not do
so: where a process was killed, the pool calls it while it holds the lock that handing over work takes.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from rnn_core.experiments.workers import worker_pool

from .job import Job


class ServerEndsError(RuntimeError):
    """The processes are being ended, and take no more work."""


class Pool:
    """The processes, and the thread that keeps them at work."""

    def __init__(self) -> None:
        self._executor = worker_pool()
        self._inbox: queue.SimpleQueue[tuple[Job[Any], Future[Any] | None]] = queue.SimpleQueue()
        threading.Thread(target=self._dispatch, name="dispatcher", daemon=True).start()

    def send(self, job: Job[Any]) -> None:
        """Begin or go on with a job."""
        self._inbox.put((job, None))

    def _dispatch(self) -> None:
        while True:
            self._handle(*self._inbox.get())  # in a function of its own: no job is held here while there is none

    def _handle(self, job: Job[Any], future: Future[Any] | None) -> None:
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
            return self._executor.submit(function, *arguments)
        except BrokenProcessPool:
            self._executor = worker_pool()
            return self._executor.submit(function, *arguments)
        except RuntimeError as error:
            raise ServerEndsError from error
