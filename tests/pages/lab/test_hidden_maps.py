"""The hidden states on a sentence: the picture shows what `rnn_core.diagnostics.probe` computed, and nothing else."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.lab.figures.hidden_maps import (
    FAINT,
    SIDE_BY_SIDE,
    HiddenMapsInfo,
    hidden_maps,
    hidden_maps_alt,
    hidden_maps_info,
)
from rnn_core.diagnostics import Probe, probe
from rnn_core.tasks import reading
from tests.pages.records import run

READ = reading.read(reading.ARTICLE)
PAIR = reading.flip(READ, READ.nouns[0])


def probes_of(read: reading.Reading) -> tuple[Probe, Probe]:
    a, b = run(clip="off"), run(clip_threshold=0.05)
    return probe(a, read.tokens, -1), probe(b, read.tokens, 40)


@pytest.fixture(scope="module")
def alone() -> HiddenMapsInfo:
    return hidden_maps_info(READ.words, probes_of(READ))


@pytest.fixture(scope="module")
def with_pair() -> HiddenMapsInfo:
    return hidden_maps_info(READ.words, probes_of(READ), PAIR.words, probes_of(PAIR))


def test_the_arrays_are_those_of_the_probe(alone: HiddenMapsInfo, with_pair: HiddenMapsInfo) -> None:
    for k, (of_sentence, of_pair) in enumerate(zip(probes_of(READ), probes_of(PAIR), strict=True)):
        for info in (alone, with_pair):
            np.testing.assert_array_equal(info.h[k], of_sentence.h.T)
            np.testing.assert_array_equal(info.p_were[k], of_sentence.p[:, 1])
        assert with_pair.difference is not None
        assert with_pair.pair_p_were is not None
        np.testing.assert_array_equal(with_pair.difference[k], (of_sentence.h - of_pair.h).T)
        np.testing.assert_array_equal(with_pair.pair_p_were[k], of_pair.p[:, 1])
    assert alone.difference is None
    assert alone.pair_p_were is None


def test_there_is_a_column_before_the_first_word_and_the_twins_differ(alone: HiddenMapsInfo) -> None:
    assert alone.h[0].shape == (8, len(READ.words) + 1)
    assert not alone.h[0][:, 0].any()
    assert not np.array_equal(*alone.h)


def test_the_pair_differs_from_the_flipped_noun_on_and_not_before(with_pair: HiddenMapsInfo) -> None:
    assert with_pair.difference is not None
    noun = READ.nouns[0]
    for difference in with_pair.difference:
        assert not difference[:, : noun + 1].any()
        assert difference[:, noun + 1 :].any(axis=0).all()


def of_kind(figure: go.Figure, kind: str) -> list[go.Heatmap | go.Scatter]:
    return [trace for trace in figure.data if trace.type == kind]


@pytest.mark.parametrize("k", [0, 1])
def test_the_picture_shows_the_arrays_of_its_info(with_pair: HiddenMapsInfo, k: int) -> None:
    figure = hidden_maps(with_pair, k)
    assert with_pair.difference is not None
    assert with_pair.pair_p_were is not None
    for trace, states in zip(of_kind(figure, "heatmap"), [with_pair.h[k], with_pair.difference[k]], strict=True):
        np.testing.assert_array_equal(trace.z, states.astype(np.float32))
        assert list(trace.x) == [str(t) for t in range(len(READ.words) + 1)]
    sentence, pair, end = of_kind(figure, "scatter")
    for trace, curve, words in (
        (sentence, with_pair.p_were[k], READ.words),
        (pair, with_pair.pair_p_were[k], PAIR.words),
    ):
        np.testing.assert_array_equal(trace.y, curve)
        assert trace.x[0] == "0"
        assert tuple(trace.customdata[1:]) == words
    np.testing.assert_array_equal(end.y, [with_pair.p_were[k][-1], with_pair.pair_p_were[k][-1]])


def test_only_the_end_where_it_was_trained_to_choose_is_drawn_strongly(
    alone: HiddenMapsInfo, with_pair: HiddenMapsInfo
) -> None:
    for info in (alone, with_pair):
        *lines, end = of_kind(hidden_maps(info, 0), "scatter")
        assert len(lines) == (1 if info is alone else 2)
        assert set(end.x) == {lines[0].x[-1]} == {str(len(READ.words))}
        assert "trained" in end.name
        assert end.opacity is None
        for line in lines:
            assert line.opacity == FAINT < 1
            assert end.marker.size > 2 * line.marker.size
        assert list(end.marker.symbol) == [line.marker.symbol for line in lines]


def test_states_are_centred_at_zero_on_one_scale_for_both_twins(with_pair: HiddenMapsInfo) -> None:
    a, b = (of_kind(hidden_maps(with_pair, k), "heatmap") for k in (0, 1))
    for maps in (a, b):
        assert [(trace.zmin, trace.zmid, trace.zmax) for trace in maps] == [(-1, 0, 1), (-2, 0, 2)]
    assert len({trace.colorscale for trace in a + b}) == 1
    assert [trace.colorbar for trace in a] == [trace.colorbar for trace in b]


@pytest.mark.parametrize("rows", [2, 3])
def test_the_words_are_the_labels_and_the_axes_have_titles(
    rows: int, alone: HiddenMapsInfo, with_pair: HiddenMapsInfo
) -> None:
    info = alone if rows == 2 else with_pair
    for k, name in enumerate("AB"):
        layout = hidden_maps(info, k).layout
        axis = layout[f"xaxis{rows}"]
        assert axis.type == "category"  # which leaves labels out where there is no room
        assert axis.labelalias == {str(t): word for t, word in enumerate(["(start)", *READ.words])}
        assert layout.title.text.startswith(name)
        assert "unit" in layout.yaxis.title.text
        assert "were" in layout[f"yaxis{rows}"].title.text
        assert any("difference" in note.text for note in layout.annotations) == (rows == 3)


def test_equal_words_stay_two_columns() -> None:
    read = reading.read("the artists near the artists")
    info = hidden_maps_info(read.words, probes_of(read))
    assert info.h[0].shape[1] == 6
    names = hidden_maps(info, 0).layout.xaxis2.labelalias
    assert [names[str(t)] for t in range(1, 6)] == ["the", "artists", "near", "the", "artists"]


def test_the_words_of_a_long_sentence_stand_upright_and_smaller() -> None:
    read = reading.read("the artists near " * (reading.LONGEST // 3))
    assert len(read.words) > SIDE_BY_SIDE
    info = hidden_maps_info(read.words, probes_of(read))
    long, short = (
        hidden_maps(shown, 0).layout.xaxis2 for shown in (info, hidden_maps_info(READ.words, probes_of(READ)))
    )
    assert (long.tickangle, short.tickangle) == (-90, -60)
    assert 10 <= long.tickfont.size < short.tickfont.size


def test_the_labels_have_room_above_the_legend() -> None:
    read = reading.read("the achievements")
    figure = hidden_maps(hidden_maps_info(read.words, probes_of(read)), 0)
    legend = 22 * len(of_kind(figure, "scatter"))
    label = 0.5 * figure.layout.xaxis2.tickfont.size * len("achievements")
    assert figure.layout.margin.b > legend + label


def test_the_words_for_a_screen_reader_hold_the_numbers(alone: HiddenMapsInfo, with_pair: HiddenMapsInfo) -> None:
    assert with_pair.difference is not None
    for k, name in enumerate("AB"):
        for info in (alone, with_pair):
            text = hidden_maps_alt(info, k)
            assert " ".join(READ.words) in text
            assert f"Twin {name} ends at P(were) = {info.p_were[k][-1]:.3f}" in text
        assert f"{np.abs(with_pair.difference[k][:, -1]).max():.3f}" in hidden_maps_alt(with_pair, k)


def test_a_network_whose_states_are_not_finite_has_words_and_a_picture(with_pair: HiddenMapsInfo) -> None:
    h, p_were = (np.full_like(array[0], np.nan) for array in (with_pair.h, with_pair.p_were))
    broken = with_pair._replace(h=(h, h), difference=(h, h), p_were=(p_were, p_were), pair_p_were=(p_were, p_were))
    assert len(hidden_maps(broken, 0).data) == 5
    assert "nan" not in hidden_maps_alt(broken, 0)
    assert "without an answer" in hidden_maps_alt(broken, 0)
