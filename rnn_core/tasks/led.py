"""A digit on a display of seven segments, some of which are broken: one time step in, one answer out.

Each of the ten digits is as likely; each segment shows the opposite of what it should with probability 1/10, each by
itself. There is one time step, whatever `Config.sentence_length` says: a network with T = 1, whose W_hh meets nothing
but h_0 = 0. In the long run no rule can be right more often than `BEST`: broken segments can make one digit of another.

Source: Breiman, Friedman, Olshen and Stone, "Classification and regression trees" (1984), section 2.6.1.
"""

from __future__ import annotations

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

from .task import SOLVED_ABOVE, Task

SEGMENTS = ("top", "upper left", "upper right", "middle", "lower left", "lower right", "bottom")
"""The inputs, in their order: 1 is lit."""

DIGITS = np.array([[int(lit) for lit in row] for row in (
    "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011",
)])  # fmt: skip
"""(10, 7) which segments each digit lights."""

BROKEN = 0.1
"""Probability that a segment shows the opposite."""

FRESH = "fresh displays"
CHANCE = "one digit"
NEAREST = "nearest digit"

_EVERY = (np.arange(2**7)[:, None] >> np.arange(7)) & 1
_WRONG = (_EVERY[:, None] != DIGITS).sum(axis=2)  # (128, 10) segments that would have to be broken
BEST = float((BROKEN**_WRONG * (1 - BROKEN) ** (7 - _WRONG)).max(axis=1).sum() / len(DIGITS))
"""Share of right answers of the likeliest digit for each of the 128 displays: no rule has a higher one."""


def displays(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Draw displays: lit segments (*shape, 7), and the digits (*shape)."""
    digits = rng.integers(len(DIGITS), size=shape)
    broken = (rng.random((*shape, len(SEGMENTS))) < BROKEN).astype(int)
    return DIGITS[digits] ^ broken, digits


def as_batch(lit: Ints, digits: Ints, dtype: str) -> Batch:
    """N displays (N, 7) as a batch of one time step, whose loss is the mean over displays."""
    N = len(lit)
    return Batch(lit[None].astype(dtype), digits[None], np.full((1, N), 1 / N, dtype))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    lit, digits = displays(rng, (count, config.batch_size))
    return [as_batch(lit[k], digits[k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh displays, drawn as in training."""
    lit, digits = displays(rng, (count,))
    return {FRESH: EvaluationSet(as_batch(lit, digits, config.dtype), baselines(lit, digits))}


def baselines(lit: Ints, digits: Ints) -> dict[str, float]:
    """Accuracy of always the commonest digit, and of the digit that differs in the fewest segments.

    The latter is the likeliest one; where k digits are as near, each is worth 1/k of an answer.
    """
    wrong = (lit[:, None] != DIGITS).sum(axis=2)
    nearest = wrong == wrong.min(axis=1, keepdims=True)
    hit = nearest[np.arange(len(digits)), digits] / nearest.sum(axis=1)
    return {CHANCE: float(np.bincount(digits).max()) / len(digits), NEAREST: float(hit.mean())}


def probe(config: Config) -> Floats:
    """(1, 7) an unbroken 3."""
    return np.asarray(DIGITS[3][None], config.dtype)


TASK = Task(
    inputs=len(SEGMENTS),
    outputs=len(DIGITS),
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="displays with the right digit",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
    solved_above=SOLVED_ABOVE * BEST,
    answers=tuple(range(len(DIGITS))),
)
