"""The lab's script thread lays out what is computed: no pass over a network runs in it, forward or backward."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from rnn_core import bptt
from rnn_core.config import Config
from rnn_core.recording import train
from tests.pages.reading import assert_alive, opened

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
    assert not passes
