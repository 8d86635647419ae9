"""What the tests of clipping share: gradients of any size, limits, and what to ask of a clipped gradient."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from rnn_core.clipping import NO_NORMS, ClipOptions, Clipped
from rnn_core.types import Params

SHAPES = {"W_hh": (3, 3), "b_h": (3,), "W_hy": (3, 2)}
DTYPES = ("float32", "float64")
ROUNDING = {"float32": 1e-6, "float64": 1e-14}
"""Relative: a handful of operations and a sum of 18 squares."""


@st.composite
def gradients(draw: st.DrawFn, dtype: str) -> Params:
    """Gradients of one magnitude, from far below every threshold to far above; some entries zero, or equal."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale, odd = 10.0 ** draw(st.floats(-12, 12)), draw(st.sampled_from([0.0, 0.5, 0.9]))
    return {
        name: (scale * np.where(rng.random(s) < odd, rng.integers(-1, 2, s), rng.normal(size=s))).astype(dtype)
        for name, s in SHAPES.items()
    }


thresholds = st.floats(-4, 3).map(lambda exponent: 10.0**exponent)
"""All that a Config allows."""

histories = st.lists(st.floats(-12, 12).map(lambda exponent: 10.0**exponent), max_size=12).map(sorted).map(np.array)
"""Gradient norms of some updates before this one."""


def weights(dtype: str = "float64") -> Params:
    """Of ordinary sizes; the bias is 0, as biases start."""
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=s).astype(dtype) * (name != "b_h") for name, s in SHAPES.items()}


def options(
    threshold: float, norms: np.ndarray = NO_NORMS, percent: float = 10.0, dtype: str = "float64"
) -> ClipOptions:
    return ClipOptions(threshold, weights(dtype), norms, percent)


def flat(params: Params) -> np.ndarray:
    return np.concatenate([g.ravel() for g in params.values()]).astype(np.float64)


def same_objects(clipped: Clipped, given_ones: Params) -> bool:
    return all(clipped.gradients[name] is g for name, g in given_ones.items())


def reports_nothing(clipped: Clipped, norm: float) -> bool:
    return clipped[1:5] == (norm, norm, 1.0, 0.0)
