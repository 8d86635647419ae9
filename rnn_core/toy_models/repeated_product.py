"""One weight, multiplied with itself once for each time step: where the product leaves the numbers that a dtype has.

The network is the smallest there is: one unit without a nonlinearity, a recurrent weight w, an input weight u, and an
input at the first time step only,

    h_t = w h_{t-1} + u x_t    with  h_0 = 0,  x = (1, 0, ..., 0),  L = h_T    so that  ∂L/∂h_t = w^(T-t).

Everything is computed in the dtype it is asked for, each product rounded before the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnn_core.clipping import CLIPS as PROJECT_CLIPS
from rnn_core.clipping import NO_NORMS, ClipOptions
from rnn_core.numerics.norms import global_norm
from rnn_core.types import Floats

DTYPES = ("float16", "float32", "float64")

EPSILON = 1e-6
"""What PyTorch's `clip_grad_norm_` adds to the norm."""


def powers(w: float, T: int, dtype: str) -> Floats:
    """w⁰, w¹, ..., w^T, (T+1,) in `dtype`, each the rounded product of the one before and the rounded w."""
    with np.errstate(over="ignore", under="ignore"):
        products = np.multiply.accumulate(np.full(T, w, dtype), dtype=np.dtype(dtype))
    return np.concatenate([np.ones(1, dtype), products])


class Fate(NamedTuple):
    """The first t at which |w|^t is something that w itself is not; None if there is none.

    Attributes
    ----------
    overflow : infinite
    norm_overflow : such that the sum of two squares of it, which a norm is made of, is infinite
    subnormal : below the smallest number that has all its digits
    zero : exactly 0
    stuck : not 0, but rounded to itself again: it will never be 0
    """

    overflow: int | None
    norm_overflow: int | None
    subnormal: int | None
    zero: int | None
    stuck: int | None


def measured_fate(products: Floats) -> Fate:
    """What became of a weight's `powers`, as far as they go."""
    size = np.abs(products)
    with np.errstate(over="ignore", under="ignore"):
        squares = size * size + size * size
    kept = np.flatnonzero((size[1:] == size[:-1]) & (size[1:] != 0) & np.isfinite(size[1:]) & (size[1:] < 1))
    return Fate(
        overflow=_first(np.isinf(size)),
        norm_overflow=_first(np.isinf(squares)),
        subnormal=_first(size < np.finfo(products.dtype).tiny),
        zero=_first(size == 0),
        stuck=int(kept[0]) if len(kept) else None,
    )


def predicted_fate(w: float, dtype: str) -> Fate:
    """The same from |w| alone, however far away, as if only the end were rounded: |w|^t = 2^e at t = e / log₂|w|.

    Rounding after each product shifts the measured t, by less than one part in 2^p |ln|w|| of it, where p is the number
    of bits of a product. It can also keep a product from 0: if k |w| is rounded to k for an integer k, k times the
    smallest number is where it stays, and with |w| above ½ that is true of k = 1 already. `stuck` is always None here.
    """
    limits = np.finfo(dtype)
    rounded = abs(float(np.dtype(dtype).type(w)))
    rate = math.log2(rounded) if rounded else -math.inf
    bits = limits.nmant + 1  # the smallest number is 2^(minexp - nmant); half of it is rounded to 0
    grows, shrinks = rate > 0, rate < 0
    return Fate(
        overflow=math.ceil(limits.maxexp / rate) if grows else None,
        norm_overflow=math.ceil((limits.maxexp - 1) / 2 / rate) if grows else None,
        subnormal=math.floor(limits.minexp / rate) + 1 if shrinks else None,
        zero=max(1, math.ceil((limits.minexp - bits) / rate)) if shrinks else None,
        stuck=None,
    )


def _first(mask: NDArray[np.bool]) -> int | None:
    return int(mask.argmax()) if mask.any() else None


class Clipped(NamedTuple):
    """What a clip made of a gradient, and the norm it believed in."""

    gradient: Floats
    norm: float
    scale: float


def plain_clip(gradient: Floats, threshold: float) -> Clipped:
    """g ← g · min(1, c / (‖g‖ + 10⁻⁶)), with ‖g‖ = √(Σ g²), all of it in the gradient's dtype.

    In float32 and float64, for two entries or more, this is what PyTorch's `torch.nn.utils.clip_grad_norm_` computes,
    up to rounding: ‖g‖ is infinite as soon as Σ g² is, then the factor is 0, and 0 times an infinite entry is not a
    number. In float16 PyTorch sums in float32, so there its ‖g‖ is infinite only where it is beyond float16 itself.
    """
    kind = gradient.dtype.type
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        norm = np.sqrt((gradient * gradient).sum(dtype=gradient.dtype))
        scale = np.minimum(kind(1), kind(threshold) / (norm + kind(EPSILON)))
        return Clipped(gradient * scale, float(norm), float(scale))


