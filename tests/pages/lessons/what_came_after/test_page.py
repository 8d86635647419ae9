"""The page on what came after, end to end without a browser: its numbers are those of `rnn_core`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.controls import LABELS
from pages.lessons.what_came_after.figures.models import NAMES
from rnn_core.diagnostics import gradient_paths
from rnn_core.diagnostics.gradient_paths import MODELS
from rnn_core.experiments import forecasts as forecasting
from rnn_core.experiments import successors
from rnn_core.experiments.forecasts import LINEAR, NETWORK
from rnn_core.experiments.successors import LENGTHS
from rnn_core.models import attention
from rnn_core.tasks import reading
from rnn_core.types import Params
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words

WAY, LOOKS, OTHER, FORECAST = LABELS
TOKENS = reading.read(reading.ARTICLE).tokens

DEFAULTS: dict[str, Any] = {
    "ca_sentence": reading.ARTICLE, "ca_seed": 0, "ca_when": "before training", "ca_model": "attention",
    "ca_cell": "vanilla", "ca_warming": 0.3, "ca_other": LINEAR,
}  # fmt: skip
"""What a link leaves out. To change one of these changes what every link means that was ever shared."""

MOVED: dict[str, Any] = {
    "ca_sentence": "the doctor who waited was early", "ca_seed": 3, "ca_when": "before training", "ca_model": "lstm",
    "ca_cell": "gru", "ca_warming": -1.7, "ca_other": "last month",
}  # fmt: skip


def opened(part: str = WAY, *, reveal: bool = True, **query: Any) -> AppTest:
    at = page_of("what_came_after")
    link = {"ca_part": part} | ({"reveal": "now"} if reveal else {}) | query
    for key, value in link.items():
        at.query_params[key] = str(value)
    at.run()
    assert not at.exception
    return at


def traces(at: AppTest, position: int = 0) -> list[dict[str, Any]]:
    element = at.get("plotly_chart")[position]
    assert len(element.proto.alt) > 60
    found: list[dict[str, Any]] = _decoded(json.loads(element.proto.spec))["data"]
    return found


@pytest.fixture(scope="module", autouse=True)
def _short_runs() -> Iterator[None]:
    """Runs that are long enough for the numbers to differ, and to be told apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "BASE", networks.BASE.replace(updates=60))
        patch.setattr(forecasting, "BASE", forecasting.BASE.replace(updates=60))
        yield


@pytest.fixture(scope="module")
def trained() -> dict[str, Params]:
    return {
        model: successors.trained_params(model, networks.agreement_config(model, 0)) for model in MODELS
    }  # fmt: skip


def test_nothing_is_given_away_or_trained_before_the_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("nothing is to be trained yet")

    monkeypatch.setattr(networks, "trained", refused)
    monkeypatch.setattr(networks, "trained_attention", refused)
    for part in LABELS:
        at = opened(part, reveal=False, ca_when="after training")
        assert len(at.get("plotly_chart")) == 0
        assert "Predict first" in words(at)


def test_a_prediction_is_judged_by_what_arrives_before_training() -> None:
    at = opened(reveal=False)
    at.radio(key="ca_predict_way_options").set_value("GRU").run()
    at.button(key="ca_predict_way_commit").click().run()
    assert not at.exception
    untrained = networks.untrained(0)
    found = {model: gradient_paths.gradient_path(model, W, TOKENS, 1).relative[1] for model, W in untrained.items()}
    most = max(found, key=lambda model: found[model])
    assert f"You said GRU; it is {NAMES[most]}." in words(at)
    for model, line in zip(MODELS, traces(at)[:4], strict=True):
        assert line["name"] == NAMES[model]
        assert line["y"][1] == pytest.approx(found[model], rel=1e-9)
        assert line["y"][-1] == 1


def test_the_way_is_counted_and_shown_for_each_network() -> None:
    at = opened()
    below = traces(at)[4:]
    for line in below[:3]:
        np.testing.assert_array_equal(line["y"], 14 - np.arange(1, 15))
    np.testing.assert_array_equal(below[3]["y"], np.ones(14))
    assert "12 Jacobians in each of the recurrent networks, and through 1 Jacobian in attention" in words(at)
    assert at.table[0].value["Jacobians back to “artists”"].tolist() == ["12", "12", "12", "1"]


@pytest.mark.parametrize("model", MODELS)
def test_each_network_s_equation_stands_beside_the_picture(model: str) -> None:
    at = opened(ca_model=model)
    assert [line.value.strip("$\n") for line in at.latex] == [
        texts.options(key)[model] for key in ("gradient_equation", "jacobian_equation")
    ]
    assert texts.options("gradient_symbols")[model] in words(at)
    widths = [line["line"]["width"] for line in traces(at)[:4]]
    assert max(widths) == widths[MODELS.index(model)]


def test_after_training_the_ways_are_those_of_the_trained_networks(trained: dict[str, Params]) -> None:
    at = opened(ca_when="after training")
    for model, line in zip(MODELS, traces(at)[:4], strict=True):
        expected = gradient_paths.gradient_path(model, trained[model], TOKENS, 1)
        np.testing.assert_allclose(line["y"], expected.relative, rtol=1e-6)
    assert "on this sentence, after training" in words(at)


