"""Backpropagation through time, judged by PyTorch and, independently, by central differences."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from rnn_core.bptt import backward, forward, loss_and_gradients
from rnn_core.losses import softmax_cross_entropy
from rnn_core.types import Batch, Gradients, Params, Tape

from .oracle import central_differences, pytorch

SIZES = [(1, 1, 1), (1, 3, 4), (5, 1, 3), (4, 3, 1), (7, 3, 5), (12, 4, 6)]
"""(T, B, H)"""

LOSS_AT = ["last time step", "every time step", "masked padding", "one in the middle"]

D, CLASSES = 9, 3


class Problem(NamedTuple):
    params: Params
    batch: Batch
    h_0: np.ndarray


def problem(size: tuple[int, int, int], loss_at: str, inputs: str, dtype: str = "float64", seed: int = 0) -> Problem:
    T, B, H = size
    rng = np.random.default_rng([T, B, H, seed])
    params = {
        "W_xh": rng.normal(0, 0.7, (D, H)),
        "W_hh": rng.normal(0, 1.2 * H**-0.5, (H, H)),
        "b_h": rng.normal(0, 0.3, H),
        "W_hy": rng.normal(0, 1, (H, CLASSES)),
        "b_y": rng.normal(0, 0.3, CLASSES),
    }
    x = rng.integers(D - 2, size=(T, B)) if inputs == "token ids" else rng.normal(0, 0.3, (T, B, D))
    weights = np.zeros((T, B))
    if loss_at == "last time step":
        weights[-1] = 1 / B
    elif loss_at == "every time step":
        weights[:] = rng.uniform(0.1, 1, (T, B))
    elif loss_at == "masked padding":  # each sequence has its own length, and at least one position
        weights[:] = np.arange(T)[:, None] < rng.integers(1, T + 1, size=B)
    else:
        weights[T // 2] = 1
    targets, h_0 = rng.integers(CLASSES, size=(T, B)), rng.normal(0, 0.5, (B, H))
    batch = Batch(x if inputs == "token ids" else x.astype(dtype), targets, weights.astype(dtype))
    return Problem({name: W.astype(dtype) for name, W in params.items()}, batch, h_0.astype(dtype))


def solve(params: Params, batch: Batch, h_0: np.ndarray | None) -> tuple[float, Tape, Gradients]:
    tape = forward(params, batch, h_0=h_0)
    targets, weights = batch.targets[tape.read_at], batch.weights[tape.read_at]
    loss, dlogits = softmax_cross_entropy(tape.logits, targets, weights)
    return loss, tape, backward(params, batch, tape, dlogits)


def loss_of(params: Params, batch: Batch, h_0: np.ndarray) -> float:
    return solve(params, batch, h_0)[0]


problems = pytest.mark.parametrize(
    ("size", "loss_at", "inputs"),
    [(size, loss_at, inputs) for size in SIZES for loss_at in LOSS_AT for inputs in ("token ids", "dense values")],
    ids=lambda value: "T={} B={} H={}".format(*value) if isinstance(value, tuple) else value,
)


def assert_close(actual: np.ndarray, expected: np.ndarray, relative: float) -> None:
    """Within `relative` of the tensor's largest entry: entries that cancel to almost nothing keep its rounding."""
    assert actual.shape == expected.shape
    assert np.abs(actual - expected).max() <= relative * np.abs(expected).max()


@problems
def test_everything_equals_pytorch_s_autograd(size: tuple[int, int, int], loss_at: str, inputs: str) -> None:
    params, batch, h_0 = problem(size, loss_at, inputs)
    loss, tape, gradients = solve(params, batch, h_0)
    expected = pytorch(params, batch, h_0)
    rounding = 1e-13  # both run in float64 and differ in the order of sums only
    assert loss == pytest.approx(expected.loss, rel=rounding)
    assert_close(tape.h, expected.h, rounding)
    assert gradients.params.keys() == params.keys()
    for name in params:
        assert_close(gradients.params[name], expected.params[name], rounding)
    assert_close(gradients.dh, expected.dh, rounding)
    assert_close(gradients.dh_direct, expected.dh_direct, rounding)


