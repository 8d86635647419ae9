"""Small random networks of every cell, with batches, for the tests of backpropagation through time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import backward, forward
from rnn_core.cells import CELLS, Cell
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY, Loss, squared_error
from rnn_core.numerics.workspace import Workspace
from rnn_core.types import Batch, Floats, Gradients, Params, Tape

from .oracle import Verdict, pytorch

KINDS = [(cell, activation) for cell, activations in CELLS.items() for activation in activations]
"""Every (cell, activation) that there is."""

LOSS_AT = ["last time step", "every time step", "masked padding", "one in the middle"]

INPUTS = ["token ids", "dense values"]

D, CLASSES = 9, 3


class Problem(NamedTuple):
    """A network, a batch, and the states it starts from; c_0 is None but for the LSTM."""

    kind: tuple[str, str]
    params: Params
    batch: Batch
    h_0: Floats
    c_0: Floats | None

    @property
    def cell(self) -> Cell:
        return CELLS[self.kind[0]][self.kind[1]]

    @property
    def loss(self) -> Loss:
        """Cross-entropy of class ids, or the squared error of values."""
        is_value = np.issubdtype(self.batch.targets.dtype, np.floating)
        return SOFTMAX_CROSS_ENTROPY._replace(value_and_gradient=squared_error) if is_value else SOFTMAX_CROSS_ENTROPY

    def solve(self, work: Workspace | None = None, window: int = 0) -> tuple[float, Tape, Gradients]:
        """The core's answer."""
        params, batch, cell = self.params, self.batch, self.cell
        tape = forward(params, batch, cell, self.h_0, self.c_0, work)
        targets, weights = batch.targets[tape.read_at], batch.weights[tape.read_at]
        loss, dlogits = self.loss.value_and_gradient(tape.logits, targets, weights)
        return loss, tape, backward(params, batch, tape, dlogits, cell, work, window)

    def value(self) -> float:
        """The loss alone."""
        tape = forward(self.params, self.batch, self.cell, self.h_0, self.c_0)
        targets, weights = self.batch.targets[tape.read_at], self.batch.weights[tape.read_at]
        return self.loss.value_and_gradient(tape.logits, targets, weights)[0]

    def judged(self, window: int = 0) -> Verdict:
        """PyTorch's answer."""
        return pytorch(self.params, self.batch, self.h_0, self.c_0, *self.kind, window)

    def arrays(self) -> list[Floats]:
        """All that is given to the core."""
        return [*self.params.values(), *self.batch, self.h_0, *([] if self.c_0 is None else [self.c_0])]


def problem(
    kind: tuple[str, str],
    size: tuple[int, int, int],
    loss_at: str = "every time step",
    inputs: str = "token ids",
    dtype: str = "float64",
    seed: int = 0,
    values: bool = False,
) -> Problem:
    """A random problem of size (T, B, H); `values` asks for one number at each output instead of one of CLASSES."""
    T, B, H = size
    rng = np.random.default_rng([T, B, H, seed])
    G, outputs = len(CELLS[kind[0]][kind[1]].blocks), 1 if values else CLASSES
    params = {
        "W_xh": rng.normal(0, 0.7, (D, G * H)),
        "W_hh": rng.normal(0, 1.2 * H**-0.5, (H, G * H)),
        "b_h": rng.normal(0, 0.3, G * H),
        "W_hy": rng.normal(0, 1, (H, outputs)),
        "b_y": rng.normal(0, 0.3, outputs),
    }
    x = rng.integers(D - 2, size=(T, B)) if inputs == "token ids" else rng.normal(0, 0.3, (T, B, D))
    weights = np.zeros((T, B))
    if loss_at == "last time step":
        weights[-1] = 1 / B
    elif loss_at == "every time step":
        weights[:] = rng.uniform(0.1, 1, (T, B))
    elif loss_at == "masked padding":  # each sequence has its own length, and at least one position
        weights[:] = np.arange(T)[:, None] < rng.integers(1, T + 1, size=B)
    else:
        weights[T // 2] = 1
    targets = rng.normal(size=(T, B)) if values else rng.integers(CLASSES, size=(T, B))
    h_0, c_0 = rng.normal(0, 0.5, (B, H)), rng.normal(0, 0.8, (B, H))
    params |= {name: rng.normal(0, 0.5, H) for name in CELLS[kind[0]][kind[1]].biases}

    def cast(array: Floats) -> Floats:
        return array.astype(dtype) if np.issubdtype(array.dtype, np.floating) else array

    return Problem(
        kind,
        {name: cast(W) for name, W in params.items()},
        Batch(cast(x), cast(targets), cast(weights)),
        cast(h_0),
        cast(c_0) if kind[0] == "lstm" else None,
    )


def assert_close(actual: Floats, expected: Floats, relative: float) -> None:
    """Within `relative` of the tensor's largest entry: entries that cancel to almost nothing keep its rounding."""
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= relative * np.abs(expected).max()
