"""What training and checking ask of a network: initial weights, and the loss and gradients of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from rnn_core.numerics.workspace import Workspace
from rnn_core.types import Batch, Floats, Params

Tensor = tuple[str, int | None, Floats | float]
"""A tensor's name, its time step (None if it has no time), and its entries."""


class LossAndGradients(NamedTuple):
    """What a model says of a batch.

    Attributes
    ----------
    loss, accuracy : of the batch
    gradients : of the loss, by parameter name
    dstate_norm : ‖∂L/∂state‖ over batch and units, one a state in the order of time: (T+1,) for h_0 ... h_T of a
        recurrent network, (T,) for x_1 ... x_T of attention, (0,) for a network that keeps nothing for a time step
    computed : everything from the first state to the last ∂L/∂state, in the order of computation; to be read before the
        next pass in the same workspace, and once
    clipped_gradients : `gradients`, if the clip is one on their way back; None otherwise
    """

    loss: float
    accuracy: float
    gradients: Params
    dstate_norm: Floats
    computed: Iterator[Tensor]
    clipped_gradients: Params | None = None


class Model(NamedTuple):
    """A network that can be trained and checked.

    Attributes
    ----------
    initial_params : the weights before the first update, drawn from the generator
    loss_and_gradients : of weights and a batch; the workspace is memory to use again, `computed` may lie in it
    """

    initial_params: Callable[[np.random.Generator], Params]
    loss_and_gradients: Callable[[Params, Batch, Workspace], LossAndGradients]


def over_time(name: str, time_steps: Iterable[int], array: Floats) -> Iterator[Tensor]:
    """The rows of an array whose first axis is time, or goes back through it, each with its time step."""
    return ((name, t, row) for t, row in zip(time_steps, array, strict=True))
