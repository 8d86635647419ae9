"""The page on five kinds of RNN end to end, without a browser: it shows the numbers of its own trained networks."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.five_kinds.networks import Network
from pages.lessons.five_kinds.parts import many_to_one, one_to_many
from rnn_core.batches import batch_of_update
from rnn_core.bptt import forward
from rnn_core.cells import cell_of
from rnn_core.experiments.kinds import KINDS, bag_of_run, gradient_flow
from rnn_core.losses import softmax
from rnn_core.numerics.norms import row_norms
from rnn_core.recording import train
from rnn_core.tasks import led, melody, sentiment
from rnn_core.types import Batch, Record
from tests.pages.opening import page_of
from tests.pages.reading import _decoded

OWN = {"one-to-one": "One to one", "one-to-many": "One to many", "many-to-one": "Many to one"}
own = pytest.mark.parametrize("name", OWN)


def opened(kind: str = "", **query: Any) -> AppTest:
    at = page_of("five_kinds")
    for key, value in ({"fk_kind": kind} if kind else {}).items() | query.items():
        at.query_params[key] = str(value)
    return at.run()


def charts(at: AppTest) -> dict[str, dict[str, Any]]:
    """By the last part of their key."""
    found = {}
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 30
        found[element.proto.id.split("-")[-1]] = _decoded(json.loads(element.proto.spec))
    return found


def text(at: AppTest) -> str:
    return "\n".join([element.value for element in at.markdown] + [element.value for element in at.caption])


def trace(chart: dict[str, Any], name: str) -> dict[str, Any]:
    return next(of for of in chart["data"] if of.get("name", "").startswith(name))


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    return {name: train(KINDS[name].config) for name in OWN}


def params_of(record: Record) -> dict[str, np.ndarray]:
    return {key: W[-1] for key, W in record.probe_params.items()}


def outputs(record: Record, batch: Batch) -> np.ndarray:
    return forward(params_of(record), batch, cell_of(record.config)).logits[:, 0]


@own
def test_each_kind_opens_from_its_link_and_asks_before_it_shows_the_gradient(
    name: str, records: dict[str, Record]
) -> None:
    at = opened(OWN[name])
    key = f"fk_{name.replace('-', '_')}"
    assert not at.exception
    assert not at.warning
    assert at.get("tab")
    shown = charts(at)
    assert f"{key}_diagram" in shown
    assert f"{key}_heatmap" not in shown
    assert not any(of.get("name", "").startswith("a state; colour") for of in shown[f"{key}_diagram"]["data"])
    assert f"**{records[name].evaluation[KINDS[name].slices[0]].accuracy:.1%}**" in text(at)
    at.radio(key=f"{key}_way_options").set_value(at.radio(key=f"{key}_way_options").options[0])
    at.button(key=f"{key}_way_commit").click().run()
    assert not at.exception
    shown = charts(at)
    heatmap = shown[f"{key}_heatmap"]["data"][0]
    np.testing.assert_allclose(heatmap["z"], np.log10(records[name].dh_norm.T), rtol=1e-4)
    assert "What just happened." in text(at)


def test_the_answers_are_computed_from_the_networks_own_numbers(records: dict[str, Record]) -> None:
    ways = {name: gradient_flow(record, batch_of_update(record.config, 0)) for name, record in records.items()}
    said = {name: text(opened(label, reveal="now")) for name, label in OWN.items()}
    assert "**Answer: W_hh.**" in said["one-to-one"]
    assert r"\rVert$ was 0, and its entries moved by 0 in all" in said["one-to-one"]
    assert "**Answer: at the first.**" in said["one-to-many"]
    assert ways["one-to-many"].norm[1:].argmax() == 0
    assert "**Answer: less.**" in said["many-to-one"]
    assert ways["many-to-one"].first_to_last < 2 / 3
    for name, verb in (("one-to-many", "grows"), ("many-to-one", "shrinks")):
        assert f"the gradient **{verb}**" in said[name]
        ratio = ways[name].first_to_last
        assert f"is {float(f'{ratio:.3g}')} times" in said[name]


def test_the_display_is_read_by_the_trained_network(records: dict[str, Record]) -> None:
    at = opened("One to one", fk_led_middle="false", fk_led_upper_left="true")
    lit = led.DIGITS[9].copy()
    lit[3] = 0
    p = softmax(outputs(records["one-to-one"], led.as_batch(lit[None], np.array([0]), "float32"))[0])
    assert f"says **{p.argmax()}** with probability {p.max():.3f}" in text(at)
    table = at.table[0].value
    assert table.index.tolist() == [str(k) for k in np.argsort(-p)[:3]]
    assert table["segments that would be broken"].tolist() == [
        str((led.DIGITS[int(digit)] != lit).sum()) for digit in table.index
    ]
    at.button(key="example all dark " + "-".join(f"fk_led_{s.replace(' ', '_')}" for s in led.SEGMENTS)).click().run()
    assert not any(toggle.value for toggle in at.toggle)
    assert not at.exception


@pytest.mark.parametrize(("key", "scale", "notes"), [("A", "minor", 15), ("D", "dorian", 22)])
def test_the_melody_is_what_the_network_plays_drawn_and_as_sound(
    key: str, scale: str, notes: int, records: dict[str, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    real = one_to_many.wav
    monkeypatch.setattr(one_to_many, "wav", lambda of: heard.append(real(of)) or heard[-1])
    at = opened("One to many", fk_key=key, fk_scale=scale, fk_notes=notes)
    assert not at.exception
    pair = np.array([[melody.KEYS.index(key), list(melody.SCALES).index(scale)]])
    batch = melody.of_pairs(pair, notes, "float32")
    played, right = outputs(records["one-to-many"], batch).argmax(axis=1), batch.targets[:, 0]
    roll = charts(at)["fk_roll"]
    np.testing.assert_array_equal(trace(roll, "the scale")["y"], right)
    hit = played == right
    np.testing.assert_array_equal(trace(roll, "played, right")["y"], played[hit])
    np.testing.assert_array_equal(trace(roll, "played, wrong")["y"], played[~hit])
    assert ("never held this pair" in text(at)) is (scale == "dorian")
    assert len(at.get("audio")) == len(heard) == 2
    for sound, of in zip(heard, (played, right), strict=True):
        assert sound == real(of.tolist())
        with wave.open(io.BytesIO(sound)) as file:
            assert file.getnframes() == notes * int(0.32 * 16_000)


def test_a_sentence_is_read_and_its_words_weighed(records: dict[str, Record]) -> None:
    record = records["many-to-one"]
    typed = "the plot was never dull but the camera was awful"
    at = opened("Many to one", fk_sentence=typed)
    assert not at.exception
    words = typed.split()
    padded = [sentiment.NOTHING] * (14 - len(words)) + words
    tokens = np.array([[sentiment.TOKEN[word]] for word in padded])
    p = softmax(outputs(record, sentiment.as_batch(tokens, np.array([0]), "float32"))[0])
    assert f"says **{sentiment.ANSWERS[p.argmax()]}**" in text(at)
    assert "rules of the corpus it is criticism" in text(at)
    bars = charts(at)["fk_saliency"]
    speaks = [of for of in bars["data"] if of["name"].startswith("speaks")]
    worth = {x: y for of in speaks for x, y in zip(of["x"], of["y"], strict=True)}
    assert len(worth) == len(words)
    network = Network("many-to-one", KINDS["many-to-one"], record, params_of(record), None)  # type: ignore[arg-type]
    found = many_to_one.margin_saliency(network, sentiment.as_batch(tokens, np.array([0]), "float32"))
    np.testing.assert_allclose([worth[str(k)] for k in range(len(words))], found[-len(words) :], rtol=1e-4)
    fall = many_to_one.margin_falls(network, sentiment.as_batch(tokens, np.array([0]), "float32"))
    np.testing.assert_allclose(trace(bars, "measured")["y"], fall[-len(words) :], rtol=1e-4)
    bag = bag_of_run(record.config)
    assert all(f"**{bag[name]:.1%}**" in text(at) for name in KINDS["many-to-one"].slices)


def test_what_a_word_is_worth_is_the_slope_of_the_margin_as_its_input_is_scaled(records: dict[str, Record]) -> None:
    record = records["many-to-one"]
    params = {key: W.astype(float) for key, W in params_of(record).items()}
    config = record.config.replace(dtype="float64")
    words = ["the", "film", "was", "not", "so", "good", "although", "the", "cast", "was", "lovely"]
    tokens = np.array([[sentiment.TOKEN[word]] for word in words])
    network = Network("many-to-one", KINDS["many-to-one"], record, params, None)  # type: ignore[arg-type]
    batch = sentiment.as_batch(tokens, np.array([0]), "float64")
    found = many_to_one.margin_saliency(network, batch)
    one_hot = np.eye(len(sentiment.VOCABULARY))[tokens]
    for t in range(len(words)):
        margins = []
        for scale in (1 + 1e-5, 1 - 1e-5):
            scaled = one_hot.copy()
            scaled[t] *= scale
            logits = forward(params, Batch(scaled, batch.targets, batch.weights), cell_of(config)).logits[0, 0]
            margins.append(logits[1] - logits[0])
        assert found[t] == pytest.approx((margins[0] - margins[1]) / 2e-5, rel=1e-4, abs=1e-8)


def test_what_is_measured_of_a_word_is_the_margin_with_it_less_that_where_nothing_is_read(
    records: dict[str, Record],
) -> None:
    record = records["many-to-one"]
    words = ["the", "film", "was", "not", "good"]
    tokens = np.array([[sentiment.TOKEN[word]] for word in words])
    network = Network("many-to-one", KINDS["many-to-one"], record, params_of(record), None)  # type: ignore[arg-type]
    batch = sentiment.as_batch(tokens, np.array([0]), "float32")
    found = many_to_one.margin_falls(network, batch)
    whole = outputs(record, batch)[0]
    for t in range(len(words)):
        one_hot = np.eye(len(sentiment.VOCABULARY), dtype=np.float32)[tokens]
        one_hot[t] = 0
        y = outputs(record, batch._replace(inputs=one_hot))[0]
        assert found[t] == pytest.approx(whole[1] - whole[0] - (y[1] - y[0]), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("typed", ["the film was <b>grand</b>", "", "the " * 61])
def test_what_cannot_be_read_gets_a_sentence_and_the_default_is_read(typed: str) -> None:
    at = opened("Many to one", fk_sentence=typed, reveal="now")
    assert not at.exception
    assert not at.error
    if typed:  # an empty text in a link is as none
        (warning,) = at.warning
        assert "is read instead" in warning.value
        assert "<b>" not in warning.value
    diagram = charts(at)["fk_many_to_one_diagram"]
    assert "lovely" in diagram["layout"]["xaxis"]["ticktext"]


def test_a_bad_link_gets_sentences_and_defaults() -> None:
    at = opened("No such kind", fk_key="H", fk_scale="merry", fk_notes="1000", fk_seed="-1", fk_led_top="maybe")
    assert not at.exception
    warned = "\n".join(warning.value for warning in at.warning)
    for asked in ("No such kind", "“H”", "merry", "1000", "\\-1", "maybe"):
        assert asked in warned
    assert "One input, one output" in text(at)
    assert at.selectbox(key="fk_key").value == "C"


def test_a_sentence_of_any_length_has_a_diagram_of_its_own_length() -> None:
    typed = "although the film was very good the plot was not so very dull but the cast was hardly charming"
    at = opened("Many to one", fk_sentence=typed, reveal="now")
    assert not at.exception
    words = typed.split()
    diagram = charts(at)["fk_many_to_one_diagram"]
    assert trace(diagram, "an output")["x"] == [len(words)]
    assert len(trace(diagram, "an input")["x"]) == len(words)


def test_the_colours_of_the_diagram_are_the_sequence_s_own_gradient(records: dict[str, Record]) -> None:
    record = records["one-to-many"]
    at = opened("One to many", fk_key="A", fk_scale="minor", reveal="now")
    batch = melody.of_pairs(np.array([[9, 1]]), 15, "float32")
    network = Network("one-to-many", KINDS["one-to-many"], record, params_of(record), None)  # type: ignore[arg-type]
    norm = row_norms(network.read(batch).gradients.dh)
    states = trace(charts(at)["fk_one_to_many_diagram"], "a state; colour")
    np.testing.assert_allclose(states["marker"]["color"], np.log10(norm / norm.max()), rtol=1e-4, atol=1e-6)


def test_side_by_side_every_kind_has_a_line_and_a_row(records: dict[str, Record]) -> None:
    at = opened("Side by side")
    assert not at.get("plotly_chart")  # nothing is trained before the visitor has committed
    at.button(key="fk_side_by_side_show").click().run()
    assert not at.exception
    lines = charts(at)["fk_ways"]["data"]
    assert [line["name"] for line in lines] == list(KINDS)
    for name, record in records.items():
        (line,) = (of for of in lines if of["name"] == name)
        norm = np.median(record.dh_norm, axis=0)
        np.testing.assert_allclose(line["y"], norm[1:] / norm[-1], rtol=1e-5)
    assert at.table[0].value.index.tolist() == list(KINDS)
    assert "It shrinks on its way back in: many-to-one." in text(at)
