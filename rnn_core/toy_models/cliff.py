"""The cliff: the error of one unit after 50 time steps, over its weight w and its bias b.

    x_t = w σ(x_{t-1}) + b    with x_0 = ½ and σ the logistic function    E = (σ(x_50) - 0.7)²

For w > 4 there can be a state that the unit returns to, but leaves at the smallest push. On the line b = ½ - w σ(½)
that state is x_0 itself: above the line x runs away upwards, below it downwards, and E is a wall between the two. How
steep it is can be told: on the line every x_t is ½, so a push grows by w σ'(½) at each of the 50 time steps.

Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section 2.3,
equation 8 and figure 6.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions
from rnn_core.types import Floats

TIME_STEPS = 50
START = 0.5
TARGET = 0.7


def states(w: ArrayLike, b: ArrayLike) -> Floats:
    """x_0 ... x_50 for each pair of a weight and a bias; w and b of one shape S, result (51, S)."""
    w, b = np.asarray(w, np.float64), np.asarray(b, np.float64)
    x = np.empty((TIME_STEPS + 1, *np.broadcast_shapes(w.shape, b.shape)))
    x[0] = START
    for t in range(1, TIME_STEPS + 1):
        x[t] = w * _logistic(x[t - 1]) + b
    return x


def error(w: ArrayLike, b: ArrayLike) -> Floats:
    """E at each pair of a weight and a bias; of their shape."""
    w, b = np.asarray(w, np.float64), np.asarray(b, np.float64)
    x = np.full(np.broadcast_shapes(w.shape, b.shape), START)
    for _ in range(TIME_STEPS):
        x = w * _logistic(x) + b
    return (_logistic(x) - TARGET) ** 2


class Slope(NamedTuple):
    """E at one point, and its gradient."""

    error: float
    dw: float
    db: float


@np.errstate(over="ignore", invalid="ignore")
def slope(w: float, b: float) -> Slope:
    """E and its gradient by backpropagation through time.

    ∂E/∂x_50 = 2 (σ(x_50) - 0.7) σ'(x_50)    ∂E/∂x_{t-1} = ∂E/∂x_t w σ'(x_{t-1})
    ∂E/∂w = Σ_t ∂E/∂x_t σ(x_{t-1})           ∂E/∂b = Σ_t ∂E/∂x_t
    """
    s = _logistic(states(w, b))
    ds = s * (1 - s)  # σ' = σ (1 - σ)
    dx = np.empty(TIME_STEPS + 1)
    dx[TIME_STEPS] = 2 * (s[-1] - TARGET) * ds[-1]
    for t in range(TIME_STEPS, 0, -1):
        dx[t - 1] = dx[t] * w * ds[t - 1]
    return Slope(float((s[-1] - TARGET) ** 2), float(dx[1:] @ s[:-1]), float(dx[1:].sum()))


def wall(w: ArrayLike) -> Floats:
    """The bias b = ½ - w σ(½) at which the state never leaves x_0 = ½; of w's shape."""
    return np.asarray(START - np.asarray(w) * _logistic(np.asarray(START)))


def growth(w: float) -> float:
    """w σ'(½): what a push of x is multiplied with at each time step on the wall; a wall stands where it is above 1."""
    s = float(_logistic(np.asarray(START)))
    return w * s * (1 - s)


class Path(NamedTuple):
    """Gradient descent from one starting point, over n updates.

    Attributes
    ----------
    w, b : (n+1,) before each update, and after the last
    error : (n+1,) E there
    norm : (n,) of the gradient at each update, before clipping
    clipped : (n,) True where the update was clipped
    stopped : the update after which w, b or the gradient there was not finite, and the path ends; None if none was
    """

    w: Floats
    b: Floats
    error: Floats
    norm: Floats
    clipped: Floats
    stopped: int | None


def descend(w: float, b: float, learning_rate: float, updates: int, threshold: float = math.inf) -> Path:
    """(w, b) ← (w, b) - α g, with the gradient g shortened to the threshold where it is longer."""
    at = np.array([w, b], np.float64)
    limit = ClipOptions(threshold, {}, NO_NORMS, 0.0)
    here = slope(*at)
    points, errors, norms, clipped = [at], [here.error], [], []
    stopped = None
    for update in range(updates):
        found = CLIPS["norm"]({"g": np.array([here.dw, here.db])}, limit)
        with np.errstate(over="ignore"):
            at = at - learning_rate * found.gradients["g"]
        here = slope(*at)
        norms.append(found.norm)
        clipped.append(found.scale < 1)
        points.append(at)
        errors.append(here.error)
        if not np.isfinite([*at, here.dw, here.db]).all():
            stopped = update
            break
    w_path, b_path = np.array(points).T
    return Path(w_path, b_path, np.array(errors), np.array(norms), np.array(clipped, bool), stopped)


def _logistic(x: Floats) -> Floats:
    """σ(x) = 1 / (1 + e⁻ˣ) = (tanh(x/2) + 1) / 2, in which nothing overflows."""
    return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5)
