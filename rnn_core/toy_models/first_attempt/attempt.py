"""The class with faults, run as a reader would run it: what comes of it, or the error that stops it."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnn_core.toy_models.forty_lines import RNN
from rnn_core.types import Floats, Params

from .faults import source

FILE = "first_attempt.py"
"""As what file Python names the class in its errors."""

PARAMETERS = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
DELAY = 2
TIME_STEPS = 8

Result = TypeVar("Result")


class Sizes(NamedTuple):
    """How large the class is made.

    Attributes
    ----------
    symbols : of the task: D inputs and O answers
    units : H
    """

    symbols: int = 3
    units: int = 8


class Stop(NamedTuple):
    """An error that ends the class's work.

    Attributes
    ----------
    error : its kind, such as ValueError
    message : what Python or NumPy says
    line, code : number of the line, from 1, and the line itself
    """

    error: str
    message: str
    line: int
    code: str


@functools.lru_cache(maxsize=256)
def _class_with(faults: frozenset[str]) -> type[RNN]:
    module: dict[str, Any] = {"__name__": FILE.removesuffix(".py")}
    exec(compile(source(faults), FILE, "exec"), module)  # our own text, which the page shows as it is run
    found: type[RNN] = module["RNN"]
    return found


def network(faults: Collection[str], sizes: Sizes, seed: int) -> RNN:
    """The class with these faults, made; of one seed, all draw the same numbers for their weights."""
    return _class_with(frozenset(faults))(sizes.symbols, sizes.units, sizes.symbols, stream(seed, WEIGHTS))


WEIGHTS, CHECK, LEARNING = range(3)
"""Independent random streams of one seed, by what they are for."""


def stream(seed: int, purpose: int) -> np.random.Generator:
    """The generator of one purpose."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(purpose,)))


def params_of(rnn: RNN) -> Params:
    """The weights by name: the arrays themselves, not copies."""
    return {name: getattr(rnn, name) for name in PARAMETERS}


def sequence(sizes: Sizes, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The tiny task: say the symbol of DELAY time steps ago, and symbol 0 while there is none.

    Returns x and target, one-hot, each (TIME_STEPS, symbols).
    """
    read = rng.integers(sizes.symbols, size=TIME_STEPS)
    one_hot = np.eye(sizes.symbols)
    return one_hot[read], one_hot[np.append(np.zeros(DELAY, int), read[:-DELAY])]


def run(faults: Collection[str], work: Callable[[], Result]) -> Result | Stop:
    """What some work with the class returns, or the error that stops it in one of the class's lines."""
    try:
        return work()
    except Exception as error:
        lines = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
        if not lines:
            raise
        code = source(faults).splitlines()[lines[-1] - 1].strip()
        return Stop(type(error).__name__, str(error).strip(), lines[-1], code)
