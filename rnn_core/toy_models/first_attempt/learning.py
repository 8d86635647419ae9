"""Whether the class learns: plain updates on the tiny task, a fresh sequence each."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from rnn_core.types import Floats

from .attempt import DELAY, LEARNING, TIME_STEPS, Sizes, Stop, network, run, sequence, stream

UPDATES = 600
ALPHA = 0.03
GROUP = 20
"""Updates whose losses are averaged into one point of a curve: each is of one sequence."""


class Learning(NamedTuple):
    """How the loss went.

    Attributes
    ----------
    loss : (updates / GROUP,) mean loss per time step, in nats, of each GROUP of updates: of sequences before the class
        has learnt from them
    """

    loss: Floats

    @property
    def start(self) -> float:
        """Over the first GROUP of updates."""
        return float(self.loss[0])

    @property
    def end(self) -> float:
        """Over the last 100 updates."""
        return float(self.loss[-100 // GROUP :].mean())


def learn(faults: Collection[str], sizes: Sizes, seed: int, updates: int = UPDATES) -> Learning | Stop:
    """Train the class with these faults; all classes of one seed see the same sequences."""
    rnn, rng = network(faults, sizes, seed), stream(seed, LEARNING)

    def losses() -> Learning:
        found = np.empty(updates)
        for u in range(updates):
            x, target = sequence(sizes, rng)
            found[u] = rnn.loss(rnn.forward(x)[1], target) / TIME_STEPS
            rnn.update(x, target, ALPHA)
        return Learning(found.reshape(-1, GROUP).mean(axis=1))

    with np.errstate(over="ignore", invalid="ignore"):  # a wrong gradient may send the weights anywhere
        return run(faults, losses)


def guessing(sizes: Sizes) -> float:
    """Mean loss per time step of who knows when there is nothing to say, and otherwise gives all symbols a chance."""
    return float(np.log(sizes.symbols)) * (TIME_STEPS - DELAY) / TIME_STEPS
