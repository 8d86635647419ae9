"""The lines over updates: their arrays by hand, and that the pictures show just these arrays and hide nothing."""

from __future__ import annotations

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.components.figures import style
from pages.lab.figures import timelines as module
from pages.lab.figures.timelines import (
    End,
    TimelinesInfo,
    learning,
    learning_alt,
    timelines,
    timelines_alt,
    timelines_info,
)
from rnn_core.types import Divergence
from tests.pages.records import made, run

NAN, INF = np.nan, np.inf

A = made([1, 4, 2, 8, 16], loss=[5, 4, 3, 2, 1], accuracy=[0, 0.25, 0.5, 0.75, 1])
B = made([1, 4, 2], scale=[1, 0.25, 0.5], loss=[5, 3, 1], accuracy=[0.5, 1, 1], clip_threshold=1.0)


def test_one_point_an_update_where_there_are_few() -> None:
    info = timelines_info(A, B)
    assert info.group == 1
    np.testing.assert_array_equal(info.updates, range(5))
    np.testing.assert_array_equal(info.norm_a, A.grad_norm)
    np.testing.assert_array_equal(info.norm_b, [1, 4, 2])
    np.testing.assert_array_equal(info.clipped_b, [1, 1, 1])
    np.testing.assert_array_equal(info.scale_b, [1, 0.25, 0.5])
    np.testing.assert_array_equal(info.loss[0], A.loss)
    np.testing.assert_array_equal(info.loss[1], B.loss)
    np.testing.assert_array_equal(info.accuracy[1], B.accuracy)


def test_groups_show_the_largest_norm_the_smallest_scale_and_mean_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 3)
    info = timelines_info(A, B)
    assert info.group == 2
    np.testing.assert_array_equal(info.updates, [0, 2, 4])
    np.testing.assert_array_equal(info.norm_a, [4, 8, 16])
    np.testing.assert_array_equal(info.norm_b, [4, 2])
    np.testing.assert_array_equal(info.scale_b, [0.25, 0.5])
    np.testing.assert_array_equal(info.loss[0], [4.5, 2.5, 1])
    np.testing.assert_array_equal(info.accuracy[0], [0.125, 0.625, 1])
    np.testing.assert_array_equal(info.accuracy[1], [0.75, 1])


def test_a_nan_in_a_group_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 2)
    broken = made([1, 2, 3, NAN], loss=[1, 1, 1, INF])
    info = timelines_info(broken, broken)
    np.testing.assert_array_equal(info.norm_a, [2, NAN])
    np.testing.assert_array_equal(info.loss[0], [1, INF])


def test_a_window_shows_the_first_updates_alone() -> None:
    info = timelines_info(A, B, window=2)
    np.testing.assert_array_equal(info.updates, [0, 1])
    np.testing.assert_array_equal(info.norm_a, [1, 4])
    np.testing.assert_array_equal(info.loss[1], [5, 3])
    np.testing.assert_array_equal(timelines_info(A, B, window=4).norm_b, [1, 4, 2])


def test_elementwise_clipping_has_no_line_among_norms() -> None:
    assert timelines_info(A, B).threshold == 1
    by_value = timelines_info(A, made([1], clip="value"))
    assert by_value.threshold is None
    assert not timelines(by_value).layout.shapes


@pytest.fixture(scope="module")
def lines() -> TimelinesInfo:
    return timelines_info(run(clip="off"), run(clip_threshold=0.2))


def test_the_lines_show_the_arrays_of_their_info(lines: TimelinesInfo) -> None:
    clipping = [lines.norm_a, lines.norm_b, lines.clipped_b, lines.scale_b]
    for figure, expected in ((timelines(lines), clipping), (learning(lines), [*lines.loss, *lines.accuracy])):
        for trace, values in zip(figure.data, expected, strict=True):
            np.testing.assert_array_equal(trace.y, values)
            np.testing.assert_array_equal(trace.x, lines.updates)
    (threshold,) = timelines(lines).layout.shapes
    assert threshold.y0 == threshold.y1 == 0.2
    assert threshold.showlegend
    assert threshold.name == "threshold 0.2"


def of_name(figure: go.Figure, name: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.name == name]


def test_a_value_without_place_is_a_gap_in_its_line_and_a_mark_at_the_edge() -> None:
    a = made([1, INF, NAN, 0, 2], loss=[1, 0, NAN, 1, 1])
    info = timelines_info(a, B)
    figure = timelines(info)
    np.testing.assert_array_equal(figure.data[0].y, [1, NAN, NAN, NAN, 2])
    assert len(of_name(figure, "B before clipping")[0].x) == 3
    bottom, top = (10**end for end in figure.layout.yaxis.range)
    (not_finite,), (zero,) = of_name(figure, "not finite"), of_name(figure, "exactly zero")
    for marks, x, y in ((not_finite, [1, 2], top), (zero, [3], bottom)):
        np.testing.assert_array_equal(marks.x, x)
        np.testing.assert_allclose(marks.y, y, rtol=1e-4)
        assert bottom < marks.y[0] < top  # beyond them it would not be drawn
        assert marks.mode == "markers"
        assert marks.showlegend
        assert marks.cliponaxis is False
        assert set(marks.customdata) == {"A"}
        assert set(marks.marker.line.color) == {style.COLOUR_A}
    assert not_finite.marker.color == style.COLOUR_NON_FINITE
    assert zero.marker.color == style.COLOUR_ZERO
    of_loss = learning(info)
    np.testing.assert_array_equal(of_name(of_loss, "exactly zero")[0].x, [1])
    np.testing.assert_array_equal(of_name(of_loss, "not finite")[0].x, [2])


