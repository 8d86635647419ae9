"""The lines over updates and the histogram: their arrays by hand, and that the pictures show just these arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.components.figures import timelines as module
from pages.components.figures.timelines import (
    HistogramInfo,
    TimelinesInfo,
    histogram,
    histogram_alt,
    histogram_info,
    timelines,
    timelines_alt,
    timelines_info,
)

from .records import made, run

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
    traces = timelines(lines).data
    expected = [lines.norm_a, lines.norm_b, lines.clipped_b, lines.scale_b, *lines.loss, *lines.accuracy]
    for trace, values in zip(traces, expected, strict=True):
        np.testing.assert_array_equal(trace.y, values.astype(np.float32))
        np.testing.assert_array_equal(trace.x, lines.updates)
    (threshold,) = timelines(lines).layout.shapes
    assert threshold.y0 == threshold.y1 == 0.2
    assert any("0.2" in note.text for note in timelines(lines).layout.annotations)


def test_a_non_finite_norm_is_a_gap_and_a_short_run_a_short_line() -> None:
    traces = timelines(timelines_info(made([1, INF, NAN, 2]), B)).data
    np.testing.assert_array_equal(traces[0].y, [1, NAN, NAN, 2])
    assert len(traces[1].x) == len(traces[1].y) == 3


def test_all_axes_of_the_lines_have_titles(lines: TimelinesInfo) -> None:
    layout = timelines(lines).layout
    assert all(layout[f"yaxis{k}"].title.text for k in ("", 2, 3, 4))
    assert "update" in layout.xaxis3.title.text
    assert "update" in layout.xaxis4.title.text
    assert "nats" in layout.yaxis2.title.text
    assert len({note.text for note in layout.annotations}) >= 5


def test_the_words_of_the_lines_hold_the_numbers(lines: TimelinesInfo) -> None:
    text = timelines_alt(lines)
    for number in (lines.norm_a.max(), lines.norm_b.max(), lines.scale_b.min(), lines.loss[0][-1], lines.loss[1][-1]):
        assert f"{number:.3g}" in text


NORMS = [0.0, 0.1, 1.0, 1.0, 10.0, 100.0, INF, NAN]


@pytest.fixture(scope="module")
def bars() -> HistogramInfo:
    return histogram_info(made(NORMS), made([1], clip_threshold=5.0), bins=3)


def test_counts_are_of_finite_norms_above_zero_on_a_log_scale(bars: HistogramInfo) -> None:
    np.testing.assert_allclose(bars.edges, [-1, 0, 1, 2])
    np.testing.assert_array_equal(bars.counts, [1, 2, 2])
    assert bars.left_out == 3


def test_percentiles_are_of_all_finite_norms(bars: HistogramInfo) -> None:
    # finite: 0, 0.1, 1, 1, 10, 100; percentile p stands at position 5p/100 between them
    assert bars.percentiles == pytest.approx((1, 55, 95.5))
    assert bars.below == pytest.approx(4 / 6)


def test_the_replay_is_the_share_above_the_threshold(bars: HistogramInfo) -> None:
    assert bars.replay.at_least == bars.replay.at_most == pytest.approx(2 / 6)


def test_for_elementwise_clipping_the_replay_is_a_pair_of_bounds() -> None:
    # 4 weights: an entry above 5 is sure from norm 10 on, and impossible up to norm 5
    info = histogram_info(made([1, 6, 10.1, 20]), made([1], clip="value", clip_threshold=5.0))
    assert info.replay.at_least == pytest.approx(2 / 4)
    assert info.replay.at_most == pytest.approx(3 / 4)


def test_bars_percentiles_and_threshold_stand_where_the_info_says(bars: HistogramInfo) -> None:
    figure = histogram(bars)
    (trace,) = figure.data
    np.testing.assert_array_equal(trace.y, bars.counts)
    np.testing.assert_allclose(trace.x, 10 ** np.array([-0.5, 0.5, 1.5]))
    assert [shape.x0 for shape in figure.layout.shapes] == [*bars.percentiles, 5.0]
    threshold = next(note for note in figure.layout.annotations if "threshold" in note.text)
    assert "5" in threshold.text
    assert threshold.x == pytest.approx(math.log10(5))
    assert figure.layout.xaxis.title.text
    assert "updates" in figure.layout.yaxis.title.text


def test_the_words_of_the_bars_hold_the_numbers(bars: HistogramInfo) -> None:
    text = histogram_alt(bars)
    for number in (*(f"{p:.3g}" for p in bars.percentiles), "threshold 5", f"{4 / 6:.1%}"):
        assert number in text


@pytest.mark.parametrize("norms", [[0.0], [INF], [NAN, NAN], [0.0, NAN]])
def test_no_norm_to_draw_is_still_a_picture(norms: list[float]) -> None:
    info = histogram_info(made(norms), made([1]))
    assert info.counts.sum() == 0
    assert info.left_out == len(norms)
    assert len(histogram(info).data) == 1
    assert "threshold" in histogram_alt(info)


def test_one_norm_alone_has_a_bar() -> None:
    info = histogram_info(made([2.0]), made([1]))
    assert info.counts.sum() == 1
    assert info.percentiles == (2, 2, 2)
