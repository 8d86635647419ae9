"""∂L/∂W_hh, term by term, against PyTorch with a copy of W_hh for every time step."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.diagnostics.terms import recurrent_da, recurrent_terms
from tests.core.small_networks import CELL_NAMES, Network, network, torch_of, torch_run


def terms_of(net: Network) -> np.ndarray:
    done = net.run()
    return recurrent_terms(net.params, net.batch, done.tape, done.gradients, net.cell)


@pytest.mark.parametrize("name", CELL_NAMES)
@pytest.mark.parametrize("read_at", [None, [6]])
def test_a_term_is_pytorchs_gradient_of_the_weights_used_at_that_time_step(
    name: tuple[str, str], read_at: list[int] | None
) -> None:
    torch, net = torch_of(), network(name, read_at)
    run = torch_run(net, a_copy_at_each=True)
    expected = torch.autograd.grad(sum(run.losses), [W["W_hh"] for W in run.W_at])
    for t, term in enumerate(terms_of(net)):
        np.testing.assert_allclose(term, expected[t].numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_terms_sum_to_the_gradient_of_the_recurrent_weights(name: tuple[str, str]) -> None:
    net = network(name)
    terms = terms_of(net)
    np.testing.assert_allclose(terms.sum(axis=0), net.run().gradients.params["W_hh"], rtol=1e-9, atol=1e-15)
    assert not terms[0].any()  # h_0 is 0
    assert all(term.any() for term in terms[1:])


def test_the_gradient_of_a_backward_pass_is_left_as_it_was() -> None:
    net = network(("gru", "tanh"))
    done = net.run()
    before = done.gradients.da.copy()
    assert not np.array_equal(recurrent_da(done.tape, done.gradients, net.cell), before)
    assert np.array_equal(done.gradients.da, before)
