"""One tanh for all blocks of a gated cell: σ(a) = ½ tanh(½ a) + ½. Halving is exact, so no digit is lost."""

from __future__ import annotations

import numpy as np

from rnn_core.types import Floats, Params


def halved(params: Params, factors: Floats) -> Params:
    """W_xh, b_h and W_hh with each block times its factor; W_hh as (G, H, H), a block after the other; and ½.

    Parameters
    ----------
    factors : (G,) ½ for a block that σ follows, 1 for one that tanh follows
    """
    W_hh = params["W_hh"]
    G, H = len(factors), len(W_hh)
    half = np.repeat(factors, H).astype(W_hh.dtype)
    blocks = np.ascontiguousarray((W_hh * half).reshape(H, G, H).swapaxes(0, 1))
    one_half = np.array(0.5, W_hh.dtype)  # NumPy takes longer for a mere 0.5
    return {"W_xh": params["W_xh"] * half, "b_h": params["b_h"] * half, "W_hh": blocks, "half": one_half}
