"""Pictures and words about what came after, from numbers made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.lessons.what_came_after import sentences
from pages.lessons.what_came_after.figures.attention_weights import (
    AttentionInfo,
    attention_bars,
    attention_bars_alt,
    weights,
    weights_alt,
    weights_info,
)
from pages.lessons.what_came_after.figures.forecasts import ForecastsInfo, forecasts, forecasts_alt
from pages.lessons.what_came_after.figures.gradient_paths import gradient_paths, paths_alt, paths_info
from pages.lessons.what_came_after.figures.over_lengths import LengthsInfo, lengths, lengths_alt
from pages.lessons.what_came_after.networks import Sentence, sentence_of
from rnn_core.diagnostics.gradient_paths import MODELS, GradientPath
from rnn_core.experiments.forecasts import LINEAR, NETWORK, StationForecast
from rnn_core.models.attention import initial_params
from rnn_core.tasks import reading
from rnn_core.tasks.forecast import LAST, SEASON

SENTENCE: Sentence = sentence_of(reading.read("the artists near the pilot were"))
RELATIVE = {"vanilla": 0.1, "gru": 0.0, "lstm": math.nan, "attention": 0.5}


def gradient_path(model: str, relative: float = 1.0) -> GradientPath:
    links = np.ones(5) if model == "attention" else 5.0 - np.arange(1, 6)
    return GradientPath(2 * np.array([relative, relative, 1, 1, 1]), links, np.array([0.2, 0.8]))


def some_ways(**relative: float) -> dict[str, GradientPath]:
    return {model: gradient_path(model, (RELATIVE | relative)[model]) for model in MODELS}


def test_the_ways_have_a_line_for_each_network_and_marks_where_no_logarithm_is() -> None:
    figure = gradient_paths(paths_info(SENTENCE.read.words, some_ways(), "lstm"))
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [trace.name for trace in lines] == [*sentences.NAMES.values()] * 2
    np.testing.assert_allclose(lines[0].y, [0.1, 0.1, 1, 1, 1])
    assert np.isnan(lines[1].y[:2]).all()
    assert {trace.name for trace in figure.data if trace.mode == "markers"} == {"exactly zero", "not finite"}
    assert max(lines[:4], key=lambda trace: trace.line.width).name == "LSTM"
    np.testing.assert_array_equal(lines[4].y, [4, 3, 2, 1, 0])
    assert list(figure.layout.xaxis2.ticktext) == list(SENTENCE.read.words)
    assert "Attention: 0.5 at the first word, Jacobians on its way: 1" in paths_alt(
        paths_info(SENTENCE.read.words, some_ways(), "gru")
    )


def test_a_way_that_is_cut_off_is_marked_and_said() -> None:
    cut = some_ways() | {"vanilla": gradient_path("vanilla")._replace(links=np.array([math.inf, math.inf, 2, 1, 0]))}
    figure = gradient_paths(paths_info(SENTENCE.read.words, cut, "gru"))
    assert any(trace.name == "not finite" and trace.yaxis == "y2" for trace in figure.data)
    assert "no way at all" in sentences.path_sentences(cut, SENTENCE, "before training")[0]


def test_the_largest_share_wins_and_what_is_no_number_does_not() -> None:
    assert sentences.furthest(some_ways(), SENTENCE.word) == "attention"
    assert sentences.furthest(some_ways(vanilla=0.9), SENTENCE.word) == "vanilla"
    assert sentences.furthest(some_ways(gru=math.inf), SENTENCE.word) == "attention"


def test_absolute_norms_may_name_another_network() -> None:
    larger = some_ways() | {"gru": gradient_path("gru", 0.2)._replace(norm=np.array([9.0, 9.0, 9.0, 9.0, 45.0]))}
    assert "it is another one, GRU, with 9" in sentences.path_because(larger, SENTENCE)
    assert "it is the same network" in sentences.path_because(some_ways(), SENTENCE)


@pytest.mark.parametrize(
    ("gru", "lstm", "said"),
    [
        (0.2, 0.3, "GRU and LSTM keep more"),
        (0.2, 0.05, "GRU keeps more"),
        (0.05, 0.01, "Neither of the gated networks keeps more"),
    ],
)
def test_which_gates_keep_more_than_the_simple_rnn_is_said(gru: float, lstm: float, said: str) -> None:
    assert said in sentences.path_sentences(some_ways(gru=gru, lstm=lstm), SENTENCE, "before training")[1]


def test_the_table_has_each_network_s_numbers() -> None:
    rows = sentences.path_table(some_ways(), SENTENCE)
    assert [row["kept for a word"] for row in rows] == ["hₜ", "hₜ", "cₜ", "xₜ"]
    assert rows[0] == {
        "network": "Vanilla RNN",
        "kept for a word": "hₜ",
        "Jacobians back to “artists”": "3",
        "gradient there ÷ at the last word": "0.1",
        "its norm there": "0.2",
        "P(were)": "0.800",
    }


def test_attention_looks_at_a_word_or_at_none_in_particular() -> None:
    options = sentences.attention_options(SENTENCE)
    assert list(options) == ["artists (word 2)", "pilot (word 5)", sentences.ANOTHER, sentences.ALIKE]
    assert options[sentences.ALIKE] == "no share reaches 40%"
    assert sentences.most_attended(np.array([0.6, 0.1, 0.1, 0.1, 0.1]), SENTENCE) == sentences.ANOTHER
    two = sentence_of(reading.read("the artists"))
    assert list(sentences.attention_options(two)) == ["artists (word 2)", sentences.ANOTHER, sentences.ALIKE]
    assert sentences.most_attended(np.array([0.12, 0.88]), two) == "artists (word 2)"
    assert sentences.most_attended(np.array([0.4, 0.6]), two) == sentences.ALIKE
    assert sentences.most_attended(np.array([0.1, 0.6, 0.1, 0.1, 0.1]), SENTENCE) == "artists (word 2)"
    assert sentences.most_attended(np.array([0.15, 0.39, 0.16, 0.15, 0.15]), SENTENCE) == sentences.ALIKE
    said = sentences.attention_because(np.full(5, 0.2), np.array([0.0, 0.2, 0.0, 0.0, 0.8]), SENTENCE)
    assert said == (
        "After training pilot (word 5) gets 80% of the attention; before, 20%; “artists” gets 20%. An even share "
        "would be 20%."
    )


def test_bars_show_shares_before_and_after() -> None:
    info = AttentionInfo(SENTENCE.read.words, np.full(5, 0.2), np.array([0.0, 0.9, 0.05, 0.05, 0.0]))
    before, after = attention_bars(info).data
    assert (before.name, after.name) == ("before training", "after training")
    np.testing.assert_array_equal(after.y, info.after)
    assert "After training most, 90%, goes to word 2, artists." in attention_bars_alt(info)
    assert len(attention_bars(info._replace(after=None)).data) == 1
    assert "After" not in attention_bars_alt(info._replace(after=None))


def test_every_weight_of_attention_has_a_cell_on_one_scale() -> None:
    params = initial_params(np.random.default_rng(0), 7, 4, 2)
    info = weights_info(params, tuple("abcdefg"))
    assert info.largest == max(np.abs(W).max() for W in params.values())
    maps = weights(info).data
    np.testing.assert_array_equal(maps[0].z, params["W_x"].T)
    for heat, name in zip(maps[1:], ("W_q", "W_k", "W_v", "W_hy"), strict=True):
        np.testing.assert_array_equal(heat.z, params[name])
    assert {(heat.zmin, heat.zmax) for heat in maps} == {(-info.largest, info.largest)}
    assert "all 86 weights" in weights_alt(info)


def test_lengths_below_a_coin_are_called_so_and_others_not() -> None:
    accuracy = {"vanilla": {14: 0.99, 20: 0.01}, "gru": {14: 0.99, 20: 0.55}, "lstm": {14: 0.5, 20: 0.3}}
    lines = sentences.lengths_sentences(accuracy, 14)
    assert [("worse than a coin" in line) for line in lines] == [True, False, False]
    assert "elsewhere at least 1.0%, at 20 words" in lines[0]
    figure = lengths(LengthsInfo(14, accuracy))
    assert {trace.name for trace in figure.data} >= {"Vanilla RNN", "GRU", "LSTM"}
    assert {shape.name for shape in figure.layout.shapes} == {"a coin", "trained at 14 words"}
    assert "GRU: 99% at 14, 55% at 20" in lengths_alt(LengthsInfo(14, accuracy))


def station(network: float) -> StationForecast:
    said = {name: np.zeros(24) for name in (LAST, SEASON, LINEAR, NETWORK)}
    return StationForecast(np.linspace(-5, 5, 24), said, {LAST: 2.7, SEASON: 1.6, LINEAR: 0.9, NETWORK: network})


@pytest.mark.parametrize(("network", "said", "here"), [(0.95, "does not beat", "worse"), (0.85, "beats", "better")])
def test_the_network_s_verdict_is_that_of_its_errors(network: float, said: str, here: str) -> None:
    errors = station(network).errors
    lines = sentences.forecast_sentences(errors, station(network))
    assert f"the network {said} linear autoregression: {network:.2f} against 0.90 °C" in lines[0]
    assert f"the network is {here} by 0.05 °C" in lines[2]
    assert sentences.best(errors) == (LINEAR if network > 0.9 else NETWORK)
    assert sentences.forecast_table(errors, station(network))[-1]["this station (°C)"] == f"{network:.2f}"


def test_the_picture_of_forecasts_draws_those_that_are_asked_for() -> None:
    info = ForecastsInfo(station(0.95), (SEASON, NETWORK))
    assert [trace.name for trace in forecasts(info).data] == ["what came", SEASON, NETWORK]
    said = forecasts_alt(info)
    assert "between -5.0 and 5.0 °C" in said
    assert "a year before 1.60, RNN 0.95" in said


def test_a_gradient_has_a_way_back_to_the_word_that_is_asked_about() -> None:
    assert sentence_of(reading.read("the artists were")).word == 0
    assert sentence_of(reading.read("near the artists")).word == 0
    assert sentence_of(reading.read("the artists performed")).word == 1
    with pytest.raises(ValueError, match="from “artists”, the only word before the verb, there is no way back"):
        sentence_of(reading.read("artists were"))
