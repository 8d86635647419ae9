"""What a clip is told, what it reports, and how the change is measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from rnn_core.numerics.norms import global_norm, scaled_norm
from rnn_core.types import Floats, Params

NO_NORMS: Floats = np.empty(0)


class ClipOptions(NamedTuple):
    """How far a clip lets a gradient go.

    Attributes
    ----------
    threshold : the largest norm, entry or ratio
    params : the weights that the gradient is of
    norms : gradient norms of the updates so far, ascending
    percentile : of `norms` and the norm itself
    """

    threshold: float
    params: Params
    norms: Floats
    percentile: float


class Clipped(NamedTuple):
    """A gradient after clipping.

    Attributes
    ----------
    gradients : by parameter name; the very arrays passed in where nothing was clipped
    norm : global norm before
    norm_clipped : global norm after
    scale : norm_clipped / norm, 1 where nothing was clipped; for clipping by norm, the factor itself
    angle : radians between the gradient before and after; 0 for clips that keep the direction
    norms : `ClipOptions.norms`, with this gradient's among them where the clip is a percentile of them
    """

    gradients: Params
    norm: float
    norm_clipped: float
    scale: float
    angle: float
    norms: Floats


def unclipped(gradients: Params, norm: float, options: ClipOptions) -> Clipped:
    """The report of a clip that had nothing to do."""
    return Clipped(gradients, norm, norm, 1.0, 0.0, options.norms)


def clipped_to(clipped: Params, gradients: Params, norms: Floats = NO_NORMS) -> Clipped:
    """Measure a gradient before and after it was clipped, by whatever did that.

    Where an entry was not finite before, nobody knows how much was clipped: scale and angle are not numbers.
    """
    norm = global_norm(gradients.values())
    (before, relative_before), (after, relative_after) = scaled_norm(gradients.values()), scaled_norm(clipped.values())
    if before == 0:
        return Clipped(clipped, norm, global_norm(clipped.values()), 1.0, 0.0, norms)
    if not math.isfinite(before):
        return Clipped(clipped, norm, global_norm(clipped.values()), math.nan, math.nan, norms)
    scale = (after / before) * (relative_after / relative_before)  # also where the norm before is beyond float64
    return Clipped(clipped, norm, after * relative_after, scale, angle(gradients, clipped), norms)


def angle(a: Params, b: Params) -> float:
    """Radians between two gradients over all parameters together: 2 atan2(‖u - v‖, ‖u + v‖) for their unit vectors.

    The cosine's inverse would lose half of the digits of a small angle. 0 where one of them is 0, so has no direction;
    not a number where an entry is not finite.

    Source: Kahan, "How futile are mindless assessments of roundoff in floating-point computation?", 2006.
    """
    (s, m), (t, n) = scaled_norm(a.values()), scaled_norm(b.values())
    if not (math.isfinite(s) and math.isfinite(t)):
        return math.nan
    if s == 0 or t == 0:
        return 0.0
    apart = together = 0.0
    for x, y in zip(a.values(), b.values(), strict=True):
        u, v = x.astype(np.float64) / s / m, y.astype(np.float64) / t / n
        apart, together = apart + float(((u - v) ** 2).sum()), together + float(((u + v) ** 2).sum())
    return 2 * math.atan2(math.sqrt(apart), math.sqrt(together))


def all_finite(arrays: Iterable[Floats], norm: float) -> bool:
    """Whether all entries are finite, given their norm, which may overflow although they are."""
    return math.isfinite(norm) or all(bool(np.isfinite(a).all()) for a in arrays)
