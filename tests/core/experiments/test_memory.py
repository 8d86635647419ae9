"""Studies over many runs: their numbers are those of single runs, however they are cut, ordered or asked for."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from rnn_core import __main__ as command_line
from rnn_core.diagnostics import engagement, outcome
from rnn_core.experiments import memory
from rnn_core.experiments.grid import outcome_of
from rnn_core.experiments.memory import CELLS, HELD_OUT_ACCURACY, GridPoint, Study, Trained, study_of
from rnn_core.experiments.results import plain
from rnn_core.recording import train
from rnn_core.tasks.agreement import DISAGREE, FRESH
from rnn_core.types import Evaluation

TINY = {"hidden_size": 6, "batch_size": 4, "updates": 12, "clip_threshold": 0.4}
STUDY = study_of("distance", (11, 13), 2, **TINY, seed=5)


def report(results: dict[GridPoint, Trained]) -> str:
    return memory.report(plain(memory.summary(STUDY, results)))


def ended(accuracy: float, *, kind: str = "partly solved", clipped: float = 0.0, vote: float = 0.6) -> Trained:
    """A run that never was."""
    slices = (FRESH, accuracy + 0.01), ("held-out pairs", accuracy), (DISAGREE, accuracy - 0.2)
    evaluation = {
        name: Evaluation(share, 1200, {"majority": 0.5, "vote of nouns": vote}, math.nan, {}) for name, share in slices
    }
    return Trained(kind, accuracy, evaluation, clipped, None, {})


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("changes", [{}, {"clip": "value", "clip_threshold": 0.01}], ids=["norm", "value"])
def test_a_run_keeps_what_its_record_says(cell: str, changes: dict[str, Any]) -> None:
    config = STUDY.base.replace(cell=cell, **changes)
    found, record = memory.run(config), train(config)
    assert (found.outcome, found.accuracy) == outcome(record)
    assert found.evaluation == record.evaluation
    assert found.clipped == engagement(record).share
    assert found.divergence is None
    assert found.params.keys() == record.probe_params.keys()
    for name, W in found.params.items():
        assert W.tobytes() == record.probe_params[name][-1].tobytes()


def test_cutting_a_run_into_legs_changes_nothing_in_what_is_kept() -> None:
    config = STUDY.base.replace(cell="gru", clip_threshold=0.2)
    leg = memory.advance(config, None, 0.0)
    legs = 1
    while memory.trained(config, leg) is None:
        assert not leg.chunk.snapshots
        leg = memory.advance(config, leg, 0.0)
        legs += 1
    assert legs == config.updates
    cut, whole = memory.trained(config, leg), memory.run(config)
    assert cut is not None
    assert 0 < whole.clipped < 1
    assert cut[:5] == whole[:5]
    for name, W in whole.params.items():
        assert cut.params[name].tobytes() == W.tobytes()


def test_a_run_that_diverges_says_so_and_keeps_finite_weights() -> None:
    config = STUDY.base.replace(clip="off", learning_rate=10.0, activation="relu", spectral_radius=4.0, updates=60)
    found = memory.run(config)
    assert found.outcome == "diverged"
    assert str(found.divergence)
    assert all(np.isfinite(W).all() for W in found.params.values())


def test_a_study_has_each_cell_with_and_without_clipping_at_each_value_and_seed() -> None:
    points = memory.grid_points(STUDY)
    assert len(points) == len(set(points)) == 3 * 2 * 2 * 2
    assert {place.seed for place in points} == {5, 6}
    assert [place.seed for place in points] == sorted(place.seed for place in points)  # a first dot for each point
    for place in points:
        config = memory.config_at(STUDY, place)
        assert (config.cell, config.sentence_length, config.seed) == (place.cell, place.value, place.seed)
        assert (config.clip == "norm") is place.clipped
        same = memory.config_at(STUDY, place._replace(clipped=True))
        assert config.replace(clip="norm", clip_threshold=same.clip_threshold) == same


def test_where_attractors_vary_all_sentences_are_as_long_as_the_most_of_them_need() -> None:
    study = study_of("attractors", (0, 4), 1, **TINY)
    configs = [memory.config_at(study, place) for place in memory.grid_points(study)]
    assert {(config.attractors, config.sentence_length) for config in configs} == {(0, 20), (4, 20)}
    longer = study_of("attractors", (0, 1), 1, **TINY, sentence_length=25)
    assert {memory.config_at(longer, place).sentence_length for place in memory.grid_points(longer)} == {25}


@pytest.mark.parametrize(
    ("axis", "values", "seeds", "changes", "complaint"),
    [
        ("distance", (8,), 1, {}, "sentence_length is 8, but 1 attractors need at least 11"),
        ("distance", (11, 20), 1, {"attractors": 3}, "sentence_length is 11, but 3 attractors need at least 17"),
        ("attractors", (0, 7), 1, {}, "attractors is 7; allowed"),
        ("attractors", (-1, 3), 1, {}, "attractors is -1; allowed"),
        ("distance", (11,), 0, {}, "seeds is 0; allowed: at least 1"),
        ("distance", (11,), 1, {"clip": "off"}, "clip is off; allowed"),
        ("distance", (11,), 2, {"seed": 2**32 - 1}, "seed is 4294967296; allowed"),
        ("distance", (11,), 1, {"hidden_size": 0}, "hidden_size is 0; allowed"),
        ("distance", (11,), 1, {"sentence_length": 14}, "sentence_length is 14, but it is what varies"),
        ("attractors", (1,), 1, {"attractors": 2}, "attractors is 2, but it is what varies"),
        ("words", (11,), 1, {}, "axis is words; allowed: one of distance, attractors"),
    ],
)
def test_a_study_that_cannot_be_is_refused_by_name_and_value(
    axis: str, values: tuple[int, ...], seeds: int, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        study_of(axis, values, seeds, **changes)


def test_three_attractors_are_well_in_sentences_that_are_long_enough() -> None:
    assert study_of("distance", (17, 20), 1, attractors=3).base.attractors == 3


def test_a_point_tells_median_and_spread_over_the_seeds_that_have_ended() -> None:
    accuracies = {5: 0.995, 6: 0.5}
    results = {GridPoint("lstm", True, 13, seed): ended(a, clipped=0.2) for seed, a in accuracies.items()}
    results[GridPoint("lstm", True, 13, 5)] = ended(0.995, kind="solved")
    found = {(p.cell, p.clipped, p.value): p for p in memory.points(STUDY, results)}
    assert len(found) == 12
    point = found["lstm", True, 13]
    assert (point.seeds, point.accuracy) == ((5, 6), (0.995, 0.5))
    assert (point.median, point.low, point.high) == (pytest.approx(0.7475), 0.5, 0.995)
    assert (point.solved, point.diverged, point.engaged) == (1, 0, 1)
    other = found["lstm", False, 13]
    assert other.accuracy == ()
    assert all(math.isnan(value) for value in (other.median, other.low, other.high))


def test_a_point_can_be_measured_on_one_slice() -> None:
    results = {GridPoint("gru", False, 11, 5): ended(0.9)}
    by_slice = {
        name: next(p for p in memory.points(STUDY, results, name) if p.accuracy).accuracy[0]
        for name in (HELD_OUT_ACCURACY, FRESH, DISAGREE)
    }
    assert by_slice == {HELD_OUT_ACCURACY: 0.9, FRESH: pytest.approx(0.91), DISAGREE: pytest.approx(0.7)}


def test_where_no_attractor_can_disagree_there_is_no_point() -> None:
    study = study_of("attractors", (0, 2), 1, **TINY)
    assert {p.value for p in memory.points(study, {}, DISAGREE)} == {2}
    assert {p.value for p in memory.points(study, {})} == {0, 2}
    assert not memory.points(study_of("distance", (11,), 1, attractors=0), {}, DISAGREE)


def test_baselines_are_means_over_the_runs_that_have_ended() -> None:
    results = {GridPoint("gru", False, 11, seed): ended(0.5, vote=vote) for seed, vote in ((5, 0.6), (6, 0.8))}
    assert memory.baselines(results) == {11: {"majority": 0.5, "vote of nouns": pytest.approx(0.7)}}


@pytest.fixture(scope="module")
def swept() -> dict[GridPoint, Trained]:
    counts: list[tuple[int, int]] = []
    results = outcome_of(memory.sweep(STUDY, workers=1), lambda done, total, note: counts.append((done, total)))
    assert counts == [(k, 24) for k in range(1, 25)]
    return results


def test_a_sweep_gives_each_run_as_it_is_alone(swept: dict[GridPoint, Trained]) -> None:
    assert swept.keys() == set(memory.grid_points(STUDY))
    for place in (GridPoint("vanilla", False, 11, 5), GridPoint("lstm", True, 13, 6)):
        record = train(memory.config_at(STUDY, place))
        assert swept[place].accuracy == outcome(record).accuracy
        assert swept[place].params["W_hh"].tobytes() == record.probe_params["W_hh"][-1].tobytes()


def test_the_command_line_prints_the_cores_numbers(
    swept: dict[GridPoint, Trained], capsys: pytest.CaptureFixture[str]
) -> None:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in TINY.items()]
    asked = ["memory", "--values", "11", "13", "--seeds", "2", "--seed", "5", "--workers", "1", *options]
    assert command_line.main([*asked, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    expected = json.loads(json.dumps(memory.summary(STUDY, swept)))
    assert printed == expected
    assert len(printed["points"]) == 12
    assert printed["points"][0]["accuracy"] == [
        swept[GridPoint("vanilla", False, 11, seed)].accuracy for seed in (5, 6)
    ]


def test_the_command_line_trains_as_many_seeds_as_the_page() -> None:
    parser = command_line.command_parser()
    assert parser.parse_args(["memory"]).seeds == memory.SEEDS
    assert parser.parse_args(["compare"]).seeds == 10


def test_the_report_is_a_table_of_the_same_numbers(swept: dict[GridPoint, Trained]) -> None:
    table = report(swept)
    row = next(line for line in table.splitlines() if line.startswith("| lstm | norm, 0.4 |"))
    accuracies = sorted(swept[GridPoint("lstm", True, 13, seed)].accuracy for seed in (5, 6))
    low, high = (f"{a:.1%}" for a in accuracies)
    assert row.split(" | ")[-1] == f"0 of 2, {np.mean(accuracies):.1%} ({low} to {high}) |"
    assert "rule: vote of nouns" in table


def test_the_report_of_a_study_on_its_way_leaves_out_what_is_not_known() -> None:
    table = report({GridPoint("gru", False, 11, 5): ended(0.9)})
    assert "| gru | off | 0 of 1, 90.0% (90.0% to 90.0%) | – |" in table
    assert "| rule: vote of nouns | – | 60.0% | – |" in table
    assert "| vanilla | off | – | – |" in report({})


def test_a_study_that_cannot_be_ends_the_command_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended_with:
        command_line.main(["memory", "--values", "8"])
    assert ended_with.value.code == 2
    assert "at least 11 words" in capsys.readouterr().err


def test_studies_are_plain_data() -> None:
    assert Study(*STUDY) == STUDY
    assert json.dumps(memory.summary(STUDY, {})["base"])
