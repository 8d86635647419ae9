"""Reversal: read digits, then write them in the opposite order.

Every number of digits from SHORTEST to what fits into `Config.sentence_length` is as likely; n digits take 2n + 1 time
steps. The first digit to write is the last that was read, and the last to write has waited for 2n - 1 time steps, so
the one state between the two has to hold all n of them. Reversing is one of the tasks of Zaremba and Sutskever,
"Reinforcement learning neural Turing machines", arXiv:1505.00521 (2015), there of a network with a memory to write to.
"""

from __future__ import annotations

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.types import Batch, EvaluationSet, Ints

from .encoder_decoder import FRESH, LOSS, ONE_ANSWER, Pairs, Symbols, as_batch, as_slice
from .task import Task

DIGITS = tuple("0123456789")
SYMBOLS = Symbols(DIGITS, (*DIGITS, "END"))

SHORTEST = 2
"""Digits in the shortest input."""


def longest(config: Config) -> int:
    """Digits in the longest input that a run is trained on."""
    return (config.sentence_length - 1) // 2


def pairs(rng: np.random.Generator, lengths: Ints) -> Pairs:
    """Digits to read, so many in each of N inputs, and the same to write in the opposite order."""
    most, N = int(lengths.max()), len(lengths)
    digits = rng.integers(len(DIGITS), size=(most, N))
    place = lengths - 1 - np.arange(most + 1)[:, None]  # (most + 1, N)
    written = np.where(place >= 0, digits[np.maximum(place, 0), np.arange(N)], SYMBOLS.end)
    return Pairs(digits, lengths, written)


def _drawn(config: Config, rng: np.random.Generator, count: int) -> Pairs:
    return pairs(rng, rng.integers(SHORTEST, longest(config) + 1, size=count))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    T, B = config.sentence_length, config.batch_size
    return [as_batch(SYMBOLS, _drawn(config, rng, B), T, config.dtype) for _ in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sequences, drawn as in training."""
    return {FRESH: as_slice(SYMBOLS, _drawn(config, rng, count), config.sentence_length, config.dtype)}


def of_length(n: int, rng: np.random.Generator, count: int, dtype: str = "float32") -> Batch:
    """So many sequences of n digits each, as a batch of 2n + 1 time steps."""
    return as_batch(SYMBOLS, pairs(rng, np.full(count, n)), 2 * n + 1, dtype)


def probe(config: Config) -> Ints:
    """(2n + 1,) the longest input that counts 1, 2, 3, ..., and its answer."""
    n = longest(config)
    digits = (1 + np.arange(n))[:, None] % len(DIGITS)
    written = np.append(digits[::-1], [[SYMBOLS.end]], axis=0)
    return as_batch(SYMBOLS, Pairs(digits, np.array([n]), written), 2 * n + 1, config.dtype).inputs[:, 0]


MOST_TYPED = 20
"""Digits in a typed input."""


def read(text: str) -> str:
    """The digits that a person typed.

    Raises
    ------
    ValueError
        A sentence for the person who typed it: nothing to read, too much, or something that is no digit.
    """
    digits = "".join(text[:200].split())
    if not digits:
        raise ValueError("there are no digits; type some, such as 3141")
    for character in digits:
        if character not in DIGITS:
            raise ValueError(f"the network has never read “{character}”; it knows the digits 0 to 9")
    if len(digits) > MOST_TYPED:
        raise ValueError(f"there are {len(digits)} digits; {MOST_TYPED} are allowed")
    return digits


TASK = Task(
    inputs=len(SYMBOLS.tokens),
    outputs=len(SYMBOLS.written),
    loss=LOSS,
    batches=batches,
    slices=slices,
    right="sequences written right from the first symbol to the last",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=ONE_ANSWER,
    solved_on=(FRESH,),
    answers=tuple(range(len(SYMBOLS.written))),
)
