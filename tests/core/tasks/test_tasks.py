"""What every task promises: batches from its own fields alone, baselines, and that all cells can train on it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.batches import _READ_BY_BATCHES, _block_of_batches, batch_of_update
from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.checking import TOLERANCE, check_gradients
from rnn_core.commands import train as train_command
from rnn_core.config import OUTPUTS_EVERYWHERE, SHORTEST, SPECS, Config
from rnn_core.diagnostics import CHANCE_ERRORS, Outcome, outcome, probe
from rnn_core.evaluation import answers_on, evaluate
from rnn_core.recording import train
from rnn_core.tasks import SOLVED_ABOVE, TASKS, led
from rnn_core.training import starting_params
from rnn_core.types import Evaluation, EvaluationSet

SMALL = Config(sentence_length=24, attractors=1, hidden_size=6, batch_size=5, updates=4, learning_rate=0.05, seed=1)

FLOATS = {"adding", "led", "melody", "forecast"}
VALUES = {"adding", "forecast"}
"""Tasks whose outputs are values, not classes."""
EVERY_TIME_STEP = set(OUTPUTS_EVERYWHERE)
TIME_STEPS = {task: 1 if task == "led" else SMALL.sentence_length for task in TASKS}
READ_AT = {task: range(T) if task in EVERY_TIME_STEP else [T - 1] for task, T in TIME_STEPS.items()}

WRITE_AFTER_READING = {"dates", "reversal"}
"""Where each sequence has its own time steps with a loss: test_encoder_decoder.py looks at them."""

tasks = pytest.mark.parametrize("task", TASKS)


class Watched:
    """A config that remembers which of its fields were read."""

    def __init__(self, config: Config) -> None:
        self._config, self.read = config, set[str]()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(self._config, name)


def slices_of(task: str, count: int = 600, **changes: object) -> dict[str, EvaluationSet]:
    config = SMALL.replace(task=task, **changes)
    return TASKS[task].slices(config, np.random.default_rng(0), count)


def test_every_task_that_a_config_can_name_is_there() -> None:
    assert tuple(TASKS) == SPECS["task"].choices


@tasks
def test_memory_counts_the_outputs_that_are_read_at_every_time_step(task: str) -> None:
    config = SMALL.replace(task=task)
    batch = batch_of_update(config, 0)
    assert (len(batch.read_at) > 1) is (task in OUTPUTS_EVERYWHERE)
    assert OUTPUTS_EVERYWHERE.get(task, TASKS[task].outputs) == TASKS[task].outputs
    more = config.memory() - SMALL.memory()
    assert more == 4 * 24 * 300 * 4 * OUTPUTS_EVERYWHERE.get(task, 0)


@pytest.mark.parametrize("task", SHORTEST)
def test_a_task_works_at_its_shortest_and_refuses_less(task: str) -> None:
    config = SMALL.replace(task=task, sentence_length=SHORTEST[task], updates=1)
    assert train(config).divergence is None
    with pytest.raises(ValueError, match=f"sentence_length is {SHORTEST[task] - 1}"):
        config.replace(sentence_length=SHORTEST[task] - 1)


@tasks
def test_batches_and_slices_depend_on_no_field_but_those_they_are_kept_by(task: str) -> None:
    watched = Watched(SMALL.replace(task=task))
    _block_of_batches.__wrapped__(watched, 0)
    TASKS[task].slices(watched, np.random.default_rng(0), 30)
    assert watched.read <= set(_READ_BY_BATCHES)


@tasks
def test_the_same_seed_draws_the_same_batches_and_the_next_update_others(task: str) -> None:
    config = SMALL.replace(task=task)
    one, again, other = (batch_of_update(c, u) for c, u in ((config, 3), (config.replace(updates=9), 3), (config, 4)))
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (one.inputs != other.inputs).any()
    assert (batch_of_update(config.replace(seed=2), 3).inputs != one.inputs).any()


@tasks
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_batch_has_the_shapes_and_ranges_that_the_task_declares(task: str, dtype: str) -> None:
    made, config, T = TASKS[task], SMALL.replace(task=task, dtype=dtype), TIME_STEPS[task]
    batch = batch_of_update(config, 0)
    assert batch.inputs.shape == ((T, 5, made.inputs) if task in FLOATS else (T, 5))
    assert batch.targets.shape == batch.weights.shape == (T, 5)
    assert batch.weights.dtype == dtype
    assert batch.weights.sum() == pytest.approx(1, rel=1e-6)  # the loss is a mean
    if task not in WRITE_AFTER_READING:
        np.testing.assert_array_equal(batch.read_at, READ_AT[task])
    if task in FLOATS:
        assert batch.inputs.dtype == dtype
    else:
        assert batch.inputs.min() >= 0
        assert batch.inputs.max() < made.inputs
    if task in VALUES:
        assert batch.targets.dtype == dtype
    else:
        assert batch.targets.min() >= 0
        assert batch.targets.max() < made.outputs


@tasks
def test_slices_hold_what_a_run_must_solve_and_what_chance_gets(task: str) -> None:
    made, slices = TASKS[task], slices_of(task)
    assert set(made.solved_on) <= set(slices)
    assert SOLVED_ABOVE == 0.99
    assert made.solved_above == (0.99 * led.BEST if task == "led" else 0.99)
    for batch, baselines, losses in slices.values():
        assert batch.inputs.shape[:2] == (TIME_STEPS[task], 600)
        assert batch.weights.sum() == pytest.approx(1, rel=1e-5)
        assert made.chance in baselines
        assert all(0 <= share <= 1 for share in baselines.values())
        assert all(0 < loss < math.log(made.outputs + 1) for loss in losses.values())


@tasks
def test_the_probe_is_a_sequence_that_the_task_s_network_can_read(task: str) -> None:
    config = SMALL.replace(task=task)
    one, again = TASKS[task].probe(config), TASKS[task].probe(config.replace(seed=7))
    np.testing.assert_array_equal(one, again)
    assert one.shape[1:] == ((TASKS[task].inputs,) if task in FLOATS else ())
    record = train(config.replace(updates=1))
    assert record.probe_h.shape[1:] == (len(one) + 1, 6)
    read = probe(record, one, -1)
    assert read.p.shape == (len(one) + 1, TASKS[task].outputs)
    if task not in VALUES:
        np.testing.assert_allclose(read.p.sum(axis=-1), 1, rtol=1e-5)
    else:  # the output itself
        W = {name: weights[-1] for name, weights in record.probe_params.items()}
        np.testing.assert_allclose(read.p, read.h @ W["W_hy"] + W["b_y"], rtol=1e-6)


@tasks
@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_every_cell_trains_on_it_end_to_end(task: str, cell: str) -> None:
    record = train(SMALL.replace(task=task, cell=cell))
    assert record.updates == 4
    assert record.divergence is None
    assert np.isfinite(record.loss).all()
    assert (record.grad_norm > 0).all()
    assert set(TASKS[task].solved_on) <= set(record.evaluation)
    for found in record.evaluation.values():
        assert found.asked == TASKS[task].held_out
        assert 0 <= found.accuracy <= 1
        assert 0 < found.loss < 10
    # an untrained network's answer already follows the last value, which is nearer to the next one than 0 °C is
    assert outcome(record).kind in ({"at chance", "partly solved"} if task == "forecast" else {"at chance"})


@tasks
def test_every_gradient_on_it_agrees_with_central_differences(task: str) -> None:
    for check in check_gradients(SMALL.replace(task=task)):
        assert check.error < TOLERANCE, check
        assert (check.largest > 0) is not (task == "led" and check.name == "W_hh")  # in one time step it meets h_0 = 0


@tasks
def test_the_loss_of_an_evaluation_is_that_of_the_slice_as_one_batch(task: str) -> None:
    config = SMALL.replace(task=task, dtype="float64")
    batch = next(iter(slices_of(task, 700, dtype="float64").values())).batch
    params = starting_params(config)
    whole = loss_and_gradients(params, batch, cell_of(config), None, TASKS[task].loss)
    right, loss = answers_on(config, params, batch)
    assert loss == pytest.approx(whole.loss, rel=1e-10)
    assert right == pytest.approx(whole.accuracy, rel=1e-10, abs=1e-12)


@tasks
def test_an_outcome_is_measured_against_the_task_s_own_chance(task: str) -> None:
    record = train(SMALL.replace(task=task, updates=1))
    evaluation = evaluate(record.config, starting_params(record.config))
    name = TASKS[task].solved_on[0]
    guess, asked = 0.3, 1000
    threshold = guess + CHANCE_ERRORS * math.sqrt(guess * (1 - guess) / asked)
    for accuracy, kind in ((threshold - 1e-6, "at chance"), (threshold + 1e-6, "partly solved"), (0.991, "solved")):
        for slice_name in TASKS[task].solved_on:
            evaluation[slice_name] = Evaluation(1.0, asked, {TASKS[task].chance: guess})
        evaluation[name] = Evaluation(accuracy, asked, {TASKS[task].chance: guess})
        object.__setattr__(record, "evaluation", evaluation)
        assert outcome(record) == Outcome(kind, accuracy)


@tasks
def test_the_pair_s_answers_are_among_those_to_choose_from(task: str) -> None:
    made = TASKS[task]
    assert set(made.answers) <= set(range(made.outputs))
    assert all(answer in made.answers for _, answer in made.pair or ())
    assert bool(made.pair) is (task in ("agreement", "next_word"))


@tasks
def test_what_train_prints_names_what_is_counted_and_puts_each_number_beside_its_chance(task: str) -> None:
    record = train(SMALL.replace(task=task, updates=1))
    report, summary = train_command.report(record), train_command.summary(record)
    assert f"share of {TASKS[task].right}:" in report
    for name, found in record.evaluation.items():
        assert f"{name} ({found.asked}): {found.accuracy:.1%}; baselines: " in report
        assert f"{TASKS[task].chance} {found.baselines[TASKS[task].chance]:.1%}" in report
        for rule, loss in found.loss_baselines.items():
            assert f"loss {found.loss:.4g}; baselines: " in report
            assert f"{rule} {loss:.4g}" in report
        assert summary["loss"][name] == found.loss
        assert summary["loss_baselines"][name] == found.loss_baselines
    assert ("    loss " in report) is (task in {"next_word", "copying", "tagging"} | VALUES | WRITE_AFTER_READING)
