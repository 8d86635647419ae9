"""Stop and Train on: what was trained stays, and the end is the end of an uninterrupted run."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.jobs import tasks, waiting
from pages.components.jobs.job import Job, TrainingError
from pages.components.jobs.tasks import Call, FullRun
from pages.components.jobs.waiting import PageRuns
from rnn_core.config import Config
from rnn_core.diagnostics import outcome, twin
from rnn_core.recording import train
from rnn_core.types import Record
from tests.pages.reading import assert_alive, opened, words

CONFIG = Config(updates=3000, hidden_size=4, batch_size=2, clip_threshold=0.3, seed=11)
BOTH = (twin(CONFIG), CONFIG)
LINK = {"updates": 3000, "hidden_size": 4, "batch_size": 2, "clip_threshold": 0.3, "seed": 11}


def stopped_at_once() -> AppTest:
    """A page whose visitor said Stop before anything was trained, with charts that name their update."""
    at = opened(charts="true")
    at.session_state["page_runs"] = PageRuns(BOTH, stopped=True)
    for field, value in LINK.items():
        at.session_state[field] = value
    return at.run()


def button(at: AppTest, key: str) -> bool:
    return any(b.key == key for b in at.button)


def some_done(monkeypatch: pytest.MonkeyPatch) -> list[Job[Record]]:
    """Both jobs, not yet finished; who holds them keeps them for the page."""
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.02)
    waiting.records().clear()
    held = [waiting.records().request(config, FullRun(config)) for config in BOTH]
    jobs = [job for job in held if isinstance(job, Job)]
    assert len(jobs) == len(BOTH)
    while not all(job.done for job in jobs):
        for job in jobs:
            job.wait(0.005)
    return jobs


def test_stop_before_the_first_updates_says_that_there_is_nothing_yet() -> None:
    waiting.records().clear()  # of another test, whose runs these are as well
    at = stopped_at_once()
    assert not at.exception
    assert not at.get("plotly_chart")
    assert "nothing" in words(at)
    assert button(at, "train_on")


def test_stop_keeps_what_was_trained_and_train_on_ends_as_if_nothing_had_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = some_done(monkeypatch)
    at = stopped_at_once()
    assert all(job.done for job in held)
    assert_alive(at)
    assert "3,000" in next(info.value for info in at.info)
    whole = [train(config) for config in BOTH]
    for config, record in zip(BOTH, whole, strict=True):
        shown = at.session_state["page_runs"].shown[config]
        assert 0 < shown.updates < 3000
        assert shown.dh_norm.tobytes() == record.dh_norm[: shown.updates].tobytes()
    at.button(key="train_on").click().run()
    assert_alive(at)
    assert not button(at, "train_on")
    assert [metric.value for metric in at.metric] == [f"{outcome(record).accuracy:.1%}" for record in whole]
    assert "after 3,000 updates" in words(at)
    assert not at.session_state["page_runs"].jobs  # an idle session would hold their records


def test_a_stop_is_forgotten_when_a_control_moves() -> None:
    at = stopped_at_once()
    at.select_slider(key="updates").set_value(100).run()
    assert_alive(at)
    assert not button(at, "train_on")


def test_a_stop_is_forgotten_when_a_control_moves_away_and_back() -> None:
    at = stopped_at_once()
    for seed in (12, 11):
        at.number_input(key="seed").set_value(seed).run()
    assert_alive(at)
    assert not button(at, "train_on")
    assert "after 3,000 updates" in words(at)


def test_a_stopped_page_shows_the_same_records_at_each_script_run_and_makes_them_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = some_done(monkeypatch)
    at = stopped_at_once()
    assert_alive(at)
    said, shown = at.info[0].value, at.session_state["page_runs"].shown
    assert said == "Stopped after " + ", ".join(f"{shown[c].updates:,} of 3,000" for c in BOTH) + (
        " updates. What was trained is shown."
    )

    def never(*_: object) -> None:
        raise AssertionError("made again")

    for job in held:
        assert job.wait(600) is not None  # another visitor waits on, to the end
    monkeypatch.setattr(Job, "wait", never)
    monkeypatch.setattr(Job, "stop", never)
    monkeypatch.setattr(tasks, "to_record", never)
    at.run()
    assert_alive(at)
    assert at.info[0].value == said
    assert at.session_state["page_runs"].shown is shown


def test_a_job_that_fails_is_tried_again_at_the_next_script_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("no process can be started")

    at = opened()
    monkeypatch.setattr(waiting.pool(), "_submit", fails)
    at.number_input(key="seed").set_value(986).run()
    assert not at.exception
    assert at.error[0].value.startswith("Training failed")
    monkeypatch.undo()
    at.run()
    assert_alive(at)


def test_results_of_several_calls_come_in_the_order_of_the_calls() -> None:
    lengths = (20_000_000, 2, 1)  # the first takes longest
    results = waiting.all_computed({length: Call(CONFIG, sum, range(length)) for length in lengths})
    assert list(results.items()) == [(length, sum(range(length))) for length in lengths]


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
