"""Every model in the one training loop: clipped, moved by any optimiser, recorded, cut, and ended where it breaks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.checking import MODELS
from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions
from rnn_core.config import Config
from rnn_core.models import attention, recurrent
from rnn_core.numerics.norms import global_norm
from rnn_core.numerics.workspace import Workspace
from rnn_core.optimizers import OPTIMIZERS, Rates
from rnn_core.training import iterate, starting_params, starting_state, trained_params, training_update
from rnn_core.types import Divergence, Params, UpdateRecord

BASE = Config(hidden_size=5, batch_size=4, attractors=0, sentence_length=8, updates=6, optimizer="adam", clip="norm")
BASE = BASE.replace(learning_rate=0.01, clip_threshold=0.05)
every_model = pytest.mark.parametrize("name", MODELS)


def records_of(name: str, config: Config, **others: object) -> list[UpdateRecord]:
    return list(iterate(config, model=MODELS[name](config), **others))  # type: ignore[arg-type]


@every_model
@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_model_moves_by_its_clipped_gradient_as_the_optimiser_says(name: str, clip: str, optimizer: str) -> None:
    config = BASE.replace(clip=clip, optimizer=optimizer, clip_percentile=50.0)
    model = MODELS[name](config)
    state = starting_state(config, starting_params(config, model))
    for update, record in enumerate(records_of(name, config)):
        measured = model.loss_and_gradients(state.params, batch_of_update(config, update), Workspace())
        assert (record.update, record.loss, record.accuracy) == (update, measured.loss, measured.accuracy)
        assert record.grad_norm == global_norm(measured.gradients.values())
        assert record.param_norm == {key: global_norm([g]) for key, g in measured.gradients.items()}
        np.testing.assert_array_equal(record.dh_norm, measured.dstate_norm)
        options = ClipOptions(config.clip_threshold, state.params, state.norms, config.clip_percentile)
        clipped = CLIPS[clip](measured.gradients, options)
        rates = Rates(config.learning_rate, config.momentum, config.decay, update)
        params, _ = OPTIMIZERS[optimizer].update(state.params, clipped.gradients, state.moments, rates)
        for key, W in params.items():
            np.testing.assert_array_equal(record.params[key], W)
            assert W.dtype == np.float32
        assert record.divergence is None
        state = record.state
    assert update == config.updates - 1


@every_model
def test_a_run_goes_on_from_any_update_to_the_same_bits(name: str) -> None:
    model = MODELS[name](BASE)
    whole = records_of(name, BASE)
    again = list(iterate(BASE, 3, whole[2].state, model))
    assert [record.update for record in again] == [3, 4, 5]
    for one, other in zip(whole[3:], again, strict=True):
        assert one.loss == other.loss
        assert all(np.array_equal(W, other.params[key]) for key, W in one.params.items())
    assert all(np.array_equal(W, whole[-1].params[key]) for key, W in trained_params(BASE, model).items())


@every_model
def test_every_model_learns(name: str) -> None:
    config = BASE.replace(updates=150, clip_threshold=1.0, batch_size=16, hidden_size=16, spectral_radius=1.0)
    losses = [record.loss for record in records_of(name, config)]
    assert np.mean(losses[-20:]) < 0.8 * np.mean(losses[:20])


def test_the_run_s_own_network_is_trained_if_no_model_is_given() -> None:
    for one, other in zip(iterate(BASE), records_of("recurrent", BASE), strict=True):
        assert all(np.array_equal(W, other.params[key]) for key, W in one.params.items())


def test_other_batches_are_taken_one_an_update_and_the_run_ends_with_them() -> None:
    batches = [batch_of_update(BASE, u) for u in (7, 3)]
    records = list(iterate(BASE, batches=batches))
    assert [record.update for record in records] == [0, 1]
    alone = training_update(BASE, records[0].state, batches[1], 1)
    assert (records[1].loss, records[1].grad_norm) == (alone.loss, alone.grad_norm)
    assert len(list(iterate(BASE, batches=itertools.repeat(batches[0])))) == BASE.updates


def test_what_arrives_at_the_words_is_measured_where_a_model_keeps_something_for_each() -> None:
    batch = batch_of_update(BASE, 0)
    model = attention.model(BASE)
    params = starting_params(BASE, model)
    dx = attention.loss_and_gradients(params, batch).gradients.dx
    assert len(dx) == BASE.sentence_length
    np.testing.assert_allclose(records_of("attention", BASE)[0].dh_norm, np.sqrt((dx**2).sum(axis=(1, 2))), rtol=1e-6)
    assert [len(records_of(name, BASE)[0].dh_norm) for name in ("recurrent", "feed_forward", "bag")] == [9, 0, 0]


def with_entry(params: Params, name: str, value: float) -> Params:
    changed = params[name].copy()
    changed.flat[0] = value
    return params | {name: changed}


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("name", "parameter", "tensor", "time_step"),
    [
        ("attention", "W_q", "q", 1),
        ("attention", "W_k", "k", 1),
        ("attention", "W_v", "v", 1),
        ("attention", "W_hy", "logits", 8),
        ("feed_forward", "W_2", "logits", None),
        ("bag", "b_2", "logits", None),
    ],
)
def test_the_first_tensor_that_is_not_finite_is_named_in_the_order_of_computation(
    name: str, parameter: str, tensor: str, time_step: int | None, value: float
) -> None:
    model = MODELS[name](BASE)
    state = starting_state(BASE, with_entry(starting_params(BASE, model), parameter, value))
    records = list(iterate(BASE, 2, state, model))
    assert [record.divergence for record in records] == [Divergence(2, tensor, time_step)]
    assert records[0].state is state


@every_model
def test_weights_that_overflow_in_the_update_are_named(name: str) -> None:
    config = BASE.replace(optimizer="sgd", clip="off", learning_rate=10.0)
    model = MODELS[name](config)
    bias = "b_2" if name in ("feed_forward", "bag") else "b_y"

    def huge(*given: object) -> object:
        measured = model.loss_and_gradients(*given)  # type: ignore[arg-type]
        measured.gradients[bias][:] = 1e38
        return measured

    *_, last = iterate(config, model=model._replace(loss_and_gradients=huge))  # type: ignore[arg-type]
    assert last.divergence == Divergence(0, f"{bias} after the update", None)
    assert last.params[bias].tolist() == [0, 0]


@pytest.mark.parametrize("name", [name for name in MODELS if name != "recurrent"])
def test_a_clip_of_what_flows_from_state_to_state_is_refused_where_nothing_does(name: str) -> None:
    config = BASE.replace(clip="flow")
    with pytest.raises(ValueError, match="clip is flow; allowed for this model: off, norm"):
        records_of(name, config)
    assert len(records_of("recurrent", config)) == config.updates


def test_there_is_no_update_before_the_first() -> None:
    with pytest.raises(ValueError, match="update is -1; allowed: from 0 on"):
        next(iterate(BASE, -1))


def test_the_state_of_another_optimiser_is_refused() -> None:
    state = starting_state(BASE.replace(optimizer="momentum"))
    with pytest.raises(ValueError, match="moments are v; allowed for optimizer adam: m, r"):
        next(iterate(BASE, 1, state))
    with pytest.raises(ValueError, match="moments are v; allowed for optimizer sgd: none"):
        next(iterate(BASE.replace(optimizer="sgd"), 1, state))


def test_a_recurrent_model_says_what_the_pass_found_and_clips_on_the_way_if_it_is_asked_to() -> None:
    params, batch = starting_params(BASE), batch_of_update(BASE, 0)
    free = recurrent.model(BASE).loss_and_gradients(params, batch, Workspace())
    flow = recurrent.model(BASE.replace(clip="flow", clip_threshold=1e-3)).loss_and_gradients(
        params, batch, Workspace()
    )
    assert free.clipped_gradients is None
    assert flow.clipped_gradients is not None
    np.testing.assert_array_equal(flow.gradients["W_hh"], free.gradients["W_hh"])
    assert global_norm([flow.clipped_gradients["W_hh"]]) < global_norm([free.gradients["W_hh"]])
    T = BASE.sentence_length
    order = [
        *(("h", t) for t in range(1, T + 1)),
        ("logits", T),
        ("loss", None),
        *(("dh", t) for t in range(T, -1, -1)),
    ]
    assert [(name, t) for name, t, _ in free.computed] == order


def test_autoclip_s_norms_go_from_update_to_update_of_every_model() -> None:
    for name in MODELS:
        records = records_of(name, BASE.replace(clip="autoclip"))
        assert [len(record.state.norms) for record in records] == [1, 2, 3, 4, 5, 6]
        assert starting_state(BASE).norms.shape == NO_NORMS.shape
