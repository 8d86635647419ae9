"""The gradient check finds what is right right, and what is wrong wrong, in every cell."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rnn_core import __main__ as command_line
from rnn_core import checking
from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.cells import ACTIVATIONS, CELLS, Cell, cell_of
from rnn_core.cells.cell import Arrays
from rnn_core.cells.vanilla import vanilla
from rnn_core.checking import TOLERANCE, TensorCheck, check, check_gradients, check_model
from rnn_core.config import Config
from rnn_core.models import recurrent
from rnn_core.models.bag import bag_of
from rnn_core.models.model import LossAndGradients
from rnn_core.numerics.differences import compare
from rnn_core.tasks import TASKS
from rnn_core.training import starting_params
from rnn_core.types import Floats

from .oracle import central_differences
from .problems import KINDS, Problem, problem

SMALL = Config(hidden_size=6, batch_size=3)
VANISHES = {"spectral_radius": 0.05, "sentence_length": 60}
EXPLODES = {"spectral_radius": 4.0, "sentence_length": 100, "hidden_size": 8, "batch_size": 2}

OUTPUT = ("W_hy", "b_y")

ENOUGH = 30
"""Entries of each tensor that the tests compare, but for those about the number itself: it is what takes time."""

every_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)


@pytest.fixture(autouse=True)
def few_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MOST_ENTRIES", ENOUGH)
    monkeypatch.setattr(checking, "MODEL_ENTRIES", ENOUGH)


def config_of(kind: tuple[str, str], **changes: object) -> Config:
    return SMALL.replace(cell=kind[0], activation=kind[1], **changes)


def errors(checks: list[TensorCheck]) -> dict[str, float]:
    return {one.name: one.error for one in checks}


def check_of(given: Problem) -> list[TensorCheck]:
    return check(given.params, given.batch, given.cell, given.loss, np.random.default_rng(0))


@every_kind
@pytest.mark.parametrize("changes", [{}, {"spectral_radius": 2.5}, VANISHES, EXPLODES], ids=str)
def test_every_gradient_agrees_with_central_differences(kind: tuple[str, str], changes: dict[str, object]) -> None:
    checks = check_gradients(config_of(kind, **changes))
    biases, states = {"gru": ["b_hn"]}.get(kind[0], []), {"lstm": ["h", "c"]}.get(kind[0], ["h"])
    assert [one.name for one in checks] == ["W_xh", "W_hh", "b_h", "W_hy", "b_y", *biases, *states]
    for one in checks:
        explodes = kind[1] in ("relu", "identity")
        assert one.error < (TOLERANCE if explodes else TOLERANCE / 100), one  # what is right passes by far
        assert one.largest > 0 or kind[1] == "identity"  # whose logits explode, and the loss with them or to exactly 0
        assert one.entries > 0
        assert one.kinks == 0


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", TASKS)
def test_every_gradient_of_every_task_s_loss_agrees(cell: str, task: str) -> None:
    config = SMALL.replace(task=task, cell=cell, sentence_length=23)
    assert max(errors(check_gradients(config)).values()) < TOLERANCE / 100


@every_kind
@pytest.mark.parametrize("inputs", ["token ids", "dense values"])
def test_the_gradient_of_any_network_and_batch_can_be_checked(kind: tuple[str, str], inputs: str) -> None:
    given = problem(kind, (7, 3, 5), "masked padding", inputs)
    found = errors(check_of(given))
    assert max(found.values()) < TOLERANCE / 100


@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_losses_that_explode_from_time_step_to_time_step_are_checked(activation: str) -> None:
    config = SMALL.replace(activation=activation, task="copying", sentence_length=100, spectral_radius=2.5)
    for one in check_gradients(config):
        assert one.error < TOLERANCE, one


@every_kind
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_is_checked_in_float64_and_left_alone(kind: tuple[str, str], dtype: str) -> None:
    given = problem(kind, (5, 2, 3), dtype=dtype)
    copies = [array.copy() for array in given.arrays()]
    for array in given.arrays():
        array.setflags(write=False)
    assert max(errors(check_of(given)).values()) < TOLERANCE / 100
    for array, copy in zip(given.arrays(), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_check_gradients_checks_the_run_s_first_batch_from_its_initial_weights() -> None:
    config = SMALL.replace(cell="lstm", dtype="float64")
    given = starting_params(config), batch_of_update(config, 0), cell_of(config), TASKS[config.task].loss
    of_batch = check(*given, np.random.default_rng(0))
    for ours, theirs in zip(check_gradients(config), of_batch, strict=True):
        assert (ours.name, ours.largest) == (theirs.name, theirs.largest)
    assert check_gradients(config.replace(dtype="float32")) == check_gradients(config)


def test_every_entry_of_a_small_tensor_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    entries = {one.name: one.entries for one in check_gradients(SMALL)}
    assert (entries["W_hh"], entries["b_h"], entries["W_hy"], entries["b_y"]) == (36, 6, 12, 2)
    assert entries["W_xh"] in (checking.MOST_ENTRIES, checking.MOST_ENTRIES + 1)  # the largest may be among them
    entries = {one.name: one.entries for one in check_of(problem(("lstm", "tanh"), (4, 2, 3)))}
    assert (entries["h"], entries["c"], entries["W_hh"]) == (5 * 6, 5 * 6, 3 * 12)


def with_slopes(cell: Cell, block: int, factor: float) -> Cell:
    """The cell with one of its slopes off by a factor."""

    def wrong(before: Arrays, now: Arrays, K: Floats) -> Arrays:
        if block == len(K):  # what is no slope by a pre-activation and is saved anyway: the gate that keeps the state
            *others, keep = cell.slopes(before, now, K)
            return *others, keep * factor
        slopes = cell.slopes(before, now, K)  # views of K
        K[block] *= factor
        return slopes

    return cell._replace(slopes=wrong)


@pytest.mark.parametrize(
    ("kind", "block"), [(kind, k) for kind in KINDS for k in range({"vanilla": 1, "gru": 4, "lstm": 6}[kind[0]])]
)
def test_a_wrong_derivative_is_found(kind: tuple[str, str], block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = with_slopes(CELLS[kind[0]][kind[1]], block, 1.001)
    monkeypatch.setitem(CELLS[kind[0]], kind[1], wrong)
    found = errors(check_gradients(config_of(kind, forget_bias=0.0)))
    assert max(found.values()) > 1e-5
    for name in OUTPUT:  # the output layer does not go through the cell
        assert found[name] < TOLERANCE, name
    assert max(found[name] for name in found if name in ("h", "c")) > 1e-5


def test_a_wrong_derivative_of_tanh_is_found_in_every_tensor_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = ACTIVATIONS["tanh"]

    def wrong_slope(h: Floats, slope: Floats) -> None:
        tanh.slope(h, slope)
        slope *= 1.001

    monkeypatch.setitem(CELLS["vanilla"], "tanh", vanilla(tanh._replace(slope=wrong_slope)))
    found = errors(check_gradients(SMALL))
    for name in ("W_xh", "W_hh", "b_h", "h"):
        assert found[name] > 1e-4, name
    for name in OUTPUT:
        assert found[name] < TOLERANCE, name


def off_by_a_thousandth(name: str, where: Any) -> Any:
    """`loss_and_gradients` with some entries of one gradient off."""

    def wrong(*arguments: Any) -> Pass:
        done = loss_and_gradients(*arguments)
        gradients = done.gradients
        arrays = {"h": gradients.dh, "c": gradients.dc} | gradients.params
        arrays[name][where] *= 1.001
        return done

    return wrong


@pytest.mark.parametrize("t", [0, 3, 13, 14])
@pytest.mark.parametrize(("cell", "state"), [("vanilla", "h"), ("gru", "h"), ("lstm", "h"), ("lstm", "c")])
def test_a_wrong_gradient_at_one_time_step_is_found_however_small_it_is(
    cell: str, state: str, t: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "loss_and_gradients", off_by_a_thousandth(state, t))
    config = SMALL.replace(cell=cell, spectral_radius=0.1, forget_bias=-3.0)
    assert errors(check_gradients(config))[state] > 1e-4


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "b_hn"])
def test_a_wrong_gradient_of_a_parameter_is_found_in_that_parameter_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "loss_and_gradients", off_by_a_thousandth(name, ...))
    found = errors(check_gradients(SMALL.replace(cell="gru")))
    assert found.pop(name) == pytest.approx(0.001 / 1.001, rel=1e-4)
    assert max(found.values()) < TOLERANCE


@every_kind
def test_the_check_agrees_with_differences_of_the_whole_loss(kind: tuple[str, str]) -> None:
    given = problem(kind, (4, 2, 3))
    _, _, gradients = given._replace(h_0=0 * given.h_0, c_0=None).solve()
    found = errors(check_of(given))
    for name, W in given.params.items():
        numeric = central_differences(given._replace(h_0=0 * given.h_0, c_0=None).value, W)
        assert np.abs(gradients.params[name] - numeric).max() < 1e-6 * np.abs(numeric).max()
        assert found[name] < TOLERANCE


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("cell", CELLS)
def test_what_is_not_finite_never_passes(cell: str, value: float) -> None:
    given = problem((cell, "tanh"), (4, 2, 3))
    given.params["W_hy"][0, 0] = value
    found = errors(check_of(given))
    assert np.isnan(found["h"])
    assert np.isnan(found["W_hh"])


@pytest.mark.parametrize("t", [0, 2, 4])
@pytest.mark.parametrize(("cell", "state"), [("gru", "h"), ("lstm", "h"), ("lstm", "c")])
def test_a_nan_at_one_time_step_is_not_outweighed_by_the_others(
    cell: str, state: str, t: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_nan(*arguments: Any) -> Pass:
        done = loss_and_gradients(*arguments)
        array = done.gradients.dh if state == "h" else done.gradients.dc
        assert array is not None
        array[t, 0, 0] = np.nan
        return done

    monkeypatch.setattr(checking, "loss_and_gradients", with_nan)
    assert np.isnan(errors(check_of(problem((cell, "tanh"), (4, 2, 3))))[state])


def at_a_kink(distance: float) -> Problem:
    """A ReLU network in which one unit's pre-activation is so far above 0 at every time step, and moved by W_hh[0]."""
    given = problem(("vanilla", "relu"), (3, 2, 3), inputs="dense values")
    params = {name: np.zeros_like(W) for name, W in given.params.items()}
    params["W_hy"][:] = given.params["W_hy"]
    params["b_h"][:] = [0.7, -0.4, distance]
    return given._replace(params=params)


