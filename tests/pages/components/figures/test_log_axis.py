"""Logarithmic axes by hand: what has a place on them, where they end, and that their ticks stay few."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.components.figures.log_axis import drawable, log_axis, log_range

NAN, INF = np.nan, np.inf


def test_only_positive_finite_values_have_a_place() -> None:
    values = np.array([1, 0, -1, INF, -INF, NAN, 1e-300])
    np.testing.assert_array_equal(drawable(values), [1, NAN, NAN, NAN, NAN, NAN, 1e-300])
    np.testing.assert_array_equal(drawable(values, log=False), [1, 0, -1, NAN, NAN, NAN, 1e-300])


def test_the_range_holds_all_values_with_a_margin() -> None:
    low, high = log_range(np.array([1e-3, NAN, 0]), [INF, 1e2])
    assert (low, high) == (pytest.approx(-3.2), pytest.approx(2.2))


@pytest.mark.parametrize("values", [[], [1.0], [0.0, NAN, INF], [2.0, 3.0]])
def test_the_range_is_a_decade_at_least(values: list[float]) -> None:
    low, high = log_range(np.array(values))
    assert high - low == pytest.approx(1.08)
    assert all(low < math.log10(value) < high for value in values if 0 < value < INF)


@pytest.mark.parametrize(("smallest", "low"), [(1.0, -1), (0.5, -1), (1e-3, -3)])
def test_a_known_top_stays_the_top(smallest: float, low: float) -> None:
    ends = log_range(np.array([smallest, 1.0]), top=0.0)
    margin = 0.04 * -low
    assert ends == (pytest.approx(low - margin), pytest.approx(margin))


def test_the_ends_are_numbers_themselves() -> None:
    low, high = log_range(np.array([5e-324, 1.7e308]))
    assert 0 < 10.0**low < 1e-300
    assert 1e300 < 10.0**high < INF


@pytest.mark.parametrize(("ends", "step"), [((-3.2, 2.2), 1), ((-8, 0.1), 2), ((-300, 300), 75)])
def test_many_decades_have_powers_alone(ends: tuple[float, float], step: int) -> None:
    axis = log_axis(ends)
    assert axis["dtick"] == step
    assert "tickvals" not in axis
    assert axis["range"] == list(ends)


def test_few_decades_have_one_two_and_five() -> None:
    np.testing.assert_allclose(log_axis((-1.04, 0.04))["tickvals"], [0.1, 0.2, 0.5, 1])
    assert 2 <= len(np.atleast_1d(log_axis((0.1, 1.2))["tickvals"])) <= 7
