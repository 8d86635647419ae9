"""The histogram of A's norms: its numbers by hand, and that its labels keep clear of each other and of the bars."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.lab import sentences
from pages.lab.figures.histogram import HistogramInfo, histogram, histogram_alt, histogram_info
from tests.pages.records import made

NAN, INF = np.nan, np.inf

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


@pytest.mark.parametrize("clip", ["param_norm", "adaptive", "autoclip", "flow"])
def test_where_no_one_norm_is_the_limit_there_is_no_line(clip: str) -> None:
    info = histogram_info(made(NORMS), made([1], clip=clip, clip_threshold=5.0))
    assert (info.threshold, info.below) == (None, None)
    assert (info.replay is None) == (clip in ("adaptive", "flow"))
    assert [shape.x0 for shape in histogram(info).layout.shapes] == [*info.percentiles]
    assert "threshold" not in histogram_alt(info)
    assert "None" not in sentences.replay_sentence(info, clip)


def labels(figure: go.Figure) -> dict[str, go.layout.Annotation]:
    return {note.text: note for note in figure.layout.annotations}


def test_bars_percentiles_and_threshold_stand_where_the_info_says(bars: HistogramInfo) -> None:
    figure = histogram(bars)
    (trace,) = figure.data
    np.testing.assert_array_equal(trace.y, bars.counts)
    np.testing.assert_allclose(trace.x, 10 ** np.array([-0.5, 0.5, 1.5]))
    assert [shape.x0 for shape in figure.layout.shapes] == [*bars.percentiles, 5.0]
    threshold = labels(figure)["threshold 5"]
    assert threshold.x == pytest.approx(math.log10(5))
    assert figure.layout.xaxis.title.text
    assert "updates" in figure.layout.yaxis.title.text


def test_labels_stand_above_the_bars_and_close_ones_share_one(bars: HistogramInfo) -> None:
    close = labels(histogram(bars))
    assert set(close) == {"50%", "90%, 99%", "threshold 5"}
    assert close["50%"].x == 0
    assert close["90%, 99%"].x == pytest.approx((math.log10(55) + math.log10(95.5)) / 2)
    for note in close.values():
        assert (note.y, note.yref, note.yanchor) == (1, "paper", "bottom")
    assert close["threshold 5"].yshift > close["50%"].yshift
    assert set(labels(histogram(bars._replace(percentiles=(1, 10, 100))))) == {"50%", "90%", "99%", "threshold 5"}
    assert "50%, 90%, 99%" in labels(histogram(bars._replace(percentiles=(10, 11, 12))))


def test_labels_near_a_side_grow_inwards(bars: HistogramInfo) -> None:
    assert labels(histogram(bars))["90%, 99%"].xanchor == "right"
    assert labels(histogram(bars._replace(threshold=1e-3)))["threshold 0.001"].xanchor == "left"
    assert labels(histogram(bars))["threshold 5"].xanchor == "center"


def test_the_axis_holds_bars_and_threshold(bars: HistogramInfo) -> None:
    for threshold in (1e-4, 5.0, 1e3):
        low, high = histogram(bars._replace(threshold=threshold)).layout.xaxis.range
        assert low < min(-1, math.log10(threshold))
        assert high > max(2, math.log10(threshold))


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
