"""Which loss sent what to which state, against PyTorch and against backward passes of one loss alone."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from rnn_core.bptt import backward
from rnn_core.cells.memory import slope_arrays
from rnn_core.diagnostics.itemised import itemised
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Floats
from tests.core.small_networks import CELL_NAMES, Network, network, torch_of, torch_run

SOME = [1, 2, 5]
"""Time steps with a loss: neither the first nor the last, two next to each other."""


def matrix_of(net: Network) -> Floats:
    done = net.run()
    return itemised(net.params, net.batch, done.tape, done.dlogits, net.cell)


@pytest.mark.parametrize("name", CELL_NAMES)
@pytest.mark.parametrize("read_at", [None, SOME])
def test_every_entry_is_the_norm_that_pytorch_finds(name: tuple[str, str], read_at: list[int] | None) -> None:
    torch, net = torch_of(), network(name, read_at)
    run, found = torch_run(net), matrix_of(net)
    hidden = [states[0] for states in run.states]
    assert found.shape == (7, 8)
    for s in range(7) if read_at is None else read_at:
        upto = hidden[: s + 2]
        expected = [float(g.norm()) for g in torch.autograd.grad(run.losses[s], upto, retain_graph=True)]
        np.testing.assert_allclose(found[s, : s + 2], expected, rtol=1e-9, atol=1e-15)
        assert found[s, s + 1] > 0


@pytest.mark.parametrize("name", CELL_NAMES)
def test_a_row_is_what_backward_finds_if_this_loss_alone_is_read(name: tuple[str, str]) -> None:
    net = network(name, SOME, seed=1)
    done, found = net.run(), matrix_of(net)
    for k, s in enumerate(SOME):
        alone = np.zeros_like(done.dlogits)
        alone[k] = done.dlogits[k]
        dh = backward(net.params, net.batch, done.tape, alone, net.cell).dh
        np.testing.assert_allclose(found[s], row_norms(dh), rtol=1e-12)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_with_one_loss_its_row_is_the_recorded_norms(name: tuple[str, str]) -> None:
    net = network(name, [6])
    found = matrix_of(net)
    np.testing.assert_allclose(found[6], row_norms(net.run().gradients.dh), rtol=1e-12)
    assert not found[:6].any()


@pytest.mark.parametrize("name", CELL_NAMES)
def test_no_loss_reaches_a_later_state_and_a_row_without_a_loss_is_zero(name: tuple[str, str]) -> None:
    found = matrix_of(network(name, SOME))
    later = np.arange(8) > np.arange(7)[:, None] + 1
    assert not found[later].any()
    assert not found[[0, 3, 4, 6]].any()
    assert (found[~later & np.isin(np.arange(7), SOME)[:, None]] > 0).all()


@pytest.mark.parametrize("name", CELL_NAMES)
def test_norms_of_the_parts_bound_the_norm_of_the_whole(name: tuple[str, str]) -> None:
    net = network(name)
    found, whole = matrix_of(net), row_norms(net.run().gradients.dh)
    assert (found.sum(axis=0) >= whole * (1 - 1e-12)).all()
    others = found.sum(axis=0) - found.max(axis=0)
    assert (found.max(axis=0) - others <= whole * (1 + 1e-12)).all()


def test_an_exploded_gradient_is_reported_and_spoils_no_other_loss() -> None:
    net = network(("vanilla", "identity"), T=60, gain=8.0, dtype="float32")
    silent = {name: 0 * W if name in ("W_xh", "b_h") else W for name, W in net.params.items()}  # h stays 0
    with np.errstate(over="ignore", invalid="ignore"):
        done = net._replace(params=silent).run()
    found = itemised(silent, net.batch, done.tape, done.dlogits, net.cell)
    assert not np.isfinite(found[59, 0])
    assert np.isfinite(found[np.arange(60), np.arange(60) + 1]).all()


def test_a_float32_pass_is_measured_as_its_float64_twin() -> None:
    narrow, wide = (matrix_of(network(("lstm", "tanh"), dtype=dtype)) for dtype in ("float32", "float64"))
    assert narrow.dtype == np.float64
    np.testing.assert_allclose(narrow, wide, rtol=1e-4)


@pytest.mark.parametrize("name", [("vanilla", "tanh"), ("lstm", "tanh")])
def test_all_losses_together_hold_a_few_passes_in_memory_not_one_for_each_loss(name: tuple[str, str]) -> None:
    net = network(name, T=60, B=8, H=16)
    done = net.run()
    tracemalloc.start()
    itemised(net.params, net.batch, done.tape, done.dlogits, net.cell)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    blocks = slope_arrays(net.cell) + len(net.cell.blocks) + len(net.cell.states)
    of_one_pass = 8 * 60 * 8 * 16 * blocks
    assert peak < 4 * of_one_pass
