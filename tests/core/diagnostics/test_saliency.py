"""Gradients of the inputs against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.diagnostics.saliency import input_gradients, saliency
from tests.core.small_networks import CELL_NAMES, network, torch_of, torch_run


@pytest.mark.parametrize("name", CELL_NAMES)
@pytest.mark.parametrize("read_at", [None, [6]])
def test_saliency_is_what_pytorch_finds(name: tuple[str, str], read_at: list[int] | None) -> None:
    torch, net = torch_of(), network(name, read_at)
    run = torch_run(net)
    expected = np.stack([g.numpy() for g in torch.autograd.grad(sum(run.losses), run.x)])
    found = saliency(net.params, net.batch, net.run().gradients)
    np.testing.assert_allclose(input_gradients(net.params, net.run().gradients), expected, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(found.norm, np.linalg.norm(expected, axis=2), rtol=1e-9, atol=1e-15)
    words = np.eye(5)[net.batch.inputs]
    np.testing.assert_allclose(found.times_input, (expected * words).sum(axis=2), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_one_hot_vectors_are_as_salient_as_the_token_ids_they_stand_for(name: tuple[str, str]) -> None:
    net = network(name)
    values = net._replace(batch=net.batch._replace(inputs=np.eye(5)[net.batch.inputs]))
    ids = saliency(net.params, net.batch, net.run().gradients)
    vectors = saliency(net.params, values.batch, values.run().gradients)
    np.testing.assert_allclose(vectors.norm, ids.norm, rtol=1e-9)
    np.testing.assert_allclose(vectors.times_input, ids.times_input, rtol=1e-9, atol=1e-15)


def test_gradient_times_input_tells_what_taking_a_little_of_the_word_away_does_to_the_loss() -> None:
    net = network(("gru", "tanh"), B=1)
    found, less = saliency(net.params, net.batch, net.run().gradients), 1e-6
    for t in range(7):
        inputs = np.eye(5)[net.batch.inputs]
        inputs[t] *= 1 - less
        loss = net._replace(batch=net.batch._replace(inputs=inputs)).run().loss
        assert (net.run().loss - loss) / less == pytest.approx(found.times_input[t, 0], rel=1e-4)
