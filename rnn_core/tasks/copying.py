"""Copying: remember ten symbols over a delay, then say them in their order.

The network reads 10 symbols, each one of 8 as likely, then blanks, then a delimiter, then 10 blanks again. It is to
answer with a blank everywhere but at the last 10 time steps, and there with the 10 symbols. With the delay T of the
paper (T - 1 blanks and the delimiter) a sequence has T + 20 time steps; that total is `Config.sentence_length` here.

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), in the form of Arjovsky, Shah
and Bengio, "Unitary evolution recurrent neural networks", ICML 2016, section 5.1. As there, the loss is the mean
over all time steps, and who remembers nothing, but knows when to answer, has a loss of 10 ln 8 / (T + 20).
"""

from __future__ import annotations

import math

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import Loss, accuracy, softmax_cross_entropy
from rnn_core.types import Batch, EvaluationSet, Floats, Ints, Values

from .task import Task

REMEMBERED = 10
"""Symbols to remember."""

SYMBOLS = 8
"""Different symbols; their token ids are also their classes."""

BLANK, DELIMITER = SYMBOLS, SYMBOLS + 1
TOKENS, CLASSES = SYMBOLS + 2, SYMBOLS + 1
"""How many are read, and how many answered: no answer is a delimiter."""

FRESH = "fresh sequences"
CHANCE = "one symbol"
MEMORYLESS = "without memory"


def recalled(logits: Floats, targets: Values, weights: Floats) -> float:
    """Share of the symbols to remember that are right; the blanks before them do not count."""
    return accuracy(logits[-REMEMBERED:], targets[-REMEMBERED:], weights[-REMEMBERED:])


LOSS = Loss(softmax_cross_entropy, recalled)


def as_batch(symbols: Ints, length: int, dtype: str) -> Batch:
    """The symbols to remember (10, N) as sequences, with the mean over all their time steps as the loss."""
    N = symbols.shape[1]
    tokens, targets = np.full((length, N), BLANK, np.int8), np.full((length, N), BLANK, np.int64)
    tokens[:REMEMBERED] = targets[-REMEMBERED:] = symbols
    tokens[-REMEMBERED - 1] = DELIMITER
    return Batch(tokens, targets, np.full((length, N), 1 / (length * N), dtype))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    drawn = rng.integers(SYMBOLS, size=(count, REMEMBERED, config.batch_size))
    return [as_batch(symbols, config.sentence_length, config.dtype) for symbols in drawn]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sequences, drawn as in training."""
    drawn = rng.integers(SYMBOLS, size=(REMEMBERED, count))
    one = float(np.bincount(drawn.ravel()).max()) / drawn.size
    loss = REMEMBERED * math.log(SYMBOLS) / config.sentence_length
    return {
        FRESH: EvaluationSet(as_batch(drawn, config.sentence_length, config.dtype), {CHANCE: one}, {MEMORYLESS: loss})
    }


def probe(config: Config) -> Ints:
    """(L,) the sequence that starts with each symbol once and then the first two again."""
    symbols = np.arange(REMEMBERED)[:, None] % SYMBOLS
    return as_batch(symbols, config.sentence_length, config.dtype).inputs[:, 0]


TASK = Task(
    inputs=TOKENS,
    outputs=CLASSES,
    loss=LOSS,
    batches=batches,
    slices=slices,
    right=f"right answers among the {REMEMBERED} symbols of each sequence",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
    answers=tuple(range(CLASSES)),
)
