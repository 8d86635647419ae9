"""The heatmaps of ‖∂L/∂h_t‖: their arrays by hand, and that the picture shows just these arrays."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.figures import gradient_maps as module
from pages.components.figures.gradient_maps import (
    COLOUR_RANGE,
    GradientMapsInfo,
    gradient_maps,
    gradient_maps_alt,
    gradient_maps_info,
    grouped_maximum,
)
from rnn_core.tasks.agreement import SUBJECT_TIME_STEPS

from .records import made, run

NAN, INF = np.nan, np.inf

A = made([1, 2, 3, 4], dh=[[1, 10, 100], [0, 1, 10], [1e-3, 1, 1], [INF, NAN, 1]])
B = made([1, 2, 3, 4], scale=[1, 0.5, 1, 1], dh=[[1, 10, 100], [0, 1, 1], [1e-1, 1, 10], [1, 1, 1]])


def test_a_group_shows_its_largest_norm_and_a_nan_is_never_lost() -> None:
    norms = np.array([[1, 5], [3, 2], [NAN, 1], [2, 1], [7, INF]])
    np.testing.assert_array_equal(grouped_maximum(norms, 2), [[3, 5], [NAN, 1], [7, INF]])
    np.testing.assert_array_equal(grouped_maximum(norms, 1), norms)
    np.testing.assert_array_equal(grouped_maximum(norms, 9), [[NAN, INF]])


def test_rows_are_time_steps_columns_are_updates_and_the_colour_is_the_logarithm() -> None:
    info = gradient_maps_info(A, B)
    np.testing.assert_array_equal(info.updates, [0, 1, 2, 3])
    assert info.group == 1
    np.testing.assert_allclose(info.a.log_norm, [[0, NAN, -3, NAN], [1, 0, 0, NAN], [2, 1, 0, 0]])
    np.testing.assert_allclose(info.b.log_norm, [[0, NAN, -1, 0], [1, 0, 0, 0], [2, 0, 1, 0]])


def test_zero_and_non_finite_are_marked_where_they_are_and_nowhere_else() -> None:
    info = gradient_maps_info(A, B)
    zero = np.zeros((3, 4), bool)
    zero[0, 1] = True
    non_finite = np.zeros((3, 4), bool)
    non_finite[:2, 3] = True
    np.testing.assert_array_equal(info.a.zero, zero)
    np.testing.assert_array_equal(info.b.zero, zero)
    np.testing.assert_array_equal(info.a.non_finite, non_finite)
    assert not info.b.non_finite.any()


def test_the_ratio_is_b_over_a_where_both_have_a_logarithm() -> None:
    info = gradient_maps_info(A, B)
    np.testing.assert_allclose(info.log_ratio, [[0, NAN, 2, NAN], [0, 0, 0, NAN], [0, -1, 1, 0]])


def test_the_twins_part_where_the_applied_gradient_first_differs() -> None:
    assert gradient_maps_info(A, B).parting == 1
    assert gradient_maps_info(A, A).parting is None


def test_a_run_that_ended_early_leaves_its_columns_empty_and_unmarked() -> None:
    short = made([1, 2], dh=[[1, 1, 1], [1, 0, INF]])
    info = gradient_maps_info(short, B)
    assert info.a.log_norm.shape == info.b.log_norm.shape == (3, 4)
    assert np.isnan(info.a.log_norm[:, 2:]).all()
    assert not info.a.zero[:, 2:].any()
    assert not info.a.non_finite[:, 2:].any()
    np.testing.assert_array_equal(info.a.non_finite[:, 1], [False, False, True])
    assert np.isnan(info.log_ratio[:, 2:]).all()
    assert info.b.log_norm[2, 2] == 1


def test_a_window_shows_the_first_updates_alone() -> None:
    info = gradient_maps_info(A, B, window=3)
    np.testing.assert_array_equal(info.updates, [0, 1, 2])
    np.testing.assert_array_equal(info.a.log_norm, gradient_maps_info(A, B).a.log_norm[:, :3])
    assert not info.a.non_finite.any()
    assert len(gradient_maps_info(A, B, window=500).updates) == 4


def test_a_long_run_is_grouped_alike_in_both_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 6)
    short = made([1, 2, 3], dh=A.dh_norm[:3])
    info = gradient_maps_info(short, B)
    assert info.group == 2
    np.testing.assert_array_equal(info.updates, [0, 2])
    np.testing.assert_allclose(info.a.log_norm, [[0, -3], [1, 0], [2, 0]])
    np.testing.assert_allclose(info.b.log_norm, [[0, 0], [1, 0], [2, 1]])
    assert info.a.log_norm.size <= module.MOST_CELLS


def test_the_longest_run_stays_within_the_cells_that_can_be_drawn() -> None:
    long = made(np.ones(50_000), dh=np.ones((50_000, 101)), sentence_length=100)
    info = gradient_maps_info(long, long)
    assert info.a.log_norm.size <= module.MOST_CELLS
    assert info.group * info.a.log_norm.shape[1] >= 50_000


@pytest.fixture(scope="module")
def info() -> GradientMapsInfo:
    return gradient_maps_info(A, B, SUBJECT_TIME_STEPS)


def test_the_picture_shows_the_arrays_of_its_info(info: GradientMapsInfo) -> None:
    maps = [trace for trace in gradient_maps(info).data if trace.type == "heatmap"]
    norms_a, zero_a, non_finite_a, norms_b, zero_b, ratio = maps
    for trace, expected in ((norms_a, info.a.log_norm), (norms_b, info.b.log_norm), (ratio, info.log_ratio)):
        np.testing.assert_array_equal(trace.z, expected.astype(np.float32))
        np.testing.assert_array_equal(trace.x, info.updates + 0.5)
    for trace, mask in ((zero_a, info.a.zero), (non_finite_a, info.a.non_finite), (zero_b, info.b.zero)):
        np.testing.assert_array_equal(trace.z == 1, mask)


def test_marks_have_colours_of_their_own_and_a_legend(info: GradientMapsInfo) -> None:
    figure = gradient_maps(info)
    _, zero, non_finite, *_ = figure.data
    legend = {trace.name: trace.marker.color for trace in figure.data if trace.type == "scatter"}
    assert len(legend) == 2
    assert {zero.colorscale[0][1], non_finite.colorscale[0][1]} == set(legend.values())
    assert "zero" in zero.hovertemplate
    assert "finite" in non_finite.hovertemplate


def test_both_twins_share_one_scale_that_no_record_moves(info: GradientMapsInfo) -> None:
    tiny = made([1e-9], dh=np.full((1, 3), 1e-9))
    for shown in (info, gradient_maps_info(tiny, tiny)):
        panels = [trace for trace in gradient_maps(shown).data if trace.type == "heatmap" and trace.zmin is not None]
        a, b, ratio = panels
        assert (a.zmin, a.zmax) == (b.zmin, b.zmax) == COLOUR_RANGE
        assert a.colorscale == b.colorscale
        assert ratio.zmin == -ratio.zmax
        assert ratio.zmid == 0


def test_the_parting_has_its_line_and_identical_twins_have_none(info: GradientMapsInfo) -> None:
    assert info.parting == 1
    assert [shape.x0 for shape in gradient_maps(info).layout.shapes] == [1.5] * 3  # one in each panel
    same = gradient_maps(gradient_maps_info(A, A))
    assert not same.layout.shapes
    assert any("identical" in note.text for note in same.layout.annotations)
    before = gradient_maps(gradient_maps_info(A, B, window=1))
    assert not before.layout.shapes


def test_axes_name_updates_and_time_steps_and_where_the_subject_stands() -> None:
    a, b = run(), run(clip_threshold=0.2)
    layout = gradient_maps(gradient_maps_info(a, b, SUBJECT_TIME_STEPS)).layout
    for axis in (layout.xaxis, layout.xaxis2, layout.xaxis3):
        assert "update" in axis.title.text
    for axis in (layout.yaxis, layout.yaxis3):
        assert "time step" in axis.title.text
        names = dict(zip(axis.tickvals, axis.ticktext, strict=True))
        assert all("subject" in names[t] for t in SUBJECT_TIME_STEPS)
        assert "loss" in names[a.config.sentence_length]


def test_the_words_for_a_screen_reader_hold_the_numbers(info: GradientMapsInfo) -> None:
    text = gradient_maps_alt(info)
    assert "update 1" in text
    assert "1 cells exactly zero, 2 not finite" in text
    assert "median log10 norm 0.5 at the last time step, -1.5 at the first" in text
    assert "identical" in gradient_maps_alt(gradient_maps_info(A, A))


def test_a_run_without_one_finite_norm_is_still_a_picture() -> None:
    broken = made([NAN], dh=np.full((1, 3), NAN))
    info = gradient_maps_info(broken, broken)
    assert info.a.non_finite.all()
    assert len(gradient_maps(info).data) > 0
    assert "3 not finite" in gradient_maps_alt(info)