@problems
def test_every_gradient_equals_central_differences(size: tuple[int, int, int], loss_at: str, inputs: str) -> None:
    params, batch, h_0 = problem(size, loss_at, inputs)
    _, _, gradients = solve(params, batch, h_0)
    for name, W in params.items():
        numeric = central_differences(lambda: loss_of(params, batch, h_0), W)
        assert_close(gradients.params[name], numeric, 1e-6)  # the project's bound; differences leave far less
    assert_close(gradients.dh[0], central_differences(lambda: loss_of(params, batch, h_0), h_0), 1e-6)


@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_dh_is_the_derivative_by_a_nudge_of_the_state_at_each_time_step(loss_at: str) -> None:
    params, batch, h_0 = problem((6, 2, 4), loss_at, "token ids")
    _, tape, gradients = solve(params, batch, h_0)
    for t in range(1, 7):  # the rest of the sequence, started from h_t, plus the output at t itself
        h_t = tape.h[t].copy()
        rest = Batch(*(array[t:] for array in batch))

        def loss_from(h_t: np.ndarray = h_t, rest: Batch = rest, t: int = t) -> float:
            at_t = softmax_cross_entropy(
                (h_t @ params["W_hy"] + params["b_y"])[None], batch.targets[t - 1 : t], batch.weights[t - 1 : t]
            )[0]
            return at_t + (loss_of(params, rest, h_t) if len(rest.inputs) else 0.0)

        numeric = central_differences(loss_from, h_t)
        np.testing.assert_allclose(gradients.dh[t], numeric, rtol=1e-6, atol=1e-11)  # 1e-11: rounding over the width


@pytest.mark.parametrize("inputs", ["token ids", "dense values"])
def test_without_an_initial_state_the_network_starts_from_zeros(inputs: str) -> None:
    params, batch, h_0 = problem((5, 3, 4), "every time step", inputs)
    zeros = np.zeros_like(h_0)
    loss, tape, gradients = solve(params, batch, zeros)
    done = loss_and_gradients(params, batch)
    assert done.loss == pytest.approx(loss, rel=1e-14)
    np.testing.assert_array_equal(done.tape.h[0], zeros)
    assert_close(done.tape.h, tape.h, 1e-14)
    assert_close(done.gradients.dh, gradients.dh, 1e-14)
    for name in params:
        assert_close(done.gradients.params[name], gradients.params[name], 1e-14)


@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_the_loss_is_read_exactly_where_the_weights_are_not_zero(loss_at: str) -> None:
    params, batch, h_0 = problem((6, 3, 4), loss_at, "token ids")
    _, tape, gradients = solve(params, batch, h_0)
    read = batch.weights != 0
    np.testing.assert_array_equal(tape.read_at, np.flatnonzero(read.any(axis=1)))
    assert not gradients.dh_direct[~read].any()
    assert gradients.dh_direct[read].any(axis=-1).all()
    expected = tape.h[tape.read_at + 1] @ params["W_hy"] + params["b_y"]
    np.testing.assert_allclose(tape.logits, expected, rtol=1e-14)


def test_nothing_flows_back_from_behind_a_sequence_s_last_loss() -> None:
    params, batch, h_0 = problem((8, 4, 3), "masked padding", "token ids")
    _, _, gradients = solve(params, batch, h_0)
    for b, length in enumerate(batch.weights.sum(axis=0).astype(int)):
        assert not gradients.dh[length + 1 :, b].any()
        assert gradients.dh[: length + 1, b].any(axis=-1).all()


def test_words_that_do_not_occur_get_a_gradient_of_exactly_zero() -> None:
    params, batch, h_0 = problem((7, 3, 5), "every time step", "token ids")
    _, _, gradients = solve(params, batch, h_0)
    used = np.isin(np.arange(D), batch.inputs)
    assert not used.all()
    assert not gradients.params["W_xh"][~used].any()
    assert gradients.params["W_xh"][used].any(axis=1).all()


