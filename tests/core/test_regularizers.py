"""Pascanu's Ω: the sum of the paper's equation 9, and its immediate gradient, whatever the size of δ."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.cells import ACTIVATIONS, CELLS
from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions
from rnn_core.config import Config
from rnn_core.initializers import orthogonal
from rnn_core.regularizers import omega, omega_gradient
from rnn_core.training import iterate, starting_state, training_update
from rnn_core.types import Batch, Floats, Params, Tape

from .oracle import central_differences

T, B, D, H, OUT = 7, 4, 5, 6, 3


def a_pass(activation: str = "tanh", dtype: str = "float64", seed: int = 0, read: str = "all") -> tuple[Params, Pass]:
    """Weights and a pass whose loss is read at every time step, or at the last one alone."""
    rng = np.random.default_rng(seed)
    sizes = {"W_xh": (D, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, OUT), "b_y": (OUT,)}
    params = {name: (0.35 * rng.normal(size=size)).astype(dtype) for name, size in sizes.items()}
    weights = np.full((T, B), 1 / B, dtype)
    if read == "last":
        weights[:-1] = 0
    batch = Batch(rng.normal(size=(T, B, D)).astype(dtype), rng.integers(OUT, size=(T, B)), weights)
    return params, loss_and_gradients(params, batch, CELLS["vanilla"][activation])


def slope(activation: str, h: np.ndarray) -> np.ndarray:
    return {
        "tanh": 1 - h**2,
        "relu": (h > 0).astype(h.dtype),
        "sigmoid": h * (1 - h),
        "identity": np.ones_like(h),
    }[activation]


def naive_omega(params: Params, tape: Tape, da: Floats, activation: str) -> float:
    """Equation 9, one sequence and one time step after the other; da[t - 1] is ∂L/∂a_t, tape.h[t] is h_t."""
    total = 0.0
    for sequence in range(da.shape[1]):
        for t in range(1, len(da)):
            delta = da[t, sequence]  # δ_{t+1}
            if delta.any():
                v = delta @ params["W_hh"].T * slope(activation, tape.h[t, sequence])
                total += (np.linalg.norm(v) / np.linalg.norm(delta) - 1) ** 2
    return total / da.shape[1]


@pytest.mark.parametrize("read", ["all", "last"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(seed=st.integers(0, 2**32 - 1))
def test_omega_is_the_sum_of_the_paper_over_time_and_its_mean_over_sequences(
    activation: str, read: str, seed: int
) -> None:
    params, done = a_pass(activation, seed=seed, read=read)
    expected = naive_omega(params, done.tape, done.gradients.da, activation)
    assert omega(params, done.tape, done.gradients.da, activation) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_delta_is_the_gradient_by_the_pre_activation() -> None:
    # by hand: one unit, identity, W = .5, the loss read at the end: δ_T, δ_T / 2, δ_T / 4, each half of the next
    params = {"W_hh": np.array([[0.5]])}
    tape = Tape(np.ones((4, 1, 1)), np.array([2]), np.zeros((1, 1, 2)), {})
    da = np.array([[[0.25]], [[0.5]], [[1.0]]])
    assert omega(params, tape, da, "identity") == pytest.approx(2 * (0.5 - 1) ** 2, rel=1e-15)
    np.testing.assert_allclose(omega_gradient(params, tape, da, "identity"), [[2 * 2 * (0.5 - 1)]], rtol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_central_differences_with_delta_and_the_states_held(activation: str, seed: int) -> None:
    params, done = a_pass(activation, seed=seed)
    tape, da = done.tape, done.gradients.da.copy()
    numeric = central_differences(lambda: naive_omega(params, tape, da, activation), params["W_hh"])
    analytic = omega_gradient(params, tape, da, activation)
    assert np.abs(numeric - analytic).max() < 1e-8 * np.abs(numeric).max()


@pytest.mark.parametrize("read", ["all", "last"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_the_gradient_is_pytorch_s_with_delta_and_the_states_detached(activation: str, read: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    params, done = a_pass(activation, read=read)
    tape = done.tape
    W_hh = torch.tensor(params["W_hh"], requires_grad=True)
    a, deltas, function = pre_activations_and_deltas(torch, params, activation, read)
    penalty = torch.zeros((), dtype=torch.float64)
    for t in range(T - 1):
        held = a[t].detach().requires_grad_()
        (of_slope,) = torch.autograd.grad(function(held).sum(), held)
        v = deltas[t + 1] @ W_hh.T * of_slope.detach()
        penalty = penalty + ((v.norm(dim=1) / deltas[t + 1].norm(dim=1) - 1) ** 2).mean()
    penalty.backward()
    np.testing.assert_allclose(done.gradients.da, torch.stack(deltas).numpy(), rtol=1e-10, atol=1e-15)
    assert omega(params, tape, done.gradients.da, activation) == pytest.approx(penalty.item(), rel=1e-12)
    ours = omega_gradient(params, tape, done.gradients.da, activation)
    np.testing.assert_allclose(ours, W_hh.grad.numpy(), rtol=1e-10, atol=1e-12)


def pre_activations_and_deltas(torch: Any, params: Params, activation: str, read: str) -> tuple[Any, Any, Any]:
    """The same network again, by autograd: a_t, ∂L/∂a_t, each a list over t = 1 ... T, and f."""
    rng = np.random.default_rng(0)
    for W in params.values():
        rng.normal(size=W.shape)  # as many numbers as `a_pass` draws for the weights
    x, targets = torch.tensor(rng.normal(size=(T, B, D))), torch.tensor(rng.integers(OUT, size=(T, B)))
    W = {name: torch.tensor(array) for name, array in params.items()}
    function = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[activation]
    h, a, loss = torch.zeros(B, H, dtype=torch.float64), [], torch.zeros((), dtype=torch.float64)
    for t in range(T):
        a.append((x[t] @ W["W_xh"] + h @ W["W_hh"] + W["b_h"]).requires_grad_())
        a[-1].retain_grad()
        h = function(a[-1])
        if read == "all" or t == T - 1:
            loss = loss + torch.nn.functional.cross_entropy(h @ W["W_hy"] + W["b_y"], targets[t])
    loss.backward()
    return a, [entry.grad for entry in a], function


@given(exponent=st.floats(-36, 36), seed=st.integers(0, 99))
def test_neither_a_vanished_nor_a_huge_delta_changes_omega_in_float32(exponent: float, seed: int) -> None:
    params, done = a_pass(dtype="float32", seed=seed)
    da = done.gradients.da
    unit = da / np.abs(da).max()
    scaled = (unit.astype(np.float64) * 10.0**exponent).astype(np.float32)
    keep = np.abs(scaled).min() > 1e-37  # smaller ones have lost digits, and with them the direction
    rtol = 1e-4 if keep else 0.1
    value, gradient = omega(params, done.tape, unit, "tanh"), omega_gradient(params, done.tape, unit, "tanh")
    assert omega(params, done.tape, scaled, "tanh") == pytest.approx(value, rel=rtol)
    again = omega_gradient(params, done.tape, scaled, "tanh")
    np.testing.assert_allclose(again, gradient, rtol=0, atol=rtol * np.abs(gradient).max())


@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 1e-30), ("float32", 3e38), ("float64", 1e-300), ("float64", 1e308)]
)
def test_a_delta_whose_square_no_dtype_holds_gives_what_one_of_ordinary_size_gives(dtype: str, size: float) -> None:
    params, done = a_pass(dtype=dtype)
    da = np.sign(done.gradients.da)
    ordinary = omega_gradient(params, done.tape, da, "tanh")
    extreme = omega_gradient(params, done.tape, (da * size).astype(dtype), "tanh")
    assert extreme.dtype == dtype
    np.testing.assert_allclose(extreme, ordinary, rtol=0, atol=1e-5 * np.abs(ordinary).max())
    assert np.abs(ordinary).max() > 0.01


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_where_nothing_arrives_there_is_no_term(dtype: str) -> None:
    params, done = a_pass(dtype=dtype)
    da = done.gradients.da.copy()
    da[:, 1] = 0  # nothing ever reaches one sequence
    da[3, 2] = 0
    expected = naive_omega(params, done.tape, da.astype(np.float64), "tanh")
    assert omega(params, done.tape, da, "tanh") == pytest.approx(expected, rel=1e-5)
    gradient = omega_gradient(params, done.tape, da, "tanh")
    others = [sequence for sequence in range(B) if sequence != 1]
    of_others = omega_gradient(params, done.tape._replace(h=done.tape.h[:, others]), da[:, others], "tanh")
    np.testing.assert_allclose(gradient, of_others * (len(others) / B), rtol=1e-5, atol=1e-7)
    assert omega(params, done.tape, np.zeros_like(da), "tanh") == 0
    assert not omega_gradient(params, done.tape, np.zeros_like(da), "tanh").any()


def test_saturated_units_let_nothing_through_and_the_gradient_stays_finite() -> None:
    params, done = a_pass(dtype="float32")
    tape = done.tape._replace(h=np.ones_like(done.tape.h))  # f' = 0: v = 0, and ‖v‖ has no derivative
    assert omega(params, tape, done.gradients.da, "tanh") == pytest.approx(T - 1)  # each term is (0 - 1)²
    assert not omega_gradient(params, tape, done.gradients.da, "tanh").any()


@pytest.mark.parametrize("bad", [math.inf, math.nan])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # the training loop looks for it itself
def test_a_delta_that_is_not_finite_stays_visible(bad: float) -> None:
    params, done = a_pass()
    da = done.gradients.da.copy()
    da[4, 2, 1] = bad
    assert np.isnan(omega(params, done.tape, da, "tanh"))
    assert np.isnan(omega_gradient(params, done.tape, da, "tanh")).any()


@given(seed=st.integers(0, 2**32 - 1), gain=st.floats(0.1, 3))
def test_an_orthogonal_linear_network_keeps_every_norm(seed: int, gain: float) -> None:
    _, done = a_pass("identity", seed=seed)
    W_hh = orthogonal(np.random.default_rng(seed), H)
    tape, da = done.tape, done.gradients.da
    assert omega({"W_hh": W_hh}, tape, da, "identity") == pytest.approx(0, abs=1e-25)
    np.testing.assert_allclose(omega_gradient({"W_hh": W_hh}, tape, da, "identity"), 0, atol=1e-12)
    scaled = omega({"W_hh": gain * W_hh}, tape, da, "identity")
    assert scaled == pytest.approx((T - 1) * (gain - 1) ** 2, rel=1e-9, abs=1e-20)  # each of T - 1 terms


def test_descent_on_omega_alone_brings_it_down() -> None:
    params, done = a_pass()
    before = omega(params, done.tape, done.gradients.da, "tanh")
    for _ in range(300):
        gradient = omega_gradient(params, done.tape, done.gradients.da, "tanh")
        params = params | {"W_hh": params["W_hh"] - 0.05 * gradient}
    assert omega(params, done.tape, done.gradients.da, "tanh") < before / 3


CONFIG = Config(sentence_length=9, attractors=0, hidden_size=5, batch_size=4, updates=8, clip="off", dtype="float64")


@pytest.mark.parametrize("clip", ["off", "norm", "flow"])
def test_an_update_adds_the_weighted_gradient_to_that_of_w_hh_alone_before_it_is_clipped(clip: str) -> None:
    config = CONFIG.replace(omega=4.0, clip=clip, clip_threshold=1e3 if clip == "flow" else 0.1)
    state, batch = starting_state(config), batch_of_update(config, 0)
    done = loss_and_gradients(state.params, batch)
    raw = {name: g.copy() for name, g in done.gradients.params.items()}
    raw["W_hh"] += 4.0 * omega_gradient(state.params, done.tape, done.gradients.da, "tanh")
    record = training_update(config, state, batch)
    assert record.param_norm["W_hh"] == pytest.approx(np.linalg.norm(raw["W_hh"]), rel=1e-12)
    clipped = CLIPS["norm" if clip == "norm" else "off"](raw, ClipOptions(0.1, state.params, NO_NORMS, 0.0)).gradients
    assert (record.clip_scale < 1) == (clip == "norm")
    for name, W in state.params.items():
        np.testing.assert_allclose(record.params[name], W - config.learning_rate * clipped[name], rtol=0, atol=1e-14)


def test_a_weight_of_zero_changes_no_bit_and_any_other_does() -> None:
    without, with_zero, with_some = (
        list(iterate(config))[-1].params["W_hh"].tobytes()
        for config in (CONFIG, CONFIG.replace(omega=0.0), CONFIG.replace(omega=1e-3))
    )
    assert without == with_zero != with_some
