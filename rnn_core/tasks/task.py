"""What training and evaluation need to know of a task; each file beside this one ends with its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.losses import Loss
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

SOLVED_ABOVE = 0.99
"""The accuracy above which a task counts as solved: less than 1 % wrong, as in Pascanu et al. (2013)."""


class Task(NamedTuple):
    """What training and evaluation need to know of a task.

    Attributes
    ----------
    inputs, outputs : D, the number of tokens or of values per time step, and O, the number of classes or values
    loss : what is asked of the outputs
    batches : (config, rng, count) draws so many training batches
    slices : (config, rng, count) draws held-out data of every kind, `count` sequences each
    right : what an accuracy is the share of, in words
    held_out : how many sequences of each kind an evaluation asks
    probe : (config) gives the sequence whose hidden states the record keeps: (T',) token ids or (T', D) values
    chance : the baseline of the slices that knows nothing of its sequence
    solved_on : the slices on which a run must be right to count as having solved the task
    solved_above : the accuracy on all of them that this takes
    answers : the outputs that the answer after the last time step is chosen from; empty where there is none to choose
    pair : two sequences that differ in what must be remembered, each with the answer that is right; None without such
    """

    inputs: int
    outputs: int
    loss: Loss
    batches: Callable[[Config, np.random.Generator, int], list[Batch]]
    slices: Callable[[Config, np.random.Generator, int], dict[str, EvaluationSet]]
    right: str
    held_out: int
    probe: Callable[[Config], Ints | Floats]
    chance: str
    solved_on: tuple[str, ...]
    solved_above: float = SOLVED_ABOVE
    answers: tuple[int, ...] = ()
    pair: tuple[tuple[Ints, int], tuple[Ints, int]] | None = None
