"""Cells by themselves: PyTorch's own modules with the same weights, activations, gates, saturation, and NaN."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from rnn_core.bptt import backward, forward, slopes_of
from rnn_core.cells import ACTIVATIONS, CELLS, cell_of
from rnn_core.cells.gates import with_gates_halved
from rnn_core.cells.memory import forward_memory, slope_arrays
from rnn_core.config import SPECS, Config
from rnn_core.numerics import workspace
from rnn_core.numerics.projection import project
from rnn_core.numerics.workspace import Workspace, tiles
from rnn_core.types import Floats
from tests.core.oracle import pytorch_cell, torch_of
from tests.core.problems import INPUTS, KINDS, LOSS_AT, Problem, assert_close, problem

every_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)
gated = pytest.mark.parametrize("cell", ["gru", "lstm"])

IN_PYTORCH = [kind for kind in KINDS if kind[1] in ("tanh", "relu")]
"""`nn.RNNCell` has no other nonlinearity."""


def test_every_choice_of_a_config_has_a_cell() -> None:
    assert tuple(CELLS) == SPECS["cell"].choices
    assert tuple(ACTIVATIONS) == tuple(CELLS["vanilla"]) == SPECS["activation"].choices
    for kind in KINDS:
        assert cell_of(Config(cell=kind[0], activation=kind[1])) is CELLS[kind[0]][kind[1]]


@pytest.mark.parametrize("kind", IN_PYTORCH, ids="-".join)
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_a_cell_is_pytorch_s_own_with_the_weights_exchanged(kind: tuple[str, str], loss_at: str, inputs: str) -> None:
    given = problem(kind, (6, 3, 4), loss_at, inputs)
    loss, tape, gradients = given.solve()
    expected_loss, h, params = pytorch_cell(given.params, given.batch, given.h_0, given.c_0, *kind)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    assert_close(tape.h, h, 1e-13)
    assert params.keys() == given.params.keys()
    for name in given.params:
        assert_close(gradients.params[name], params[name], 1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_slopes_equal_pytorch_s(name: str) -> None:
    torch = torch_of()
    value, slope, steepest, low, high, kink = ACTIVATIONS[name]
    a = np.concatenate([np.linspace(-9, 9, 400), [0.0, -0.0, 1e-30, -1e-30]])
    leaf = torch.tensor(a, requires_grad=True)
    expected = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda a: 1 * a}[name](
        leaf
    )
    expected.sum().backward()
    h, found = np.empty_like(a), np.empty_like(a)
    value(a, h)
    slope(h, found)
    np.testing.assert_allclose(h, expected.detach().numpy(), rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(found, leaf.grad.numpy(), rtol=1e-12, atol=1e-15)
    assert found.max() == pytest.approx(steepest, rel=1e-3)
    assert found.max() <= steepest
    assert low <= h.min() < h.max() <= high
    assert kink == (name == "relu")
    in_place = a.copy()
    value(in_place, in_place)
    np.testing.assert_array_equal(in_place, h)


def test_relu_s_slope_at_its_kink_is_0() -> None:
    given = problem(("vanilla", "relu"), (2, 1, 2))
    params = {name: np.zeros_like(W) for name, W in given.params.items()} | {"W_hy": given.params["W_hy"]}
    _, tape, gradients = given._replace(params=params).solve()
    assert not tape.h[1:].any()
    assert gradients.dh[1:].any()
    assert not gradients.da.any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_from_0_nothing_overflows_and_nan_stays_nan(name: str, dtype: str) -> None:
    value, slope, *_ = ACTIVATIONS[name]
    a = np.array([-1e30, -1e3, 1e3, 1e30, np.nan], dtype)
    h, found = np.empty_like(a), np.empty_like(a)
    value(a, h)
    slope(h, found)
    ends = {"tanh": [-1, -1, 1, 1], "sigmoid": [0, 0, 1, 1], "relu": [0, 0, *a[2:4]], "identity": a[:4]}[name]
    np.testing.assert_array_equal(h[:4], np.array(ends, dtype))
    np.testing.assert_array_equal(found[:4], {"relu": [0, 0, 1, 1], "identity": [1] * 4}.get(name, [0] * 4))
    assert np.isnan(h[4])
    assert np.isnan(found[4]) or name == "identity"  # whose slope is 1 whatever is on it


@every_kind
def test_a_nan_weight_reaches_every_state_behind_it_and_every_gradient_before_it(kind: tuple[str, str]) -> None:
    given = problem(kind, (4, 2, 3))
    given.params["W_hh"][:] = np.nan
    with np.errstate(invalid="ignore"):
        _, tape, gradients = given.solve()
    assert np.isnan(tape.h[1:]).all()
    assert np.isnan(gradients.dh[:-1]).all()
    assert np.isnan(gradients.params["W_hh"]).all()


@gated
def test_gates_that_saturate_are_exactly_0_or_1_and_send_nothing_back(cell: str) -> None:
    given = problem((cell, "tanh"), (4, 2, 3))
    given.params["b_h"][:] = np.where(given.params["b_h"] > 0, 1e3, -1e3)
    _, tape, gradients = given.solve()
    gates = np.stack([tape.saved[name][1:] for name in given.cell.gates])
    assert set(np.unique(gates)) == {0.0, 1.0}
    blocks = gradients.da.reshape(4, 2, -1, 3)
    assert not blocks.any()
    assert all(np.isfinite(gradient).all() for gradient in gradients.params.values())


def with_gate(given: Problem, **biases: float) -> Problem:
    """The problem with some gates held open (1e3) or shut (-1e3) by their biases, by the gate's name."""
    H, b_h = len(given.params["W_hh"]), given.params["b_h"].copy()
    for name, bias in biases.items():
        k = given.cell.blocks.index(name)
        b_h[k * H : (k + 1) * H] = bias
    return given._replace(params=given.params | {"b_h": b_h})


