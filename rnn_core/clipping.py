"""Gradient clipping: pure functions of the gradient that report what they did.

A threshold that is not reached changes no bit. The formulas are the published ones:

- PyTorch's `clip_grad_norm_` multiplies by threshold / (norm + 1e-6); here, as in Pascanu et al. (2013), nothing is
  added, so the clipped norm is the threshold.
- Where the norm of finite entries overflows, PyTorch's factor is threshold / inf = 0 and the update is silently lost;
  here the entries are divided by the largest of them first, and the clipped gradient keeps its direction.
- A non-finite entry has no direction to keep: clipping leaves such a gradient as it is, and the run reports it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .norms import global_norm, scaled_norm
from .types import Floats, Params


class Clipped(NamedTuple):
    """A gradient after clipping.

    Attributes
    ----------
    gradients : by parameter name; the very arrays passed in where nothing was clipped
    norm : global norm before
    norm_clipped : global norm after
    scale : norm_clipped / norm, 1 where nothing was clipped; for clipping by norm, the factor itself
    """

    gradients: Params
    norm: float
    norm_clipped: float
    scale: float


def clip_off(gradients: Params, threshold: float) -> Clipped:
    """No clipping; only measures."""
    norm = global_norm(gradients.values())
    return Clipped(gradients, norm, norm, 1.0)


def clip_norm(gradients: Params, threshold: float) -> Clipped:
    """If ‖g‖ > threshold: g ← (threshold / ‖g‖) g, with ‖g‖ over all parameters together.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    algorithm 1.
    """
    norm = global_norm(gradients.values())
    if norm <= threshold or not _all_finite(gradients, norm):
        return Clipped(gradients, norm, norm, 1.0)
    scale = threshold / norm
    if all(scale > np.finfo(g.dtype).tiny for g in gradients.values()):
        clipped = {name: scale * g for name, g in gradients.items()}
    else:  # ‖g‖ or the factor is beyond what g's dtype can hold
        largest, relative = scaled_norm(gradients.values())  # ‖g‖ = largest · relative
        scale = threshold / largest / relative
        clipped = {name: _scaled(g, largest, threshold / relative) for name, g in gradients.items()}
    return Clipped(clipped, norm, global_norm(clipped.values()), scale)


def clip_value(gradients: Params, threshold: float) -> Clipped:
    """g_i ← max(-threshold, min(threshold, g_i)), each entry for itself; this can turn the gradient's direction.

    Source: Mikolov, "Statistical language models based on neural networks", PhD thesis, Brno 2012.
    """
    norm = global_norm(gradients.values())
    if not _all_finite(gradients, norm) or all(np.abs(g).max() <= threshold for g in gradients.values()):
        return Clipped(gradients, norm, norm, 1.0)
    clipped = {name: np.clip(g, -threshold, threshold) for name, g in gradients.items()}
    (before, relative_before), (after, relative_after) = scaled_norm(gradients.values()), scaled_norm(clipped.values())
    scale = (after / before) * (relative_after / relative_before)  # also where the norm before is beyond float64
    return Clipped(clipped, norm, after * relative_after, scale)


CLIPS: dict[str, Callable[[Params, float], Clipped]] = {"off": clip_off, "norm": clip_norm, "value": clip_value}
"""Clips by their name in `Config.clip`."""


def _scaled(g: Floats, largest: float, factor: float) -> Floats:
    """g / largest · factor in g's dtype, with float64 in between: largest may be near the end of g's range."""
    return (g.astype(np.float64) / largest * factor).astype(g.dtype)


def _all_finite(gradients: Params, norm: float) -> bool:
    return math.isfinite(norm) or all(bool(np.isfinite(g).all()) for g in gradients.values())
