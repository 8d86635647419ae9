"""The error surface of one unit: central differences, PyTorch and the closed form on the wall as judges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.toy_models import cliff
from tests.core.oracle import central_differences

SIGMA = 1 / (1 + math.exp(-0.5))  # σ(½)


def by_hand(w: float, b: float) -> float:
    """E, one number after the other."""
    x = 0.5
    for _ in range(50):
        x = w / (1 + math.exp(-x)) + b
    return (1 / (1 + math.exp(-x)) - 0.7) ** 2


@given(st.floats(-3, 4), st.floats(-4, 2))
def test_the_error_is_the_papers_formula(w: float, b: float) -> None:
    assert float(cliff.error(w, b)) == pytest.approx(by_hand(w, b), rel=1e-9, abs=1e-13)


def test_the_surface_is_the_error_at_each_of_its_points() -> None:
    w, b = np.meshgrid(np.linspace(3, 7, 5), np.linspace(-4, -1, 4))
    surface = cliff.error(w, b)
    assert surface.shape == (4, 5)
    for index in np.ndindex(4, 5):
        assert surface[index] == cliff.error(w[index], b[index]) == cliff.slope(w[index], b[index]).error


@given(st.floats(-3, 4.4), st.floats(-4, 0))
def test_the_gradient_is_that_of_central_differences(w: float, b: float) -> None:
    point = np.array([w, b])
    expected = central_differences(lambda: float(cliff.error(*point)), point, width=1e-4)
    found = cliff.slope(w, b)
    np.testing.assert_allclose([found.dw, found.db], expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("w", "b"), [(5.0, -2.3), (5.0, -3.0), (6.0, -3.2), (4.5, -2.4), (7.5, -4.0), (-2.0, 1.0)])
def test_the_gradient_is_pytorchs(w: float, b: float) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    W, B = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (w, b))
    x = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(50):
        x = W * torch.sigmoid(x) + B
    error = (torch.sigmoid(x) - 0.7) ** 2
    error.backward()
    found = cliff.slope(w, b)
    np.testing.assert_allclose(found, [error.item(), W.grad.item(), B.grad.item()], rtol=1e-8)


@pytest.mark.parametrize("w", [3.0, 4.2, 4.5, 5.0, 5.5])
def test_on_the_wall_nothing_moves_and_the_gradient_is_a_geometric_sum(w: float) -> None:
    b = float(cliff.wall(w))
    np.testing.assert_allclose(cliff.states(w, b), 0.5, atol=1e-9)
    growth = w * SIGMA * (1 - SIGMA)
    assert cliff.growth(w) == pytest.approx(growth, rel=1e-14)
    sum_of_powers = sum(growth**k for k in range(50))
    db = 2 * (SIGMA - 0.7) * SIGMA * (1 - SIGMA) * sum_of_powers
    np.testing.assert_allclose(cliff.slope(w, b), [(SIGMA - 0.7) ** 2, SIGMA * db, db], rtol=1e-6)


@pytest.mark.parametrize("w", [4.8, 5.5, 6.5])
def test_the_wall_parts_states_that_run_up_from_states_that_run_down(w: float) -> None:
    b = float(cliff.wall(w))
    above, below = (cliff.states(w, b + push)[-1] for push in (0.01, -0.01))
    assert above > 1.2
    assert below < -1.2
    assert abs(float(cliff.error(w, b + 0.01)) - float(cliff.error(w, b - 0.01))) > 0.25


def test_growth_is_one_where_the_wall_begins() -> None:
    assert cliff.growth(4.2) < 1 < cliff.growth(4.3)


def test_descent_without_a_threshold_takes_the_whole_gradient() -> None:
    path = cliff.descend(5.0, -2.3, 0.1, 60)
    assert path.stopped is None
    assert not path.clipped.any()
    w, b = 5.0, -2.3
    for update in range(60):
        here = cliff.slope(w, b)
        assert (path.w[update], path.b[update], path.error[update]) == (w, b, here.error)
        assert path.norm[update] == pytest.approx(math.hypot(here.dw, here.db), rel=1e-14)
        w, b = w - 0.1 * here.dw, b - 0.1 * here.db
    assert (path.w[-1], path.b[-1]) == (w, b)


@pytest.mark.parametrize("threshold", [0.1, 1.0, 10.0])
def test_no_clipped_update_is_longer_than_the_learning_rate_times_the_threshold(threshold: float) -> None:
    path = cliff.descend(5.0, -2.3, 0.1, 200, threshold)
    lengths = np.hypot(np.diff(path.w), np.diff(path.b))
    assert path.clipped.any()
    assert not path.clipped.all()
    assert (path.clipped == (path.norm > threshold)).all()
    np.testing.assert_allclose(lengths, 0.1 * np.minimum(path.norm, threshold), rtol=1e-9, atol=1e-15)


def test_a_clipped_update_keeps_its_direction() -> None:
    path = cliff.descend(5.0, -2.3, 0.1, 200, 0.5)
    update = int(np.argmax(path.norm))
    here = cliff.slope(path.w[update], path.b[update])
    moved = np.array([path.w[update + 1] - path.w[update], path.b[update + 1] - path.b[update]])
    np.testing.assert_allclose(moved / np.hypot(*moved), -np.array(here[1:]) / math.hypot(*here[1:]), rtol=1e-9)


def test_on_the_wall_the_unclipped_path_is_thrown_away_and_the_clipped_one_stays() -> None:
    thrown, kept = cliff.descend(5.0, -2.3, 0.1, 200), cliff.descend(5.0, -2.3, 0.1, 200, 1.0)
    assert thrown.norm.max() > 100
    assert abs(thrown.w[-1] - 5) > 5
    assert np.abs(kept.w - 5).max() < 1.5
    assert kept.error[-50:].mean() < 0.02 < thrown.error[-50:].mean()


def test_where_no_gradient_reaches_the_threshold_both_paths_are_one_bit_for_bit() -> None:
    free, clipped = cliff.descend(3.0, -2.0, 0.1, 30), cliff.descend(3.0, -2.0, 0.1, 30, 5.0)
    for one, other in zip(free[:4], clipped[:4], strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_path_that_leaves_the_numbers_stops_and_says_where() -> None:
    path = cliff.descend(8.0, float(cliff.wall(8.0)), 1e300, 20)
    assert path.stopped == 0
    assert len(path.w) == 2
    assert len(path.norm) == 1
    assert not np.isfinite([path.w[-1], path.b[-1]]).all()