def test_the_shares_of_attention_are_those_of_the_trained_network(trained: dict[str, Params]) -> None:
    at = opened(LOOKS)
    bars = {bar["name"]: np.array(bar["y"]) for bar in traces(at)}
    batch = gradient_paths.sentence(TOKENS, 1)
    after = attention.forward(trained["attention"], batch).alpha[0, -1]
    np.testing.assert_allclose(bars["after training"], after, rtol=1e-5)
    before = attention.forward(networks.untrained(0)["attention"], batch).alpha[0, -1]
    np.testing.assert_allclose(bars["before training"], before, rtol=1e-5)
    most = int(after.argmax())
    assert f"{reading.read(reading.ARTICLE).words[most]} (word {most + 1})" in words(at)
    shown = traces(at, 1)
    assert sum(np.size(heat["z"]) for heat in shown) == sum(W.size for W in trained["attention"].values()) - 2  # b_y
    assert "1,778 numbers" in at.expander[0].label
    assert sentences.bias_sentence(trained["attention"]["b_y"]) in words(at)


def test_every_network_is_asked_at_lengths_it_was_not_trained_on(trained: dict[str, Params]) -> None:
    at = opened(OTHER)
    lines = {line["name"]: line for line in traces(at)}
    for model in MODELS:
        config = networks.agreement_config(model, 0)
        expected = successors.accuracy_over(model, config, trained[model], (14, 20))
        drawn = dict(zip(LENGTHS, lines[NAMES[model]]["y"], strict=True))
        assert {length: drawn[length] for length in expected} == pytest.approx(expected)
    worst = min(MODELS, key=lambda model: lines[NAMES[model]]["y"][LENGTHS.index(20)])
    assert f"**Answer: {NAMES[worst]}.**" in words(at)


def test_the_forecasts_and_their_errors_are_those_of_the_trained_network() -> None:
    at = opened(FORECAST, ca_warming=1.0, ca_other="a year before")
    config = networks.forecast_config("vanilla", 0)
    *_, last = successors.training.iterate(config)
    coefficients = forecasting.fitted(config)
    station = forecasting.station_forecast(config, last.params, coefficients, 60, 1.0)
    lines = {line["name"]: line["y"] for line in traces(at)}
    assert list(lines) == ["what came", "a year before", NETWORK]
    np.testing.assert_allclose(lines["what came"], station.true, rtol=1e-9)
    np.testing.assert_allclose(lines[NETWORK], station.said[NETWORK], rtol=1e-4, atol=1e-3)
    errors = forecasting.errors_on_fresh_stations(config, last.params, coefficients, networks.ASKED)
    table = at.table[0].value
    assert table["fresh stations (°C)"].tolist() == [f"{error:.2f}" for error in errors.values()]
    assert f"**Answer: {min(errors, key=lambda name: errors[name])}.**" in words(at)
    verdict = "does not beat" if errors[NETWORK] >= errors[LINEAR] else "beats"
    assert f"the network {verdict} linear autoregression" in words(at)


def test_a_link_leaves_defaults_out_and_restores_every_control() -> None:
    at = opened()
    assert {key: at.session_state[key] for key in DEFAULTS} == DEFAULTS
    moved = opened(**MOVED)
    assert {key: moved.session_state[key] for key in MOVED} == MOVED
    assert not moved.warning
    assert "*was*" in words(moved)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("ca_seed", "-1", "Seed is “-1”"),
        ("ca_model", "transformer", "Network is “transformer”"),
        ("ca_warming", "99", "is “99” in the link; allowed: a number from"),
        ("ca_part", "Nothing", "The part of this page is “Nothing”"),
    ],
)
def test_what_a_link_cannot_have_gets_a_sentence(key: str, value: str, said: str) -> None:
    at = opened(**{key: value})
    assert any(said in re.sub(r"\\(.)", r"\1", warning.value) for warning in at.warning)
    assert not at.error


def test_a_sentence_that_cannot_be_read_is_told_and_the_other_parts_stay() -> None:
    at = opened(ca_sentence="the <b>artists</b> zxcv were")
    assert "does not know the word" in at.error[0].value
    assert len(at.get("plotly_chart")) == 0
    assert "What came after" in words(at)
    assert "there is no way back" in opened(ca_sentence="artists were").error[0].value
    assert len(opened(OTHER, ca_sentence="zxcv").get("plotly_chart")) == 1


@pytest.mark.parametrize(
    ("text", "answer", "word"),
    [
        (reading.ARTICLE, "were", 1),
        ("the doctor near the artists", "was", 1),
        ("near the pilots", "were", 0),  # the last word has no way back
        ("yesterday and", "was", 0),
        ("the artists and was", "was", 1),  # what was typed is what is asked for
    ],
)
def test_the_verb_that_is_asked_for_is_the_typed_one_or_the_first_noun_s(text: str, answer: str, word: int) -> None:
    sentence = networks.sentence_of(reading.read(text))
    assert (sentence.verb, sentence.word) == (answer, word)


@pytest.mark.parametrize("text", ["yesterday and", " ".join(["the artists near"] * 20)])
def test_the_shortest_and_the_longest_sentence_have_pictures(text: str) -> None:
    at = opened(ca_sentence=text)
    assert len(at.get("plotly_chart")) == 1
    assert not at.error
    for element in at.markdown:
        assert not re.search(r"\b(nan|inf|None)\b", element.value)


def test_the_symbols_name_the_width_that_the_study_has() -> None:
    assert f"$d = {successors.WIDTH}$" in texts.options("gradient_symbols")["attention"]
