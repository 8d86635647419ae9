"""Where in an update the first non-finite value appeared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .models.model import LossAndGradients, Tensor
from .types import Divergence, Params


def first_non_finite(update: int, measured: LossAndGradients, updated: Params) -> Divergence | None:
    """The first tensor of an update, in the order of computation, with an entry that is not finite; None if none has.

    After what the model computed come the weights' gradients and then the weights.
    """
    for name, time_step, entries in _tensors(measured, updated):
        if not np.isfinite(entries).all():
            return Divergence(update, name, time_step)
    return None


def _tensors(measured: LossAndGradients, updated: Params) -> Iterator[Tensor]:
    yield from measured.computed
    yield from ((f"gradient of {name}", None, gradient) for name, gradient in measured.gradients.items())
    yield from ((f"{name} after the update", None, weights) for name, weights in updated.items())
