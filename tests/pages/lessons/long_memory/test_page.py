"""The page on long memory end to end, without a browser: its numbers are those of `rnn_core`, and it fills in."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.jobs import waiting
from pages.lessons.long_memory import controls
from pages.lessons.long_memory.figures.accuracy_curves import accuracy_info
from pages.lessons.long_memory.networks import configs_of
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.diagnostics import outcome, retention
from rnn_core.diagnostics.units import number_units
from rnn_core.experiments import memory
from rnn_core.experiments.memory import BASE, CELLS, HELD_OUT_ACCURACY, SEEDS, VALUES, GridPoint, study_of
from rnn_core.recording import train
from rnn_core.tasks import reading
from rnn_core.training import starting_params
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words

from .studies import LINK, STUDY

CHARTS = (
    *(f"accuracy {cell}" for cell in CELLS),
    *(f"flow {cell}" for cell in CELLS),
    "gates gru",
    "gates lstm",
    "unit",
    "costs",
)
"""In the order of the page."""

ARTICLE = reading.read(reading.ARTICLE)


def opened(**query: Any) -> AppTest:
    at = page_of("long_memory")
    at.query_params["reveal"] = "now"
    for key, value in (LINK | query).items():
        at.query_params[key] = str(value)
    return at.run()


def button(at: AppTest, key: str) -> bool:
    return any(b.key == key for b in at.button)


def filled(at: AppTest) -> AppTest:
    """Look again, as the page in a browser does, until nothing is in training."""
    began = time.monotonic()
    while button(at, "lm_stop"):
        assert time.monotonic() - began < 120
        time.sleep(0.1)
        at.run()
    return at


def chart(at: AppTest, name: str) -> dict[str, Any]:
    return _decoded(json.loads(at.get("plotly_chart")[CHARTS.index(name)].proto.spec))


def assert_alive(at: AppTest) -> None:
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == len(CHARTS)
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 40


@pytest.fixture(scope="module")
def at() -> AppTest:
    return filled(opened())


@pytest.fixture(scope="module")
def swept() -> dict[GridPoint, memory.Trained]:
    return {place: memory.run(memory.config_at(STUDY, place)) for place in memory.grid_points(STUDY)}


def test_the_defaults_are_those_of_the_core_and_of_the_command_line() -> None:
    page = page_of("long_memory").run()
    assert not page.exception
    study = page.session_state["lm_sweep"].configs
    assert study == {memory.config_at(study_of("distance"), p) for p in memory.grid_points(study_of("distance"))}
    page.button(key="lm_stop").click().run()


def test_the_names_that_stand_in_links_are_pinned() -> None:
    assert (BASE.hidden_size, BASE.updates, BASE.attractors, SEEDS) == (48, 800, 1, 5)
    assert VALUES == {"distance": (11, 14, 17, 20, 26), "attractors": (0, 1, 2)}
    assert list(controls.HOW) == ["without clipping", "with clipping"]


def test_every_dot_is_a_run_of_the_core(at: AppTest, swept: dict[GridPoint, memory.Trained]) -> None:
    assert_alive(at)
    for info in accuracy_info(STUDY, swept, HELD_OUT_ACCURACY):
        traces = {trace["name"]: trace for trace in chart(at, f"accuracy {info.cell}")["data"] if "name" in trace}
        for name, curve in (("without clipping", info.without), ("with clipping", info.with_clipping)):
            np.testing.assert_array_equal(traces[f"{name}: each seed"]["y"], curve.dots[:, 2])
            np.testing.assert_array_equal(traces[f"{name}: median, range, each seed"]["y"], curve.median)
    place = GridPoint("gru", True, 14, 4)
    assert swept[place].accuracy == outcome(train(memory.config_at(STUDY, place))).accuracy
    assert memory.report(memory.summary(STUDY, swept)) in words(at)
    assert "python -m rnn_core memory --values 11 14 --seeds 2" in at.code[0].value


def test_every_arrow_is_a_norm_of_the_core(at: AppTest, swept: dict[GridPoint, memory.Trained]) -> None:
    for cell in CELLS:
        off, on = (GridPoint(cell, clipped, 14, 4) for clipped in (False, True))
        config = memory.config_at(STUDY, on)
        params = [starting_params(config), swept[off].params, swept[on].params]
        heads = [trace for trace in chart(at, f"flow {cell}")["data"] if "hovertext" in trace]
        for of_stage, trace in zip(params, heads, strict=True):
            jacobian_norms = retention.jacobian_norms(of_stage, ARTICLE.tokens, cell_of(config))
            said = trace["hovertext"][1].removeprefix("from “artists” (word 2) to the end: ")
            assert float(said.split(":")[0]) == pytest.approx(jacobian_norms[2], rel=0.01)


def test_gates_and_units_are_those_of_the_core(at: AppTest, swept: dict[GridPoint, memory.Trained]) -> None:
    place = GridPoint("lstm", True, 14, 4)
    config, params = memory.config_at(STUDY, place), swept[place].params
    gates = retention.gates(params, ARTICLE.tokens, cell_of(config))
    for name, trace in zip(gates, chart(at, "gates lstm")["data"], strict=True):
        np.testing.assert_array_equal(np.sort(trace["z"], axis=0), np.sort(gates[name].T, axis=0))
    found = number_units(config, params, random_stream(config, EVALUATION))
    unit = found.ranking[0]
    for trace, curve in zip(chart(at, "unit")["data"], found.curves[:, 1:, unit], strict=True):
        np.testing.assert_allclose(trace["y"], curve, rtol=1e-6)
    assert f"**Unit {unit} of the LSTM**, rank 1 of 6" in words(at)


def test_a_visitor_looks_into_other_networks_and_other_units() -> None:
    page = filled(opened(lm_at=11, lm_at_seed=3, lm_at_clip="without clipping", lm_cell="vanilla", lm_rank=6))
    assert_alive(page)
    said = words(page)
    assert "**11 words** from **seed 3**" in said
    assert "of the Vanilla RNN**, rank 6 of 6" in said
    page.radio(key="lm_cell").set_value("gru").run()
    assert "of the GRU**" in words(page)


def test_a_sentence_that_cannot_be_read_is_answered_and_the_rest_stays(at: AppTest) -> None:
    page = filled(opened(lm_sentence="the [artsts](http://x) waited"))
    assert not page.exception
    assert "artsts" in page.error[0].value
    assert len(page.get("plotly_chart")) == 3 + 2
    page.text_input(key="lm_sentence").set_value("The pilot near the doctors").run()
    assert_alive(page)
    assert "“pilots” instead" in page.table[0].value.columns[-1]
    page.button(key="lm_One of 14 words, as in training").click().run()
    assert_alive(page)


def test_attractors_can_be_the_axis_and_disagreeing_ones_the_measure() -> None:
    page = filled(
        opened(lm_axis="attractors", lm_most=1, lm_length=14, lm_measure="all attractors disagree", lm_seeds=1)
    )
    assert_alive(page)
    assert list(chart(page, "accuracy gru")["layout"]["xaxis"]["tickvals"]) == [1]
    assert "**At 1 attractor**" in words(page)
    assert {config.attractors for config in page.session_state["lm_sweep"].configs} == {0, 1}


def test_stop_shows_what_is_trained_and_train_on_goes_on() -> None:
    page = opened(lm_updates=400, lm_seed=70, lm_hidden=16)
    assert button(page, "lm_stop")
    page.button(key="lm_stop").click().run()
    assert not page.exception
    assert not button(page, "lm_stop")
    assert "Stopped after" in page.info[0].value
    assert "not trained yet" in page.info[-1].value
    page.button(key="lm_train_on").click().run()
    assert button(page, "lm_stop")
    page.session_state["lm_sweep"].stop()


def test_the_pictures_below_come_as_soon_as_their_networks_are_trained() -> None:
    page = opened(lm_updates=300, lm_seed=80, lm_hidden=16)
    began = time.monotonic()
    while len(page.get("plotly_chart")) < len(CHARTS):
        assert button(page, "lm_stop")
        assert time.monotonic() - began < 120
        time.sleep(0.05)
        page.run()
    study = study_of("distance", (11, 14), 2, updates=300, hidden_size=16, clip_threshold=0.05, seed=80)
    results = page.session_state["lm_sweep"].results
    trained = {at for at, config in configs_of(study).items() if config in results}
    assert trained >= set(controls.Settings(study, "", 14, 81, True).looked_into())
    assert trained >= {GridPoint(cell, clipped, 14, 81) for cell in CELLS for clipped in (False, True)}
    page.session_state["lm_sweep"].stop()


def test_another_optimiser_brings_an_alpha_that_suits_it() -> None:
    page = filled(opened(lm_seeds=1))
    page.selectbox(key="lm_optimizer").set_value("adam").run()
    assert page.select_slider(key="lm_alpha").value == controls.RATES["adam"]
    asked = page.session_state["lm_sweep"].configs
    assert {(config.optimizer, config.learning_rate) for config in asked} == {("adam", 0.01)}
    filled(page)
    assert_alive(page)
    kept = filled(opened(lm_seeds=1, lm_optimizer="adam", lm_alpha=0.02))
    assert kept.select_slider(key="lm_alpha").value == 0.02


def test_nonsense_in_a_link_gets_a_sentence_and_the_default() -> None:
    page = filled(opened(lm_threshold="banana", lm_at="99", lm_axis="length"))
    assert_alive(page)
    said = " ".join(warning.value for warning in page.warning)
    for asked in ("banana", "99", "length"):
        assert asked in said


def test_a_network_that_diverges_leaves_the_page_alive() -> None:
    place = GridPoint("vanilla", False, 14, 4)
    config = memory.config_at(STUDY, place)
    huge = {name: W * np.float32(1e30) for name, W in starting_params(config).items()}
    summaries = waiting.summaries()
    summaries.clear()
    summaries.keep(config, memory.run(config)._replace(params=huge, outcome="diverged"))
    page = filled(opened())
    summaries.clear()
    assert_alive(page)
    assert page.table[0].value["outcome"]["Vanilla RNN without clipping"] == "diverged"
