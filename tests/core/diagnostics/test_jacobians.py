"""Jacobians of a time step and their products, against PyTorch, a closed form, and the backward pass."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import forward
from rnn_core.diagnostics.jacobians import products, singular_values, step_jacobians
from tests.core.small_networks import CELL_NAMES, network, torch_of, torch_params, torch_step


@pytest.mark.parametrize("name", CELL_NAMES)
def test_every_jacobian_and_every_product_is_what_pytorch_finds(name: tuple[str, str]) -> None:
    torch, net = torch_of(), network(name, B=1)
    tape = forward(net.params, net.batch, net.cell)
    J = step_jacobians(net.params, tape, net.cell)
    P, W, n = products(J), torch_params(net.params), len(net.cell.states)
    S = 4 * n
    assert J.shape == (7, S, S)
    assert P.shape == (8, S, S)
    x = np.eye(5)[net.batch.inputs]  # (T, 1, D)
    arrays = [tape.h, *(tape.saved[state] for state in net.cell.states[1:])]

    def run(state: object, start: int, end: int) -> object:
        states = tuple(torch.chunk(state[None], n, dim=-1))
        for t in range(start, end):
            states = torch_step(name, W, torch.tensor(x[t]), states)
        return torch.cat(states, dim=-1)[0]

    for t in range(7):
        state = torch.tensor(np.concatenate([array[t, 0] for array in arrays]))
        one = torch.autograd.functional.jacobian(lambda s, t=t: run(s, t, t + 1), state)
        whole = torch.autograd.functional.jacobian(lambda s, t=t: run(s, t, 7), state)
        np.testing.assert_allclose(J[t], one.numpy().T, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(P[t], whole.numpy().T, rtol=1e-9, atol=1e-14)
    assert np.array_equal(P[7], np.eye(S))


@pytest.mark.parametrize("name", CELL_NAMES)
def test_a_product_turns_the_last_gradient_into_every_other(name: tuple[str, str]) -> None:
    net = network(name, [6], B=1)
    done = net.run()
    P = products(step_jacobians(net.params, done.tape, net.cell))[:, :4, :4]  # h to h
    dh = done.gradients.dh[:, 0]
    for t in range(8):
        np.testing.assert_allclose(P[t] @ dh[7], dh[t], rtol=1e-9, atol=1e-15)


def test_without_a_nonlinearity_the_product_is_a_power_of_the_recurrent_weights() -> None:
    net = network(("vanilla", "identity"), B=1)
    W_hh = net.params["W_hh"]
    P = products(step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell))
    for t in range(8):
        np.testing.assert_allclose(P[t], np.linalg.matrix_power(W_hh, 7 - t), rtol=1e-9, atol=1e-14)


def test_a_jacobian_of_the_vanilla_cell_is_the_weights_times_the_slopes() -> None:
    net = network(("vanilla", "tanh"), B=1)
    tape = forward(net.params, net.batch, net.cell)
    J = step_jacobians(net.params, tape, net.cell)
    for t in range(1, 8):
        np.testing.assert_allclose(J[t - 1], net.params["W_hh"] * (1 - tape.h[t, 0] ** 2), rtol=1e-12)


def test_jacobians_are_float64_whatever_the_run_is() -> None:
    net = network(("lstm", "tanh"), B=1, dtype="float32")
    J = step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell)
    assert J.dtype == np.float64
    assert products(J).dtype == np.float64


def test_more_than_one_sequence_is_refused() -> None:
    net = network(("gru", "tanh"), B=3)
    with pytest.raises(ValueError, match="the tape holds 3 sequences"):
        step_jacobians(net.params, forward(net.params, net.batch, net.cell), net.cell)


def test_singular_values_come_largest_first_and_are_nan_where_a_matrix_is_not_finite() -> None:
    found = singular_values(np.array([[[0.0, 3.0], [-4.0, 0.0]], [[np.inf, 0.0], [0.0, 1.0]]]))
    np.testing.assert_allclose(found[0], [4.0, 3.0], rtol=1e-15)
    assert np.isnan(found[1]).all()
