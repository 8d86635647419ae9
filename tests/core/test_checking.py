"""The gradient check finds what is right right, and what is wrong wrong."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core import cells, checking
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.checking import TOLERANCE, check_gradients
from rnn_core.config import Config
from rnn_core.training import batch_of_update, starting_params

SMALL = Config(hidden_size=6, batch_size=3)


VANISHES = {"spectral_radius": 0.05, "sentence_length": 60}
EXPLODES = {"spectral_radius": 4.0, "sentence_length": 100, "hidden_size": 24}


@pytest.mark.parametrize("changes", [{}, {"spectral_radius": 2.5}, {"dtype": "float64"}, VANISHES, EXPLODES])
def test_every_gradient_agrees_with_central_differences(changes: dict[str, object]) -> None:
    checks = check_gradients(SMALL.replace(**changes))
    assert [check.name for check in checks] == ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h"]
    for check in checks:
        assert check.error < TOLERANCE, check
        assert check.largest > 0


def test_every_entry_of_a_small_tensor_is_checked() -> None:
    entries = {check.name: check.entries for check in check_gradients(SMALL)}
    assert (entries["W_hh"], entries["b_h"], entries["W_hy"], entries["b_y"]) == (36, 6, 12, 2)
    assert entries["W_xh"] in (checking.MOST_ENTRIES, checking.MOST_ENTRIES + 1)  # the largest may be among them


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong_slope(h: object, slope: object) -> None:
        cells.tanh_slope(h, slope)
        slope *= 1.001

    wrong = cells.CELLS["vanilla"]._replace(slope=wrong_slope)
    monkeypatch.setitem(cells.CELLS, "vanilla", wrong)
    errors = {check.name: check.error for check in check_gradients(SMALL)}
    for name in ("W_xh", "W_hh", "b_h", "h"):
        assert errors[name] > 1e-4, name
    for name in ("W_hy", "b_y"):  # the output layer does not go through tanh
        assert errors[name] < TOLERANCE, name


@pytest.mark.parametrize("t", [0, 3, 13])
def test_a_wrong_gradient_at_one_time_step_is_found_however_small_it_is(
    t: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong_at_t(*arguments: object) -> Pass:
        done = loss_and_gradients(*arguments)
        done.gradients.dh[t] *= 1.001
        return done

    monkeypatch.setattr(checking, "loss_and_gradients", wrong_at_t)
    states = check_gradients(SMALL.replace(spectral_radius=0.1))[-1]
    assert states.error > 1e-4


def test_the_check_agrees_with_differences_of_the_whole_loss() -> None:
    config = SMALL.replace(dtype="float64")
    params, batch = starting_params(config), batch_of_update(config, 0)
    gradients = loss_and_gradients(params, batch).gradients.params
    for name, gradient in gradients.items():
        entry = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        losses = []
        for sign in (1, -1):
            moved = {**params, name: params[name].copy()}
            moved[name][entry] += sign * 1e-5
            losses.append(loss_and_gradients(moved, batch).loss)
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(gradient[entry], rel=1e-6)
