"""A small vanilla network that reads noise, so that W_hh and the activation alone decide what becomes of a gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import forward
from rnn_core.cells import ACTIVATIONS, CELLS
from rnn_core.config import Config
from rnn_core.diagnostics.jacobians import products, singular_values, step_jacobians
from rnn_core.diagnostics.nonnormal import chain
from rnn_core.diagnostics.spectra import Decay, predicted_decay
from rnn_core.initializers import recurrent
from rnn_core.types import Batch, Floats, Params, Tape

INITIALIZERS = ("scaled", "orthogonal", "identity", "sparse", "chain")
"""Those of `Config` that are scaled to a spectral radius, and the chain of `diagnostics.nonnormal`."""


class Recurrence(NamedTuple):
    """The network, and its pass over one sequence of T inputs."""

    params: Params
    tape: Tape
    activation: str


def recurrence(
    initializer: str, size: int, radius: float, link: float, activation: str, drive: float, T: int, seed: int
) -> Recurrence:
    """h_t = f(drive · x_t + h_{t-1} W_hh) from h_0 = 0, with x_t standard normal, one input for each unit.

    Parameters
    ----------
    initializer : one of INITIALIZERS
    radius : spectral radius of W_hh; what the chain keeps of each unit
    link : what the chain hands on to the next unit; of no matter to the others
    """
    rng = np.random.default_rng(seed)
    if initializer == "chain":
        W_hh = chain(size, radius, link)
    else:
        config = Config(hidden_size=size, initializer=initializer, spectral_radius=radius, dtype="float64")
        W_hh = recurrent(config, rng)
    params = {
        "W_xh": drive * np.eye(size),
        "W_hh": W_hh,
        "b_h": np.zeros(size),
        "W_hy": np.zeros((size, 1)),
        "b_y": np.zeros(1),
    }
    batch = Batch(rng.normal(size=(T, 1, size)), np.zeros((T, 1), np.int64), np.zeros((T, 1)))
    with np.errstate(over="ignore", invalid="ignore"):
        tape = forward(params, batch, CELLS["vanilla"][activation])
    return Recurrence(params, tape, activation)


class Fading(NamedTuple):
    """What becomes of a gradient on its way back, over the lags k = 0 ... T.

    Attributes
    ----------
    largest : (T+1,) ‖∂h_T/∂h_{T-k}‖₂: of the gradient that is stretched most, or shrunk least
    typical : (T+1,) root mean square over all directions: ‖∂h_T/∂h_{T-k}‖_F / √H
    predicted : what W_hh and the slopes let one expect of `largest`
    """

    largest: Floats
    typical: Floats
    predicted: Decay

    @property
    def rate(self) -> float:
        """The factor per time step that `largest` comes to over all T of them, a geometric mean."""
        return float(self.largest[-1] ** (1 / (len(self.largest) - 1)))

    @property
    def peak(self) -> int:
        """The lag at which `largest` is largest."""
        return int(np.argmax(self.largest))


def fading(net: Recurrence) -> Fading:
    """Measure and predict."""
    cell = CELLS["vanilla"][net.activation]
    stretch = singular_values(products(step_jacobians(net.params, net.tape, cell)))[::-1]
    typical: Floats = np.sqrt((stretch**2).mean(axis=1))
    predicted = predicted_decay(net.params, net.tape, ACTIVATIONS[net.activation])
    return Fading(stretch[:, 0], typical, predicted)
