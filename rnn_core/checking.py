"""Gradients against central differences: the check that anyone can run on any configuration.

Every entry is compared in float64. The error of a tensor is its largest |analytic - numeric|, relative to the tensor's
largest entry: where a gradient vanishes, its entries fall below what a difference of losses can resolve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .bptt import forward, loss_and_gradients
from .config import Config
from .losses import softmax_cross_entropy
from .training import batch_of_update, random_stream, starting_params
from .types import Batch, Floats, Params

EPSILON = 1e-5
"""Half the distance of the two losses: truncation error grows with its square, rounding error with its inverse."""

TOLERANCE = 1e-6
"""The largest relative error that a correct gradient stays under."""

MOST_ENTRIES = 300
"""Entries checked in each tensor; of larger tensors a random choice, always with the largest entry."""

_CHECK = 3
"""The random stream of this purpose; `training` uses 0 to 2."""


class TensorCheck(NamedTuple):
    """One tensor's analytic gradient beside its central differences.

    Attributes
    ----------
    name : a parameter, or "h" for ∂L/∂h_t at every time step
    entries : how many were compared
    largest : largest |∂L/∂entry|
    error : largest difference, relative to `largest`
    """

    name: str
    entries: int
    largest: float
    error: float


def check_gradients(config: Config) -> list[TensorCheck]:
    """Check every parameter's gradient and every ∂L/∂h_t of the run's first batch, in float64 whatever its dtype."""
    config = config.replace(dtype="float64")
    params, batch = starting_params(config), batch_of_update(config, 0)
    rng = random_stream(config, _CHECK)
    done = loss_and_gradients(params, batch, config.cell)

    def loss() -> float:
        return loss_from(params, batch, config.cell)

    checks = [_check(name, W, done.gradients.params[name], loss, rng) for name, W in params.items()]
    h = done.tape.h.copy()
    steps = rng.integers(len(h), size=MOST_ENTRIES)
    steps[: len(h)] = np.arange(len(h))[:MOST_ENTRIES]
    pairs = [_state_pair(params, batch, h, done.gradients.dh, int(t), config.cell, rng) for t in steps]
    return [*checks, _summary("h", np.array(pairs), float(np.abs(done.gradients.dh).max()))]


def loss_from(params: Params, batch: Batch, cell: str, t: int = 0, h_t: Floats | None = None) -> float:
    """The loss as a function of the state h_t alone: the output at t, and all that follows; L itself for t = 0."""
    rest = Batch(batch.inputs[t:], batch.targets[t:], batch.weights[t:])
    loss = 0.0
    if h_t is not None and t > 0 and batch.weights[t - 1].any():
        logits = (h_t @ params["W_hy"] + params["b_y"])[None]
        loss += softmax_cross_entropy(logits, batch.targets[t - 1 : t], batch.weights[t - 1 : t])[0]
    if len(rest.inputs):
        tape = forward(params, rest, cell, h_t)
        loss += softmax_cross_entropy(tape.logits, rest.targets[tape.read_at], rest.weights[tape.read_at])[0]
    return loss


def _difference(loss: Callable[[], float], array: Floats, entry: tuple[int, ...]) -> float:
    """(L(x + ε) - L(x - ε)) / 2ε in one entry, which is put back."""
    kept = array[entry]
    array[entry] = kept + EPSILON
    above = loss()
    array[entry] = kept - EPSILON
    below = loss()
    array[entry] = kept
    return (above - below) / (2 * EPSILON)


def _check(name: str, W: Floats, gradient: Floats, loss: Callable[[], float], rng: np.random.Generator) -> TensorCheck:
    chosen = np.append(rng.permutation(W.size)[:MOST_ENTRIES], np.abs(gradient).argmax())
    entries = [tuple(int(i) for i in np.unravel_index(flat, W.shape)) for flat in np.unique(chosen)]
    pairs = np.array([(gradient[entry], _difference(loss, W, entry)) for entry in entries])
    return _summary(name, pairs, float(np.abs(gradient).max()))


def _state_pair(
    params: Params, batch: Batch, h: Floats, dh: Floats, t: int, cell: str, rng: np.random.Generator
) -> tuple[float, float]:
    """Analytic and numeric derivative in one random entry of h_t."""
    entry = (int(rng.integers(h.shape[1])), int(rng.integers(h.shape[2])))
    return float(dh[t][entry]), _difference(lambda: loss_from(params, batch, cell, t, h[t]), h[t], entry)


def _summary(name: str, pairs: Floats, largest: float) -> TensorCheck:
    difference = float(np.abs(pairs[:, 0] - pairs[:, 1]).max())
    return TensorCheck(name, len(pairs), largest, difference / largest if largest else difference)
