"""Causal self-attention: its equations, its gradients, its Jacobians, and what no word may see."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.losses import SOFTMAX_CROSS_ENTROPY, Loss, squared_error
from rnn_core.models import attention
from rnn_core.models.attention import Pass, Tape, forward, initial_params, last_jacobians, loss_and_gradients, positions
from rnn_core.types import Batch, Params
from tests.core.oracle import central_differences, torch_of

T, B, D, WIDTH, CLASSES = 7, 3, 9, 6, 3
READ = {
    "last time step": lambda: np.eye(T)[-1][:, None].repeat(B, axis=1) / B,
    "every time step": lambda: np.full((T, B), 1 / (T * B)),
    "masked padding": lambda: (np.arange(T)[:, None] < [T, 4, 2]) / 13,
    "one in the middle": lambda: np.eye(T)[3][:, None] * [0.5, 0.0, 0.5],
}


def problem(read: str = "last time step", inputs: str = "token ids") -> tuple[Params, Batch, Loss]:
    """A network with all weights random, also the bias; dense values come with a squared error."""
    rng = np.random.default_rng(5)
    dense = inputs == "dense values"
    params = initial_params(rng, D, WIDTH, 1 if dense else CLASSES, "float64")
    params = {name: W + 0.3 * rng.normal(size=W.shape) for name, W in params.items()}
    x = rng.normal(size=(T, B, D)) if dense else rng.integers(D, size=(T, B))
    targets = rng.normal(size=(T, B)) if dense else rng.integers(CLASSES, size=(T, B))
    loss = SOFTMAX_CROSS_ENTROPY._replace(value_and_gradient=squared_error) if dense else SOFTMAX_CROSS_ENTROPY
    return params, Batch(x, targets, READ[read]()), loss


def pytorch(params: Params, batch: Batch) -> tuple[float, Params, np.ndarray, np.ndarray]:
    """Loss, gradients, ∂L/∂x_t (T, B, d) and α (B, T, T) by PyTorch's own attention and autograd."""
    torch = torch_of()
    W = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
    inputs = torch.tensor(batch.inputs)
    one_hot = torch.nn.functional.one_hot(inputs, D).double() if inputs.ndim == 2 else inputs
    place, i = np.arange(T)[:, None], np.arange(WIDTH)[None, :]
    angle = place / 10_000 ** ((i - i % 2) / WIDTH)
    x = one_hot @ W["W_x"] + torch.tensor(np.sin(angle + (i % 2) * math.pi / 2))[:, None]
    x.retain_grad()
    q, k, v = (x.transpose(0, 1) @ W[name] for name in ("W_q", "W_k", "W_v"))
    c = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    outputs = c.transpose(0, 1) @ W["W_hy"] + W["b_y"]
    weights, targets = torch.tensor(batch.weights), torch.tensor(batch.targets)
    if targets.is_floating_point():
        losses = (outputs[..., 0] - targets) ** 2
    else:
        losses = torch.nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction="none")
    loss = (weights.flatten() * losses.flatten()).sum()
    loss.backward()
    later = torch.full((T, T), -math.inf).triu(1)
    alpha = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(WIDTH) + later, dim=-1)
    gradients = {name: weight.grad.numpy() for name, weight in W.items()}
    return loss.item(), gradients, x.grad.numpy(), alpha.detach().numpy()


every_kind = pytest.mark.parametrize(
    ("read", "inputs"), [*((read, "token ids") for read in READ), ("every time step", "dense values")]
)


