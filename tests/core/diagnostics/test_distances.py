"""∂L/∂W_hh by distance, against one loss at a time and against truncation."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import backward
from rnn_core.diagnostics.distances import shares, terms_by_distance
from rnn_core.diagnostics.terms import recurrent_terms
from rnn_core.types import Floats
from tests.core.small_networks import CELL_NAMES, Network, network

SOME = [1, 2, 5]


def of(net: Network) -> Floats:
    done = net.run()
    return terms_by_distance(net.params, net.batch, done.tape, done.dlogits, net.cell)


@pytest.mark.parametrize("name", CELL_NAMES)
@pytest.mark.parametrize("read_at", [None, SOME])
def test_the_terms_sum_to_the_gradient(name: tuple[str, str], read_at: list[int] | None) -> None:
    net = network(name, read_at)
    expected = net.run().gradients.params["W_hh"]
    np.testing.assert_allclose(of(net).sum(axis=0), expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_with_one_loss_they_are_the_terms_by_time_step_counted_back_from_it(name: tuple[str, str]) -> None:
    net = network(name, [4])
    done, found = net.run(), of(net)
    by_time = recurrent_terms(net.params, net.batch, done.tape, done.gradients, net.cell)
    for d in range(5):
        np.testing.assert_allclose(found[d], by_time[4 - d], rtol=1e-12, atol=1e-300)
    assert not found[5:].any()


@pytest.mark.parametrize("name", CELL_NAMES)
def test_those_up_to_a_distance_are_the_gradient_that_truncation_leaves(name: tuple[str, str]) -> None:
    net = network(name, [6])
    done, found = net.run(), of(net)
    for window in (1, 3, 5):
        cut = backward(net.params, net.batch, done.tape, done.dlogits, net.cell, window=window)
        np.testing.assert_allclose(found[:window].sum(axis=0), cut.params["W_hh"], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_each_loss_counts_from_its_own_time_step(name: tuple[str, str]) -> None:
    net = network(name, SOME)
    done, found = net.run(), of(net)
    expected = np.zeros_like(found)
    for k, s in enumerate(SOME):
        alone = np.zeros_like(done.dlogits)
        alone[k] = done.dlogits[k]
        gradients = backward(net.params, net.batch, done.tape, alone, net.cell)
        by_time = recurrent_terms(net.params, net.batch, done.tape, gradients, net.cell)
        for t in range(s + 1):
            expected[s - t] += by_time[t]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


def test_shares_are_projections_that_sum_to_one() -> None:
    terms = np.array([[[3.0, 0.0]], [[1.0, 2.0]], [[0.0, -2.0]]])
    np.testing.assert_allclose(shares(terms), [0.75, 0.25, 0.0])
    np.testing.assert_allclose(shares(np.array([[2.0], [-1.0]])), [2.0, -1.0])
    rng = np.random.default_rng(0)
    assert shares(rng.normal(size=(9, 4, 5))).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-160, 1e160])
def test_shares_do_not_depend_on_how_large_the_terms_are(scale: float) -> None:
    terms = np.random.default_rng(1).normal(size=(5, 3, 3))
    np.testing.assert_allclose(shares(scale * terms), shares(terms), rtol=1e-10)


@pytest.mark.parametrize("value", [0.0, np.inf, np.nan])
def test_a_sum_without_a_direction_has_no_shares(value: float) -> None:
    assert np.isnan(shares(np.full((3, 2), value))).all()
