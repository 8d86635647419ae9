"""The inputs' way into the network, x_t W_xh + b_h, for all time steps at once, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_core.types import Floats, Ints

from .workspace import Workspace, tiles


def project(inputs: Ints | Floats, W_xh: Floats, b_h: Floats, ax: Floats) -> None:
    """ax_t = x_t W_xh + b_h for all t at once. For a token id, x_t is one-hot and x_t W_xh a row of W_xh.

    Parameters
    ----------
    ax : (T, B, G·H), or (T, G, B, H) with the blocks apart

    Raises
    ------
    IndexError
        If a token id is not that of a row of W_xh.
    """
    if inputs.ndim == 2:
        inputs = inputs.astype(np.intp, copy=False)
        low, high = inputs.min(), inputs.max()
        if low < 0 or high >= len(W_xh):
            raise IndexError(f"token ids go from {low} to {high}, but W_xh has {len(W_xh)} rows")
    if ax.ndim == 3:
        _project(inputs, W_xh, b_h, ax)
        return
    G, H = ax.shape[1], ax.shape[-1]
    for k in range(G):
        block = slice(k * H, (k + 1) * H)
        _project(inputs, W_xh[:, block], b_h[block], ax[:, k])


def _project(inputs: Any, W_xh: Floats, b_h: Floats, ax: Floats) -> None:
    if inputs.ndim == 3:
        np.add(np.matmul(inputs, W_xh, out=ax), b_h, out=ax)
    else:
        (W_xh + b_h).take(inputs, axis=0, out=ax, mode="clip")  # writes straight into ax; nothing is clipped


def project_vjp(inputs: Ints | Floats, da: Floats, tokens: int, work: Workspace) -> Floats:
    """∂L/∂W_xh = Σ_t x_tᵀ ∂L/∂a_t, (D, H); for token ids, the rows of da summed by id."""
    rows = da.reshape(-1, da.shape[-1])
    if inputs.ndim == 3:
        return inputs.reshape(len(rows), -1).T @ rows
    ids = inputs.ravel().astype(np.min_scalar_type(tokens))  # small integers: NumPy sorts them in linear time
    order, counts = np.argsort(ids, kind="stable"), np.bincount(ids, minlength=tokens).tolist()
    by_id, ones = work.empty("da by token id", rows.shape, rows.dtype), np.ones(len(rows), da.dtype)
    dW_xh = np.empty((tokens, da.shape[-1]), da.dtype)
    first = 0
    for some in tiles(tokens, rows.nbytes // tokens):
        of_some = order[first : first + sum(counts[some])]
        rows.take(of_some, axis=0, out=by_id[: len(of_some)], mode="clip")
        start = 0
        for dW_x, n in zip(dW_xh[some], counts[some], strict=True):
            ones[:n].dot(by_id[start : start + n], out=dW_x)  # Σ ∂L/∂a_t over where x_t is this token
            start += n
        first += len(of_some)
    return dW_xh
