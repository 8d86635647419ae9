"""The temporal-order problem as Pascanu et al. (2013) pose it, and the experiment that counts who solves it."""

from __future__ import annotations

import json
import math
from collections import Counter

import numpy as np
import pytest

from rnn_core import __main__ as command_line
from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.evaluation import accuracy_on, evaluate
from rnn_core.experiments import temporal_order as replication
from rnn_core.experiments.grid import outcome_of
from rnn_core.experiments.temporal_order import (
    BASE,
    SAMPLE,
    RunEnd,
    check,
    rows,
    run_config,
    settings,
    to_next_check,
)
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks import temporal_order
from rnn_core.tasks.temporal_order import CLASSES, FRESH, SYMBOLS, sequences
from rnn_core.training import iterate, starting_params
from rnn_core.types import Batch

LENGTHS = (10, 20, 25, 30, 50, 100)


def until_solved(config: Config) -> RunEnd:
    """Check by check, in this process."""
    checkpoint = to_next_check(config)
    while checkpoint.ending is None:
        checkpoint = to_next_check(config, checkpoint.updates, checkpoint.state)
    return checkpoint.ending


def near(share: float, expected: float, draws: int) -> bool:
    """Within 5 standard deviations of a free draw."""
    return abs(share - expected) <= 5 * math.sqrt(expected * (1 - expected) / draws)


