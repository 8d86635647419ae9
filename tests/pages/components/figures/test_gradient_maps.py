"""The heatmaps of ‖∂L/∂h_t‖: their arrays by hand, and that the picture shows just these arrays."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.components.figures import gradient_maps as module
from pages.components.figures.gradient_maps import (
    COLOUR_RANGE,
    GradientMapsInfo,
    gradient_maps,
    gradient_maps_alt,
    gradient_maps_info,
    gradient_ratio,
    gradient_ratio_alt,
    grouped_maximum,
)
from pages.components.figures.style import COLOUR_NON_FINITE, COLOUR_OUTLINE, COLOUR_PARTING, COLOUR_ZERO
from rnn_core.tasks.agreement import SUBJECT_TIME_STEPS
from tests.pages.records import made, run

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
    assert gradient_maps_info(A, B).first_difference == 1
    assert gradient_maps_info(A, A).first_difference is None


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
    assert info.ended == (2, None)
    assert "ended at 1" in gradient_maps(info, 0).layout.title.text
    assert "ended" not in gradient_maps(info, 1).layout.title.text
    assert gradient_maps_info(short, B, window=2).ended == (None, None)


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


def heatmaps(figure: go.Figure) -> list[go.Heatmap]:
    return [trace for trace in figure.data if trace.type == "heatmap"]


def all_three(info: GradientMapsInfo) -> list[go.Figure]:
    return [gradient_maps(info, 0), gradient_maps(info, 1), gradient_ratio(info)]


@pytest.fixture(scope="module")
def info() -> GradientMapsInfo:
    return gradient_maps_info(A, B, SUBJECT_TIME_STEPS)


def test_the_pictures_show_the_arrays_of_their_info(info: GradientMapsInfo) -> None:
    norms_a, zero_a, non_finite_a = heatmaps(gradient_maps(info, 0))
    norms_b, zero_b = heatmaps(gradient_maps(info, 1))
    ratio, no_ratio = heatmaps(gradient_ratio(info))
    for trace, expected in ((norms_a, info.a.log_norm), (norms_b, info.b.log_norm), (ratio, info.log_ratio)):
        np.testing.assert_array_equal(trace.z, expected.astype(np.float32))
        np.testing.assert_array_equal(trace.x, info.updates + 0.5)
    marks = ((zero_a, info.a.zero), (non_finite_a, info.a.non_finite), (zero_b, info.b.zero))
    for trace, mask in (*marks, (no_ratio, np.isnan(info.log_ratio))):
        np.testing.assert_array_equal(trace.z == 1, mask)


def legend(figure: go.Figure) -> dict[str, str]:
    """Colours by name."""
    entries = [trace for trace in figure.data if trace.type == "scatter" and trace.showlegend is not False]
    return {trace.name: trace.marker.color for trace in entries}


def test_marks_are_always_explained_in_colours_of_their_own(info: GradientMapsInfo) -> None:
    _, zero, non_finite = heatmaps(gradient_maps(info, 0))
    assert (zero.colorscale[0][1], non_finite.colorscale[0][1]) == (COLOUR_ZERO, COLOUR_NON_FINITE)
    assert "zero" in zero.hovertemplate
    assert "finite" in non_finite.hovertemplate
    clean = made([1], dh=np.ones((1, 3)))
    for shown in (info, gradient_maps_info(clean, clean)):
        for k in (0, 1):
            names = legend(gradient_maps(shown, k))
            assert names["exactly zero"] == COLOUR_ZERO
            assert names["not finite"] == COLOUR_NON_FINITE
        assert any("no ratio" in name for name in legend(gradient_ratio(shown)))


def test_the_partings_line_is_named_and_is_no_mark(info: GradientMapsInfo) -> None:
    assert info.first_difference == 1
    for figure in all_three(info):
        outline, line = [trace for trace in figure.data if trace.type == "scatter" and "lines" in trace.mode]
        for trace in (outline, line):
            assert set(trace.x) == {1.5}
            assert sorted(trace.y) == [-0.5, 2.5]  # from edge to edge
        assert (outline.line.color, line.line.color) == (COLOUR_OUTLINE, COLOUR_PARTING)
        assert outline.line.width > line.line.width
        assert "update 1" in line.name
        colours = legend(figure)
        assert colours.pop(line.name) not in colours.values()
        assert {COLOUR_OUTLINE, COLOUR_PARTING}.isdisjoint({COLOUR_ZERO, COLOUR_NON_FINITE})


def test_identical_twins_and_a_window_before_the_parting_have_no_line() -> None:
    for shown in (gradient_maps_info(A, A), gradient_maps_info(A, B, window=1)):
        for figure in all_three(shown):
            assert not [trace for trace in figure.data if trace.type == "scatter" and "lines" in trace.mode]
            assert not any("part" in name for name in legend(figure))
    assert "identical" in gradient_ratio(gradient_maps_info(A, A)).layout.title.text


def test_both_twins_share_one_scale_that_no_record_moves(info: GradientMapsInfo) -> None:
    tiny = made([1e-9], dh=np.full((1, 3), 1e-9))
    for shown in (info, gradient_maps_info(tiny, tiny)):
        a, b, ratio = (heatmaps(figure)[0] for figure in all_three(shown))
        assert (a.zmin, a.zmax) == (b.zmin, b.zmax) == COLOUR_RANGE
        assert a.colorscale == b.colorscale
        assert a.colorbar == b.colorbar
        assert ratio.zmin == -ratio.zmax
        assert ratio.zmid == 0


def test_both_twins_have_one_layout_and_a_flat_bar_that_a_phone_has_room_for(info: GradientMapsInfo) -> None:
    a, b, ratio = all_three(info)
    for name in ("height", "margin", "legend", "xaxis", "yaxis"):
        assert a.layout[name] == b.layout[name]
    for figure in (a, b, ratio):
        bar = heatmaps(figure)[0].colorbar
        assert bar.orientation == "h"
        assert bar.yref == figure.layout.legend.yref == "container"
        rows = len(legend(figure))  # on a phone each has its own
        assert bar.y * figure.layout.height > rows * 22
        assert bar.ticktext[0].startswith("≤")
        assert bar.ticktext[-1].startswith("≥")
        assert any("log₁₀" in note.text for note in figure.layout.annotations)


def test_axes_name_updates_and_time_steps_and_where_the_subject_stands() -> None:
    a, b = run(), run(clip_threshold=0.2)
    for figure in all_three(gradient_maps_info(a, b, SUBJECT_TIME_STEPS)):
        assert "update" in figure.layout.xaxis.title.text
        axis = figure.layout.yaxis
        assert "time step" in axis.title.text
        names = dict(zip(axis.tickvals, axis.ticktext, strict=True))
        assert all("subject" in names[t] for t in SUBJECT_TIME_STEPS)
        assert "loss" in names[a.config.sentence_length]


def test_the_words_for_a_screen_reader_hold_the_numbers(info: GradientMapsInfo) -> None:
    text = gradient_maps_alt(info, 0)
    assert "twin A" in text
    assert "1 cell is exactly zero and 2 cells are not finite" in text
    assert "At the last time step the median log10 norm is 0.5; at the first the median log10 norm is -1.5" in text
    assert "twin B" in gradient_maps_alt(info, 1)
    assert "0 cells are not finite" in gradient_maps_alt(info, 1)
    assert "update 1." in gradient_ratio_alt(info)
    assert "between -1.0 and 2.0" in gradient_ratio_alt(info)
    assert "3 cells are without" in gradient_ratio_alt(info)
    assert "identical" in gradient_ratio_alt(gradient_maps_info(A, A))
    assert "ended after 2 updates" in gradient_maps_alt(gradient_maps_info(made([1, 1]), B), 0)


@pytest.mark.parametrize(("norm", "said"), [(NAN, "0 cells are zero, 1 cell is not finite"), (0, "1 cell is zero")])
def test_a_run_without_one_norm_to_draw_is_still_a_picture_and_a_sentence(norm: float, said: str) -> None:
    broken = made([norm], dh=np.full((1, 3), norm))
    info = gradient_maps_info(broken, broken)
    assert (info.a.zero if norm == 0 else info.a.non_finite).all()
    assert all(len(figure.data) > 0 for figure in all_three(info))
    texts = [gradient_maps_alt(info, 0), gradient_maps_alt(info, 1), gradient_ratio_alt(info)]
    assert said in texts[0]
    assert not any("nan" in text for text in texts)
