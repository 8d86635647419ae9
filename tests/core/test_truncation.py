"""Truncated backpropagation through time: windows counted back from the end, and nothing that crosses their borders."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.numerics.workspace import Workspace
from rnn_core.tasks import TASKS
from rnn_core.training import batch_of_update, starting_state, training_update
from rnn_core.types import Batch, Floats, Gradients

from .problems import KINDS, LOSS_AT, Problem, assert_close, problem

T = 7
SIZE = (T, 3, 4)

every_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)


def arrays_of(gradients: Gradients) -> dict[str, Floats]:
    found = {"dh": gradients.dh, "dh_direct": gradients.dh_direct, "da": gradients.da, **gradients.params}
    return found if gradients.dc is None else found | {"dc": gradients.dc}


@every_kind
@pytest.mark.parametrize("loss_at", LOSS_AT)
@pytest.mark.parametrize("window", [1, 2, 3, T - 1])
def test_everything_equals_pytorch_s_autograd_with_states_detached_at_the_borders(
    kind: tuple[str, str], window: int, loss_at: str
) -> None:
    given = problem(kind, SIZE, loss_at)
    loss, tape, gradients = given.solve(window=window)
    expected = given.judged(window)
    assert loss == pytest.approx(expected.loss, rel=1e-13)
    assert_close(tape.h, expected.h, 1e-13)
    assert_close(gradients.dh, expected.dh, 1e-13)
    assert_close(gradients.dh_direct, expected.dh_direct, 1e-13)
    assert_close(gradients.da, expected.da, 1e-13)
    if gradients.dc is not None:
        assert_close(gradients.dc, expected.dc, 1e-13)
    for name in given.params:
        assert_close(gradients.params[name], expected.params[name], 1e-13)


@every_kind
@pytest.mark.parametrize("window", [T, T + 1, 100])
def test_a_window_of_the_whole_sequence_changes_no_bit(kind: tuple[str, str], window: int) -> None:
    given = problem(kind, SIZE)
    whole = arrays_of(given.solve()[2])
    for name, array in arrays_of(given.solve(window=window)[2]).items():
        np.testing.assert_array_equal(array, whole[name], err_msg=name)


@every_kind
def test_a_window_of_one_time_step_leaves_the_immediate_terms_alone(kind: tuple[str, str]) -> None:
    given = problem(kind, SIZE)
    _, tape, gradients = given.solve(window=1)
    np.testing.assert_array_equal(gradients.dh[1:], gradients.dh_direct)
    summed = {name: np.zeros_like(W) for name, W in given.params.items()}
    for t in range(T):  # each time step a network of its own, started where the whole one was
        alone = one_part(given, tape.h, tape.saved.get("c"), t, t + 1)
        for name, gradient in alone.solve()[2].params.items():
            summed[name] += gradient
    for name in given.params:
        assert_close(gradients.params[name], summed[name], 1e-14)


def one_part(given: Problem, h: Floats, c: Floats | None, start: int, end: int) -> Problem:
    """The time steps from start to end, counted from 0, as a problem of its own."""
    part = Batch(*(array[start:end] for array in given.batch))
    return given._replace(batch=part, h_0=h[start], c_0=None if c is None else c[start])


@every_kind
@pytest.mark.parametrize(("window", "borders"), [(3, [0, 1, 4, 7]), (2, [0, 1, 3, 5, 7]), (5, [0, 2, 7])])
def test_the_gradient_is_the_sum_of_the_windows_own_and_windows_are_counted_back_from_the_end(
    kind: tuple[str, str], window: int, borders: list[int]
) -> None:
    given = problem(kind, SIZE)
    _, tape, gradients = given.solve(window=window)
    summed = {name: np.zeros_like(W) for name, W in given.params.items()}
    for start, end in itertools.pairwise(borders):
        own = one_part(given, tape.h, tape.saved.get("c"), start, end).solve()[2]
        for name, gradient in own.params.items():
            summed[name] += gradient
        np.testing.assert_allclose(gradients.dh[start + 1 : end + 1], own.dh[1:], rtol=1e-12, atol=1e-14)
    for name in given.params:
        assert_close(gradients.params[name], summed[name], 1e-13)


@every_kind
@pytest.mark.parametrize("window", [1, 2, 3, 6])
def test_a_loss_at_the_end_reaches_back_one_window_and_no_further(kind: tuple[str, str], window: int) -> None:
    _, _, gradients = problem(kind, SIZE, "last time step").solve(window=window)
    assert not gradients.dh[: T - window + 1].any()
    assert gradients.dh[T - window + 1 :].any(axis=(1, 2)).all()
    if gradients.dc is not None:
        assert not gradients.dc[: T - window + 1].any()
        assert gradients.dc[T - window + 1 :].any(axis=(1, 2)).all()


@every_kind
def test_passes_with_and_without_a_window_share_memory_and_leave_nothing_behind(kind: tuple[str, str]) -> None:
    given, work = problem(kind, SIZE), Workspace()
    for window in (0, 2, 0, 3, 1, 0):
        expected = arrays_of(given.solve(window=window)[2])
        for name, array in arrays_of(given.solve(work, window)[2]).items():
            np.testing.assert_array_equal(array, expected[name], err_msg=f"{name}, window {window}")


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_an_update_of_a_run_is_truncated_as_its_config_says(cell: str) -> None:
    config = Config(cell=cell, bptt_window=4, hidden_size=6, batch_size=3, clip="off", dtype="float64")
    state, batch = starting_state(config), batch_of_update(config, 0)
    record = training_update(config, state, batch)
    loss = TASKS[config.task].loss
    truncated, whole = (
        loss_and_gradients(state.params, batch, cell_of(config), None, loss, window).gradients for window in (4, 0)
    )
    np.testing.assert_array_equal(record.dh_norm > 0, truncated.dh.any(axis=(1, 2)))
    assert (record.dh_norm > 0).sum() == 4
    for name, gradient in truncated.params.items():
        np.testing.assert_array_equal(
            record.params[name], state.params[name] - config.learning_rate * gradient, err_msg=name
        )
    assert np.abs(truncated.params["W_hh"] - whole.params["W_hh"]).max() > 0.01 * np.abs(whole.params["W_hh"]).max()
