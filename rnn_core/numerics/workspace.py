"""Memory that passes use again, and how much of it is used at a time: both cost as much as arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from rnn_core.types import Floats

Made = TypeVar("Made")

_BYTES_AT_ONCE = 2**19
"""What is computed for some time steps and used soon should still be in the processor's cache then."""


class Workspace:
    """Memory of the arrays (T, B, ·) of a pass, to be used again by the next: fresh pages cost as much as arithmetic.

    A pass that is given a workspace writes over what the last pass in it returned, so each thread needs its own, and
    whatever is to be kept must be copied. Gradients of the parameters are always fresh.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, Floats] = {}
        self._made: dict[str, tuple[tuple[object, ...], Any]] = {}

    def empty(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Floats:
        """`numpy.empty`, but the same array as at the last call if shape and dtype are still the same."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            array = self._arrays[name] = np.empty(shape, dtype)
        return array

    def cached(self, name: str, of: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What `make` returns, or what it returned at the last call if `of` still holds the very same objects.

        For views of arrays of which there are thousands: making them takes longer than using them.
        """
        last = self._made.get(name)
        if last is None or len(last[0]) != len(of) or any(a is not b for a, b in zip(last[0], of, strict=True)):
            last = self._made[name] = (of, make())
        return cast(Made, last[1])


def tiles(count: int, bytes_each: int) -> list[slice]:
    """So many time steps, or other things, cut into tiles that are small enough for the processor's cache."""
    n = max(1, _BYTES_AT_ONCE // max(1, bytes_each))
    return [slice(start, min(start + n, count)) for start in range(0, count, n)]
