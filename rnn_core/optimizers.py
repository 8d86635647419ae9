"""What an update does with the gradient it is given. Pure: new weights are returned, the old ones are left alone."""

from __future__ import annotations

from collections.abc import Callable

from .types import Params


def sgd(params: Params, gradients: Params, learning_rate: float) -> Params:
    """W ← W - α ∂L/∂W: stochastic gradient descent."""
    return {name: W - learning_rate * gradients[name] for name, W in params.items()}


OPTIMIZERS: dict[str, Callable[[Params, Params, float], Params]] = {"sgd": sgd}
"""Optimisers by their name in `Config.optimizer`."""
