"""Shares and norms by distance, as a picture."""

from __future__ import annotations

import numpy as np
import pytest

from pages.lessons.backpropagation.figures.distances import DistancesInfo, distances, distances_alt, distances_info
from rnn_core.diagnostics.distances import shares

TERMS = np.array([[[3.0, 0.0]], [[1.0, 2.0]], [[0.0, -2.0]], [[0.0, 0.0]]])


@pytest.fixture(scope="module")
def info() -> DistancesInfo:
    return distances_info(TERMS)


def test_shares_are_the_cores_and_add_up(info: DistancesInfo) -> None:
    np.testing.assert_array_equal(info.share, shares(TERMS))
    np.testing.assert_allclose(info.up_to, [0.75, 1, 1, 1])
    np.testing.assert_allclose(info.norm, [3, 5**0.5, 2, 0])


def test_the_picture_shows_the_arrays_of_its_info(info: DistancesInfo) -> None:
    bars, up_to, norm, zero = distances(info).data
    np.testing.assert_array_equal(bars.y, info.share)
    np.testing.assert_array_equal(up_to.y, info.up_to)
    np.testing.assert_allclose(norm.y, [3, 5**0.5, 2, np.nan])
    assert (zero.name, list(zero.x)) == ("exactly zero", [3])


def test_a_share_against_the_sum_stays_on_the_axis() -> None:
    info = distances_info(np.array([[2.0], [-1.0]]))
    low, high = distances(info).layout.yaxis.range
    assert low < -1
    assert high > 2


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_gradient_without_direction_is_still_a_picture_and_a_sentence(value: float) -> None:
    info = distances_info(np.full((3, 2, 2), value))
    assert np.isnan(info.share).all()
    figure = distances(info)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert len(distances_alt(info)) > 40


def test_the_words_for_a_screen_reader_hold_the_numbers(info: DistancesInfo) -> None:
    text = distances_alt(info)
    assert "75.0% from 0, 25.0% from 1" in text
    assert "3 at distance 0 and 2 at distance 2" in text
