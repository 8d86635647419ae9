"""Clipping inside the flow: the one clip that changes what earlier time steps receive."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, backward, loss_and_gradients, slopes_of
from rnn_core.cells import CELLS, Cell
from rnn_core.config import SPECS, Config
from rnn_core.numerics.norms import global_norm
from rnn_core.training import iterate, starting_state, training_update
from rnn_core.types import Batch, Params
from tests.core.gradients import flat

SMALL = Config(sentence_length=8, attractors=0, hidden_size=5, batch_size=3, updates=30, clip_threshold=0.05, seed=1)

ALL_CELLS = [pytest.param(cell, id=f"{kind} {name}") for kind, of in CELLS.items() for name, cell in of.items()]
CELL_CHOICES = ("vanilla", "gru", "lstm")


def a_pass(cell: Cell, kind: str, radius: float) -> tuple[Params, Batch, Pass]:
    """A batch whose loss is read at the last time step alone, forward and back, in float64."""
    config = SMALL.replace(cell=kind, spectral_radius=radius, dtype="float64")
    params = starting_state(config).params
    return params, batch_of_update(config, 0), loss_and_gradients(params, batch_of_update(config, 0), cell)


def arriving(done: Pass) -> np.ndarray:
    """‖∂L/∂h_t, ∂L/∂c_t‖ at t = 1 ... T, (T,); for c_t with what comes through h_t, so no less than what arrives."""
    dh, dc = done.gradients.dh, done.gradients.dc
    states = [dh] if dc is None else [dh, dc]
    return np.array([global_norm([d[t] for d in states]) for t in range(1, len(dh))])


@pytest.mark.parametrize("kind", CELL_CHOICES)
def test_clipping_one_time_step_scales_what_earlier_ones_receive_by_exactly_its_factor(kind: str) -> None:
    cell = CELLS[kind]["tanh"]
    params, batch, done = a_pass(cell, kind, 0.3)
    dh, dc = done.gradients.dh, done.gradients.dc
    T = len(dh) - 1
    arrives = global_norm([dh[T]])  # ∂L/∂c_T is still 0 when the loss arrives
    assert arrives / 2 > np.nanmax(arriving(done)[:-1])  # it vanishes: no other time step reaches half of it
    flow = backward(params, batch, done.tape, done.dlogits, cell, flow_limit=arrives / 2)
    np.testing.assert_array_equal(flow.dh, dh / 2)  # halving is exact
    np.testing.assert_array_equal(flow.da, done.gradients.da / 2)
    if dc is not None:
        np.testing.assert_array_equal(flow.dc, dc / 2)
    for name, g in done.gradients.params.items():
        factor = 1 if name in ("W_hy", "b_y") else 2  # what comes straight from the outputs does not flow
        np.testing.assert_array_equal(flow.params[name] * factor, g)


def test_clipping_a_time_step_in_the_middle_leaves_the_later_ones_alone() -> None:
    # identity, W_hh = 2·1: ∂L/∂h_t doubles at each time step back; a limit between t and t - 1 cuts each earlier one
    T, H = 6, 2
    params = {
        "W_xh": np.zeros((1, H)),
        "W_hh": 2 * np.eye(H),
        "b_h": np.zeros(H),
        "W_hy": np.eye(H),
        "b_y": np.zeros(H),
    }
    read = np.zeros((T, 1))
    read[-1] = 1
    batch = Batch(np.zeros((T, 1), int), np.zeros((T, 1), int), read)
    cell = CELLS["vanilla"]["identity"]
    done = loss_and_gradients(params, batch, cell)
    length = global_norm([done.gradients.dh[T]])
    np.testing.assert_allclose(arriving(done), length * 2.0 ** np.arange(T - 1, -1, -1), rtol=1e-14)
    flow = backward(params, batch, done.tape, done.dlogits, cell, flow_limit=3 * length)
    norms = [global_norm([d]) for d in flow.dh]
    np.testing.assert_allclose(norms, [6 * length, *[3 * length] * (T - 2), 2 * length, length], rtol=1e-14)
    np.testing.assert_array_equal(flow.dh[T - 1 :], done.gradients.dh[T - 1 :])


@pytest.mark.parametrize("kind", CELL_CHOICES)
def test_every_time_step_shortens_all_that_arrives_at_it_by_one_factor(kind: str) -> None:
    cell, options = CELLS[kind]["tanh"], 0.3
    params, batch, _ = a_pass(cell, kind, 1.5)
    batch = batch._replace(weights=np.full_like(batch.weights, 1 / batch.weights.shape[1]))  # a loss at every time step
    done = loss_and_gradients(params, batch, cell)
    flow = backward(params, batch, done.tape, done.dlogits, cell, flow_limit=options)
    slopes_at = list(zip(*slopes_of(done.tape, cell), strict=True))
    T, B, H = len(done.tape.h) - 1, *done.tape.h.shape[1:]
    d = np.zeros((len(cell.states), B, H))  # ∂L/∂h_t, and ∂L/∂c_t of the LSTM
    factors = []
    for t in range(T, 0, -1):
        d[0] += done.gradients.dh_direct[t - 1]
        factors.append(min(1.0, options / np.linalg.norm(d)))
        d *= factors[-1]
        np.testing.assert_allclose(flow.dh[t], d[0], rtol=1e-12, atol=1e-18)
        before = np.empty_like(d)
        da = np.empty((B, len(cell.blocks), H))
        cell.step_vjp(
            params["W_hh"].T, slopes_at[t - 1], (da.reshape(B, -1), da.swapaxes(0, 1)), tuple(d), tuple(before)
        )
        if flow.dc is not None:
            np.testing.assert_allclose(flow.dc[t], d[1], rtol=1e-12, atol=1e-18)
        d = before
    assert sum(factor < 1 for factor in factors) > 2
    np.testing.assert_allclose(flow.dh[0], d[0], rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_limit_of_the_flow_that_is_never_reached_changes_no_bit(cell: Cell) -> None:
    kind = next(name for name, of in CELLS.items() if cell in of.values())
    params, batch, done = a_pass(cell, kind, 1.0)
    flow = backward(params, batch, done.tape, done.dlogits, cell, flow_limit=1e3)
    assert np.nanmax(arriving(done)) < 1e3
    for one, other in zip(flow[1:], done.gradients[1:], strict=True):
        assert (one is None and other is None) or one.tobytes() == other.tobytes()
    for name, g in done.gradients.params.items():
        assert flow.params[name].tobytes() == g.tobytes()


@pytest.mark.parametrize("kind", CELL_CHOICES)
@given(threshold=st.floats(-6, 0).map(lambda exponent: 10.0**exponent))
def test_what_flows_from_a_time_step_is_never_longer_than_the_limit(kind: str, threshold: float) -> None:
    cell = CELLS[kind]["tanh"]
    params, batch, done = a_pass(cell, kind, 2.0)
    flow = backward(params, batch, done.tape, done.dlogits, cell, flow_limit=threshold)
    for t in range(1, len(flow.dh)):
        assert global_norm([flow.dh[t]]) <= threshold * (1 + 1e-13)


@pytest.mark.parametrize("kind", CELL_CHOICES)
def test_flow_is_the_only_clip_that_changes_what_earlier_time_steps_receive(kind: str) -> None:
    config = SMALL.replace(cell=kind, clip_threshold=1e-4)
    state, batch = starting_state(config), batch_of_update(config, 0)
    before = loss_and_gradients(state.params, batch, CELLS[kind]["tanh"]).gradients.dh.copy()
    norms = np.linalg.norm(before.reshape(len(before), -1), axis=1)
    for clip in SPECS["clip"].choices:
        record = training_update(config.replace(clip=clip), state, batch)
        np.testing.assert_allclose(record.dh_norm, norms, rtol=1e-5)  # measured before clipping, also for "flow"
        after = loss_and_gradients(state.params, batch, CELLS[kind]["tanh"])
        np.testing.assert_array_equal(after.gradients.dh, before)
        clipped = clip not in ("off", "autoclip")  # AutoClip's first update is its own percentile
        assert (record.clip_scale < 1) == clipped
        ratio = ratio_of_late_to_early(config.replace(clip=clip), before)
        unclipped = ratio_of_late_to_early(config.replace(clip="off"), before)
        assert (ratio == unclipped) == (clip != "flow")


def ratio_of_late_to_early(config: Config, dh: np.ndarray) -> float:
    """‖∂L/∂h_T‖ / ‖∂L/∂h_1‖ as the weights' gradients see it."""
    state, batch, cell = starting_state(config), batch_of_update(config, 0), CELLS[config.cell]["tanh"]
    done = loss_and_gradients(state.params, batch, cell)
    if config.clip == "flow":
        dh = backward(state.params, batch, done.tape, done.dlogits, cell, flow_limit=config.clip_threshold).dh
    return global_norm([dh[-1]]) / global_norm([dh[1]])


