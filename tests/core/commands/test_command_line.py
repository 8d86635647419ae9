"""What a person and a script get from `python -m rnn_core`."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import Any

import pytest

from rnn_core import __main__ as command_line
from rnn_core import checking
from rnn_core.checking import TOLERANCE
from rnn_core.commands.options import config
from rnn_core.config import DEFAULTS, SPECS, Config
from rnn_core.diagnostics import outcome, verdict
from rnn_core.experiments.results import finite
from rnn_core.presets import PRESETS
from rnn_core.recording import train

SMALL = ["--hidden-size", "8", "--updates", "60", "--batch-size", "8"]
SMALL_CONFIG = Config(hidden_size=8, updates=60, batch_size=8)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rnn_core", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_train_prints_one_json_object_with_the_numbers_that_python_gets() -> None:
    done = call("train", "--json", *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    record = train(SMALL_CONFIG)
    assert Config.from_dict(found["config"]) == SMALL_CONFIG
    assert found["final_loss"] == record.loss[-1]
    assert found["held_out_accuracy"] == outcome(record).accuracy
    assert found["verdict"] == outcome(record).kind
    assert found["gradient"] == verdict(record).kind
    assert found["largest_grad_norm"] == record.grad_norm.max()
    assert found["diverged_at"] is None
    assert found["accuracy"] == {name: s.accuracy for name, s in record.evaluation.items()}
    assert set(found["baselines"]["held-out pairs"]) == {"majority", "last noun", "first noun", "vote of nouns"}


def test_every_field_of_config_is_an_option_of_every_command() -> None:
    for name, spec in SPECS.items():
        value = spec.choices[-1] if spec.choices else DEFAULTS[name]
        for command in ("train", "compare", "check"):
            options = command_line.command_parser().parse_args([command, "--" + name.replace("_", "-"), str(value)])
            assert getattr(options, name) == value


def test_options_change_a_preset() -> None:
    options = command_line.command_parser().parse_args(["train", "--preset", "calm", "--hidden-size", "8"])
    assert config(options) == PRESETS["calm"].config().replace(hidden_size=8)


def test_compare_prints_the_table_over_seeds() -> None:
    done = call("compare", "--json", "--seeds", "2", "--thresholds", "0.5", "1000", *SMALL)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["seeds"] == 2
    assert [(s["clip"], s["clip_threshold"]) for s in found["settings"]] == [
        ("off", None),
        ("norm", 0.5),
        ("norm", 1000.0),
    ]
    for setting in found["settings"]:
        assert len(setting["accuracy"]) == 2
        assert setting["solved"] + setting["partly"] + setting["chance"] + setting["diverged"] == 2
    assert [s["identical"] for s in found["settings"]] == [2, 0, 2]


def test_compare_without_json_is_a_markdown_table() -> None:
    lines = call("compare", "--seeds", "1", "--updates", "5", "--hidden-size", "4").stdout.splitlines()
    assert len(lines) == 5  # head, rule, off, the threshold, the standstill
    assert all(line.startswith("|") and line.count("|") == lines[0].count("|") for line in lines)


def test_check_passes_and_says_how_well() -> None:
    done = call("check", "--json", "--hidden-size", "6", "--batch-size", "3")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["passed"] is True
    assert found["largest_error"] == max(tensor["error"] for tensor in found["tensors"]) <= TOLERANCE


def test_check_fails_with_status_1_when_an_error_is_too_large(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "TOLERANCE", 1e-30)
    assert command_line.main(["check", "--hidden-size", "4", "--batch-size", "2"]) == 1
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--updates", "0"], ["updates", "0", "1 to 50000"]),
        (["train", "--clip", "sideways"], ["clip", "sideways", "off, norm, param_norm, value"]),
        (["train", "--attractors", "6"], ["sentence_length", "14", "26 words"]),
        (["train", "--learning-rate", "nan"], ["learning_rate", "nan"]),
        (["train", "--learning-rate", "fast"], ["--learning-rate", "fast"]),
        (["compare", "--seeds", "0"], ["--seeds", "0"]),
        (["compare", "--thresholds", "1", "-3", *SMALL], ["clip_threshold", "-3"]),
        (["compare", "--clip", "autoclip", "--thresholds", "1", *SMALL], ["thresholds", "autoclip", "clip_percentile"]),
        (["compare", "--seed", "4294967295", "--seeds", "2"], ["seed", "4294967296"]),
        (["train", "--colour", "red"], ["--colour"]),
        ([], ["command"]),
    ],
)
def test_arguments_that_make_no_run_are_told_in_words(arguments: list[str], words: list[str]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_non_finite_numbers_are_written_as_text_not_as_broken_json() -> None:
    values: dict[str, Any] = {"a": [float("nan"), float("inf"), 1.0], "b": {"c": (float("-inf"),)}, "d": None}
    assert json.dumps(finite(values)) == '{"a": ["nan", "inf", 1.0], "b": {"c": ["-inf"]}, "d": null}'


def test_a_terminal_sees_progress_on_standard_error_and_it_is_wiped() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rnn_core", "train", "--json", *SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:  # the other side has closed
                break
            if not chunk:
                break
            shown += chunk
        assert process.stdout is not None
        json.loads(process.stdout.read())
    os.close(ours)
    assert b"100% updates 60/60" in shown
    assert shown.endswith(b"\r\x1b[K")
