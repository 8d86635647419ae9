"""Gates: one tanh for all blocks of a gated cell, as σ(a) = ½ tanh(½ a) + ½. Halving is exact, so no digit is lost."""

from __future__ import annotations

import numpy as np

from rnn_core.types import Params

from .cell import Cell


def with_gates_halved(params: Params, cell: Cell) -> Params:
    """The parameters as `cell.step` needs them.

    For a gated cell: W_xh, b_h and W_hh with the blocks of its gates halved; W_hh as (G, H, H), a block after the
    other; its other biases; and ½. For a cell without gates, the parameters themselves.
    """
    if not cell.gates:
        return params
    W_hh, G = params["W_hh"], len(cell.blocks)
    H = len(W_hh)
    factors = np.repeat([0.5 if name in cell.gates else 1.0 for name in cell.blocks], H).astype(W_hh.dtype)
    blocks = np.ascontiguousarray((W_hh * factors).reshape(H, G, H).swapaxes(0, 1))
    half = np.array(0.5, W_hh.dtype)  # NumPy takes longer for a mere 0.5
    W = {"W_xh": params["W_xh"] * factors, "W_hh": blocks, "b_h": params["b_h"] * factors, "half": half}
    return W | {name: params[name] for name in cell.biases}
