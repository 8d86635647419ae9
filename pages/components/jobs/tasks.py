"""What jobs are about: a run and its record, the record of a run that was stopped, a run's summary, a single call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnn_core.config import Config
from rnn_core.experiments import memory
from rnn_core.experiments.memory import Trained
from rnn_core.recording import Chunk, advance, end_here, to_record
from rnn_core.types import Record

from .job import Task, Work

TURN_SECONDS = 0.25
"""How long one visitor's run keeps a process before the next one's turn."""


class FullRun(Task[Record]):
    """A run, trained to its end."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._chunks: list[Chunk] = []

    def work(self) -> Work:
        start = self._chunks[-1].as_start if self._chunks else None
        return advance, (self.config, start, TURN_SECONDS)

    def take(self, answer: Chunk) -> Record | None:
        self._chunks.append(answer)
        self.done = answer.end
        return None if answer.evaluation is None else to_record(self.config, self._chunks)

    def partial(self) -> Task[Record] | None:
        return PartialRun(self.config, self._chunks) if self._chunks else None


class PartialRun(Task[Record]):
    """A run as far as it came: its last weights are evaluated, and nothing is trained."""

    def __init__(self, config: Config, chunks: list[Chunk]) -> None:
        super().__init__(config)
        self.done = chunks[-1].end
        self._chunks = list(chunks)

    def work(self) -> Work:
        return end_here, (self.config, self._chunks[-1].as_start)

    def take(self, answer: Chunk) -> Record:
        return to_record(self.config, [*self._chunks, answer])


class SummaryRun(Task[Trained]):
    """A run of which only the end is kept."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._checkpoint: memory.Checkpoint | None = None

    def work(self) -> Work:
        return memory.advance, (self.config, self._checkpoint, TURN_SECONDS)

    def take(self, answer: memory.Checkpoint) -> Trained | None:
        self._checkpoint, self.done = answer, answer.chunk.end
        return memory.trained(self.config, answer)


class Call(Task[Any]):
    """One function, called once."""

    def __init__(self, config: Config, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__(config)
        self._work = function, arguments

    def work(self) -> Work:
        return self._work

    def take(self, answer: Any) -> Any:
        return answer