@pytest.mark.parametrize("distance", [1e-2, 1e-5, -1e-5, 1e-7, -1e-7])
def test_near_a_kink_of_relu_the_difference_is_taken_from_its_own_side(distance: float) -> None:
    for one in check_of(at_a_kink(distance)):
        assert one.kinks == 0, one
        assert one.error < TOLERANCE, one


def test_at_a_kink_of_relu_entries_that_move_it_are_left_out_and_counted() -> None:
    checks = {one.name: one for one in check_of(at_a_kink(0.0))}
    assert checks["b_h"].entries == 2
    assert checks["b_h"].kinks == 1
    assert (checks["W_hy"].kinks, checks["b_y"].kinks) == (0, 0)
    for one in checks.values():
        assert one.error < TOLERANCE, one
    every_entry = {name: W.size for name, W in at_a_kink(0.0).params.items()}
    for name, size in every_entry.items():
        assert checks[name].entries + checks[name].kinks == size, name


def test_without_care_a_kink_would_be_taken_for_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = CELLS["vanilla"]["relu"]._replace(kink=False)
    given = at_a_kink(1e-5)
    found = errors(check(given.params, given.batch, careless, given.loss, np.random.default_rng(0)))
    assert found["b_h"] > 0.01


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"bptt_window": 3}, "bptt_window is 3, .*allowed: 0"), ({"clip": "flow"}, "clip is flow, .*allowed: any other")],
)
def test_a_gradient_that_is_no_derivative_is_not_checked(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_gradients(SMALL.replace(**changes))


ATTENTION = ("W_x", "W_q", "W_k", "W_v", "W_hy", "b_y")
FEED_FORWARD = ("E", "W_1", "b_1", "W_2", "b_2")
PARAMS = {"attention": ATTENTION, "feed_forward": FEED_FORWARD, "bag": FEED_FORWARD}

without_recurrence = pytest.mark.parametrize("model", PARAMS)


@without_recurrence
@pytest.mark.parametrize("changes", [{}, {"seed": 3, "sentence_length": 40}, {"task": "temporal_order"}], ids=str)
def test_every_gradient_of_a_network_without_recurrence_agrees(model: str, changes: dict[str, object]) -> None:
    checks = check_gradients(SMALL.replace(**changes), model)
    assert [one.name for one in checks] == list(PARAMS[model])
    for one in checks:
        assert one.error < TOLERANCE / 100, one
        assert one.largest > 0
        assert one.entries > 0


@pytest.mark.parametrize("task", TASKS)
def test_every_gradient_of_attention_agrees_in_every_task(task: str) -> None:
    config = SMALL.replace(task=task, sentence_length=23)
    assert max(errors(check_gradients(config, "attention")).values()) < TOLERANCE / 100


def test_the_recurrent_network_of_the_run_is_checked_if_no_other_is_asked_for() -> None:
    assert check_gradients(SMALL) == check_gradients(SMALL, "recurrent")


@pytest.mark.parametrize("cell", CELLS)
def test_a_recurrent_network_passes_as_any_other_model_does(cell: str) -> None:
    config = SMALL.replace(cell=cell, dtype="float64")
    given = starting_params(config), batch_of_update(config, 0), np.random.default_rng(0)
    assert max(errors(check_model(recurrent.model(config), *given)).values()) < TOLERANCE


def test_a_bag_of_counts_is_the_recurrent_network_of_one_time_step_and_passes_as_such() -> None:
    config = SMALL.replace(task="sentiment", dtype="float64")
    batch = bag_of(batch_of_update(config, 0), TASKS["sentiment"].inputs, 0)
    given = starting_params(config), batch, cell_of(config), TASKS["sentiment"].loss
    assert max(errors(check(*given, np.random.default_rng(0))).values()) < TOLERANCE / 100


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, names in PARAMS.items() for name in names])
def test_a_wrong_gradient_of_any_model_is_found_in_that_parameter_alone(model: str, name: str) -> None:
    config = SMALL.replace(dtype="float64")
    network = checking.MODELS[model](config)

    def wrong(*arguments: Any) -> LossAndGradients:
        measured = network.loss_and_gradients(*arguments)
        measured.gradients[name][...] *= 1.001
        return measured

    given = starting_params(config, network), batch_of_update(config, 0), np.random.default_rng(0)
    found = errors(check_model(network._replace(loss_and_gradients=wrong), *given))
    assert found.pop(name) == pytest.approx(0.001 / 1.001, rel=1e-4)
    assert max(found.values()) < TOLERANCE


