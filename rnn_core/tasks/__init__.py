"""What the network learns: one file a task, each offering what `Task` names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.types import Batch, Ints, Slice

from . import agreement, reading


class Task(NamedTuple):
    """What training and evaluation need to know of a task.

    Attributes
    ----------
    inputs, outputs : D, the number of tokens, and O, the number of classes
    batches : (config, rng, count) draws so many training batches
    slices : (config, rng, count) draws held-out data of every kind, `count` sequences each
    probe : (T',) token ids of the sequence whose hidden states the record keeps
    pair : the probe and its minimal pair, each with the class that is right
    solved_on : the slices on which a run must be right to count as having solved the task
    """

    inputs: int
    outputs: int
    batches: Callable[[Config, np.random.Generator, int], list[Batch]]
    slices: Callable[[Config, np.random.Generator, int], dict[str, Slice]]
    probe: Ints
    pair: tuple[tuple[Ints, int], tuple[Ints, int]]
    solved_on: tuple[str, ...]


_ARTICLE = reading.read(reading.ARTICLE)
_PLURAL = agreement.ANSWERS.index("were")

TASKS: dict[str, Task] = {
    "agreement": Task(
        inputs=len(agreement.VOCABULARY),
        outputs=len(agreement.ANSWERS),
        batches=agreement.batches,
        slices=agreement.slices,
        probe=_ARTICLE.tokens,
        pair=((_ARTICLE.tokens, _PLURAL), (reading.flip(_ARTICLE, _ARTICLE.nouns[0]).tokens, 1 - _PLURAL)),
        solved_on=(agreement.FRESH, agreement.HELD_OUT),
    )
}
"""Tasks by their name in `Config.task`."""