@pytest.mark.parametrize("kind", CELL_CHOICES)
def test_an_update_reports_the_angle_between_the_gradient_and_the_one_whose_flow_was_clipped(kind: str) -> None:
    config = SMALL.replace(cell=kind, clip="flow", dtype="float64", clip_threshold=0.01, learning_rate=0.5)
    state, batch, cell = starting_state(config), batch_of_update(config, 0), CELLS[kind]["tanh"]
    done = loss_and_gradients(state.params, batch, cell)
    raw = {name: g.copy() for name, g in done.gradients.params.items()}
    flow = backward(state.params, batch, done.tape, done.dlogits, cell, flow_limit=0.01).params
    record = training_update(config, state, batch)
    a, b = flat(raw), flat(flow)
    cosine = a @ b / math.hypot(*a) / math.hypot(*b)
    assert record.clip_angle == pytest.approx(math.acos(cosine), rel=1e-6)
    assert record.clip_angle > 0.01
    assert record.grad_norm == pytest.approx(math.hypot(*a), rel=1e-13)
    assert record.grad_norm_clipped == pytest.approx(math.hypot(*b), rel=1e-13)
    assert record.clip_scale == pytest.approx(math.hypot(*b) / math.hypot(*a), rel=1e-13)
    for name, W in state.params.items():
        np.testing.assert_allclose(record.params[name], W - 0.5 * flow[name], rtol=0, atol=1e-15)


@pytest.mark.parametrize("clip", ["param_norm", "adaptive", "flow"])
def test_a_run_whose_threshold_is_never_reached_is_the_run_without_clipping_to_the_bit(clip: str) -> None:
    off, clipped = (list(iterate(SMALL.replace(clip=c, clip_threshold=1e3)))[-1] for c in ("off", clip))
    assert (clipped.clip_scale, clipped.clip_angle) == (1, 0)
    for name, W in off.params.items():
        assert clipped.params[name].tobytes() == W.tobytes()
