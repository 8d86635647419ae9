"""The lab's script thread lays out what is computed: no pass over a network runs in it, forward or backward."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from pages.components.jobs import tasks, waiting
from rnn_core import bptt
from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.recording import train
from tests.pages.reading import assert_alive, opened, played

PASSES = {"forward": bptt.forward, "backward": bptt.backward}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many passes this process makes; what its workers do does not count."""
    count: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            count[name] += 1
            return function(*arguments, **options)

        return wrapped

    ours = [module for name, module in sys.modules.items() if name.split(".")[0] in ("rnn_core", "pages")]
    for name, function in PASSES.items():
        wrapped = counted(name, function)
        for module in ours:
            for attribute, value in list(vars(module).items()):
                if value is function:
                    monkeypatch.setattr(module, attribute, wrapped)
    return count


def test_the_count_sees_the_passes_of_a_run(passes: Counter[str]) -> None:
    train(Config(updates=2, hidden_size=4))
    assert passes["forward"] > 2
    assert passes["backward"] == 2


def test_the_lab_makes_no_pass_in_the_script_thread(passes: Counter[str]) -> None:
    at = opened()
    for threshold in (0.5, 1.0, 0.5, 1.0):  # from the third on, both records are kept
        at.select_slider(key="clip_threshold").set_value(threshold).run()
        assert_alive(at)
    for key in ("pair", "charts"):
        at.toggle(key=key).set_value(True).run()
        assert_alive(at)
    at.text_input(key="sentence").set_value("the artist who waited near the pilots and").run()
    assert_alive(at)
    at.select_slider(key="updates").set_value(200).run()
    for window in ("first 100", "all updates"):
        at.segmented_control(key="window").set_value(window).run()
        assert_alive(at)
    assert not passes


def test_only_the_twin_whose_threshold_moved_reads_the_sentence_again(monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(clip_threshold=0.2, seed=3)
    calls: list[Config] = []
    plain = tasks.Call.work

    def noted(call: tasks.Call) -> Any:
        calls.append(call.config)
        return plain(call)

    monkeypatch.setattr(tasks.Call, "work", noted)
    at.run()
    assert not calls
    at.select_slider(key="clip_threshold").set_value(5.0).run()
    assert_alive(at)
    config = Config(updates=100, hidden_size=8, seed=3, clip_threshold=5.0)
    assert calls == [config, config]  # the sentence, and its end with the noun in the other number
    assert twin(config) not in calls


def test_a_sentence_that_a_process_fails_to_read_gets_a_sentence_and_the_rest_of_the_page_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no process can be started")

    at = opened(clip_threshold=0.2, seed=3)
    monkeypatch.setattr(waiting.pool(), "_submit", fails)
    at.text_input(key="sentence").set_value("the artists near the pilots waited").run()
    assert not at.exception
    assert "failed" in at.error[0].value
    assert at.get("plotly_chart")
    monkeypatch.undo()
    at.run()
    assert_alive(at)
    assert played(at)["words"][-1] == "waited"