def test_an_lstm_that_forgets_nothing_and_lets_nothing_in_keeps_c_for_ever() -> None:
    given = with_gate(problem(("lstm", "tanh"), (9, 3, 4)), f=1e3, i=-1e3, o=1e3)
    _, tape, gradients = given.solve()
    for c_t in tape.saved["c"][1:]:
        np.testing.assert_array_equal(c_t, given.c_0)
    np.testing.assert_array_equal(tape.h[1:], np.broadcast_to(np.tanh(given.c_0), tape.h[1:].shape))
    assert gradients.dc is not None
    arriving = gradients.dh_direct * (1 - np.tanh(given.c_0) ** 2)  # through each h_t, then along c alone
    np.testing.assert_allclose(gradients.dc[0], arriving.sum(axis=0), rtol=1e-12)


def test_an_lstm_that_forgets_everything_starts_afresh_at_every_time_step() -> None:
    given = with_gate(problem(("lstm", "tanh"), (6, 3, 4)), f=-1e3)
    saved = given.solve()[1].saved
    np.testing.assert_allclose(saved["c"][1:], (saved["i"] * saved["g"])[1:], rtol=1e-14)


def test_a_gru_that_keeps_everything_keeps_h_and_one_that_keeps_nothing_forgets_it() -> None:
    given = problem(("gru", "tanh"), (9, 3, 4))
    _, tape, gradients = with_gate(given, z=1e3).solve()
    np.testing.assert_allclose(tape.h[1:], np.broadcast_to(given.h_0, tape.h[1:].shape), rtol=0, atol=1e-14)
    np.testing.assert_allclose(gradients.dh[0], gradients.dh_direct.sum(axis=0), rtol=1e-13)
    _, tape, gradients = with_gate(given, z=-1e3, r=-1e3).solve()
    n = np.tanh(given.params["W_xh"][given.batch.inputs][..., 8:] + given.params["b_h"][8:])
    np.testing.assert_allclose(tape.h[1:], n, rtol=1e-13)
    np.testing.assert_array_equal(gradients.dh[1:], gradients.dh_direct)


def test_a_gru_s_reset_gate_acts_on_the_product_with_its_bias() -> None:
    given = problem(("gru", "tanh"), (1, 3, 4))
    params, (_, tape, _) = given.params, given.solve()
    r, n = tape.saved["r"][1], tape.saved["n"][1]
    q = given.h_0 @ params["W_hh"][:, 8:] + params["b_hn"]
    np.testing.assert_allclose(tape.saved["q"][1], q, rtol=1e-13)
    ax = params["W_xh"][given.batch.inputs[0]][:, 8:] + params["b_h"][8:]
    np.testing.assert_allclose(n, np.tanh(ax + r * q), rtol=1e-13)


@every_kind
def test_how_the_arrays_of_a_cell_are_stored_changes_nothing(kind: tuple[str, str]) -> None:
    given = problem(kind, (5, 3, 4))
    cell, W, expected = given.cell, with_gates_halved(given.params, given.cell), given.solve()[1]
    blocks = np.zeros((6, len(cell.blocks), 3, 4))  # a time step after the other, not a block after the other
    plain = {name: np.zeros((6, 3, 4)) for name in cell.saved}
    plain |= {name: blocks[:, k] for k, name in enumerate(cell.blocks)}
    for name, start in zip(cell.states, (given.h_0, given.c_0), strict=False):
        plain[name][0] = start
    project(given.batch.inputs, W["W_xh"], W["b_h"], blocks[1:])
    at = list(zip(*plain.values(), blocks, strict=True))
    for t in range(1, 6):
        cell.step(W, at[t - 1], at[t])
    np.testing.assert_array_equal(plain["h"], expected.h)
    for name, array in expected.saved.items():
        np.testing.assert_array_equal(plain[name][1:], array[1:], err_msg=name)