def test_marks_of_both_panels_have_one_name_in_the_legend_and_none_where_there_are_none(lines: TimelinesInfo) -> None:
    broken = made([1, NAN], scale=[1, NAN])
    marks = of_name(timelines(timelines_info(broken, broken)), "not finite")
    assert [trace.showlegend for trace in marks] == [True, False]
    np.testing.assert_array_equal(marks[0].x, [1, 1, 1])  # A, B before, B after
    for figure in (timelines(lines), learning(lines)):
        assert not of_name(figure, "not finite")
        assert not of_name(figure, "exactly zero")


def test_an_accuracy_of_zero_has_its_place_and_one_that_is_nan_a_mark() -> None:
    info = timelines_info(made([1, 1], accuracy=[0, NAN]), made([1, 1], accuracy=[0, 1]))
    figure = learning(info)
    np.testing.assert_array_equal(figure.data[2].y, [0, NAN])
    assert not of_name(figure, "exactly zero")
    np.testing.assert_array_equal(of_name(figure, "not finite")[0].x, [1])
    assert of_name(figure, "not finite")[0].y[0] == figure.layout.yaxis2.range[1]


def test_norms_beyond_single_precision_are_drawn() -> None:
    far = made([1e-300, 1e-50, 1e50, 1e300])
    figure = timelines(timelines_info(far, far))
    np.testing.assert_array_equal(figure.data[0].y, far.grad_norm)
    assert figure.data[0].y.dtype == np.float64
    low, high = figure.layout.yaxis.range
    assert low < -300
    assert high > 300
    assert figure.layout.yaxis.dtick >= 600 / 8


def test_where_a_run_ended_early_it_is_said_in_both_panels() -> None:
    diverged = made([1, NAN], divergence=Divergence(1, "loss", None), updates=5)
    stopped = made([1, 1, 1], updates=9)
    info = timelines_info(diverged, stopped)
    assert info.ends == (End("diverged", 1), End("was stopped", 2))
    assert timelines_info(diverged, stopped, window=1).ends == (None, None)
    assert timelines_info(A, B).ends == (None, None)
    for figure in (timelines(info), learning(info)):
        vertical = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1]
        assert [(shape.x0, shape.line.color) for shape in vertical] == (
            [(1, style.COLOUR_A)] * 2 + [(2, style.COLOUR_B)] * 2
        )
        named = [shape.name for shape in vertical if shape.showlegend]
        assert named == ["A diverged (update 1)", "B was stopped (update 2)"]
    for text in (timelines_alt(info), learning_alt(info)):
        assert "A diverged at update 1. B was stopped at update 2." in text


def test_equal_lines_are_both_seen_and_before_is_far_lighter_than_after(lines: TimelinesInfo) -> None:
    def lightness(colour: str) -> float:
        return sum(int(colour[k : k + 2], 16) * weight for k, weight in ((1, 0.3), (3, 0.6), (5, 0.1)))

    for figure, count in ((timelines(lines), 3), (learning(lines), 2)):
        widths = [trace.line.width for trace in figure.data[:count]]  # later ones are drawn above
        assert all(below >= above + 1.4 for below, above in itertools.pairwise(widths))
    before, after = timelines(lines).data[1:3]
    assert lightness(before.line.color) > lightness(after.line.color) + 60


def test_the_scale_is_shown_from_its_smallest_to_one() -> None:
    never = timelines(timelines_info(A, made([1, 1]))).layout.yaxis2
    assert never.range[0] < -1 < 0 < never.range[1] < 0.1
    often = timelines(timelines_info(A, made([1, 1], scale=[1e-4, 1]))).layout.yaxis2
    assert -4.5 < often.range[0] < -4
    assert 0 < often.range[1] < 0.2
    assert often.dtick == 1


def test_both_figures_have_their_panels_at_one_height(lines: TimelinesInfo) -> None:
    layouts = [timelines(lines).layout, learning(lines).layout]
    assert len({layout.height for layout in layouts}) == 1
    assert layouts[0].margin == layouts[1].margin
    for panel in ("yaxis", "yaxis2"):
        assert layouts[0][panel].domain == layouts[1][panel].domain


def test_all_axes_of_the_lines_have_titles(lines: TimelinesInfo) -> None:
    for figure in (timelines(lines), learning(lines)):
        assert all(figure.layout[f"yaxis{k}"].title.text for k in ("", 2))
        assert "update" in figure.layout.xaxis2.title.text
        assert len({note.text for note in figure.layout.annotations}) == 2
    assert "nats" in learning(lines).layout.yaxis.title.text


def test_the_words_of_the_lines_hold_the_numbers(lines: TimelinesInfo) -> None:
    for text, numbers in (
        (timelines_alt(lines), (lines.norm_a.max(), lines.norm_b.max(), lines.scale_b.min())),
        (learning_alt(lines), (lines.loss[0][-1], lines.loss[1][-1])),
    ):
        for number in numbers:
            assert f"{number:.3g}" in text
    assert f"{lines.accuracy[1][-1]:.1%}" in learning_alt(lines)


def test_the_words_count_what_is_zero_or_not_finite_and_never_say_nan() -> None:
    broken = made([2, 0, 0, INF, NAN], scale=[NAN] * 5, loss=[INF] * 5, accuracy=[NAN] * 5)
    info = timelines_info(broken, broken)
    assert "A 2 (2 exactly zero, 2 not finite)" in timelines_alt(info)
    assert "A not finite, B not finite" in learning_alt(info)
    assert "never finite (1 not finite)" in timelines_alt(timelines_info(made([NAN]), made([NAN])))
    for text in (timelines_alt(info), learning_alt(info)):
        assert "nan" not in text
