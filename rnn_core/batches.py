"""Which batch an update sees: a function of the seed and the update's number alone.

So twins that differ in their clipping see the same batches, and a run can be cut into chunks, computed anywhere, and
joined without changing a bit.
"""

from __future__ import annotations

import functools

import numpy as np

from .config import Config
from .tasks import TASKS
from .types import Batch

_WORDS_AT_ONCE = 250_000
_MOST_BATCHES_AT_ONCE = 50
"""Batches are drawn in blocks: many short ones together, few long ones, at most so many words."""

_BLOCKS_KEPT = 12
"""Of at most 5 MB each: as many as a worker's turn takes, so that a twin whose turn is next finds them drawn."""

_READ_BY_BATCHES = ("task", "sentence_length", "attractors", "batch_size", "dtype", "seed")
"""The fields of a config that its batches depend on; a test holds the tasks to them."""

WEIGHTS, BATCHES, EVALUATION, CHECK, SUCCESS = range(5)
"""Independent random streams of one seed, by what they are for."""


def random_stream(config: Config, *key: int) -> np.random.Generator:
    """The generator of one purpose; neither clipping nor anything else but the seed changes it."""
    return np.random.default_rng(np.random.SeedSequence(config.seed, spawn_key=key))


def _block_size(config: Config) -> int:
    return max(1, min(_MOST_BATCHES_AT_ONCE, _WORDS_AT_ONCE // (config.sentence_length * config.batch_size)))


@functools.lru_cache(maxsize=64)
def _data_config(config: Config) -> Config:
    """The same for all runs with the same batches: what these do not depend on is left at its default, or smallest.

    Smallest where a default could make the sizes together too large for a `Config`.
    """
    return Config(**{name: getattr(config, name) for name in _READ_BY_BATCHES}, hidden_size=1, updates=1)


@functools.lru_cache(maxsize=_BLOCKS_KEPT)
def _block_of_batches(data: Config, block: int) -> list[Batch]:
    rng = random_stream(data, BATCHES, block)
    return TASKS[data.task].batches(data, rng, _block_size(data))


def batch_of_update(config: Config, update: int) -> Batch:
    """The batch that this update is computed on, whatever came before."""
    block, place = divmod(update, _block_size(config))
    return _block_of_batches(_data_config(config), block)[place]
