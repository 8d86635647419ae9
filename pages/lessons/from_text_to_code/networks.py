"""The class in forty lines beside the same network in `rnn_core`: same weights, same sequence, both gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import loss_and_gradients
from rnn_core.toy_models.first_attempt.attempt import CHECK, Sizes, network, params_of, sequence, stream
from rnn_core.types import Batch


class Twins(NamedTuple):
    """The same network computed twice.

    Attributes
    ----------
    losses : of the class and of `rnn_core`
    largest : largest difference of any entry of any gradient between them
    """

    losses: tuple[float, float]
    largest: float


def compare(sizes: Sizes, seed: int) -> Twins:
    """Run both on the sequence that the check is made on."""
    rnn, (x, target) = network((), sizes, seed), sequence(sizes, stream(seed, CHECK))
    batch = Batch(x[:, None], target.argmax(axis=1)[:, None], np.ones((len(x), 1)))
    done = loss_and_gradients(params_of(rnn), batch)
    gradients = rnn.backward(x, target)
    largest = max(float(np.abs(gradients[name] - G).max()) for name, G in done.gradients.params.items())
    return Twins((rnn.loss(rnn.forward(x)[1], target), done.loss), largest)
