"""The hidden states on a sentence: the picture shows what `rnn_core.diagnostics.probe` computed, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.figures.hidden_maps import HiddenMapsInfo, hidden_maps, hidden_maps_alt, hidden_maps_info
from rnn_core.diagnostics import Probe, probe
from rnn_core.tasks import reading

from .records import run

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


def test_the_picture_shows_the_arrays_of_its_info(with_pair: HiddenMapsInfo) -> None:
    figure = hidden_maps(with_pair)
    maps = [trace for trace in figure.data if trace.type == "heatmap"]
    lines = [trace for trace in figure.data if trace.type == "scatter"]
    assert with_pair.difference is not None
    assert with_pair.pair_p_were is not None
    expected = [with_pair.h[0], with_pair.difference[0], with_pair.h[1], with_pair.difference[1]]
    for trace, states in zip(maps, expected, strict=True):
        np.testing.assert_array_equal(trace.z, states.astype(np.float32))
    curves = [with_pair.p_were[0], with_pair.pair_p_were[0], with_pair.p_were[1], with_pair.pair_p_were[1]]
    for trace, curve in zip(lines, curves, strict=True):
        np.testing.assert_array_equal(trace.y, curve)
        assert trace.x[0] == 0
    assert tuple(lines[0].customdata[1:]) == READ.words
    assert tuple(lines[1].customdata[1:]) == PAIR.words


def test_states_are_centred_at_zero_on_one_scale_for_both_twins(with_pair: HiddenMapsInfo) -> None:
    maps = [trace for trace in hidden_maps(with_pair).data if trace.type == "heatmap"]
    assert [(trace.zmin, trace.zmid, trace.zmax) for trace in maps] == [(-1, 0, 1), (-2, 0, 2)] * 2
    assert len({trace.colorscale for trace in maps}) == 1


@pytest.mark.parametrize("rows", [2, 3])
def test_the_words_are_the_labels_and_the_axes_have_titles(
    rows: int, alone: HiddenMapsInfo, with_pair: HiddenMapsInfo
) -> None:
    layout = hidden_maps(alone if rows == 2 else with_pair).layout
    last_left, last_right = layout[f"xaxis{2 * rows - 1}"], layout[f"xaxis{2 * rows}"]
    for axis in (last_left, last_right):
        assert tuple(axis.ticktext[1:]) == READ.words
        assert tuple(axis.tickvals) == tuple(range(len(READ.words) + 1))
    assert "unit" in layout.yaxis.title.text
    assert "were" in layout[f"yaxis{2 * rows - 1}"].title.text


def test_equal_words_stay_two_columns() -> None:
    read = reading.read("the artists near the artists")
    info = hidden_maps_info(read.words, probes_of(read))
    assert info.h[0].shape[1] == 6
    assert tuple(hidden_maps(info).layout.xaxis3.ticktext[1:]) == ("the", "artists", "near", "the", "artists")


def test_the_words_for_a_screen_reader_hold_the_numbers(alone: HiddenMapsInfo, with_pair: HiddenMapsInfo) -> None:
    for info in (alone, with_pair):
        text = hidden_maps_alt(info)
        assert " ".join(READ.words) in text
        for p in info.p_were:
            assert f"{p[-1]:.3f}" in text
    assert with_pair.difference is not None
    for difference in with_pair.difference:
        assert f"{np.abs(difference[:, -1]).max():.3f}" in hidden_maps_alt(with_pair)
