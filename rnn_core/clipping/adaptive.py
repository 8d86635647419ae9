"""Adaptive gradient clipping (AGC): each unit's gradient, relative to the unit's weights."""

from __future__ import annotations

import numpy as np

from rnn_core.numerics.norms import global_norm
from rnn_core.types import Floats, Params

from .measures import ClipOptions, Clipped, all_finite, clipped_to, unclipped

EPSILON = 1e-3
"""ε, below which a unit's weights count as this long: biases that start at zero could never leave it otherwise."""

LAST_LAYER = ("W_hy", "b_y")
"""Parameters that are left as they are."""


def clip_adaptive(gradients: Params, options: ClipOptions) -> Clipped:
    """If ‖G_i‖ > λ max(‖W_i‖, ε): G_i ← λ max(‖W_i‖, ε) / ‖G_i‖ · G_i, for each unit i, with λ the threshold.

    Source: Brock, De, Smith and Simonyan, "High-performance large-scale image recognition without normalization", ICML
    2021, equation 3. Theirs: the formula; ε = 10⁻³; that the last linear layer, here W_hy and b_y, is not clipped; and,
    in their code, that a bias counts as one unit. Their unit is a row of W; with row vectors it is a column, all
    weights into one unit. Ours: a column of a gated cell, all weights into one gate of one unit, is a unit, and the
    biases of all gates, which lie in one vector b_h, are one.
    """
    norm = global_norm(gradients.values())
    if not all_finite(gradients.values(), norm):
        return unclipped(gradients, norm, options)
    clipped = {
        name: g if name in LAST_LAYER else _units_limited(g, options.params[name], options.threshold)
        for name, g in gradients.items()
    }
    if all(clipped[name] is g for name, g in gradients.items()):
        return unclipped(gradients, norm, options)
    return clipped_to(clipped, gradients, options.norms)


def _units_limited(G: Floats, W: Floats, threshold: float) -> Floats:
    """G with each column (a vector is one) at most `threshold` times as long as W's; G itself if they all are."""
    largest, relative = _unit_norms(G)
    most = threshold * np.maximum(np.multiply(*_unit_norms(W)), EPSILON)
    with np.errstate(over="ignore"):  # a norm beyond float64 is above any limit
        too_long = largest * relative > most
    if not too_long.any():
        return G
    factor = np.divide(most, relative, out=np.zeros_like(relative), where=too_long)
    return np.where(too_long, (G / largest * factor).astype(G.dtype), G)


def _unit_norms(W: Floats) -> tuple[Floats, Floats]:
    """‖W_i‖ as two float64 factors, of which neither overflows: the largest |entry| (1 if all are 0), and the rest."""
    largest = np.abs(W).max(axis=0, keepdims=True).astype(np.float64)
    largest[largest == 0] = 1
    return largest, np.sqrt(((W / largest) ** 2).sum(axis=0, keepdims=True))
