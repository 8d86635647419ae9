"""The lab end to end, without a browser: what it shows is what `rnn_core` computes, and nothing brings it down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.figures.gradient_maps import gradient_maps_info
from pages.components.markdown import escape_markdown
from pages.lab.figures.histogram import histogram_info
from pages.lab.figures.timelines import timelines_info
from pages.lab.parts.predict_twins import solving
from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.diagnostics import engagement, first_difference, outcome, probe, twin, verdict
from rnn_core.presets import PRESETS
from rnn_core.recording import train
from rnn_core.tasks import agreement, reading
from rnn_core.types import Record
from tests.pages.reading import (
    CHARTS,
    NORMS,
    STATES,
    assert_alive,
    chart,
    charts,
    heatmaps,
    opened,
    played,
    shown,
    words,
)

CONFIG = Config(updates=100, hidden_size=8, clip_threshold=0.2, seed=2)
LINK = {"clip_threshold": 0.2, "seed": 2}


@pytest.fixture(scope="module")
def at() -> AppTest:
    return opened(**LINK)


@pytest.fixture(scope="module")
def twins() -> tuple[Record, Record]:
    return train(twin(CONFIG)), train(CONFIG)


def test_the_page_opens_on_the_lab_and_says_what_to_look_for(at: AppTest) -> None:
    assert_alive(at)
    assert not at.warning
    assert at.title[0].value == "Clipping lab"
    assert at.markdown[0].value


def test_two_cards_say_outcome_engagement_and_accuracy(at: AppTest, twins: tuple[Record, Record]) -> None:
    badges = [text.value for text in at.markdown if "-badge[" in text.value]
    assert len(badges) == 6
    for k, record in enumerate(twins):
        assert outcome(record).kind in badges[3 * k]
        assert f"gradient: {verdict(record).kind}" in badges[3 * k + 1]
        assert engagement(record).kind in badges[3 * k + 2]
        assert escape_markdown(verdict(record).reason) in [text.value for text in at.markdown]
    assert [metric.value for metric in at.metric] == [f"{outcome(record).accuracy:.1%}" for record in twins]


def test_the_definition_of_each_verdict_is_on_hover(at: AppTest) -> None:
    for text in at.markdown:
        if "-badge[" in text.value:
            assert text.help


def test_the_table_has_both_twins_and_the_rules_for_every_slice(at: AppTest, twins: tuple[Record, Record]) -> None:
    table = at.table[0].value
    assert len(table.columns) == len(twins[0].evaluation)
    for column, name in zip(table.columns, twins[0].evaluation, strict=True):
        of_a, of_b = (record.evaluation[name] for record in twins)
        shares = [of_a.accuracy, of_b.accuracy, *of_a.baselines.values()]
        assert list(table[column]) == [f"{share:.1%}" for share in shares]
    assert len(table) == 2 + 4


def test_what_happened_names_the_update_at_which_they_part(at: AppTest, twins: tuple[Record, Record]) -> None:
    story = next(text.value for text in at.markdown if "part at update" in text.value)
    assert f"update {first_difference(*twins)}" in story
    assert story.count("\n- ") >= 2


def test_the_gradient_maps_are_the_cores_numbers(at: AppTest, twins: tuple[Record, Record]) -> None:
    info = gradient_maps_info(*twins)
    for trace, record in zip(heatmaps(at, *NORMS), twins, strict=True):
        np.testing.assert_array_equal(trace["z"], np.log10(record.dh_norm.T).astype(np.float32))
    (ratio,) = heatmaps(at, "gradient_ratio")
    np.testing.assert_array_equal(ratio["z"], info.log_ratio.astype(np.float32))


def test_the_hidden_maps_are_the_cores_numbers(twins: tuple[Record, Record]) -> None:
    at = opened(**LINK, charts="true")
    tokens = reading.read(reading.ARTICLE).tokens
    lines = [next(t for t in chart(at, name)["data"] if t.get("name") == "this sentence") for name in STATES]
    for states, line, record in zip(heatmaps(at, *STATES), lines, twins, strict=True):
        found = probe(record, tokens, -1)
        np.testing.assert_array_equal(states["z"], found.h.T)
        np.testing.assert_array_equal(line["y"], found.p[:, 1])


def test_timelines_and_histogram_are_the_cores_numbers(at: AppTest, twins: tuple[Record, Record]) -> None:
    a, b = twins
    shown = [trace["y"] for name in ("timelines", "learning") for trace in chart(at, name)["data"]]
    expected = [a.grad_norm, b.grad_norm, b.grad_norm_clipped, b.clip_scale, a.loss, b.loss, a.accuracy, b.accuracy]
    for values, array in zip(shown, expected, strict=True):
        np.testing.assert_array_equal(values, array)
    assert timelines_info(a, b).threshold == CONFIG.clip_threshold
    np.testing.assert_array_equal(chart(at, "histogram")["data"][0]["y"], histogram_info(a, b).counts)


def test_the_replay_is_told(at: AppTest, twins: tuple[Record, Record]) -> None:
    share = (twins[0].grad_norm > CONFIG.clip_threshold).mean()
    assert f"{share:.1%} of A's updates" in at.markdown[-1].value


def test_every_chart_has_words_for_a_screen_reader(at: AppTest) -> None:
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 40


def test_the_task_is_shown_with_sentences_that_were_trained(at: AppTest) -> None:
    batch = batch_of_update(CONFIG, 0)
    first = " ".join(agreement.VOCABULARY[token] for token in batch.inputs[:, 0])
    assert f"{first} → **{agreement.ANSWERS[batch.targets[-1, 0]]}**" in words(at)


def test_vanishing_twins_are_identical() -> None:
    page = opened(short=False, **(PRESETS["vanishing"].changes | {"updates": 300}))
    assert_alive(page)
    assert "bit for bit" in words(page)
    a, b, ratio = heatmaps(page, *NORMS, "gradient_ratio")
    np.testing.assert_array_equal(a["z"], b["z"])
    assert not np.any(ratio["z"])


EXTREMES: list[dict[str, Any]] = [
    {"learning_rate": 10, "spectral_radius": 4, "clip_threshold": 1000},
    {"learning_rate": 10, "spectral_radius": 4, "clip_threshold": 0.0001, "dtype": "float64"},
    {"clip": "value", "clip_threshold": 0.01},
    {"hidden_size": 4, "batch_size": 1, "attractors": 0, "sentence_length": 8},
    {"hidden_size": 1, "updates": 1, "batch_size": 1},
    {"hidden_size": 256},
    {"sentence_length": 100, "attractors": 6, "spectral_radius": 0.01, "batch_size": 2},
    {"learning_rate": 10, "spectral_radius": 4, "sentence_length": 100, "clip": "value", "clip_threshold": 1000},
]


@pytest.mark.parametrize("link", EXTREMES, ids=lambda link: " ".join(f"{k}={v}" for k, v in link.items()))
def test_extreme_settings_give_the_cores_numbers_and_keep_the_page_alive(link: dict[str, Any]) -> None:
    page = opened(**link)
    assert_alive(page)
    config = Config(**({"updates": 100, "hidden_size": 8} | link))
    records = [train(twin(config)), train(config)]
    assert [metric.value for metric in page.metric] == [f"{outcome(record).accuracy:.1%}" for record in records]
    for trace, record in zip(heatmaps(page, *NORMS), records, strict=True):
        finite = np.isfinite(record.dh_norm) & (record.dh_norm > 0)
        np.testing.assert_array_equal(np.isfinite(trace["z"]), finite.T)


def test_what_would_not_fit_into_memory_gets_a_sentence_and_the_sidebar_goes_on() -> None:
    large = {"sentence_length": 100, "hidden_size": 256, "batch_size": 512, "dtype": "float64"}
    with pytest.raises(ValueError, match="MiB") as raised:
        Config(**large, updates=100)
    page = opened(**large)
    assert not page.exception
    (error,) = page.error
    in_labels = str(raised.value).replace("sentence_length", "“Words before the verb T”")
    in_labels = in_labels.replace("batch_size", "“Batch size B”").replace("hidden_size", "“Hidden units H”")
    assert in_labels in shown(error.value)
    page.select_slider(key="batch_size").set_value(1).run()
    assert_alive(page)


def test_the_window_shows_the_first_updates() -> None:
    page = opened(updates=200)
    assert len(heatmaps(page, "gradient_maps_a")[0]["x"]) == 200
    narrow = opened(updates=200, window="first 100")
    assert_alive(narrow)
    assert len(heatmaps(narrow, "gradient_maps_a")[0]["x"]) == 100
    assert len(chart(narrow, "timelines")["data"][0]["x"]) == 100


@pytest.mark.parametrize("name", CHARTS)
def test_charts_keep_their_place_over_reruns(at: AppTest, name: str) -> None:
    before = chart(at, name)
    at.run()
    after = chart(at, name)
    assert [trace["type"] for trace in before["data"]] == [trace["type"] for trace in after["data"]]


def test_with_predict_first_nothing_is_told_before_the_visitor_has_said_which_twin_solves_the_task() -> None:
    page = opened(**LINK, predict="true")
    assert not page.exception
    assert not page.get("bidi_component")
    assert not page.metric
    assert not charts(page)
    page.radio(key="lab_guess_options").set_value("both").run()
    page.button(key="lab_guess_commit").click().run()
    assert_alive(page)
    right, _ = solving(*(train(config) for config in (twin(CONFIG), CONFIG)))
    assert right != "both"
    assert f"You said both; it is {right}." in words(page)


def test_a_teacher_may_hold_the_sentence() -> None:
    page = opened(sentence="the pilots near the doctor", fixed="sentence", hidden="pair")
    assert_alive(page)
    assert page.text_input(key="sentence").disabled
    assert "pair" not in [toggle.key for toggle in page.toggle]
    assert not [button for button in page.button if "article" in button.label]
    assert played(page)["words"] == ["the", "pilots", "near", "the", "doctor"]
