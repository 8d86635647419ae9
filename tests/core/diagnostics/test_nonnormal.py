"""Chains, whose powers are known: a gradient that grows first though the spectral radius is below 1."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.bptt import backward, forward
from rnn_core.cells import CELLS
from rnn_core.diagnostics.nonnormal import chain, departure_from_normality
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Batch
from tests.core.closed_forms import chain_power_norm


def power_norms(W: np.ndarray, most: int) -> np.ndarray:
    """‖W^k‖₂ for k = 0 ... most."""
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(most + 1)])


@pytest.mark.parametrize(("eigenvalue", "link"), [(0.9, 0.5), (0.5, 3.0), (-0.8, 1.0), (0.0, 2.0), (0.9, 0.0)])
def test_powers_of_a_chain_of_two_units_follow_the_closed_form(eigenvalue: float, link: float) -> None:
    expected = [chain_power_norm(eigenvalue, link, k) for k in range(31)]
    np.testing.assert_allclose(power_norms(chain(2, eigenvalue, link), 30), expected, rtol=1e-12, atol=1e-300)


def test_entries_of_a_longer_chains_power_are_binomial() -> None:
    W, k = chain(5, 0.8, 0.7), 9
    power = np.linalg.matrix_power(W, k)
    for i in range(5):
        for j in range(5):
            expected = math.comb(k, j - i) * 0.8 ** (k - j + i) * 0.7 ** (j - i) if j >= i else 0.0
            assert power[i, j] == pytest.approx(expected, rel=1e-12)


def test_a_chain_grows_first_and_vanishes_in_the_end() -> None:
    norms = power_norms(chain(2, 0.9, 1.0), 200)
    assert norms.argmax() in (9, 10)  # k λ^(k-1) is largest around -1 / ln 0.9 = 9.5
    assert norms.max() > 3.8  # 9 · 0.9⁸ = 3.87
    assert norms[200] < 1e-6
    assert (norms >= 0.9 ** np.arange(201) * (1 - 1e-12)).all()


def test_a_gradient_really_takes_that_way_back() -> None:
    H, T, kept, c = 6, 70, 0.7, 0.9
    params = {"W_xh": np.zeros((1, H)), "W_hh": chain(H, kept, c), "b_h": np.zeros(H)}
    params |= {"W_hy": np.eye(H), "b_y": np.zeros(H)}
    weights = np.zeros((T, 1))
    weights[-1] = 1
    batch, cell = Batch(np.zeros((T, 1), int), np.zeros((T, 1), int), weights), CELLS["vanilla"]["identity"]
    tape = forward(params, batch, cell)
    dh = backward(params, batch, tape, np.eye(H)[-1][None, None], cell).dh  # the loss hears the last unit alone
    expected = [
        math.sqrt(sum((math.comb(k, j) * kept ** (k - j) * c**j) ** 2 for j in range(min(k, H - 1) + 1)))
        for k in range(T + 1)
    ]
    measured = row_norms(dh)[::-1]
    np.testing.assert_allclose(measured, expected, rtol=1e-12)
    assert measured.max() > 3 > 1 > 0.1 > measured[-1]


@pytest.mark.parametrize(("size", "link"), [(2, 0.5), (7, -3.0), (20, 1.0)])
def test_a_chain_departs_from_normality_by_its_links(size: int, link: float) -> None:
    assert departure_from_normality(chain(size, 0.9, link)) == pytest.approx(abs(link) * math.sqrt(size - 1), rel=1e-6)


def test_normal_matrices_do_not_depart_from_normality() -> None:
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    for W in (
        0.9 * Q,
        Q @ np.diag([0.9, -0.8, 0.5, 0.1, 0.0, -0.2]) @ Q.T,
        0.9 * (Q - Q.T) / np.linalg.norm(Q - Q.T, 2),
    ):
        assert departure_from_normality(W) < 1e-6


def test_a_matrix_that_is_not_finite_departs_by_no_number() -> None:
    assert math.isnan(departure_from_normality(np.array([[np.inf, 0.0], [0.0, 1.0]])))


def test_one_unit_is_no_chain() -> None:
    with pytest.raises(ValueError, match="size is 1"):
        chain(1, 0.5, 1.0)
