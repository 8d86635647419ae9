"""The experiment on states over a long text: how it counts, and what it finds in a few seeds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rnn_core import __main__ as command_line
from rnn_core.cells import ACTIVATIONS
from rnn_core.experiments import state_growth
from rnn_core.experiments.grid import outcome_of
from rnn_core.experiments.state_growth import Ends, ends, sizes

SEEDS = 4


def study(gains: tuple[float, ...], seeds: int, **options: int) -> list[dict[str, Any]]:
    return outcome_of(state_growth.study({}, seeds, 1, gains, **options))["rows"]


def test_sizes_are_of_the_largest_unit_and_what_is_not_a_number_stays_so() -> None:
    h = np.array([[9.0, 9.0], [0.5, -2.0], [0.0, 0.0], [-np.inf, 1.0], [np.nan, 1.0]])
    np.testing.assert_array_equal(sizes(h), [2, 0, np.inf, np.nan])


@pytest.mark.parametrize(
    ("largest", "expected"),
    [
        ([0.5, 2.0, 1.0], Ends(1.0, 0.5, 2.0, 0, 0, 0)),
        ([1e-4, 0.0, 1e4, 1.0], Ends(0.50005, 0.0, 1e4, 2, 1, 0)),
        ([1.0, np.inf, np.nan], Ends(np.inf, 1.0, np.inf, 0, 2, 2)),
        ([np.nan, np.inf], Ends(np.inf, np.inf, np.inf, 0, 2, 2)),
    ],
)
def test_ends_are_counted_and_what_is_not_finite_is_never_left_out(largest: list[float], expected: Ends) -> None:
    assert ends(np.array(largest)) == expected


def test_there_is_a_row_for_each_activation_and_gain_and_the_ranges_hold() -> None:
    rows = study((0.5, 2.0), SEEDS)
    found = {(row["activation"], row["gain"]): (Ends(**row["reading"]), Ends(**row["silence"])) for row in rows}
    assert list(found) == [(name, gain) for name in ACTIVATIONS for gain in (0.5, 2.0)]
    n = SEEDS
    for gain in (0.5, 2.0):
        assert found["tanh", gain][0].high <= 1
        assert found["sigmoid", gain][0].high <= 1
        assert found["sigmoid", gain][1].collapsed == 0
    for name in ("tanh", "relu", "identity"):
        assert found[name, 0.5][1].collapsed == n
    assert found["identity", 0.5][0].grown == 0
    assert found["identity", 2.0][0].overflowed == n  # 2²⁰⁰ is beyond float32
    assert found["tanh", 2.0][1].low > 0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gains", "-1"], ["gain", "-1", "above 0"]),
        (["--gains", "nan"], ["gain", "nan"]),
        (["--hidden-size", "0"], ["hidden_size", "0", "at least 1"]),
        (["--time-steps", "3"], ["time_steps", "3", "at least 5"]),
        (["--seeds", "0"], ["seeds", "0"]),
        (["--first-seed", "-1"], ["seeds", "-1"]),
    ],
)
def test_what_makes_no_study_ends_the_command_with_a_sentence(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["state-growth", *arguments])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(word in said for word in words), said


def test_the_command_prints_the_same_numbers_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["state-growth", "--gains", "2", "--seeds", "3", "--first-seed", "5", "--hidden-size", "6"]
    assert command_line.main([*asked, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["hidden_size"], printed["time_steps"], printed["seeds"]) == (6, 200, [5, 6, 7])
    rows = study((2.0,), 3, hidden_size=6, first_seed=5)
    assert printed["rows"][0] == rows[0]
    assert printed["rows"][-1]["reading"]["median"] == "inf"
    assert command_line.main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(rows)
    assert lines[-1].startswith("| identity | 2 | 3 of 3 | 3 of 3 | ∞ (∞ to ∞) |")
    median, low, high = (rows[0]["reading"][name] for name in ("median", "low", "high"))
    assert f"| {median:.3g} ({low:.3g} to {high:.3g}) |" in lines[2]


def test_a_second_study_is_the_same() -> None:
    first, second = (study((1.5,), SEEDS, hidden_size=5, time_steps=40) for _ in range(2))
    assert first == second
    assert first[0]["reading"]["collapsed"] == 0
