"""Feed-forward networks: PyTorch and central differences judge the gradients, and what each network cannot see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn_core.clipping import CLIPS, ClipOptions
from rnn_core.config import Config
from rnn_core.models import feedforward
from rnn_core.models.feedforward import CUTS
from rnn_core.training import starting_state, training_update
from rnn_core.types import Batch, Params
from tests.core.oracle import central_differences, torch_of

V, D, H, CLASSES, T, B = 7, 3, 4, 2, 6, 9
BAG, FIXED = 1, 4
LENGTHS = np.array([6, 1, 4, 5, 2, 3, 6, 4, 1])
"""Shorter than the four slots, as long, and longer."""

MODEL = feedforward.model(V, D, FIXED, H, CLASSES, "float64")


def network(slots: int, dtype: str = "float64") -> Params:
    params = feedforward.initial_params(np.random.default_rng(0), V, D, slots, H, CLASSES, dtype)
    rng = np.random.default_rng(1)
    return params | {name: rng.normal(size=params[name].shape).astype(dtype) for name in ("b_1", "b_2")}


def sentences(lengths: np.ndarray = LENGTHS, seed: int = 2, dtype: str = "float64") -> Batch:
    """Random words, after a sentence's end, too; weights that differ."""
    rng = np.random.default_rng(seed)
    shape = max(lengths), len(lengths)
    targets, weights = rng.integers(CLASSES, size=shape), np.zeros(shape, dtype)
    weights[lengths - 1, np.arange(len(lengths))] = rng.uniform(0.1, 1, len(lengths))
    return Batch(rng.integers(V, size=shape), targets, weights)


def words_in(batch: Batch, n: int) -> list[int]:
    """The words of sentence n."""
    return batch.inputs[: int(batch.weights[:, n].argmax()) + 1, n].tolist()


def pytorch(params: Params, batch: Batch, cut: str) -> tuple[float, Params]:
    """Loss and gradients by autograd, one sentence at a time."""
    torch = torch_of()
    W = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
    losses: list[Any] = []
    for n in range(batch.inputs.shape[1]):
        words = words_in(batch, n)
        at = len(words) - 1
        if len(params["W_1"]) == D:
            x = torch.nn.functional.embedding_bag(torch.tensor([words]), W["E"], mode="mean")[0]
        else:
            kept = words[:FIXED] if cut == "end" else words[-FIXED:]
            x = torch.nn.functional.embedding(torch.tensor(kept), W["E"]).reshape(-1)
            x = torch.nn.functional.pad(x, (0, FIXED * D - len(x)))
        y = torch.tanh(x @ W["W_1"] + W["b_1"]) @ W["W_2"] + W["b_2"]
        target = torch.tensor(batch.targets[at, n])
        losses.append(batch.weights[at, n] * torch.nn.functional.cross_entropy(y, target))
    loss = torch.stack(losses).sum()
    loss.backward()
    return loss.item(), {name: weight.grad.numpy() for name, weight in W.items()}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("slots", [BAG, FIXED])
