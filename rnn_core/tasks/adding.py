"""Adding: two of T numbers are marked; after the last, say their sum.

At each time step the network reads a number, uniform in [0, 1), and a marker, 0 or 1. One number of the first half is
marked and one of the second, each as likely; the target is the sum of these two, read at the last time step.

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), experiment 4, in the form of
Le, Jaitly and Hinton, "A simple way to initialize recurrent networks of rectified linear units", arXiv:1504.00941
(2015). As in the first, an answer is right if it is off by less than .04; there, numbers are from [-1, 1], targets
.5 + sum / 4, and the sequences' lengths vary.

Who always says 1, the mean of the sum, has a mean squared error of 2 · 1/12 = 1/6, its variance. (Papers after the
second quote .1767 instead.) Off by less than .04 are then 2 · .04 - .04² = 7.84 %.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import Loss, share_within, squared_error, values
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

from .task import Task

TOLERANCE = 0.04
"""An answer is right if it is off by less than this."""

INPUTS = ("number", "marker")
"""What the network reads at each time step, in the order of the inputs."""

FRESH = "fresh sequences"
CHANCE = "always 1"

LOSS = Loss(squared_error, share_within(TOLERANCE), values)


class Sequences(NamedTuple):
    """N sequences.

    Attributes
    ----------
    inputs : (T, N, 2) number and marker
    total : (N,) sum of the marked numbers
    first, second : (N,) positions, counted from 0, of the marks
    """

    inputs: Floats
    total: Floats
    first: Ints
    second: Ints


def sequences(rng: np.random.Generator, length: int, shape: tuple[int, ...]) -> Sequences:
    """Draw sequences.

    Parameters
    ----------
    shape : (N,) or (batches, N); the result's arrays are then (T, batches, N, 2) and (batches, N)
    """
    number, marker = rng.random((length, *shape)), np.zeros((length, *shape))
    first = rng.integers(length // 2, size=shape)
    second = rng.integers(length // 2, length, size=shape)
    for position in (first, second):
        np.put_along_axis(marker, position[None], 1.0, axis=0)
    return Sequences(np.stack([number, marker], axis=-1), (number * marker).sum(axis=0), first, second)


def as_batch(inputs: Floats, total: Floats, dtype: str) -> Batch:
    """N sequences (T, N, 2) as a batch whose loss is the mean squared error, read at the last time step only."""
    targets, weights = np.zeros(inputs.shape[:2], dtype), np.zeros(inputs.shape[:2], dtype)
    targets[-1], weights[-1] = total, 1 / inputs.shape[1]
    return Batch(inputs.astype(dtype), targets, weights)


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    drawn = sequences(rng, config.sentence_length, (count, config.batch_size))
    return [as_batch(drawn.inputs[:, k], drawn.total[k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sequences, drawn as in training, and what always saying 1 gets on them."""
    drawn = sequences(rng, config.sentence_length, (count,))
    error = np.abs(drawn.total - 1)
    right, loss = float((error < TOLERANCE).mean()), float((error**2).mean())
    return {FRESH: EvaluationSet(as_batch(drawn.inputs, drawn.total, config.dtype), {CHANCE: right}, {CHANCE: loss})}


def probe(config: Config) -> Floats:
    """(T, 2) numbers that rise evenly from 0; the ones in the middle of each half are marked."""
    length = config.sentence_length
    marker = np.zeros(length)
    marker[[length // 4, 3 * length // 4]] = 1
    return np.stack([np.arange(length) / length, marker], axis=-1).astype(config.dtype)


TASK = Task(
    inputs=len(INPUTS),
    outputs=1,
    loss=LOSS,
    batches=batches,
    slices=slices,
    right=f"sums off by less than {TOLERANCE:g}",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
)