@pytest.mark.parametrize("length", LENGTHS)
def test_two_symbols_carry_information_each_in_its_tenth_of_the_sequence(length: int) -> None:
    drawn = sequences(np.random.default_rng(length), length, (4000,))
    informative = drawn.tokens < 2
    assert (informative.sum(axis=0) == 2).all()
    assert set(drawn.tokens.ravel().tolist()) == set(range(len(SYMBOLS)))
    first = informative.argmax(axis=0)
    second = length - 1 - informative[::-1].argmax(axis=0)
    np.testing.assert_array_equal(first, drawn.first)
    np.testing.assert_array_equal(second, drawn.second)
    tenth = length // 10
    for found, start in ((first, tenth), (second, length // 2)):
        counts = Counter(found.tolist())
        assert set(counts) == set(range(start, start + tenth))
        assert all(near(n / 4000, 1 / tenth, 4000) for n in counts.values())
    if length % 10 == 0:
        assert 0.1 * length <= first.min() <= first.max() < 0.2 * length
        assert 0.5 * length <= second.min() <= second.max() < 0.6 * length


def test_the_class_names_the_two_symbols_in_their_order() -> None:
    drawn = sequences(np.random.default_rng(0), 30, (2000,))
    n = np.arange(2000)
    pairs = zip(drawn.tokens[drawn.first, n], drawn.tokens[drawn.second, n], strict=True)
    seen = [SYMBOLS[a] + SYMBOLS[b] for a, b in pairs]
    assert seen == [CLASSES[answer] for answer in drawn.answer]
    assert set(seen) == {"AA", "AB", "BA", "BB"}


def test_classes_and_distractors_are_as_likely_as_each_other_and_the_classes_independent_of_the_rest() -> None:
    drawn = sequences(np.random.default_rng(0), 20, (40, 1000))
    answer = drawn.answer.ravel()
    assert all(near(float((answer == k).mean()), 0.25, 40_000) for k in range(4))
    distractors = drawn.tokens[drawn.tokens > 1]
    assert all(near(float((distractors == k).mean()), 0.25, len(distractors)) for k in range(2, 6))
    for other in (drawn.first.ravel(), drawn.second.ravel(), drawn.tokens[0].ravel(), drawn.tokens[-1].ravel()):
        for value in np.unique(other):
            among = answer[other == value]
            assert all(near(float((among == k).mean()), 0.25, len(among)) for k in range(4))


def test_the_loss_is_the_mean_over_sequences_read_after_the_last_symbol() -> None:
    config = BASE.replace(dtype="float64")
    made = temporal_order.batches(config, np.random.default_rng(0), 3)
    assert len(made) == 3
    for batch in made:
        assert batch.inputs.shape == batch.targets.shape == batch.weights.shape == (20, 20)
        np.testing.assert_array_equal(batch.read_at, [19])
        np.testing.assert_array_equal(batch.weights[-1], 1 / 20)
    drawn = sequences(np.random.default_rng(0), 20, (3, 20))
    for k, batch in enumerate(made):
        np.testing.assert_array_equal(batch.inputs, drawn.tokens[:, k])
        np.testing.assert_array_equal(batch.targets[-1], drawn.answer[k])


def test_the_baselines_are_what_their_rules_get() -> None:
    drawn = sequences(np.random.default_rng(1), 50, (10_000,))
    found = temporal_order.baselines(drawn)
    commonest = Counter(drawn.answer.tolist()).most_common(1)[0][1]
    assert found[temporal_order.CHANCE] == commonest / 10_000
    second = drawn.tokens[drawn.second, np.arange(10_000)]
    guess = np.random.default_rng(2).integers(2, size=10_000)
    assert near(float((2 * guess + second == drawn.answer).mean()), found["second symbol and a guess"], 10_000)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_probe_is_a_sequence_of_the_class_ab(length: int) -> None:
    probe = temporal_order.probe(Config(task="temporal_order", sentence_length=length))
    assert probe.shape == (length,)
    at = np.flatnonzero(probe < 2)
    assert [SYMBOLS[probe[t]] for t in at] == ["A", "B"]
    assert at.tolist() == [length // 10, length // 2 + length // 10 - 1]
    assert probe.max() < len(SYMBOLS)


def test_the_base_run_is_the_paper_s_basic_tanh() -> None:
    assert (BASE.cell, BASE.activation, BASE.hidden_size, BASE.initializer) == ("vanilla", "tanh", 50, "gaussian")
    assert (BASE.init_std, BASE.optimizer, BASE.learning_rate, BASE.batch_size) == (0.1, "sgd", 0.01, 20)
    assert (BASE.clip, BASE.clip_threshold, BASE.omega, BASE.updates) == ("norm", 1.0, 4.0, 30_000)
    plain, clipping, both = (run_config(BASE.replace(seed=3), name, 50) for name in settings(BASE))
    assert (plain.clip, plain.omega) == ("off", 0)
    assert (clipping.clip, clipping.omega) == ("norm", 0)
    assert both == BASE.replace(sentence_length=50, seed=3)
    params = starting_params(BASE)
    for name in ("W_xh", "W_hh", "W_hy"):
        assert params[name].std() == pytest.approx(0.1, rel=5 / math.sqrt(2 * params[name].size))
    assert not params["b_h"].any()
    assert not params["b_y"].any()


def test_a_setting_that_would_repeat_another_is_left_out() -> None:
    assert settings(BASE.replace(omega=0)) == ["plain SGD", "clipping"]
    assert settings(BASE.replace(clip="off")) == ["plain SGD", "clipping and Ω"]
    assert settings(BASE.replace(clip="value", omega=2)) == list(replication.SETTINGS)


def test_a_short_run_is_solved_and_stops_there() -> None:
    config = run_config(BASE, "clipping and Ω", 10)
    ending = until_solved(config)
    assert ending.solved
    assert ending.updates % replication.CHECK_EVERY == 0
    assert ending.updates < BASE.updates
    assert ending.diverged is None
    *_, last = iterate(config.replace(updates=ending.updates))
    assert check(config, last.params, ending.updates) == (True, ending.errors)
    evaluation = evaluate(config, last.params)[FRESH]
    assert evaluation.asked == 10_000
    assert evaluation.accuracy > 0.99


def test_a_run_that_learns_nothing_ends_with_its_updates_and_its_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication, "CHECK_EVERY", 20)
    ending = until_solved(BASE.replace(learning_rate=1e-4, updates=50))
    assert (ending.updates, ending.solved, ending.diverged) == (50, False, None)
    assert 0.6 < ending.errors < 0.9


def test_a_run_is_checked_every_so_often_and_after_its_last_update(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def never(config: Config, params: object, update: int) -> tuple[bool, float]:
        asked.append(update)
        return False, 0.5

    monkeypatch.setattr(replication, "check", never)
    monkeypatch.setattr(replication, "CHECK_EVERY", 20)
    assert until_solved(BASE.replace(updates=50)) == RunEnd(50, False, 0.5, None)
    assert asked == [20, 40, 50]
    monkeypatch.setattr(replication, "check", lambda config, params, update: (update == 40, 0.004))
    assert until_solved(BASE.replace(updates=50)) == RunEnd(40, True, 0.004, None)


def test_a_run_that_diverges_says_where() -> None:
    config = Config(task="temporal_order", sentence_length=20, activation="identity", learning_rate=10.0, clip="off")
    ending = until_solved(config)
    assert not ending.solved
    assert ending.diverged is not None
    assert f"at update {ending.updates - 1}" in ending.diverged


@pytest.mark.parametrize(("wrong", "solved"), [(0, True), (99, True), (100, False), (101, False)])
def test_success_is_less_than_one_percent_of_ten_thousand_wrong(
    monkeypatch: pytest.MonkeyPatch, wrong: int, solved: bool
) -> None:
    def accuracy(config: Config, params: object, batch: object) -> float:
        """Perfect on the sample; of the rest, added up as `accuracy_on` does, so many wrong."""
        count = batch.inputs.shape[1]
        if count == SAMPLE:
            return 1.0
        assert count == 10_000
        return math.fsum([1 - wrong / 10_000])

    monkeypatch.setattr(replication, "accuracy_on", accuracy)
    found, errors = check(BASE, {}, 500)
    assert found is solved
    assert errors == wrong / 10_000


def test_only_a_good_sample_leads_to_the_ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []

    def accuracy(config: Config, params: object, batch: object) -> float:
        counts.append(batch.inputs.shape[1])
        return 0.99

    monkeypatch.setattr(replication, "accuracy_on", accuracy)
    assert check(BASE, {}, 500) == (False, 0.01)
    assert counts == [SAMPLE]


def test_every_check_draws_sequences_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def accuracy(config: Config, params: object, batch: object) -> float:
        drawn.extend(map(bytes, batch.inputs.astype(np.int8).T))
        return 1.0

    monkeypatch.setattr(replication, "accuracy_on", accuracy)
    config = BASE.replace(sentence_length=50)
    for update in (500, 1000):
        check(config, {}, update)
    asked = 2 * (SAMPLE + 10_000)
    assert len(drawn) == len(set(drawn)) == asked
    trained = {bytes(s) for u in range(100) for s in batch_of_update(config, u).inputs.astype(np.int8).T}
    assert not trained & set(drawn)


def test_rows_count_what_runs_ended_like() -> None:
    endings = {
        ("clipping", 30, 2): RunEnd(4000, True, 0.002, None),
        ("clipping", 30, 0): RunEnd(1500, True, 0.0, None),
        ("clipping", 30, 1): RunEnd(30_000, False, 0.6, None),
        ("clipping", 30, 3): RunEnd(70, False, 0.5, "h at time step 3 became non-finite at update 69"),
        ("plain SGD", 50, 0): RunEnd(30_000, False, 0.75, None),
        ("plain SGD", 20, 0): RunEnd(500, True, 0.0, None),
    }
    plain_20, plain_50, clipping = rows(endings)
    assert plain_20 == ("plain SGD", 20, 1, 1, 0, [500], [])
    assert plain_50 == ("plain SGD", 50, 1, 0, 0, [], [0.75])
    assert clipping == ("clipping", 30, 4, 2, 1, [1500, 4000], [0.5, 0.6])
    table = replication.report({"rows": [plain_50._asdict(), clipping._asdict()]})
    assert table.splitlines()[2:] == [
        "| plain SGD | 50 | 0 of 1 | – | 75.0% | 0 |",
        "| clipping | 30 | 2 of 4 | 2,750 (1,500 to 4,000) | 55.0% | 1 |",
    ]


def test_the_command_runs_every_setting_and_takes_any_field(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["temporal-order", "--json", "--seeds", "2", "--seed", "5", "--lengths", "10", "12", "--workers", "1"]
    assert command_line.main([*arguments, "--updates", "30", "--hidden-size", "7", "--init-std", "0.2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["config"] == BASE.replace(updates=30, hidden_size=7, init_std=0.2, seed=5).to_dict()
    cells = [(run["setting"], run["length"], run["seed"]) for run in found["runs"]]
    assert sorted(cells) == sorted((name, L, seed) for name in settings(BASE) for L in (10, 12) for seed in (5, 6))
    one = found["runs"][cells.index(("clipping", 12, 6))]["ending"]
    config = BASE.replace(updates=30, hidden_size=7, init_std=0.2, seed=6, sentence_length=12, omega=0)
    assert RunEnd(**one) == until_solved(config)
    assert [(row["setting"], row["length"], row["seeds"]) for row in found["rows"]] == [
        (name, L, 2) for name in settings(BASE) for L in (10, 12)
    ]


def test_runs_in_two_processes_end_as_they_do_in_one_and_every_check_is_reported() -> None:
    config = BASE.replace(updates=700, hidden_size=5)
    reports: list[tuple[int, int, str]] = []
    in_two = outcome_of(replication.compare(config, [12], 2, 2), lambda *progress: reports.append(progress))
    assert [done for done, _, _ in reports] == sorted(done for done, _, _ in reports)
    assert reports[-1][0] == 6
    assert {total for _, total, _ in reports} == {6}
    endings = outcome_of(replication.compare(config, [12], 2, 1))
    assert list(endings) == [(name, 12, seed) for seed in (0, 1) for name in settings(config)]
    assert endings == in_two
    for (setting, length, seed), ending in endings.items():
        assert ending == until_solved(run_config(config.replace(seed=seed), setting, length))
        checks = {update for update in (500, 700) if update <= ending.updates}
        notes = [note for _, _, note in reports if note.startswith(f"{setting}, L = 12, seed {seed}: ")]
        assert notes == [f"{setting}, L = 12, seed {seed}: {update} updates" for update in sorted(checks)]


def test_a_run_cut_at_its_checks_has_the_bits_of_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replication, "CHECK_EVERY", 30)
    config = BASE.replace(updates=70)
    stretch = replication.to_next_check(config)
    ends = [stretch.updates]
    while stretch.ending is None:
        stretch = replication.to_next_check(config, stretch.updates, stretch.state)
        ends.append(stretch.updates)
    assert ends == [30, 60, 70]
    *_, last = iterate(config)
    for name, W in last.params.items():
        assert W.tobytes() == stretch.state.params[name].tobytes()
    with pytest.raises(ValueError, match="70 are done"):
        replication.to_next_check(config, 70, stretch.state)


def test_a_length_that_is_too_short_is_refused_before_anything_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        command_line.main(["temporal-order", "--lengths", "20", "9"])
    assert error.value.code == 2
    assert "sentence_length is 9" in capsys.readouterr().err


@one_blas_thread()
def test_the_share_over_many_is_that_of_its_parts() -> None:
    batch = temporal_order.slices(BASE, np.random.default_rng(0), 2500)[FRESH].batch
    params = starting_params(BASE)
    parts = [accuracy_on(BASE, params, Batch(*(a[:, k : k + 50] for a in batch))) for k in range(0, 2500, 50)]
    assert accuracy_on(BASE, params, batch) == pytest.approx(sum(parts) / 50, abs=1e-12)
