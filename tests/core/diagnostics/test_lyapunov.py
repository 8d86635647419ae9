"""Lyapunov exponents where they are known: linear networks, contractions, fixed points, volumes."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import forward
from rnn_core.diagnostics.jacobians import products, step_jacobians
from rnn_core.diagnostics.lyapunov import autonomous, driven, exponents
from rnn_core.diagnostics.spectra import singular_values
from tests.core.small_networks import CELL_NAMES, Network, network


def quiet(net: Network, W_hh: np.ndarray) -> dict[str, np.ndarray]:
    return net.params | {"W_hh": W_hh, "b_h": np.zeros(len(W_hh))}


def test_without_a_nonlinearity_exponents_are_logs_of_the_eigenvalues() -> None:
    net, rng = network(("vanilla", "identity")), np.random.default_rng(3)
    V = rng.normal(size=(4, 4))
    W_hh = V @ np.diag([1.1, -0.9, 0.5, 0.02]) @ np.linalg.inv(V)
    found = autonomous(quiet(net, W_hh), np.zeros(4), 600, net.cell, warm_up=100)
    np.testing.assert_allclose(found, np.log([1.1, 0.9, 0.5, 0.02]), atol=1e-9)


def test_a_pair_of_complex_eigenvalues_shares_its_exponent() -> None:
    net = network(("vanilla", "identity"))
    V, turn = np.random.default_rng(0).normal(size=(4, 4)), 0.9 * np.array([[0.6, -0.8], [0.8, 0.6]])
    W_hh = V @ np.block([[turn, np.zeros((2, 2))], [np.zeros((2, 2)), np.diag([0.5, 0.1])]]) @ np.linalg.inv(V)
    found = autonomous(quiet(net, W_hh), np.zeros(4), 4000, net.cell, warm_up=200)
    np.testing.assert_allclose(found, np.log([0.9, 0.9, 0.5, 0.1]), atol=1e-3)  # the turning pair converges as 1 / T


def test_a_contracting_network_has_negative_exponents_alone_however_it_is_driven() -> None:
    net = network(("vanilla", "tanh"), T=60)
    W_hh = 0.9 * net.params["W_hh"] / np.linalg.norm(net.params["W_hh"], 2)
    found = driven(net.params | {"W_hh": W_hh}, net.batch.inputs[:, 0], net.cell)
    assert (found < np.log(0.9)).all()


def test_at_a_fixed_point_exponents_are_those_of_its_jacobian() -> None:
    net = network(("vanilla", "tanh"))
    W_hh, h = np.diag([2.0, 1.5, 0.5, 0.25]), np.array([0.9, -0.9, 0.1, 0.1])
    for _ in range(2000):
        h = np.tanh(h @ W_hh)
    found = autonomous(quiet(net, W_hh), h, 50, net.cell)
    np.testing.assert_allclose(found, np.sort(np.log(np.diag(W_hh) * (1 - h**2)))[::-1], atol=1e-9)


@pytest.mark.parametrize("name", [name for name in CELL_NAMES if name[1] != "relu"])
def test_exponents_sum_to_the_mean_log_of_the_volume_change(name: tuple[str, str]) -> None:
    net = network(name, B=1, T=20)
    J = step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell)
    volumes = np.linalg.slogdet(J)[1]
    for warm_up in (0, 7):
        assert exponents(J, warm_up).sum() == pytest.approx(volumes[warm_up:].mean(), rel=1e-9)


def test_the_largest_exponent_is_the_rate_of_the_jacobian_product() -> None:
    net = network(("vanilla", "tanh"), B=1, T=400, gain=0.9)
    J = step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell)
    rate = np.log(singular_values(products(J)[:1])[0, 0]) / 400
    assert rate < -0.1
    assert exponents(J)[0] == pytest.approx(rate, abs=0.02)


def test_driven_follows_the_trajectory_of_its_words() -> None:
    net = network(("lstm", "tanh"), B=1)
    J = step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell)
    assert np.array_equal(driven(net.params, net.batch.inputs[:, 0], net.cell, 2), exponents(J, 2))


def test_units_that_are_off_lose_their_directions_entirely() -> None:
    net = network(("vanilla", "relu"))
    off = net.params | {"W_hh": 0.5 * np.eye(4), "b_h": np.array([1.0, 1.0, -1.0, -1.0])}
    found = autonomous(off, np.zeros(4), 30, net.cell)
    np.testing.assert_allclose(found[:2], np.log(0.5), rtol=1e-12)
    assert np.array_equal(found[2:], [-np.inf, -np.inf])


def test_a_trajectory_that_overflows_has_no_exponents() -> None:
    assert np.isnan(exponents(np.array([[[1.0]], [[np.inf]]]))).all()


@pytest.mark.parametrize("warm_up", [-1, 3])
def test_a_warm_up_that_leaves_nothing_is_refused(warm_up: int) -> None:
    with pytest.raises(ValueError, match=f"warm_up is {warm_up}; allowed: from 0 to 2"):
        exponents(np.ones((3, 1, 1)), warm_up)
