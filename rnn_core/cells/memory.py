"""Memory of a pass over time: arrays of all time steps, and views of each time step, made once.

Indexing in the loop over time would take longer than using the views.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.numerics.workspace import Workspace, tiles
from rnn_core.types import Floats

from .cell import Arrays, Cell

TimeSteps = list[tuple[Floats, ...]]


class ForwardMemory(NamedTuple):
    """Room for what is saved of T time steps.

    Attributes
    ----------
    saved : (T+1, B, H) each, by the names `Cell.saved`
    blocks : (T+1, G, B, H) those of them that are `Cell.blocks`, together; each is in one piece
    time_steps : T+1 times what `Cell.step` gets
    """

    saved: dict[str, Floats]
    blocks: Floats
    time_steps: TimeSteps


class BackwardMemory(NamedTuple):
    """Room for the gradients of T time steps.

    Attributes
    ----------
    d_states : (T+1, B, H) each, in the order of `Cell.states`
    da : (T, B, G, H)
    K : (k, n, B, H) room for the slopes of so few time steps, n, that they stay in the processor's cache; of all T if
        there is a single one, which stands where its ∂L/∂a_t will be
    d_at, da_at : what `Cell.step_vjp` gets of them, T+1 and T times
    K_at : T times the single slope, the very view that ∂L/∂a_t will be written to; None where there are more
    """

    d_states: list[Floats]
    da: Floats
    K: Floats
    d_at: TimeSteps
    da_at: TimeSteps
    K_at: TimeSteps | None

    def slopes_at(self, tile: slice) -> Floats:
        """Room for the slopes of some time steps."""
        return self.K[:, : tile.stop - tile.start] if self.K_at is None else self.K[:, tile]

    def backwards(self, tile: slice, slopes: Arrays) -> Iterator[tuple[int, Sequence[Floats]]]:
        """Each t of a tile, from its last to its first, with what `slopes` has of it."""
        slopes_at = zip(*(K[::-1] for K in slopes), strict=True) if self.K_at is None else self.K_at[tile][::-1]
        return zip(range(tile.stop, tile.start, -1), slopes_at, strict=True)


def forward_memory(cell: Cell, shape: tuple[int, int, int], dtype: np.dtype[Any], work: Workspace) -> ForwardMemory:
    """Room of the shape (T+1, B, H) for each array."""
    stored = work.empty("blocks", (len(cell.blocks), *shape), dtype)
    others = {name: work.empty(name, shape, dtype) for name in cell.saved if name not in cell.blocks}

    def make() -> ForwardMemory:
        arrays, blocks = others | dict(zip(cell.blocks, stored, strict=True)), stored.swapaxes(0, 1)
        saved = {name: arrays[name] for name in cell.saved}
        return ForwardMemory(saved, blocks, _time_steps(*saved.values(), blocks))

    return work.cached("forward", (cell, stored, *others.values()), make)


def backward_memory(cell: Cell, shape: tuple[int, int, int], dtype: np.dtype[Any], work: Workspace) -> BackwardMemory:
    """Room of the shape (T+1, B, H) for each state's gradient."""
    steps, B, H = shape
    d_states = [work.empty("d" + name, shape, dtype) for name in cell.states]
    da = work.empty("da", (steps - 1, B, len(cell.blocks), H), dtype)
    k = slope_arrays(cell)
    at_once = tiles(steps - 1, k * d_states[0][0].nbytes)[0].stop
    K = da[None, :, :, 0] if k == 1 else work.empty("K", (k, at_once, B, H), dtype)

    def make() -> BackwardMemory:
        da_at = _time_steps(da.reshape(steps - 1, B, -1), da.swapaxes(1, 2))
        K_at: TimeSteps | None = [(whole,) for whole, _ in da_at] if k == 1 else None
        return BackwardMemory(d_states, da, K, _time_steps(*d_states), da_at, K_at)

    return work.cached("backward", (cell, *d_states, da), make)


def slope_arrays(cell: Cell) -> int:
    """How many arrays `Cell.slopes` writes."""
    return len(cell.blocks) + len(cell.states) - 1


def _time_steps(*arrays: Floats) -> TimeSteps:
    """One time step of each array after the other."""
    return list(zip(*arrays, strict=True))
