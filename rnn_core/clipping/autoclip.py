"""AutoClip: clipping by norm, with a threshold that the run's own gradient norms set."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnn_core.numerics.norms import global_norm
from rnn_core.types import Floats, Params

from .by_norm import clip_norm
from .measures import ClipOptions, Clipped, all_finite, unclipped


def clip_auto(gradients: Params, options: ClipOptions) -> Clipped:
    """Clip by norm, at the percentile of all gradient norms up to and including this one; `threshold` is not read.

    So the first update is never clipped. A norm that is not a number or beyond float64 is not kept; where it is beyond
    float64 but all entries are finite, the gradient is shortened to the percentile of the norms before it, if there are
    any. A gradient of zeros counts like any other: at a percentile that such gradients fill, all become zero, scale 0.

    Source: Seetharaman, Wichern, Pardo and Le Roux, "AutoClip: adaptive gradient clipping for source separation
    networks", MLSP 2020.
    """
    norm, norms = global_norm(gradients.values()), options.norms
    if math.isfinite(norm):
        norms = np.insert(norms, np.searchsorted(norms, norm), norm)
    if not len(norms) or not all_finite(gradients.values(), norm):
        return unclipped(gradients, norm, options)
    return clip_norm(gradients, options._replace(threshold=percentile(norms, options.percentile), norms=norms))


def percentile(ascending: Sequence[float] | Floats, percent: float) -> float:
    """NumPy's default percentile, linear between neighbours, of numbers in ascending order: without sorting again."""
    rank = percent / 100 * (len(ascending) - 1)
    below = int(rank)
    low, high = ascending[below], ascending[min(below + 1, len(ascending) - 1)]
    return float(low + (rank - below) * (high - low))
