"""The forward pass on the blackboard: its numbers are those of `bptt`, of PyTorch's `nn.RNN`, and of closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import forward
from rnn_core.cells import ACTIVATIONS, CELLS
from rnn_core.initializers import spectral_radius
from rnn_core.toy_models.forward_pass import ForwardPass, forward_pass, long_reading, small_params
from rnn_core.types import Batch, Params
from tests.core.oracle import torch_of

INPUTS = np.array([0, 1, 2, 0, 3])
T, D, H = len(INPUTS), 4, 3


def network(seed: int = 0, gain: float = 1.3) -> Params:
    return small_params(D, H, gain, seed)


def of_core(params: Params, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """States (T+1, H) and outputs (T, O) by `bptt`."""
    batch = Batch(INPUTS[:, None], np.zeros((T, 1), np.int64), np.ones((T, 1)))
    tape = forward(params, batch, CELLS["vanilla"][activation])
    return tape.h[:, 0], tape.logits[:, 0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_states_and_outputs_are_those_of_bptt(activation: str, seed: int) -> None:
    params = network(seed)
    found, (h, y) = forward_pass(params, INPUTS, activation), of_core(params, activation)
    np.testing.assert_allclose(found.h, h, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.y, y, rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_states_are_those_of_pytorchs_rnn_with_the_same_weights(activation: str) -> None:
    torch = torch_of()
    params, rnn = network(5), torch.nn.RNN(D, H, nonlinearity=activation, dtype=torch.float64)
    with torch.no_grad():
        for name, W in {
            "weight_ih_l0": params["W_xh"].T,
            "weight_hh_l0": params["W_hh"].T,
            "bias_ih_l0": params["b_h"],
            "bias_hh_l0": np.zeros(H),
        }.items():
            getattr(rnn, name).copy_(torch.tensor(W.copy()))
        one_hot = torch.nn.functional.one_hot(torch.tensor(INPUTS), D).double()
        h = rnn(one_hot)[0]
        y_hat = torch.softmax(h @ torch.tensor(params["W_hy"]) + torch.tensor(params["b_y"]), dim=-1)
    found = forward_pass(params, INPUTS, activation)
    np.testing.assert_allclose(found.h[1:], h.numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.y_hat, y_hat.numpy(), rtol=0, atol=1e-12)


def test_a_one_hot_times_w_xh_is_a_row_of_it_to_the_last_bit() -> None:
    params = network()
    np.testing.assert_array_equal(forward_pass(params, INPUTS).from_word, params["W_xh"][INPUTS])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_parts_add_up_and_the_first_time_step_has_no_past(activation: str) -> None:
    params = network()
    found = forward_pass(params, INPUTS, activation)
    assert not found.h[0].any()
    assert not found.from_state[0].any()
    np.testing.assert_array_equal(found.a, found.from_word + found.from_state + params["b_h"])
    np.testing.assert_allclose(found.from_state, found.h[:-1] @ params["W_hh"], atol=1e-15)
    by_hand = {
        "tanh": np.sinh(found.a) / np.cosh(found.a),
        "relu": np.where(found.a > 0, found.a, 0),
        "sigmoid": 1 / (1 + np.exp(-found.a)),
        "identity": found.a,
    }[activation]
    np.testing.assert_allclose(found.h[1:], by_hand, rtol=1e-12)


def test_without_w_hh_a_word_gives_the_same_state_wherever_it_stands() -> None:
    params = network()
    with_past, without = (forward_pass(p, INPUTS).h for p in (params, params | {"W_hh": np.zeros((H, H))}))
    np.testing.assert_array_equal(without[1], without[4])  # word 0, twice
    assert np.abs(with_past[1] - with_past[4]).max() > 0.01
    np.testing.assert_allclose(without[2], np.tanh(params["W_xh"][1] + params["b_h"]), rtol=1e-12)


def test_probabilities_stay_probabilities_where_outputs_are_huge() -> None:
    params = network()
    params["W_hy"] = params["W_hy"] * 1e6
    y_hat = forward_pass(params, INPUTS).y_hat
    np.testing.assert_allclose(y_hat.sum(axis=1), 1, rtol=1e-12)
    assert ((y_hat >= 0) & (y_hat <= 1)).all()


@pytest.mark.parametrize("gain", [0.3, 1.0, 2.5])
def test_the_gain_is_the_spectral_radius_and_changes_nothing_else(gain: float) -> None:
    params, other = small_params(5, 4, gain, 7), small_params(5, 4, 1.0, 7)
    assert spectral_radius(params["W_hh"]) == pytest.approx(gain, rel=1e-12)
    np.testing.assert_allclose(params["W_hh"], gain * other["W_hh"], rtol=1e-12)
    for name in ("W_xh", "b_h", "W_hy", "b_y"):
        np.testing.assert_array_equal(params[name], other[name])
    assert params["W_hy"].shape == (4, 5)
    assert (params["b_h"] != 0).all()


def test_without_a_standard_deviation_biases_are_zero() -> None:
    params = small_params(3, 2, 1.0, 0, bias_std=0)
    assert not params["b_h"].any()
    assert not params["b_y"].any()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_long_text_is_the_sentence_over_and_over(activation: str) -> None:
    params = network(gain=0.9)
    expected: ForwardPass = forward_pass(params, np.concatenate([INPUTS, INPUTS, INPUTS[:2]]), activation)
    found = long_reading(params, INPUTS, 2 * T + 2, activation, dtype="float64")
    np.testing.assert_allclose(found, expected.h, rtol=0, atol=1e-12)
    assert long_reading(params, INPUTS, 3, activation).dtype == np.float32


def test_in_silence_the_identity_multiplies_with_w_hh_alone() -> None:
    params = small_params(D, H, 0.8, 3, bias_std=0)
    h = long_reading(params, INPUTS, T + 6, "identity", silence=True, dtype="float64")
    np.testing.assert_allclose(h[T + 6], h[T] @ np.linalg.matrix_power(params["W_hh"], 6), rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(h[: T + 1], forward_pass(params, INPUTS, "identity").h, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("activation", "end"), [("identity", np.inf), ("relu", np.inf), ("tanh", 1), ("sigmoid", 1)])
def test_powers_of_two_are_infinite_at_the_time_step_at_which_float32_ends(activation: str, end: float) -> None:
    """h_t = 2^(t-1): float32 has 2^127 and no 2^128."""
    one = {"W_xh": np.ones((1, 1)), "W_hh": 2 * np.ones((1, 1)), "b_h": np.zeros(1)}
    params = one | {"W_hy": np.ones((1, 1)), "b_y": np.zeros(1)}
    h = long_reading(params, np.array([0]), 140, activation, silence=True)[:, 0]
    if end == 1:
        assert (np.abs(h) <= 1).all()
    else:
        assert (h[128], h[129]) == (2.0**127, np.inf)
        assert np.isfinite(h[:129]).all()
        assert np.isinf(h[129:]).all()
