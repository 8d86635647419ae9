"""Spectra and what they predict, where the truth is known: linear networks, bounds, and a counterexample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.bptt import forward
from rnn_core.cells import ACTIVATIONS, CELLS
from rnn_core.diagnostics.jacobians import products, step_jacobians
from rnn_core.diagnostics.spectra import Decay, eigenvalues, predicted_decay, singular_values
from rnn_core.types import Batch, Floats
from tests.core.small_networks import network


def test_eigenvalues_come_largest_first() -> None:
    rotation = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [5.0, 7.0, -0.5]])  # block triangular: 0.6 ± 0.8i, -0.5
    found = eigenvalues(rotation.astype(np.float32))
    np.testing.assert_allclose(np.abs(found), [1.0, 1.0, 0.5], rtol=1e-6)
    np.testing.assert_allclose(found[2], -0.5, rtol=1e-6)


def test_singular_values_come_largest_first_for_each_of_a_stack() -> None:
    found = singular_values(np.array([[[0.0, 3.0], [-4.0, 0.0]], [[3.0, 0.0], [4.0, 0.0]]]))
    np.testing.assert_allclose(found, [[4.0, 3.0], [5.0, 0.0]], atol=1e-15)


def test_the_spectrum_of_a_matrix_that_is_not_finite_is_not_a_number() -> None:
    matrices = np.array([[[np.inf, 0.0], [0.0, 1.0]], [[np.nan, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 1.0]]])
    assert np.isnan(singular_values(matrices)[:2]).all()
    assert np.array_equal(singular_values(matrices)[2], [2.0, 1.0])
    assert np.isnan(eigenvalues(matrices[0])).all()


def measured_and_predicted(W_hh: Floats, activation: str, ax: Floats) -> tuple[Floats, Decay]:
    """‖∂h_T/∂h_{T-k}‖₂ by lag, and the prediction, for inputs ax (T, H) that go straight into the units."""
    H, cell = len(W_hh), CELLS["vanilla"][activation]
    params = {"W_xh": np.eye(H), "W_hh": W_hh, "b_h": np.zeros(H), "W_hy": np.zeros((H, 1)), "b_y": np.zeros(1)}
    nothing_read = np.zeros((len(ax), 1))
    tape = forward(params, Batch(ax[:, None], nothing_read.astype(int), nothing_read), cell)
    norms = singular_values(products(step_jacobians(params, tape, cell)))[::-1, 0]
    return norms, predicted_decay(params, tape, ACTIVATIONS[activation])


@given(
    seed=st.integers(0, 2**32 - 1),
    hidden=st.integers(1, 6),
    time_steps=st.integers(1, 12),
    share=st.floats(0.05, 0.999),
    drive=st.floats(0, 3),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
)
def test_below_one_over_gamma_the_jacobian_product_is_within_the_bound_that_vanishes(
    seed: int, hidden: int, time_steps: int, share: float, drive: float, activation: str
) -> None:
    rng, gamma = np.random.default_rng(seed), {"sigmoid": 0.25}.get(activation, 1.0)
    W_hh = rng.normal(size=(hidden, hidden))
    W_hh *= share / gamma / np.linalg.norm(W_hh, 2)
    measured, predicted = measured_and_predicted(W_hh, activation, drive * rng.normal(size=(time_steps, hidden)))
    assert predicted.must_vanish
    np.testing.assert_allclose(predicted.bound, share ** np.arange(time_steps + 1), rtol=1e-9)
    assert (measured <= predicted.bound * (1 + 1e-9)).all()


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_at_one_over_gamma_and_above_nothing_is_promised(activation: str) -> None:
    gamma = ACTIVATIONS[activation].steepest
    for share, promised in ((0.99, True), (1.0, False), (1.5, False)):
        _, predicted = measured_and_predicted(np.eye(3) * share / gamma, activation, np.zeros((4, 3)))
        assert predicted.must_vanish is promised
        assert (predicted.radius, predicted.largest) == (share / gamma, share / gamma)


def test_the_steepest_slope_of_each_activation_is_where_it_should_be() -> None:
    a = np.linspace(-3, 3, 6001)
    for name, activation in ACTIVATIONS.items():
        h, slope = np.empty_like(a), np.empty_like(a)
        activation.value(a, h)
        activation.slope(h, slope)
        assert slope.max() == pytest.approx(activation.steepest, rel=1e-12), name
        differences = (h[2:] - h[:-2]) / (a[2:] - a[:-2])
        assert differences.max() <= activation.steepest * (1 + 1e-9), name


def test_for_a_scaled_rotation_without_nonlinearity_all_predictions_are_the_truth() -> None:
    W_hh = 1.25 * np.array([[0.6, -0.8], [0.8, 0.6]])
    measured, predicted = measured_and_predicted(W_hh, "identity", np.zeros((9, 2)))
    for line in (measured, predicted.by_radius, predicted.by_largest, predicted.bound):
        np.testing.assert_allclose(line, 1.25 ** np.arange(10), rtol=1e-12)


def test_mean_slopes_of_the_last_time_steps_enter_from_the_end() -> None:
    ax = np.arctanh([[0.8], [0.6], [0.0]])  # with W_hh = 0.5 and one unit, h_t is known
    measured, predicted = measured_and_predicted(np.array([[0.5]]), "tanh", ax - 0.5 * np.array([[0.0], [0.8], [0.6]]))
    np.testing.assert_allclose(predicted.slopes, [0.36, 0.64, 1.0], rtol=1e-12)
    np.testing.assert_allclose(predicted.by_radius, [1, 0.5, 0.5**2 * 0.64, 0.5**3 * 0.64 * 0.36], rtol=1e-12)
    np.testing.assert_allclose(measured, predicted.by_radius, rtol=1e-12)


def test_a_spectral_radius_above_one_is_not_sufficient_to_explode() -> None:
    rng = np.random.default_rng(0)
    W_hh = 1.5 * np.linalg.qr(rng.normal(size=(6, 6)))[0]
    measured, predicted = measured_and_predicted(W_hh, "tanh", 3 * rng.normal(size=(40, 6)))
    assert predicted.radius == pytest.approx(1.5)
    assert predicted.largest == pytest.approx(1.5)
    assert measured[-1] < 1e-6


def test_a_spectral_radius_of_zero_does_not_keep_a_relu_network_from_exploding() -> None:
    W_hh, off = np.array([[2.0, 2.0], [-2.0, -2.0]]), np.array([[1.0, -1e9]] * 10)
    measured, predicted = measured_and_predicted(W_hh, "relu", off)
    assert predicted.radius < 1e-6
    assert measured[1:] == pytest.approx(np.sqrt(2) * 2.0 ** np.arange(1, 11))  # W_hh diag(1, 0) has the eigenvalue 2
    assert (measured <= predicted.bound).all()


def test_the_spectral_radius_does_not_promise_what_the_largest_singular_value_does_not() -> None:
    measured, predicted = measured_and_predicted(np.array([[0.5, 3.0], [0.0, 0.5]]), "identity", np.zeros((6, 2)))
    largest = np.linalg.norm([[0.5, 3.0], [0.0, 0.5]], 2)
    assert not predicted.must_vanish
    assert predicted.largest == pytest.approx(largest)
    np.testing.assert_allclose(predicted.by_largest, largest ** np.arange(7))
    np.testing.assert_allclose(predicted.by_radius, 0.5 ** np.arange(7))
    assert measured[1] == pytest.approx(largest)


def test_weights_that_are_not_finite_predict_nothing_and_raise_nothing() -> None:
    net = network(("vanilla", "identity"), B=1)
    tape = forward(net.params, net.batch, net.cell)
    broken = net.params | {"W_hh": np.full((4, 4), np.inf)}
    predicted = predicted_decay(broken, tape, ACTIVATIONS["identity"])
    assert np.isnan(predicted.radius)
    assert np.isnan(predicted.bound[1:]).all()
    assert not predicted.must_vanish
