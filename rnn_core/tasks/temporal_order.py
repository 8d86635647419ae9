"""Temporal order: two of L symbols carry information; after the last, say which they were, in their order.

The symbols are A, B, which carry information, and c, d, e, f, which distract. One position in [.1L, .2L) and one in
[.5L, .6L), counted from 0, hold A or B, each drawn at random; every other position holds a distractor, all as likely.
The four classes are AA, AB, BA, BB.

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), experiment 6a, in the form
of Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section 4.1.1.
The numbers of symbols and positions are those of the code that the second paper names
(github.com/pascanur/trainingRNNs, tempOrder.py), which has no symbols for the start and the end of the sequence. It
rounds down where L is no multiple of 10: the positions are L//10 ... 2·(L//10) - 1 and L//2 ... L//2 + L//10 - 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Ints

from .task import Task

SYMBOLS = ("A", "B", "c", "d", "e", "f")
"""By token id; the first two carry information."""

CLASSES = ("AA", "AB", "BA", "BB")
"""In the order of the outputs: class 2 · first + second, with A = 0 and B = 1."""

FRESH = "fresh sequences"

CHANCE = "one class"

_DISTRACTORS = range(2, len(SYMBOLS))


class Sequences(NamedTuple):
    """N sequences.

    Attributes
    ----------
    tokens : (L, N) token ids
    answer : (N,) class ids
    first, second : (N,) positions, counted from 0, of the two symbols that carry information
    """

    tokens: Ints
    answer: Ints
    first: Ints
    second: Ints


def sequences(rng: np.random.Generator, length: int, shape: tuple[int, ...]) -> Sequences:
    """Draw sequences.

    Parameters
    ----------
    shape : (N,) or (batches, N); the result's arrays are then (L, batches, N) and (batches, N)
    """
    tokens = rng.integers(_DISTRACTORS.start, _DISTRACTORS.stop, size=(length, *shape), dtype=np.int8)
    first = rng.integers(length // 10, 2 * (length // 10), size=shape)
    second = rng.integers(length // 2, length // 2 + length // 10, size=shape)
    answer = rng.integers(len(CLASSES), size=shape)
    for position, symbol in ((first, answer // 2), (second, answer % 2)):
        np.put_along_axis(tokens, position[None], symbol[None].astype(np.int8), axis=0)
    return Sequences(tokens, answer, first, second)


def as_batch(tokens: Ints, answer: Ints, dtype: str) -> Batch:
    """N sequences (L, N) as a batch whose loss is the mean over sequences, read after the last symbol only."""
    targets, weights = np.zeros(tokens.shape, np.int64), np.zeros(tokens.shape, dtype)
    targets[-1], weights[-1] = answer, 1 / tokens.shape[1]
    return Batch(tokens, targets, weights)


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    drawn = sequences(rng, config.sentence_length, (count, config.batch_size))
    return [as_batch(drawn.tokens[:, k], drawn.answer[k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sequences, drawn as in training."""
    drawn = sequences(rng, config.sentence_length, (count,))
    return {FRESH: EvaluationSet(as_batch(drawn.tokens, drawn.answer, config.dtype), baselines(drawn))}


def baselines(drawn: Sequences) -> dict[str, float]:
    """Accuracy of rules that need no training: the commonest class; the second symbol right, the first a guess."""
    commonest = np.bincount(drawn.answer, minlength=len(CLASSES)).max()
    return {CHANCE: float(commonest) / len(drawn.answer), "second symbol and a guess": 0.5}


def probe(config: Config) -> Ints:
    """(L,) A as early and B as late as they may stand, among distractors in turn: class AB."""
    length = config.sentence_length
    tokens = _DISTRACTORS.start + np.arange(length) % len(_DISTRACTORS)
    tokens[length // 10] = SYMBOLS.index("A")
    tokens[length // 2 + length // 10 - 1] = SYMBOLS.index("B")
    return tokens


TASK = Task(
    inputs=len(SYMBOLS),
    outputs=len(CLASSES),
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="sequences with the right class",
    held_out=10_000,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
    answers=tuple(range(len(CLASSES))),
)
