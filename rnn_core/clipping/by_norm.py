"""Clips that shorten: the whole gradient, or each parameter's by itself, to a norm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn_core.numerics.norms import global_norm, scaled_norm
from rnn_core.types import Floats, Params

from .measures import ClipOptions, Clipped, all_finite, clipped_to, unclipped


def clip_off(gradients: Params, options: ClipOptions) -> Clipped:
    """No clipping; only measures."""
    return unclipped(gradients, global_norm(gradients.values()), options)


def clip_norm(gradients: Params, options: ClipOptions) -> Clipped:
    """If ‖g‖ > threshold: g ← (threshold / ‖g‖) g, with ‖g‖ over all parameters together.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    algorithm 1.
    """
    norm = global_norm(gradients.values())
    if norm <= options.threshold or not all_finite(gradients.values(), norm):
        return unclipped(gradients, norm, options)
    shorter, scale = rescale(list(gradients.values()), norm, options.threshold)
    clipped = dict(zip(gradients, shorter, strict=True))
    return Clipped(clipped, norm, global_norm(shorter), scale, 0.0, options.norms)


def clip_param_norm(gradients: Params, options: ClipOptions) -> Clipped:
    """If ‖g‖ > threshold: g ← (threshold / ‖g‖) g, for each parameter's gradient g by itself.

    Within a parameter the direction is kept; where some are shortened more than others, the whole gradient turns.
    It is what TensorFlow's `clip_by_norm` does when it is applied to one gradient after the other.
    """
    norm = global_norm(gradients.values())
    norms = {name: global_norm([g]) for name, g in gradients.items()}
    if not all_finite(gradients.values(), norm) or max(norms.values()) <= options.threshold:
        return unclipped(gradients, norm, options)
    clipped = {
        name: g if norms[name] <= options.threshold else rescale([g], norms[name], options.threshold)[0][0]
        for name, g in gradients.items()
    }
    return clipped_to(clipped, gradients, options.norms)


def rescale(arrays: Sequence[Floats], norm: float, length: float) -> tuple[list[Floats], float]:
    """Arrays times one factor, so that their norm over all entries together is `length`; and that factor.

    Parameters
    ----------
    arrays : all entries finite
    norm : their norm, above 0; inf where it is beyond float64
    """
    scale = length / norm
    if all(scale > np.finfo(a.dtype).tiny for a in arrays):
        return [scale * a for a in arrays], scale
    largest, relative = scaled_norm(arrays)  # ‖·‖ = largest · relative: it or the factor is beyond the arrays' dtype
    return [_scaled(a, largest, length / relative) for a in arrays], length / largest / relative


def _scaled(a: Floats, largest: float, factor: float) -> Floats:
    """a / largest · factor in a's dtype, with float64 in between: largest may be near the end of a's range."""
    return (a.astype(np.float64) / largest * factor).astype(a.dtype)
