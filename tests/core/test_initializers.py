"""Initial weights: the spectral radius that was asked for, and the same weights in every precision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.config import Config
from rnn_core.initializers import INPUT_STD, gaussian, initial_params, scaled_to_spectral_radius, spectral_radius
from rnn_core.types import Params

INPUTS, CLASSES = 70, 2


def drawn(seed: int = 0, **choices: object) -> Params:
    return initial_params(Config(**choices), INPUTS, CLASSES, np.random.default_rng(seed))


@given(
    hidden_size=st.integers(1, 40),
    radius=st.floats(0.01, 4.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_recurrent_matrix_has_the_spectral_radius_that_was_asked_for(
    hidden_size: int, radius: float, seed: int
) -> None:
    W_hh = drawn(seed, hidden_size=hidden_size, spectral_radius=radius, dtype="float64")["W_hh"]
    assert np.abs(np.linalg.eigvals(W_hh)).max() == pytest.approx(radius, rel=1e-9)  # eigenvalues of a matrix far
    # from normal move by more than its rounding, but not by this much at these sizes


@pytest.mark.parametrize("hidden_size", [1, 2, 64])
def test_shapes_and_types_are_those_of_the_equations(hidden_size: int) -> None:
    for dtype in ("float32", "float64"):
        params = drawn(hidden_size=hidden_size, dtype=dtype)
        H = hidden_size
        shapes = {"W_xh": (INPUTS, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, CLASSES), "b_y": (CLASSES,)}
        assert {name: W.shape for name, W in params.items()} == shapes
        assert {W.dtype.name for W in params.values()} == {dtype}


def test_float32_weights_are_the_float64_weights_rounded() -> None:
    single, double = drawn(dtype="float32"), drawn(dtype="float64")
    for name in double:
        np.testing.assert_array_equal(single[name], double[name].astype(np.float32))


def test_the_generator_alone_decides() -> None:
    for name, W in drawn(seed=3).items():
        np.testing.assert_array_equal(W, drawn(seed=3)[name])
        if name.startswith("W"):
            assert (drawn(seed=4)[name] != W).any()


def test_only_the_recurrent_matrix_depends_on_the_spectral_radius() -> None:
    low, high = (drawn(spectral_radius=radius, dtype="float64") for radius in (0.5, 1.0))
    for name in low:
        factor = 2 if name == "W_hh" else 1
        np.testing.assert_allclose(high[name], low[name] * factor, rtol=1e-15)


def test_weights_spread_as_stated_and_biases_start_at_zero() -> None:
    params = drawn(hidden_size=256, dtype="float64")
    for name, std in (("W_xh", INPUT_STD), ("W_hy", 256**-0.5)):
        W = params[name]
        error = std / np.sqrt(2 * W.size)  # standard error of a standard deviation
        assert W.std() == pytest.approx(std, abs=5 * error)
        assert W.mean() == pytest.approx(0, abs=5 * std / np.sqrt(W.size))
    assert not params["b_h"].any()
    assert not params["b_y"].any()


def test_gaussian_entries_have_the_stated_mean_and_spread() -> None:
    entries = gaussian(np.random.default_rng(0), (200, 300), 0.7)
    assert entries.shape == (200, 300)
    assert entries.mean() == pytest.approx(0, abs=5 * 0.7 / np.sqrt(60_000))
    assert entries.std() == pytest.approx(0.7, abs=5 * 0.7 / np.sqrt(120_000))


@pytest.mark.parametrize(
    ("matrix", "radius"),
    [([[3.0]], 3), ([[-3.0]], 3), ([[0.0, -2.0], [2.0, 0.0]], 2), ([[1.0, 100.0], [0.0, -0.5]], 1)],
    ids=["positive", "negative", "rotation", "far from normal"],
)
def test_spectral_radius_is_the_largest_absolute_eigenvalue(matrix: list[list[float]], radius: float) -> None:
    W = np.array(matrix)
    assert spectral_radius(W) == pytest.approx(radius, rel=1e-14)
    scaled = scaled_to_spectral_radius(W, 0.25)
    np.testing.assert_allclose(scaled, W * (0.25 / radius), rtol=1e-14)
