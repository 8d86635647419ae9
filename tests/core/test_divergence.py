"""A run that meets a non-finite value stops there, keeps what came before, and says what broke first, and where."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.evaluation import evaluate
from rnn_core.optimizers import OPTIMIZERS, Moments, Optimizer, Rates, sgd
from rnn_core.recording import advance, to_record, train
from rnn_core.tasks import TASKS
from rnn_core.training import iterate, starting_state
from rnn_core.types import Divergence, Params, UpdateRecord

from .records import SMALL, arrays_of, assert_same_bits

BIG = 3e38
"""Finite in float32, and twice as much is not."""

UPDATE = 4
"""The update at which the weights below are put in."""

T = 8
ONE_SENTENCE = Config(
    sentence_length=T, attractors=0, hidden_size=2, batch_size=1, clip="off", learning_rate=10.0, updates=9, seed=5
)
TOKENS = batch_of_update(ONE_SENTENCE, UPDATE).inputs[:, 0].tolist()
ANSWER = int(batch_of_update(ONE_SENTENCE, UPDATE).targets[-1, 0])


def weights(**changed: float | list[float] | list[list[float]]) -> Params:
    """All weights zero but for those named; a number fills the whole array."""
    task = TASKS["agreement"]
    shapes = {"W_xh": (task.inputs, 2), "W_hh": (2, 2), "b_h": (2,), "W_hy": (2, task.outputs), "b_y": (task.outputs,)}
    return {n: np.broadcast_to(np.float32(changed.get(n, 0)), shape).copy() for n, shape in shapes.items()}


def last_of(config: Config, params: Params) -> UpdateRecord:
    """The first update from these weights, which must not be changed by it."""
    before = {name: W.copy() for name, W in params.items()}
    record = next(iterate(config, UPDATE, starting_state(config, params)))
    for name, W in before.items():
        np.testing.assert_array_equal(params[name], W)
    return record


def assert_ends_there(params: Params, tensor: str, time_step: int | None, config: Config = ONE_SENTENCE) -> None:
    record = last_of(config, params)
    assert record.divergence == Divergence(UPDATE, tensor, time_step)
    assert len(list(iterate(config, UPDATE, starting_state(config, params)))) == 1
    for name, W in params.items():
        np.testing.assert_array_equal(record.params[name], W)


@pytest.mark.parametrize("time_step", sorted({TOKENS.index(token) + 1 for token in TOKENS} & {2, 4, 6, 8}))
def test_a_hidden_state_is_named_with_its_time_step(time_step: int) -> None:
    # h_1 = (1, 1), and from there h changes its sign at every time step: W_hh sends +1 to -∞ and -1 to +∞. The word
    # read at an even time step adds +∞ where W_hh brings -∞, and their sum is not a number.
    params = weights(W_hh=-BIG, b_h=BIG)
    params["W_xh"][TOKENS[time_step - 1]] = BIG
    assert_ends_there(params, "h", time_step)


def test_outputs_are_named_with_their_time_step() -> None:
    assert_ends_there(weights(b_h=20, W_hy=BIG), "logits", T)  # h = (1, 1): BIG + BIG


def test_a_loss_that_overflows_between_finite_outputs_is_named() -> None:
    right = BIG / 2 if ANSWER == 0 else -BIG / 2  # y = (∓BIG, ±BIG), and the answer's is the smaller
    assert_ends_there(weights(b_h=20, W_hy=[-right, right]), "loss", None)


@pytest.mark.parametrize("time_step", range(T))
def test_a_gradient_that_explodes_on_its_way_back_is_named_with_its_time_step(time_step: int) -> None:
    # h = 0 and y = 0, so that ∂L/∂h_T = ±a, and ×10 at each time step back: it passes the end of float32 at one of them
    steps_back = T - time_step
    a = BIG / 10 ** (steps_back - 1)
    params = weights(W_hh=[[10, 0], [0, 10]], W_hy=[a, -a])
    record = last_of(ONE_SENTENCE, params)
    assert np.isfinite(record.dh_norm[time_step + 1 :]).all()
    assert not np.isfinite(record.dh_norm[: time_step + 1]).any()
    assert_ends_there(params, "dh", time_step)


def test_a_word_s_gradient_that_overflows_in_the_sum_over_time_is_named() -> None:
    assert len(set(TOKENS)) < len(TOKENS)  # some word occurs twice, and its ∂L/∂W_xh is the sum of both
    params = weights(W_hh=[[1, 0], [0, 1]], W_hy=[BIG, -BIG])  # ∂L/∂h_t = ±BIG at every t
    assert_ends_there(params, "gradient of W_xh", None)


def test_a_bias_gradient_that_overflows_is_named_if_no_word_s_gradient_did() -> None:
    a = 2.4e38  # no word follows itself: at most a (1 + ½² + ½⁴ + …) = 1.34 a for one word, but 2 a for the bias
    assert all(one != other for one, other in itertools.pairwise(TOKENS))
    assert_ends_there(weights(W_hh=[[0.5, 0], [0, 0.5]], W_hy=[a, -a]), "gradient of b_h", None)


def test_weights_that_overflow_in_the_update_are_named() -> None:
    assert_ends_there(weights(W_hy=[BIG, -BIG]), "W_xh after the update", None)  # W - 10 · BIG


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_clipping_rescues_an_update_whose_gradient_is_huge_but_finite(clip: str) -> None:
    params = weights(W_hy=[BIG, -BIG])
    record = last_of(ONE_SENTENCE.replace(clip=clip), params)
    assert record.divergence is None
    assert record.grad_norm > BIG
    assert all(np.isfinite(W).all() for W in record.params.values())
    assert (record.params["b_h"] != params["b_h"]).all()


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_clipping_neither_hides_nor_zeroes_a_gradient_that_is_infinite(clip: str) -> None:
    params = weights(W_hh=[[10, 0], [0, 10]], W_hy=[BIG, -BIG])
    assert_ends_there(params, "dh", T - 1, ONE_SENTENCE.replace(clip=clip))


def test_a_divergence_reads_as_a_sentence() -> None:
    assert str(Divergence(7, "dh", 3)) == "dh at time step 3 became non-finite at update 7"
    assert str(Divergence(7, "loss", None)) == "loss became non-finite at update 7"


def broken_at(update: int, change: Callable[[Params], Params]) -> Optimizer:
    """Stochastic gradient descent whose result is changed at one update."""

    def broken_sgd(params: Params, gradients: Params, moments: Moments, rates: Rates) -> tuple[Params, Moments]:
        updated, moments = sgd(params, gradients, moments, rates)
        return change(updated) if rates.update == update else updated, moments

    return Optimizer((), broken_sgd)


def with_infinite_recurrent_weights(params: Params) -> Params:
    return params | {"W_hh": params["W_hh"] * np.inf}


def with_huge_output_weights(params: Params) -> Params:
    return params | {"W_hy": np.sign(params["W_hy"]) * np.float32(BIG)}


@pytest.mark.parametrize("update", [0, 1, 20, SMALL.updates - 1])
def test_a_run_keeps_everything_up_to_the_update_that_broke(monkeypatch: pytest.MonkeyPatch, update: int) -> None:
    whole = train(SMALL)
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(update, with_infinite_recurrent_weights))
    record = train(SMALL)
    assert record.divergence == Divergence(update, "W_hh after the update", None)
    assert record.diverged_at == update
    assert record.updates == update + 1
    for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle", "dh_norm"):
        assert getattr(record, name).tobytes() == getattr(whole, name)[: update + 1].tobytes()
    assert all(np.isfinite(array).all() for array in arrays_of(record).values())
    assert record.probe_updates[-1] == update  # so many were applied
    assert (np.diff(record.probe_updates) > 0).all()


def test_a_run_that_broke_is_evaluated_with_its_last_finite_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    before = train(SMALL.replace(updates=20))
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(20, with_infinite_recurrent_weights))
    record = train(SMALL)
    last = {name: W[-1] for name, W in record.probe_params.items()}
    assert record.evaluation == before.evaluation == evaluate(SMALL, last)
    for name, W in last.items():
        np.testing.assert_array_equal(W, before.probe_params[name][-1])


def test_what_breaks_in_the_next_forward_pass_is_reported_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(20, with_huge_output_weights))
    record = train(SMALL)
    assert record.divergence is not None
    assert record.divergence.update == 21
    assert record.divergence.tensor in ("logits", "loss", "dh")  # sums of ±BIG: which overflows is the data's choice
    assert record.updates == 22
    finite = [np.isfinite(getattr(record, name)[:21]).all() for name in ("loss", "grad_norm", "dh_norm")]
    assert all(finite)
    assert record.probe_updates[-1] == 21
    assert (np.abs(record.probe_params["W_hy"][-1]) == np.float32(BIG)).all()


UNBOUNDED = SMALL.replace(activation="relu")
"""Its states overflow under huge weights whatever the order in which a product is summed; those of tanh need not."""


def with_huge_recurrent_weights(params: Params) -> Params:
    return params | {"W_hh": np.full_like(params["W_hh"], BIG)}


def test_states_that_overflow_under_huge_weights_raise_no_warning_and_are_not_zeroed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(20, with_huge_recurrent_weights))
    record = train(UNBOUNDED)
    assert record.divergence is not None
    assert record.divergence.update == 21
    assert np.isfinite(record.probe_h[:-1]).all()
    assert record.probe_h[-1, 1:].any(axis=-1).all()  # huge, infinite or not a number, but no row of zeros


@pytest.mark.parametrize(
    ("config", "change"),
    [
        (SMALL, with_infinite_recurrent_weights),
        (SMALL, with_huge_output_weights),
        (UNBOUNDED, with_huge_recurrent_weights),
    ],
)
def test_a_run_that_broke_has_the_same_bits_however_it_is_cut(
    monkeypatch: pytest.MonkeyPatch, config: Config, change: Callable[[Params], Params]
) -> None:
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(20, change))
    record = train(config)
    monkeypatch.setitem(OPTIMIZERS, "sgd", broken_at(20, change))
    chunks = [advance(config, seconds=0)]
    while chunks[-1].divergence is None and chunks[-1].end < config.updates:
        chunks.append(advance(config, chunks[-1], seconds=0))
    assert_same_bits(to_record(config, chunks), record)
