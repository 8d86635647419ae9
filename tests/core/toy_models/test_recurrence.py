"""A small network that reads noise: closed forms of its Jacobian products, and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.diagnostics.spectra import eigenvalues
from rnn_core.toy_models.recurrence import INITIALIZERS, Fading, fading, recurrence
from tests.core.closed_forms import chain_power_norm

ACTIVATIONS = ("tanh", "relu", "sigmoid", "identity")
initializers, activations = st.sampled_from(INITIALIZERS), st.sampled_from(ACTIVATIONS)


@given(initializers, activations, st.integers(2, 12), st.floats(0.1, 4), st.floats(0, 2), st.integers(0, 9))
@settings(max_examples=40)
def test_nothing_exceeds_the_bound_and_what_is_typical_lies_between_the_ends(
    initializer: str, activation: str, size: int, radius: float, drive: float, seed: int
) -> None:
    found = fading(recurrence(initializer, size, radius, 0.5, activation, drive, 15, seed))
    assert found.largest[0] == found.typical[0] == 1
    assert (found.largest <= found.predicted.bound * (1 + 1e-9)).all()
    assert (found.typical <= found.largest * (1 + 1e-12)).all()
    assert (found.largest <= np.sqrt(size) * found.typical * (1 + 1e-12)).all()
    assert found.predicted.radius == pytest.approx(radius, rel=1e-2 if initializer == "chain" else 1e-9)


def test_an_orthogonal_linear_network_keeps_every_gradient_to_the_power_of_its_radius() -> None:
    found = fading(recurrence("orthogonal", 16, 0.9, 0, "identity", 1.0, 40, 0))
    for values in (found.largest, found.typical, found.predicted.by_radius, found.predicted.bound):
        np.testing.assert_allclose(values, 0.9 ** np.arange(41), rtol=1e-10)
    assert found.rate == pytest.approx(0.9, rel=1e-10)
    assert found.peak == 0


def test_the_chain_of_two_has_its_closed_form_and_grows_first_though_its_radius_is_below_one() -> None:
    found = fading(recurrence("chain", 2, 0.8, 2.0, "identity", 1.0, 40, 3))
    np.testing.assert_allclose(found.largest, [chain_power_norm(0.8, 2.0, k) for k in range(41)], rtol=1e-9)
    assert found.predicted.radius == pytest.approx(0.8, rel=1e-6)
    assert found.peak == 4
    assert found.largest[4] > 2 > 1 > found.largest[-1]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_products_are_pytorchs_jacobians(activation: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    net = recurrence("scaled", 6, 1.3, 0, activation, 0.7, 12, 1)
    x = np.random.default_rng(1)
    x.normal(size=(6, 6))  # W_hh was drawn before the inputs
    inputs, W = torch.tensor(x.normal(size=(12, 6))), torch.tensor(net.params["W_hh"])

    def last(h: torch.Tensor, start: int) -> torch.Tensor:
        for t in range(start, 12):
            h = getattr(torch, activation)(0.7 * inputs[t] + h @ W)
        return h

    found = fading(net)
    for lag in (1, 5, 12):
        h = torch.tensor(net.tape.h[12 - lag, 0])
        jacobian = torch.autograd.functional.jacobian(lambda h, lag=lag: last(h, 12 - lag), h).numpy()
        stretch = np.linalg.svd(jacobian, compute_uv=False)
        measured = [found.largest[lag], found.typical[lag]]
        np.testing.assert_allclose(measured, [stretch[0], np.sqrt((stretch**2).mean())], rtol=1e-8)


def test_the_link_is_the_chains_alone_and_the_seed_is_everybodys() -> None:
    plain, linked = (recurrence("scaled", 8, 1.0, link, "tanh", 0.5, 10, 0) for link in (0.0, 0.9))
    np.testing.assert_array_equal(plain.params["W_hh"], linked.params["W_hh"])
    np.testing.assert_array_equal(plain.tape.h, linked.tape.h)
    other = recurrence("scaled", 8, 1.0, 0.0, "tanh", 0.5, 10, 1)
    assert not np.array_equal(plain.params["W_hh"], other.params["W_hh"])
    chained = recurrence("chain", 8, 0.5, 0.9, "tanh", 0.5, 10, 0).params["W_hh"]
    np.testing.assert_allclose(eigenvalues(chained).real, 0.5, atol=0.05)
    np.testing.assert_array_equal(np.diag(chained, 1), 0.9)


def test_a_network_without_input_stays_at_zero_and_is_linear_there() -> None:
    net = recurrence("orthogonal", 8, 1.0, 0, "tanh", 0.0, 20, 0)
    assert not net.tape.h.any()
    np.testing.assert_allclose(fading(net).largest, 1, rtol=1e-10)
    dead = fading(recurrence("orthogonal", 8, 1.0, 0, "relu", 0.0, 20, 0))
    assert (dead.largest[1:] == 0).all()
    assert dead.rate == 0


def test_the_rate_is_the_geometric_mean_over_all_time_steps() -> None:
    found = fading(recurrence("scaled", 16, 1.2, 0, "tanh", 0.5, 30, 0))
    assert isinstance(found, Fading)
    assert found.rate**30 == pytest.approx(found.largest[30], rel=1e-10)
    assert found.largest[found.peak] == found.largest.max()
