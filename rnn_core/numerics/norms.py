"""Euclidean norms that neither overflow nor underflow before the entries themselves do.

The sum of squares of float32 entries overflows at a norm of 1.8e19 and vanishes at 1e-23, far inside the range of
float32. A gradient that explodes or vanishes crosses both, and it is the subject of this project.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from rnn_core.types import Floats

_SAFE = {2: (math.inf, 0.0), 4: (1e-30, 1e30), 8: (1e-280, 1e280)}
"""By item size: sums of squares inside these bounds have lost nothing to overflow or underflow; in float16, none."""

_ENTRIES_AT_ONCE = 2**13
"""Entries that are copied to float64 together."""


def row_norms(rows: Floats) -> Floats:
    """Norm of each row over all its other axes.

    Parameters
    ----------
    rows : (N, ...)

    Returns
    -------
    (N,) float64; inf or nan where a row has such an entry, inf where a finite row's norm is beyond float64
    """
    flat = rows.reshape(len(rows), -1)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        squares = np.vecdot(flat, flat).astype(np.float64)
        low, high = _SAFE[flat.itemsize]
        unsafe = np.flatnonzero(~((squares > low) & (squares < high)))
        norms: Floats = np.sqrt(squares)
        rows_at_once = max(1, _ENTRIES_AT_ONCE // flat.shape[1])
        for k in range(0, len(unsafe), rows_at_once):
            some = unsafe[k : k + rows_at_once]
            norms[some] = _unsafe_row_norms(flat[some])
    return norms


def _unsafe_row_norms(rows: Floats) -> Floats:
    """‖row‖ = s ‖row / s‖, (N,) float64, with s the largest |entry| of the row; rows (N, M)."""
    wide = rows.astype(np.float64)
    if rows.itemsize == 4:  # float64 holds the square of every float32
        return np.asarray(np.sqrt(np.vecdot(wide, wide)))
    s = np.abs(wide).max(axis=1)
    s[(s == 0) | ~np.isfinite(s)] = 1  # 0, inf or nan come out without scaling
    scaled = wide / s[:, None]
    return np.asarray(s * np.sqrt(np.vecdot(scaled, scaled)))


def scaled_norm(arrays: Iterable[Floats]) -> tuple[float, float]:
    """Norm of all entries together, as two factors that exist even where their product is beyond float64.

    Returns
    -------
    largest : the largest |entry|; inf or nan if an entry is
    relative : norm of the entries divided by `largest`, between 1 and the root of their number (0 if all are 0)
    """
    arrays = list(arrays)
    largest = float(np.max([np.abs(array).max() for array in arrays]))  # np.max, unlike max, lets a nan through
    if largest == 0 or not math.isfinite(largest):
        return largest, 0.0 if largest == 0 else 1.0
    total = 0.0
    for array in arrays:
        scaled = array.astype(np.float64).ravel() / largest
        total += float(scaled @ scaled)
    return largest, math.sqrt(total)


def global_norm(arrays: Iterable[Floats]) -> float:
    """Norm of all entries of all arrays together, as float64."""
    arrays = list(arrays)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        total = 0.0
        for array in arrays:
            flat = array.ravel()
            total += float(flat.dot(flat))
        low, high = _SAFE[arrays[0].itemsize]
        if low < total < high:
            return math.sqrt(total)
        largest, relative = scaled_norm(arrays)
        return largest * relative