def test_loss_and_gradients_are_those_of_pytorch(slots: int, cut: str) -> None:
    params, batch = network(slots), sentences()
    loss, gradients = pytorch(params, batch, cut)
    done = feedforward.loss_and_gradients(params, batch, cut=cut)
    assert done.loss == pytest.approx(loss, rel=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(done.gradients[name], gradient, rtol=1e-10, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("slots", [BAG, FIXED])
def test_gradients_are_those_of_central_differences(slots: int, cut: str) -> None:
    params, batch = network(slots), sentences()
    done = feedforward.loss_and_gradients(params, batch, cut=cut)
    assert done.gradients.keys() == params.keys()
    for name, W in params.items():
        differences = central_differences(lambda: feedforward.loss_and_gradients(params, batch, cut=cut).loss, W)
        np.testing.assert_allclose(done.gradients[name], differences, rtol=1e-7, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("slots", [BAG, FIXED])
@pytest.mark.parametrize("cut", CUTS)
def test_words_after_a_sentences_end_change_nothing(slots: int, cut: str) -> None:
    params, batch = network(slots), sentences()
    ended = np.arange(T)[:, None] >= LENGTHS
    other = batch._replace(inputs=np.where(ended, (batch.inputs + 1) % V, batch.inputs))
    assert np.array_equal(feedforward.logits(params, batch, cut), feedforward.logits(params, other, cut))


def test_a_bag_of_words_says_the_same_of_any_order_and_fixed_positions_do_not() -> None:
    batch = sentences(np.full(B, FIXED))
    other = batch._replace(inputs=batch.inputs[::-1])
    for slots, same in ((BAG, True), (FIXED, False)):
        one, two = (feedforward.logits(network(slots), each) for each in (batch, other))
        assert np.allclose(one, two, rtol=1e-12) == same


@pytest.mark.parametrize(("cut", "kept"), [("end", slice(0, FIXED)), ("front", slice(-FIXED, None))])
def test_fixed_positions_see_of_a_long_sentence_only_what_is_not_cut_off(cut: str, kept: slice) -> None:
    long = sentences(np.full(B, T))
    short = Batch(*(array[kept].copy() for array in long))
    short.weights[-1] = 1
    one = feedforward.logits(network(FIXED), long, cut)
    assert np.array_equal(one, feedforward.logits(network(FIXED), short))


def test_each_block_of_w_1_learns_from_its_own_position_alone() -> None:
    batch = sentences(np.full(B, 2))
    gradient = feedforward.loss_and_gradients(network(FIXED), batch).gradients["W_1"].reshape(FIXED, D, H)
    assert np.abs(gradient[:2]).min() > 0
    assert not gradient[2:].any()


def test_a_cut_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="cut is middle; allowed: one of end, front"):
        feedforward.logits(network(FIXED), sentences(), "middle")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("slots", [BAG, FIXED])
def test_everything_keeps_the_dtype_of_the_weights(slots: int, dtype: str) -> None:
    params = network(slots, dtype)
    batch = sentences(dtype=dtype)
    arrays = feedforward.logits(params, batch), *feedforward.loss_and_gradients(params, batch).gradients.values()
    assert {array.dtype.name for array in arrays} == {dtype}


def test_the_accuracy_is_the_share_of_largest_outputs_that_are_right() -> None:
    params, batch = network(FIXED), sentences()
    done = feedforward.loss_and_gradients(params, batch)
    right = feedforward.logits(params, batch).argmax(axis=1) == batch.targets[LENGTHS - 1, np.arange(B)]
    assert 0 < right.mean() < 1
    assert done.accuracy == pytest.approx(right.mean())


def test_initial_weights_have_the_shapes_that_the_docstring_says() -> None:
    shapes = {name: W.shape for name, W in network(FIXED).items()}
    assert shapes == {"E": (V, D), "W_1": (FIXED * D, H), "b_1": (H,), "W_2": (H, CLASSES), "b_2": (CLASSES,)}
    assert feedforward.slots_of(network(FIXED)) == FIXED
    assert feedforward.slots_of(network(BAG)) == BAG


@pytest.mark.parametrize("threshold", [0.05, 1000.0])
def test_an_update_goes_against_the_clipped_gradient(threshold: float) -> None:
    config = Config(optimizer="sgd", learning_rate=0.5, clip="norm", clip_threshold=threshold)
    params, batch = network(FIXED), sentences()
    gradients = feedforward.loss_and_gradients(params, batch).gradients
    clipped = CLIPS["norm"](gradients, ClipOptions(threshold, params, np.empty(0), 0.0))
    assert (clipped.scale < 1) == (threshold < 1)
    after = training_update(config, starting_state(config, params), batch, model=MODEL).params
    for name, W in params.items():
        np.testing.assert_allclose(after[name], W - 0.5 * clipped.scale * gradients[name], rtol=1e-12)


def test_adam_is_told_the_number_of_the_update() -> None:
    config, params, batch = Config(optimizer="adam", clip="off"), network(FIXED), sentences()
    state = starting_state(config, params)
    first, tenth = (training_update(config, state, batch, k, model=MODEL).params["W_1"] for k in (0, 9))
    assert not np.allclose(first, tenth)


@pytest.mark.parametrize("slots", [BAG, FIXED])
def test_what_a_block_makes_of_a_word_is_its_part_of_the_pre_activation(slots: int) -> None:
    params, token = network(slots), 3
    parts = feedforward.by_position(params, token)
    assert parts.shape == (slots, H)
    for t in range(slots):
        x = np.zeros(slots * D)
        x[t * D : (t + 1) * D] = params["E"][token]
        np.testing.assert_allclose(parts[t], x @ params["W_1"], rtol=1e-12)