@every_kind
def test_loss_gradients_and_weights_are_pytorch_s(read: str, inputs: str) -> None:
    params, batch, loss = problem(read, inputs)
    done = loss_and_gradients(params, batch, loss)
    value, gradients, dx, alpha = pytorch(params, batch)
    assert done.loss == pytest.approx(value, rel=1e-12)
    assert done.gradients.params.keys() == gradients.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(done.gradients.params[name], gradient, rtol=1e-9, atol=1e-13, err_msg=name)
    np.testing.assert_allclose(done.gradients.dx, dx, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(done.tape.alpha, alpha, rtol=1e-12, atol=1e-15)


@every_kind
def test_every_gradient_agrees_with_central_differences(read: str, inputs: str) -> None:
    params, batch, loss = problem(read, inputs)
    done = loss_and_gradients(params, batch, loss)
    for name, W in params.items():
        found = central_differences(lambda: loss_and_gradients(params, batch, loss).loss, W)
        np.testing.assert_allclose(done.gradients.params[name], found, rtol=1e-7, atol=1e-10, err_msg=name)
        assert np.abs(found).max() > 1e-4


def test_what_reaches_a_word_comes_by_query_key_and_value() -> None:
    params, batch, _ = problem("last time step")
    found = loss_and_gradients(params, batch).gradients
    np.testing.assert_allclose(found.dx, found.dx_query + found.dx_key + found.dx_value, rtol=1e-14)
    assert (np.abs(found.dx_query[:-1]) == 0).all()  # only the word that the loss is read at asks
    for part in (found.dx_query[-1], found.dx_key, found.dx_value):
        assert (np.abs(part).max(axis=-1) > 1e-6).all()


def read_at(t: int, params: Params, tokens: np.ndarray) -> Pass:
    weights = np.zeros(tokens.shape)
    weights[t] = 1
    return loss_and_gradients(params, Batch(tokens, np.zeros(tokens.shape, int), weights))


@pytest.mark.parametrize("t", range(T))
def test_no_word_looks_at_those_after_it_and_every_word_at_all_others(t: int) -> None:
    params, batch, _ = problem()
    done = read_at(t, params, batch.inputs)
    np.testing.assert_allclose(done.tape.alpha.sum(axis=-1), 1, rtol=1e-12)
    assert (done.tape.alpha[:, t, t + 1 :] == 0).all()
    assert (done.tape.alpha[:, t, : t + 1] > 0).all()
    assert (done.gradients.dx[t + 1 :] == 0).all()
    assert (np.abs(done.gradients.dx[: t + 1]).max(axis=-1) > 0).all()
    changed = batch.inputs.copy()
    changed[t + 1 :] = (changed[t + 1 :] + 1) % D
    np.testing.assert_array_equal(read_at(t, params, changed).tape.logits, done.tape.logits)


def test_without_positions_the_order_of_the_words_would_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    params, batch, _ = problem()
    order = [3, 0, 5, 1, 4, 2, 6]
    shuffled = batch._replace(inputs=batch.inputs[order])
    assert np.abs(forward(params, shuffled).logits - forward(params, batch).logits).min() > 1e-4
    monkeypatch.setattr(attention, "positions", lambda T, d: np.zeros((T, d)))
    np.testing.assert_allclose(forward(params, shuffled).logits, forward(params, batch).logits, rtol=1e-12)


def test_positions_are_the_paper_s_sines_and_cosines() -> None:
    P = positions(50, 6)
    for t, k in ((0, 0), (0, 1), (7, 2), (7, 3), (49, 4), (49, 5)):
        angle = t / 10_000 ** ((k // 2) * 2 / 6)
        assert P[t, k] == pytest.approx(math.sin(angle) if k % 2 == 0 else math.cos(angle), rel=1e-12)
    np.testing.assert_allclose((P**2).sum(axis=1), 3, rtol=1e-12)
    assert positions(4, 5).shape == (4, 5)


def test_the_last_word_s_jacobians_are_differences_of_what_it_is_given() -> None:
    params, batch, _ = problem()
    tokens = np.array([[3], [1], [4], [1], [5]])  # a word that occurs twice stands at two places
    batch = Batch(tokens, np.zeros((5, 1), int), np.eye(5)[-1][:, None])
    tape = forward(params, batch)
    found = last_jacobians(params, tape)
    assert found.shape == (5, WIDTH, WIDTH)
    for s in range(5):
        for i in range(WIDTH):
            ends = []
            for nudge in (-1e-5, 1e-5):
                x = tape.x.copy()
                x[0, s, i] += nudge
                ends.append(given_last(params, x[0]))
            np.testing.assert_allclose(found[s, i], (ends[1] - ends[0]) / 2e-5, rtol=1e-6, atol=1e-9)


def given_last(params: Params, x: np.ndarray) -> np.ndarray:
    scores = (x @ params["W_k"]) @ (x[-1] @ params["W_q"]) / math.sqrt(WIDTH)
    share = np.exp(scores) / np.exp(scores).sum()
    return share @ x @ params["W_v"]


def test_the_jacobians_of_two_sequences_at_once_are_refused() -> None:
    params, batch, _ = problem()
    with pytest.raises(ValueError, match=f"holds {B} sequences"):
        last_jacobians(params, forward(params, batch))


def test_the_gradient_at_the_words_is_that_at_the_last_word_through_the_jacobians() -> None:
    params, _, _ = problem()
    batch = Batch(np.array([[3], [1], [4], [1], [5]]), np.full((5, 1), 2), np.eye(5)[-1][:, None])
    done = loss_and_gradients(params, batch)
    dc = (np.exp(done.tape.logits[0, 0]) / np.exp(done.tape.logits[0, 0]).sum() - np.eye(CLASSES)[2]) @ params["W_hy"].T
    np.testing.assert_allclose(done.gradients.dx[:, 0], last_jacobians(params, done.tape) @ dc, rtol=1e-10)


def test_large_scores_neither_overflow_nor_spread() -> None:
    params, batch, _ = problem()
    params["W_q"] *= 1e4
    done = loss_and_gradients(params, batch)
    assert all(np.isfinite(array).all() for array in (done.tape.alpha, done.gradients.dx))
    assert done.tape.alpha[:, -1].max(axis=-1).min() > 0.99


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_everything_is_computed_in_the_precision_of_the_weights(dtype: str) -> None:
    params = initial_params(np.random.default_rng(0), D, WIDTH, CLASSES, dtype)
    batch = problem()[1]
    done = loss_and_gradients(params, batch._replace(weights=batch.weights.astype(dtype)))
    tape: Tape = done.tape
    for array in (*params.values(), tape.x, tape.alpha, tape.c, tape.logits, *done.gradients.params.values()):
        assert array.dtype == dtype


def test_an_unknown_word_is_refused() -> None:
    params, batch, _ = problem()
    with pytest.raises(IndexError, match="token ids go from"):
        forward(params, batch._replace(inputs=batch.inputs + D))