def test_token_ids_and_their_one_hot_vectors_are_the_same_inputs() -> None:
    params, batch, h_0 = problem((6, 3, 5), "every time step", "token ids")
    one_hot = batch._replace(inputs=np.eye(D)[batch.inputs])
    (loss, tape, gradients), (dense_loss, dense_tape, dense) = (solve(params, b, h_0) for b in (batch, one_hot))
    assert loss == pytest.approx(dense_loss, rel=1e-14)
    assert_close(tape.h, dense_tape.h, 1e-14)
    for name in params:
        assert_close(gradients.params[name], dense.params[name], 1e-14)


@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_sequences_of_a_batch_do_not_see_each_other(loss_at: str) -> None:
    params, batch, h_0 = problem((6, 4, 5), loss_at, "token ids")
    _, tape, gradients = solve(params, batch, h_0)
    summed = {name: np.zeros_like(W) for name, W in params.items()}
    for b in range(4):
        alone = Batch(*(array[:, b : b + 1] for array in batch))
        _, tape_alone, gradients_alone = solve(params, alone, h_0[b : b + 1])
        assert_close(tape_alone.h[:, 0], tape.h[:, b], 1e-14)
        assert_close(gradients_alone.dh[:, 0], gradients.dh[:, b], 1e-13)
        assert_close(gradients_alone.dh_direct[:, 0], gradients.dh_direct[:, b], 1e-13)
        for name in params:
            summed[name] += gradients_alone.params[name]
    for name in params:
        assert_close(summed[name], gradients.params[name], 1e-13)


@pytest.mark.parametrize("inputs", ["token ids", "dense values"])
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_float32_stays_float32_and_close_to_float64(loss_at: str, inputs: str) -> None:
    single, double = (problem((7, 3, 5), loss_at, inputs, dtype) for dtype in ("float32", "float64"))
    loss32, tape32, gradients32 = solve(*single)
    loss64, tape64, gradients64 = solve(*double)
    rounding = 1e-5  # a dozen time steps, each of some units in the last place of float32 (6e-8), with a gain above 1
    assert loss32 == pytest.approx(loss64, rel=rounding)
    pairs = [(tape32.h, tape64.h), (tape32.logits, tape64.logits), (gradients32.dh, gradients64.dh)]
    pairs += [(gradients32.dh_direct, gradients64.dh_direct)]
    pairs += [(gradients32.params[name], gradients64.params[name]) for name in double.params]
    for low, high in pairs:
        assert low.dtype == np.float32
        assert high.dtype == np.float64
        assert_close(low, high, rounding)


def test_weights_batch_and_initial_state_are_left_alone() -> None:
    inputs = problem((5, 3, 4), "every time step", "dense values")
    arrays = [*inputs.params.values(), *inputs.batch, inputs.h_0]
    copies = [array.copy() for array in arrays]
    solve(*inputs)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_two_batches_in_a_row_give_what_each_gives_alone() -> None:
    params, first, h_0 = problem((6, 3, 5), "last time step", "token ids")
    second = problem((6, 3, 5), "every time step", "token ids", seed=1).batch
    _, tape, gradients = solve(params, first, h_0)
    kept = [array.copy() for array in (tape.h, gradients.dh, *gradients.params.values())]
    solve(params, second, h_0)
    _, tape_again, gradients_again = solve(params, first, h_0)
    for before, after in zip(kept, (tape.h, gradients.dh, *gradients.params.values()), strict=True):
        np.testing.assert_array_equal(before, after)  # no buffer that a later pass writes into
    again = (tape_again.h, gradients_again.dh, *gradients_again.params.values())
    for before, after in zip(kept, again, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_finished_pass_is_not_changed_by_the_next_one() -> None:
    params, first, _ = problem((6, 3, 5), "last time step", "token ids")
    second = problem((6, 3, 5), "every time step", "token ids", seed=1).batch
    done = loss_and_gradients(params, first)
    arrays = [*done.tape, done.gradients.dh, done.gradients.dh_direct, *done.gradients.params.values()]
    copies = [array.copy() for array in arrays]
    loss_and_gradients(params, second)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