@every_kind
def test_any_number_of_rows_goes_one_time_step_back_at_once(kind: tuple[str, str]) -> None:
    given = problem(kind, (5, 3, 4))
    _, tape, gradients = given.solve()
    cell = given.cell
    t, copies = 3, 4  # each row as often, with a gradient so many times as large
    slopes_t = [np.repeat(array[t - 1], copies, axis=-2) for array in slopes_of(tape, cell)]
    da = np.empty((copies * 3, len(cell.blocks), 4))
    dstates = [gradients.dh] if gradients.dc is None else [gradients.dh, gradients.dc]
    factors = np.tile(np.arange(1.0, copies + 1), 3)[:, None]
    now = [np.repeat(d[t], copies, axis=0) * factors for d in dstates]
    if gradients.dc is not None:  # what c_t sends through h_t is added by the step itself
        now[1] -= now[0] * slopes_t[2]
    before = [np.empty_like(d) for d in now]
    da_t = da.reshape(len(da), -1), da.swapaxes(0, 1)
    cell.step_vjp(np.ascontiguousarray(given.params["W_hh"].T), slopes_t, da_t, tuple(now), tuple(before))
    assert_close(
        before[0], np.repeat((gradients.dh - _direct(gradients.dh_direct))[t - 1], copies, axis=0) * factors, 1e-12
    )


def _direct(dh_direct: Floats) -> Floats:
    """∂L/∂h_t straight from the output at t, for t = 0 ... T: nothing is read at 0."""
    return np.concatenate([np.zeros_like(dh_direct[:1]), dh_direct])


@every_kind
@pytest.mark.parametrize("time_steps", [1, 2, 3])
def test_how_many_time_steps_are_computed_at_once_changes_no_bit(
    kind: tuple[str, str], time_steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = problem(kind, (7, 3, 4), "masked padding")
    of_slopes = slope_arrays(given.cell) * given.h_0.nbytes

    def found() -> dict[str, Floats]:
        _, tape, gradients = given.solve(Workspace())
        return {"h": tape.h, "dh": gradients.dh, "da": gradients.da, **tape.saved, **gradients.params}

    at_once = {name: array.copy() for name, array in found().items()}
    monkeypatch.setattr(workspace, "_BYTES_AT_ONCE", time_steps * of_slopes)
    assert len(tiles(7, of_slopes)) == -(-7 // time_steps)
    for name, array in found().items():
        start = 0 if name in ("c", "dh", "da", "h") or name in given.params else 1
        np.testing.assert_array_equal(array[start:], at_once[name][start:], err_msg=name)


def test_cells_take_turns_in_one_workspace() -> None:
    work = Workspace()
    for kind in [*KINDS, *reversed(KINDS), *KINDS[::2], *KINDS]:
        given = problem(kind, (6, 3, 4))
        _, expected, wanted = given.solve()
        _, tape, gradients = given.solve(work)
        np.testing.assert_array_equal(tape.h, expected.h)
        np.testing.assert_array_equal(gradients.dh, wanted.dh)
        for name, gradient in wanted.params.items():
            np.testing.assert_array_equal(gradients.params[name], gradient, err_msg=name)


@every_kind
def test_a_tape_from_elsewhere_goes_back_in_memory_that_has_seen_another(kind: tuple[str, str]) -> None:
    work, first, second = Workspace(), problem(kind, (6, 3, 4)), problem(kind, (6, 3, 4), seed=1)
    first.solve(work)
    tape = forward(second.params, second.batch, second.cell, second.h_0, second.c_0)  # in memory of its own
    targets, weights = second.batch.targets[tape.read_at], second.batch.weights[tape.read_at]
    _, dlogits = second.loss.value_and_gradient(tape.logits, targets, weights)
    found = backward(second.params, second.batch, tape, dlogits, second.cell, work)
    np.testing.assert_array_equal(found.dh, second.solve()[2].dh)


@drawn(st.integers(1, 500), st.integers(0, 2**20))
def test_tiles_hold_every_time_step_once_and_in_order(count: int, bytes_each: int) -> None:
    cut = tiles(count, bytes_each)
    assert [t for some in cut for t in range(count)[some]] == list(range(count))
    assert all(some.stop > some.start for some in cut)
    assert len({some.stop - some.start for some in cut[:-1]}) <= 1


def test_every_saved_array_is_in_one_piece_and_the_same_memory_at_the_next_call() -> None:
    work, shape, dtype = Workspace(), (5, 3, 2), np.dtype("float32")
    for cell in (CELLS[kind[0]][kind[1]] for kind in KINDS):
        room = forward_memory(cell, shape, dtype, work)
        assert tuple(room.saved) == cell.saved
        assert all(array.shape == shape and array.flags.c_contiguous for array in room.saved.values())
        for k, name in enumerate(cell.blocks):
            assert np.shares_memory(room.blocks[:, k], room.saved[name])
        assert forward_memory(cell, shape, dtype, work) is room
        assert forward_memory(cell, (6, 3, 2), dtype, work) is not room


def test_what_is_made_of_arrays_is_made_again_only_for_others() -> None:
    work, a, b = Workspace(), np.zeros(2), np.zeros(2)
    made = [work.cached("x", of, list) for of in ((), (a, b), (a, b), (b, a), (b, a), (a,), (a, b))]
    kept = [one is other for one, other in itertools.pairwise(made)]
    assert kept == [False, True, False, True, False, False]
    assert all(isinstance(one, list) for one in made)
    assert work.cached("y", (a, b), list) is not made[-1]
