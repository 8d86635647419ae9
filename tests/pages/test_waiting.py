"""Stop and Train on: what was trained stays, and the end is the end of an uninterrupted run."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import runs, waiting
from pages.components.runs import Job, TrainingError
from rnn_core.config import Config
from rnn_core.diagnostics import outcome, twin
from rnn_core.training import train

from .lab import assert_alive, heatmaps, opened, words

CONFIG = Config(updates=3000, hidden_size=4, batch_size=2, clip_threshold=0.3, seed=11)
BOTH = (twin(CONFIG), CONFIG)
LINK = {"updates": 3000, "hidden_size": 4, "batch_size": 2, "clip_threshold": 0.3, "seed": 11}


def stopped_at_once() -> AppTest:
    """A page whose visitor said Stop before anything was trained."""
    at = opened()
    at.session_state["stopped"] = BOTH
    for field, value in LINK.items():
        at.session_state[field] = value
    return at.run()


def button(at: AppTest, key: str) -> bool:
    return any(b.key == key for b in at.button)


def test_stop_before_the_first_updates_says_that_there_is_nothing_yet() -> None:
    at = stopped_at_once()
    assert not at.exception
    assert not at.get("plotly_chart")
    assert "nothing" in words(at)
    assert button(at, "train_on")


def test_stop_keeps_what_was_trained_and_train_on_ends_as_if_nothing_had_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "STRETCH_SECONDS", 0.02)
    held = [waiting.runs().request(config) for config in BOTH]
    for job in held:
        assert isinstance(job, Job)
        while job.done == 0:
            job.wait(0.005)
    at = stopped_at_once()
    assert_alive(at)
    assert "3,000" in next(info.value for info in at.info)
    shown = heatmaps(at, "gradient_maps")[0]["z"].shape[1]
    assert 0 < shown < 3000
    whole = [train(config) for config in BOTH]
    np.testing.assert_array_equal(
        heatmaps(at, "gradient_maps")[0]["z"][:, :9], np.log10(whole[0].dh_norm[:9]).T.astype(np.float32)
    )
    at.button(key="train_on").click().run()
    assert_alive(at)
    assert not button(at, "train_on")
    assert [metric.value for metric in at.metric] == [f"{outcome(record).accuracy:.1%}" for record in whole]
    assert "after 3,000 updates" in words(at)


def test_a_stop_is_forgotten_when_a_control_moves() -> None:
    at = stopped_at_once()
    at.select_slider(key="updates").set_value(100).run()
    assert_alive(at)
    assert not button(at, "train_on")


def test_a_short_run_shows_neither_progress_nor_stop_when_it_is_done() -> None:
    at = opened()
    assert not button(at, "stop")
    assert not at.get("progress")


def test_a_run_that_fails_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise TrainingError("a process ended")

    at = opened()
    monkeypatch.setattr(Job, "wait", fails)
    at.number_input(key="seed").set_value(987).run()
    assert not at.exception
    assert "a process ended" in at.error[0].value
    monkeypatch.undo()
    at.run()
    assert_alive(at)