def scaled_clip(gradient: Floats, threshold: float) -> Clipped:
    """The clip of this project, by global norm: the norm overflows no earlier than an entry does."""
    clipped = PROJECT_CLIPS["norm"]({"g": gradient}, ClipOptions(threshold, {}, NO_NORMS, 0.0))
    return Clipped(clipped.gradients["g"], clipped.norm, clipped.scale)


CLIPS: dict[str, Callable[[Floats, float], Clipped]] = {"plain": plain_clip, "scaled": scaled_clip}


def clipped_norms(products: Floats, threshold: float, clip: str) -> Floats:
    """Norms, (N,) float64, of what a clip makes of each of (N,) numbers p, taken as the gradient (p, p)."""
    pairs = np.stack([products, products], axis=1)
    return np.array([global_norm([CLIPS[clip](pair, threshold).gradient]) for pair in pairs])


class Event(NamedTuple):
    """One operation that gave something that is no finite number.

    Attributes
    ----------
    update : counted from 0
    tensor : "h", "dh", "term" (h_{t-1} ∂L/∂h_t), "dw" (their sum so far), "clipped", "w" or "u"
    time_step : t of h_t, of ∂L/∂h_t or of the term; None for what has no time
    left, sign, right : the operation, sign one of · + −
    value : what came out
    """

    update: int
    tensor: str
    time_step: int | None
    left: float
    sign: str
    right: float
    value: float


class Training(NamedTuple):
    """The first updates of the two weights; rows are (w, u).

    Attributes
    ----------
    weights : (n+1, 2) before each update, and after the last; a row that is not all numbers is the last
    gradients : (n, 2) ∂L/∂w and ∂L/∂u
    applied : (n, 2) what the clip left of them
    infinite : the first operation that gave an infinite number
    not_a_number : the first operation that gave NaN
    """

    weights: Floats
    gradients: Floats
    applied: Floats
    infinite: Event | None
    not_a_number: Event | None


def first_updates(
    w: float,
    T: int,
    dtype: str,
    learning_rate: float,
    threshold: float | None = None,
    clip: str = "plain",
    most: int = 3,
) -> Training:
    """Train from (w, u = 1) by gradient descent until a weight is not a number, or for `most` updates.

    Parameters
    ----------
    threshold : of the clip; None is without
    """
    kind = np.dtype(dtype).type
    alpha, watch = kind(learning_rate), _Watch()
    weights, gradients, applied = [np.array([w, 1], dtype)], [], []
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for watch.update in range(most):
            w_now, u = weights[-1]
            h = [kind(0)]
            for t in range(1, T + 1):
                h.append(watch("h", t, w_now, "·", h[-1]) + (u if t == 1 else kind(0)))  # h_t = w h_{t-1} + u x_t
            dh, dw = kind(1), kind(0)  # L = h_T
            for t in range(T, 0, -1):
                dw = watch("dw", t, dw, "+", watch("term", t, h[t - 1], "·", dh))  # ∂L/∂w = Σ_t h_{t-1} ∂L/∂h_t
                dh = watch("dh", t - 1, w_now, "·", dh) if t > 1 else dh  # ∂L/∂h_{t-1} = w ∂L/∂h_t
            gradient = np.array([dw, dh])  # ∂L/∂u = x_1 ∂L/∂h_1
            gradients.append(gradient)
            if threshold is not None:
                found = CLIPS[clip](gradient, threshold)
                for before, after in zip(gradient, found.gradient, strict=True):
                    watch.see("clipped", None, before, "·", kind(found.scale), after)
                gradient = found.gradient
            applied.append(gradient)
            old = zip("wu", weights[-1], gradient, strict=True)
            weights.append(np.array([watch(name, None, W, "−", alpha * g) for name, W, g in old]))
            if np.isnan(weights[-1]).any():
                break
    return Training(np.array(weights), np.array(gradients), np.array(applied), watch.infinite, watch.not_a_number)


class _Watch:
    """Computes, and remembers the first operation that gave inf and the first that gave nan."""

    def __init__(self) -> None:
        self.update = 0
        self.infinite: Event | None = None
        self.not_a_number: Event | None = None

    def __call__(self, tensor: str, t: int | None, left: Any, sign: str, right: Any) -> Any:
        value = left * right if sign == "·" else left + right if sign == "+" else left - right
        if not math.isfinite(value):
            self.see(tensor, t, left, sign, right, value)
        return value

    def see(self, tensor: str, t: int | None, left: Any, sign: str, right: Any, value: Any) -> None:
        """Remember the operation if it is the first of its kind."""
        event = Event(self.update, tensor, t, float(left), sign, float(right), float(value))
        if math.isnan(value):
            self.not_a_number = self.not_a_number or event
        elif math.isinf(value):
            self.infinite = self.infinite or event
