"""The page on the forward pass end to end, without a browser: its numbers are those of `rnn_core`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.latex import plain_row
from pages.lessons.forward_pass.networks import SENTENCE, small_network
from pages.lessons.forward_pass.parts.no_past import WORD_ALONE
from pages.lessons.forward_pass.results import GROWTH
from pages.lessons.forward_pass.sentences import INFINITE, LARGE, MIDDLE, SMALL
from rnn_core.experiments.results import load
from rnn_core.experiments.state_growth import GAINS, sizes
from rnn_core.toy_models.forward_pass import long_reading, small_params
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words

from .test_figures import of_core, shown

CHARTS = ("fp_unrolled", "fp_parts", "fp_next_words", "fp_rows", "fp_curves", "fp_sizes")
ASKED, TOLD = 5, 6
"""Charts before the last prediction, and after it."""


def opened(**query: Any) -> AppTest:
    at = page_of("forward_pass")
    for key, value in query.items():
        at.query_params[key] = str(value)
    return at.run()


def told(**query: Any) -> AppTest:
    """Behind a link that skips predictions."""
    return opened(reveal="now", **query)


def chart(at: AppTest, name: str) -> dict[str, Any]:
    return _decoded(json.loads(at.get("plotly_chart")[CHARTS.index(name)].proto.spec))


def assert_alive(at: AppTest, count: int) -> None:
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == count
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 40


def equations(at: AppTest, start: str) -> list[np.ndarray]:
    """The matrices of the equation that begins so."""
    (equation,) = [latex.value for latex in at.latex if latex.value.strip("$\n ").startswith(start)]
    return shown(equation)


@pytest.fixture(scope="module")
def at() -> AppTest:
    return opened()


def test_the_page_opens_on_the_second_word_and_gives_no_prediction_away(at: AppTest) -> None:
    assert_alive(at, ASKED)
    assert not at.warning
    assert "Look for" in at.markdown[0].value
    assert "It reads “artists”" in words(at)
    assert not at.table
    assert "What would $h_2$, the state after “artists”" in words(at)
    assert "With **ReLU**, a gain of **2** and 32 units" in words(at)


@pytest.mark.parametrize("t", [1, 4])
def test_the_state_of_the_chosen_time_step_is_the_cores(t: int) -> None:
    page = opened(fp_t=t, fp_units=5, fp_seed=9, fp_gain=0.7)
    assert_alive(page, ASKED)
    h, _, y_hat = of_core(small_network(SENTENCE, 5, 0.7, 9))
    np.testing.assert_allclose(equations(page, rf"\begin{{aligned}}h_{t} &=")[-1][0], h[t], rtol=0.006)
    np.testing.assert_allclose(equations(page, rf"\begin{{aligned}}\hat y_{t} &=")[-1][0], y_hat[t - 1], rtol=0.006)
    np.testing.assert_allclose(np.asarray(chart(page, "fp_parts")["data"][0]["z"])[4], h[t], rtol=1e-12)


def test_word_by_word_with_the_buttons() -> None:
    page = opened(fp_t=4)
    page.button(key="fp_next").click().run()
    assert "It reads “guide”" in words(page)
    assert page.select_slider(key="fp_t").value == 5
    assert page.button(key="fp_next").disabled
    page.button(key="fp_back").click().run()
    page.button(key="fp_back").click().run()
    assert "It reads “near”" in words(page)
    assert str(page.query_params["fp_t"]) == "3"


def test_an_entry_is_taken_apart_and_framed() -> None:
    page = opened(fp_entry="h3")
    assert chart(page, "fp_parts")["layout"]["shapes"][0]["x0"] == 1.5
    assert any("a_2[3]" in latex.value for latex in page.latex)
    page.radio(key="fp_entry").set_value("y4").run()
    assert_alive(page, ASKED)
    assert any(r"\hat y_2[4]" in latex.value for latex in page.latex)
    assert not chart(page, "fp_parts")["layout"].get("shapes")


def test_a_picked_word_shows_its_row() -> None:
    page = opened(fp_word="near")
    row = small_network(SENTENCE, 3, 1.2, 0).params["W_xh"][2]
    np.testing.assert_allclose(equations(page, r"\begin{aligned}x\, W_{xh}")[-1][0], row, rtol=0.006)
    assert "“near” is word 3 of 4" in words(page)
    assert "at time step 3." in words(page)


@pytest.mark.parametrize(("answer", "verdict"), [(WORD_ALONE, "Right"), ("all zeros", "You said all zeros")])
def test_without_the_past_after_a_prediction(answer: str, verdict: str) -> None:
    page = opened()
    page.radio(key="fp_zero_options").set_value(answer).run()
    assert not page.table
    page.button(key="fp_zero_commit").click().run()
    assert_alive(page, ASKED)
    assert verdict in words(page)
    small = small_network(SENTENCE, 3, 1.2, 0)
    alone = np.tanh(small.params["W_xh"][small.inputs] + small.params["b_h"])
    table = page.table[0].value
    assert list(table["hₜ if W_hh were 0"]) == [plain_row(row) for row in alone]
    assert list(table["state hₜ"]) == [plain_row(row) for row in of_core(small)[0][1:]]
    assert f"With $W_{{hh}} = 0$ it is ({plain_row(alone[1])})" in words(page)


@pytest.mark.parametrize(
    ("settings", "right"),
    [
        ({"fp_f": "tanh", "fp_long_gain": 3.0, "fp_long": 500}, SMALL),
        ({"fp_f": "identity", "fp_long_gain": 1.1, "fp_long": 30}, MIDDLE),
        ({"fp_f": "relu", "fp_long_gain": 2.0}, LARGE),
        ({"fp_f": "identity", "fp_long_gain": 2.0, "fp_long": 150}, INFINITE),
        ({"fp_f": "tanh", "fp_long_gain": 0.5, "fp_silence": "true"}, SMALL),
    ],
    ids=str,
)
def test_how_large_a_state_becomes_after_a_prediction(settings: dict[str, Any], right: str) -> None:
    page = opened(**settings)
    page.radio(key="fp_growth_options").set_value(right).run()
    assert_alive(page, ASKED)
    page.button(key="fp_growth_commit").click().run()
    assert_alive(page, TOLD)
    assert f"Right: {right}" in words(page)
    notes = [note["text"] for note in chart(page, "fp_sizes")["layout"].get("annotations", ())]
    assert ("silence" in notes) is ("fp_silence" in settings)
    T, gain = settings.get("fp_long", 150), settings["fp_long_gain"]
    inputs = np.array([0, 1, 2, 0, 3])
    params = small_params(4, 32, gain, 0, bias_std=0)
    for name, label in (("tanh", "tanh"), ("relu", "ReLU"), ("sigmoid", "sigmoid"), ("identity", "identity")):
        h = long_reading(params, inputs, T, name, "fp_silence" in settings)
        (line,) = [trace for trace in chart(page, "fp_sizes")["data"] if trace.get("name") == label]
        drawn, expected = np.asarray(line["y"], float), sizes(h).astype(float)
        finite = np.isfinite(expected) & (expected > 0)
        np.testing.assert_array_equal(drawn[finite], expected[finite])
        assert np.isnan(drawn[~finite]).all()


def test_the_sentence_on_seeds_is_what_the_command_counted() -> None:
    """The numbers of `texts.seeds`, row by row; what it says of all gains holds for each."""
    rows = load("state_growth").result["rows"]
    found = {(row["activation"], row["gain"]): row for row in rows}
    identity = [found["identity", gain]["reading"] for gain in (1.1, 1.5, 2.0)]
    assert [row["grown"] for row in identity] == [GROWTH["identity"]] * 3 == [20] * 3
    assert identity[-1]["overflowed"] == GROWTH["identity_overflows"] == 20
    relu = [found["relu", gain]["reading"]["grown"] for gain in (2.0, 1.5, 1.1)]
    assert [GROWTH[f"relu_{gain}"] for gain in (20, 15, 11)] == [f"{n} of 20" if n else "none" for n in relu]
    assert {found[name, 0.9]["silence"]["collapsed"] for name in ("tanh", "relu", "identity")} == {20}
    assert GROWTH["collapsed"] == "20 of 20"
    assert {found["tanh", gain]["silence"]["collapsed"] for gain in (1.1, 1.5, 2.0)} == {0}
    assert {found["sigmoid", gain]["silence"]["collapsed"] for gain in GAINS} == {0}
    assert (GROWTH["tanh_collapsed"], GROWTH["sigmoid_collapsed"]) == ("none", "none")


@pytest.mark.parametrize(
    ("example", "holds"),
    [
        ("identity overflows", "leaves float32"),
        ("silence: tanh collapses", "Right: at most 1"),
    ],
)
def test_an_example_sets_its_controls(example: str, holds: str) -> None:
    page = opened()
    next(button for button in page.button if button.label == example).click().run()
    page.radio(key="fp_growth_options").set_value(SMALL).run()
    page.button(key="fp_growth_commit").click().run()
    assert_alive(page, TOLD)
    assert holds in words(page)


LINK = {
    "fp_words": "two by two by two",
    "fp_units": 4,
    "fp_gain": 0.95,
    "fp_seed": 7,
    "fp_t": 5,
    "fp_entry": "y2",
    "fp_word": "by",
    "fp_f": "sigmoid",
    "fp_long_gain": 1.25,
    "fp_long_units": 8,
    "fp_long": 33,
    "fp_silence": "true",
}


def test_a_link_restores_everything() -> None:
    page = opened(**LINK)
    assert_alive(page, ASKED)
    assert not page.warning
    for key in ("fp_units", "fp_gain", "fp_t", "fp_long_gain", "fp_long_units", "fp_long"):
        assert page.select_slider(key=key).value == LINK[key]
    for key in ("fp_entry", "fp_word", "fp_f"):
        assert page.radio(key=key).value == LINK[key]
    assert page.text_input(key="fp_words").value == LINK["fp_words"]
    assert page.number_input(key="fp_seed").value == 7
    assert page.toggle(key="fp_silence").value is True


def test_a_shorter_sentence_takes_what_it_has() -> None:
    page = opened(fp_t=5, fp_entry="y4", fp_word="guide")
    page.text_input(key="fp_words").set_value("the artists").run()
    assert_alive(page, ASKED)
    assert page.select_slider(key="fp_t").value == 2
    assert page.radio(key="fp_entry").value == "h1"
    assert page.radio(key="fp_word").value == "the"
    page.run()
    assert not page.warning
    assert not {"fp_t", "fp_entry", "fp_word"} & set(page.query_params)


BAD: list[dict[str, Any]] = [
    {"fp_words": "one"},
    {"fp_words": " ".join("abcdefghi")},
    {"fp_t": 9},
    {"fp_entry": "h9"},
    {"fp_word": "elephant"},
    {"fp_gain": "banana"},
    {"fp_seed": "1e999"},
    {"fp_long": 1e9},
    {"fp_long_units": 0},
    {"fp_silence": "perhaps"},
]


@pytest.mark.parametrize("link", BAD, ids=str)
def test_nonsense_in_a_link_gets_a_sentence_and_the_default(link: dict[str, Any]) -> None:
    page = opened(**link)
    assert_alive(page, ASKED)
    assert len(page.warning) == 1


EXTREMES: list[dict[str, Any]] = [
    {"fp_words": "so so", "fp_gain": 4, "fp_long_gain": 4, "fp_long": 500, "fp_f": "identity"},
    {"fp_words": "a b c d e f g h", "fp_units": 5, "fp_gain": 0.01, "fp_long_gain": 0.01, "fp_silence": "true"},
    {"fp_long_units": 1, "fp_long": 10, "fp_f": "sigmoid"},
    {"fp_long_units": 64, "fp_long": 500, "fp_f": "relu", "fp_long_gain": 4, "fp_silence": "true"},
]


@pytest.mark.parametrize("link", EXTREMES, ids=str)
def test_extreme_settings_keep_the_page_alive(link: dict[str, Any]) -> None:
    page = told(**link)
    assert_alive(page, TOLD)
    assert not page.warning
    assert len(page.table) == 2


def test_what_a_visitor_typed_is_never_markup() -> None:
    page = told(fp_words="$x$ **bold** <script>")
    assert_alive(page, TOLD)
    assert page.text_input(key="fp_words").value == "$x$ **bold** <script>"
    for text in (*(element.value for element in page.markdown), json.dumps(chart(page, "fp_unrolled"))):
        assert "<script>" not in text
        assert "**bold**" not in text
    assert list(page.table[0].value["word"]) == ["x", "bold", "script"]
    assert not any("bold" in equation.value for equation in page.latex)