@without_recurrence
def test_a_gradient_that_is_not_finite_passes_in_no_model(model: str) -> None:
    network = checking.MODELS[model](SMALL)
    params = starting_params(SMALL, network)
    params[PARAMS[model][1]].flat[0] = np.nan
    found = errors(check_model(network, params, batch_of_update(SMALL, 0), np.random.default_rng(0)))
    assert np.isnan(found[PARAMS[model][1]])


@without_recurrence
def test_a_model_is_checked_in_float64_and_its_weights_are_left_alone(model: str) -> None:
    network = checking.MODELS[model](SMALL)
    params = starting_params(SMALL, network)
    copies = {name: W.copy() for name, W in params.items()}
    for W in params.values():
        W.setflags(write=False)
    found = errors(check_model(network, params, batch_of_update(SMALL, 0), np.random.default_rng(0)))
    assert max(found.values()) < TOLERANCE / 100
    for name, W in params.items():
        np.testing.assert_array_equal(W, copies[name])


def test_a_model_that_does_not_exist_or_cannot_read_the_task_is_refused() -> None:
    with pytest.raises(ValueError, match="model is 'convolution'; allowed: one of recurrent, attention, feed_forward"):
        check_gradients(SMALL, "convolution")
    with pytest.raises(ValueError, match=r"inputs have the shape \(14, 3, 2\); allowed .*\(T, B\)"):
        check_gradients(SMALL.replace(task="adding"), "bag")
    with pytest.raises(ValueError, match=r"the loss is read 14 times in a sequence; allowed .*: once"):
        check_gradients(SMALL.replace(task="next_word"), "feed_forward")


