"""Initial weights, drawn from the generator that is passed in."""

from __future__ import annotations

import numpy as np

from .config import Config
from .types import Floats, Params

INPUT_STD = 0.5
"""Standard deviation of W_xh: a row is a word's embedding, and its entries should move tanh without saturating it."""


def gaussian(rng: np.random.Generator, shape: tuple[int, ...], std: float) -> Floats:
    """Independent normal entries with mean 0 and the given standard deviation; float64."""
    return rng.normal(0.0, std, shape)


def spectral_radius(matrix: Floats) -> float:
    """Largest |eigenvalue| of a square matrix."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def scaled_to_spectral_radius(matrix: Floats, radius: float) -> Floats:
    """The square matrix times the one positive factor that gives it this spectral radius."""
    return matrix * (radius / spectral_radius(matrix))


def initial_params(config: Config, inputs: int, outputs: int, rng: np.random.Generator) -> Params:
    """The weights before the first update.

    W_hh is Gaussian, scaled to `config.spectral_radius`; W_hy has variance 1/H; biases are 0. Everything is drawn in
    float64 and rounded to the run's dtype last, so a run in float32 starts at the same weights as one in float64.

    Parameters
    ----------
    inputs, outputs : D, the number of words, and O, the number of classes
    """
    hidden = config.hidden_size
    params = {
        "W_xh": gaussian(rng, (inputs, hidden), INPUT_STD),
        "W_hh": scaled_to_spectral_radius(gaussian(rng, (hidden, hidden), 1.0), config.spectral_radius),
        "b_h": np.zeros(hidden),
        "W_hy": gaussian(rng, (hidden, outputs), hidden**-0.5),
        "b_y": np.zeros(outputs),
    }
    return {name: array.astype(config.dtype) for name, array in params.items()}
