"""The matrix of losses and states: its marks by hand, and that the picture shows just its arrays."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.figures.gradient_maps import COLOUR_RANGE
from pages.components.figures.itemised_map import ItemisedInfo, itemised_info, itemised_map, itemised_map_alt
from pages.components.figures.style import COLOUR_NON_FINITE, COLOUR_ZERO

NAN, INF = np.nan, np.inf
WORDS = ("the", "artists", "the")
MATRIX = np.array([[0.1, 1, 0, 0], [0, 10, 100, 0], [INF, NAN, 0.01, 1]])
TOTAL, DIRECT = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 4])


@pytest.fixture(scope="module")
def info() -> ItemisedInfo:
    return itemised_info(WORDS, (1, 2, 3), MATRIX, TOTAL, DIRECT)


def test_the_colour_is_the_logarithm_where_there_is_a_path(info: ItemisedInfo) -> None:
    np.testing.assert_allclose(info.log_norm, [[-1, 0, NAN, NAN], [NAN, 1, 2, NAN], [NAN, NAN, -2, 0]])


def test_only_a_zero_with_a_path_is_marked(info: ItemisedInfo) -> None:
    zero, non_finite = np.zeros((3, 4), bool), np.zeros((3, 4), bool)
    zero[1, 0] = True
    non_finite[2, :2] = True
    np.testing.assert_array_equal(info.zero, zero)
    np.testing.assert_array_equal(info.non_finite, non_finite)


def test_without_a_loss_a_row_is_empty_and_not_drawn() -> None:
    info = itemised_info(WORDS, (3,), np.vstack([np.zeros((2, 4)), MATRIX[2]]), TOTAL, np.array([0.0, 0, 4]))
    assert np.isnan(info.log_norm[:2]).all()
    assert not info.zero.any()
    figure = itemised_map(info)
    assert list(figure.data[0].y) == ["3"]
    assert figure.data[0].z.shape == (1, 4)


def test_the_picture_shows_the_arrays_of_its_info(info: ItemisedInfo) -> None:
    figure = itemised_map(info)
    norms, zero, non_finite = [trace for trace in figure.data if trace.type == "heatmap"]
    np.testing.assert_array_equal(norms.z, info.log_norm.astype(np.float32))
    np.testing.assert_array_equal(zero.z == 1, info.zero)
    np.testing.assert_array_equal(non_finite.z == 1, info.non_finite)
    assert (norms.zmin, norms.zmax) == COLOUR_RANGE
    assert (zero.colorscale[0][1], non_finite.colorscale[0][1]) == (COLOUR_ZERO, COLOUR_NON_FINITE)
    total = next(trace for trace in figure.data if "total" in (trace.name or ""))
    direct = next(trace for trace in figure.data if "direct" in (trace.name or ""))
    np.testing.assert_array_equal(total.y, TOTAL)
    np.testing.assert_array_equal(direct.y, [NAN, 1, NAN, 4])
    marks = next(trace for trace in figure.data if trace.name == "exactly zero" and trace.x[0] is not None)
    assert list(marks.x) == ["0", "2"]


def test_words_are_the_labels_of_both_axes_and_equal_words_stay_apart(info: ItemisedInfo) -> None:
    figure = itemised_map(info)
    names = {"0": "(start)", "1": "the", "2": "artists", "3": "the"}
    assert figure.layout.xaxis2.labelalias == names
    assert figure.layout.yaxis.labelalias == names
    assert list(figure.data[0].x) == ["0", "1", "2", "3"]
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < bottom  # the first loss is on top


def test_the_words_for_a_screen_reader_hold_the_numbers(info: ItemisedInfo) -> None:
    text = itemised_map_alt(info)
    assert "1 entries are exactly zero, 2 not finite" in text
    assert "from 0.0 at its own word to -2.0" in text
    assert "at the last word is 4, at the first 2" in text
    dark = itemised_info(WORDS, (3,), np.zeros((3, 4)), TOTAL, DIRECT)
    assert "nan" not in itemised_map_alt(dark)


@pytest.mark.parametrize("value", [0.0, NAN, INF])
def test_a_matrix_without_one_norm_to_draw_is_still_a_picture(value: float) -> None:
    info = itemised_info(WORDS, (1, 2, 3), np.full((3, 4), value), np.full(4, value), np.full(3, value))
    assert np.isnan(info.log_norm).all()
    assert (info.zero if value == 0 else info.non_finite).sum() == 2 + 3 + 4
    assert len(itemised_map(info).data) > 0