def test_a_gradient_of_another_shape_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"the gradient of W has the shape \(3, 2\); allowed: \(2, 3\)"):
        compare("W", np.zeros((2, 3)), np.zeros((3, 2)), [], rng, 5)


@pytest.mark.parametrize("model", checking.MODELS)
def test_the_command_checks_every_model(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["check", "--model", model, "--hidden-size", "5", "--batch-size", "2"]) == 0
    *lines, verdict = capsys.readouterr().out.splitlines()
    names = PARAMS.get(model, ("W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_t, all t"))
    assert [line[:16].rstrip() for line in lines] == [f"∂L/∂{name}" for name in names]
    assert verdict.startswith("ok: ")


def test_the_command_refuses_a_task_that_a_model_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["check", "--model", "bag", "--task", "adding"])
    assert ended.value.code == 2
    assert "inputs have the shape" in capsys.readouterr().err


def test_the_command_names_both_states_and_what_was_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "check", lambda *_: [TensorCheck("c", 7, 1.0, 1e-9, kinks=3)])
    assert command_line.main(["check"]) == 0
    line, *_ = capsys.readouterr().out.splitlines()
    assert line == "∂L/∂c_t, all t      7 entries, largest relative error 1.0e-09 (3 left out: too near a kink)"


@pytest.mark.parametrize("found", [[1e-9, np.nan], [np.nan, 1e-9]])
def test_the_command_fails_where_an_error_is_not_a_number(
    found: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "check", lambda *_: [TensorCheck("h", 1, 1.0, error) for error in found])
    assert command_line.main(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["largest_error"] == "nan"
