"""Backpropagation through time, in every cell, judged by PyTorch and, independently, by central differences."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import forward, loss_and_gradients
from rnn_core.losses import softmax_cross_entropy
from rnn_core.numerics.workspace import Workspace
from rnn_core.types import Batch, Floats, Gradients, Tape

from .oracle import central_differences
from .problems import INPUTS, KINDS, LOSS_AT, D, Problem, assert_close, problem

SIZES = [(1, 1, 1), (1, 3, 4), (5, 1, 3), (4, 3, 1), (7, 3, 5), (12, 4, 6)]
"""(T, B, H)"""

every_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)

sizes = pytest.mark.parametrize("size", SIZES, ids="T={0[0]} B={0[1]} H={0[2]}".format)

REACH = 0.02
"""No entry that central differences nudge moves a pre-activation further than this, in these small networks."""


def away_from_kinks(kind: tuple[str, str], size: tuple[int, int, int], loss_at: str, inputs: str) -> Problem:
    """A random problem; for ReLU, the first one with no pre-activation so near 0 that a nudge takes it across."""
    for seed in range(500):
        given = problem(kind, size, loss_at, inputs, seed=seed)
        if kind[1] != "relu" or np.abs(preactivations(given)).min() > REACH:
            return given
    raise AssertionError("all draws come close to a kink")


def preactivations(given: Problem) -> Floats:
    """a_t (T, B, H) of a vanilla cell, by a plain loop."""
    params, h, found = given.params, given.h_0, []
    inputs = given.batch.inputs
    for x_t in np.eye(D)[inputs] if inputs.ndim == 2 else inputs:
        found.append(x_t @ params["W_xh"] + h @ params["W_hh"] + params["b_h"])
        h = np.maximum(found[-1], 0)
    return np.array(found)


def all_of(tape: Tape, gradients: Gradients) -> dict[str, Floats]:
    """Every array of a pass, by name."""
    found = {"h": tape.h, "logits": tape.logits, "dh": gradients.dh, "dh_direct": gradients.dh_direct}
    found |= {"da": gradients.da} | ({} if gradients.dc is None else {"dc": gradients.dc})
    for name, array in tape.saved.items():  # what is before the first time step is nothing but for the states
        found[name] = array if name == "c" else array[1:]
    return found | {f"gradient of {name}": gradient for name, gradient in gradients.params.items()}


@every_kind
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("loss_at", LOSS_AT)
@sizes
def test_everything_equals_pytorch_s_autograd(
    kind: tuple[str, str], size: tuple[int, int, int], loss_at: str, inputs: str
) -> None:
    given = problem(kind, size, loss_at, inputs)
    loss, tape, gradients = given.solve()
    expected = given.judged()
    rounding = 1e-13  # both run in float64 and differ in the order of sums only
    assert loss == pytest.approx(expected.loss, rel=rounding)
    assert gradients.params.keys() == given.params.keys()
    for name in given.params:
        assert_close(gradients.params[name], expected.params[name], rounding)
    pairs = [(tape.h, expected.h), (gradients.dh, expected.dh), (gradients.dh_direct, expected.dh_direct)]
    pairs.append((gradients.da, expected.da))
    if kind[0] == "lstm":
        pairs += [(tape.saved["c"], expected.c), (gradients.dc, expected.dc)]
    else:
        assert gradients.dc is None
    if kind[0] != "vanilla":
        gates = np.stack([tape.saved[name][1:] for name in given.cell.blocks], axis=2)
        pairs.append((gates, expected.gates))
    for actual, judged in pairs:
        assert_close(actual, judged, rounding)


@every_kind
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_every_gradient_equals_central_differences(kind: tuple[str, str], loss_at: str) -> None:
    for size, inputs in (((4, 3, 2), "token ids"), ((5, 2, 3), "dense values")):
        given = away_from_kinks(kind, size, loss_at, inputs)
        _, _, gradients = given.solve()
        analytic = gradients.params | {"h_0": gradients.dh[0]}
        nudged = given.params | {"h_0": given.h_0}
        if gradients.dc is not None:
            analytic, nudged = analytic | {"c_0": gradients.dc[0]}, nudged | {"c_0": given.c_0}
        for name, array in nudged.items():
            numeric = central_differences(given.value, array)
            assert_close(analytic[name], numeric, 1e-6)  # the project's bound; differences leave far less


@every_kind
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_dh_and_dc_are_the_derivatives_by_a_nudge_of_the_state_at_each_time_step(
    kind: tuple[str, str], loss_at: str
) -> None:
    given = away_from_kinks(kind, (5, 2, 3), loss_at, "token ids")
    params, batch = given.params, given.batch
    _, tape, gradients = given.solve()
    for t in range(1, 6):  # the rest of the sequence, started from h_t and c_t, plus the output at t itself
        h_t, rest = tape.h[t].copy(), Batch(*(array[t:] for array in batch))
        c_t = tape.saved["c"][t].copy() if "c" in tape.saved else None
        from_t = given._replace(batch=rest, h_0=h_t, c_0=c_t)

        def loss_from(h_t: Floats = h_t, t: int = t, from_t: Problem = from_t) -> float:
            at_t = softmax_cross_entropy(
                (h_t @ params["W_hy"] + params["b_y"])[None], batch.targets[t - 1 : t], batch.weights[t - 1 : t]
            )[0]
            return at_t + (from_t.value() if t < 5 else 0.0)

        tolerance = {"rtol": 1e-6, "atol": 1e-11}  # 1e-11: rounding over the width
        np.testing.assert_allclose(gradients.dh[t], central_differences(loss_from, h_t), **tolerance)
        if c_t is not None and gradients.dc is not None:  # a nudge of c_t moves h_t = o_t tanh(c_t), too
            c_now, o_t = c_t.copy(), tape.saved["o"][t]

            def moved(c_now: Floats = c_now, o_t: Floats = o_t, t: int = t, rest: Batch = rest) -> float:
                h_now = o_t * np.tanh(c_now)
                alone = given._replace(batch=rest, h_0=h_now, c_0=c_now)
                return loss_from(h_now, t, alone)

            np.testing.assert_allclose(gradients.dc[t], central_differences(moved, c_now), **tolerance)


@every_kind
@pytest.mark.parametrize("inputs", INPUTS)
def test_without_initial_states_the_network_starts_from_zeros(kind: tuple[str, str], inputs: str) -> None:
    given = problem(kind, (5, 3, 4), "every time step", inputs)
    zeros = np.zeros_like(given.h_0)
    loss, tape, gradients = given._replace(h_0=zeros, c_0=None if given.c_0 is None else zeros).solve()
    done = loss_and_gradients(given.params, given.batch, given.cell)
    assert done.loss == loss
    np.testing.assert_array_equal(done.tape.h[0], zeros)
    expected = all_of(tape, gradients)
    for name, array in all_of(done.tape, done.gradients).items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@pytest.mark.parametrize("shape", [(5,), (1, 5), (3, 1), (1, 1), (3, 6), (2, 3, 5), ()])
@pytest.mark.parametrize("state", ["h_0", "c_0"])
def test_a_state_of_another_shape_is_refused_not_broadcast(state: str, shape: tuple[int, ...]) -> None:
    given = problem(("lstm", "tanh"), (4, 3, 5))._replace(**{state: np.zeros(shape)})
    with pytest.raises(ValueError, match=rf"{state} has the shape \({', ?'.join(map(str, shape))},?\).*\(3, 5\)"):
        given.solve()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[0] != "lstm"], ids="-".join)
def test_a_cell_without_c_refuses_one(kind: tuple[str, str]) -> None:
    given = problem(kind, (4, 3, 5))
    with pytest.raises(ValueError, match=r"c_0 is given, but this cell has no state c"):
        forward(given.params, given.batch, given.cell, given.h_0, np.zeros((3, 5)))


@every_kind
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_the_loss_is_read_exactly_where_the_weights_are_not_zero(kind: tuple[str, str], loss_at: str) -> None:
    given = problem(kind, (6, 3, 4), loss_at)
    _, tape, gradients = given.solve()
    read = given.batch.weights != 0
    np.testing.assert_array_equal(tape.read_at, np.flatnonzero(read.any(axis=1)))
    assert not gradients.dh_direct[~read].any()
    assert gradients.dh_direct[read].any(axis=-1).all()
    expected = tape.h[tape.read_at + 1] @ given.params["W_hy"] + given.params["b_y"]
    np.testing.assert_allclose(tape.logits, expected, rtol=1e-14)


@every_kind
def test_nothing_flows_back_from_behind_a_sequence_s_last_loss(kind: tuple[str, str]) -> None:
    given = problem(kind, (8, 4, 6), "masked padding")
    _, _, gradients = given.solve()
    for b, length in enumerate(given.batch.weights.sum(axis=0).astype(int)):
        assert not gradients.dh[length + 1 :, b].any()
        if kind[1] != "relu":  # whose units can all be off
            assert gradients.dh[: length + 1, b].any(axis=-1).all()
        if gradients.dc is not None:
            assert not gradients.dc[length + 1 :, b].any()
            assert gradients.dc[: length + 1, b].any(axis=-1).all()


@every_kind
def test_words_that_do_not_occur_get_a_gradient_of_exactly_zero(kind: tuple[str, str]) -> None:
    given = problem(kind, (7, 3, 5))
    _, _, gradients = given.solve()
    used = np.isin(np.arange(D), given.batch.inputs)
    assert not used.all()
    assert not gradients.params["W_xh"][~used].any()
    assert gradients.params["W_xh"][used].any(axis=1).all()


@every_kind
def test_token_ids_and_their_one_hot_vectors_are_the_same_inputs(kind: tuple[str, str]) -> None:
    given = problem(kind, (6, 3, 5))
    one_hot = given._replace(batch=given.batch._replace(inputs=np.eye(D)[given.batch.inputs]))
    (loss, tape, gradients), (dense_loss, dense_tape, dense) = given.solve(), one_hot.solve()
    assert loss == pytest.approx(dense_loss, rel=1e-14)
    expected = all_of(tape, gradients)
    for name, array in all_of(dense_tape, dense).items():
        assert_close(array, expected[name], 1e-14)


@pytest.mark.parametrize("token", [-1, D])
@every_kind
def test_a_token_without_a_row_is_refused(kind: tuple[str, str], token: int) -> None:
    given = problem(kind, (4, 3, 2))
    given.batch.inputs[2, 1] = token
    with pytest.raises(IndexError, match=f"W_xh has {D} rows"):
        given.solve()


@every_kind
def test_the_squared_error_of_values_equals_pytorch_s(kind: tuple[str, str]) -> None:
    given = problem(kind, (6, 3, 4), "masked padding", "dense values", values=True)
    loss, _, gradients = given.solve()
    expected = given.judged()
    assert loss == pytest.approx(expected.loss, rel=1e-13)
    assert_close(gradients.dh, expected.dh, 1e-13)
    for name in given.params:
        assert_close(gradients.params[name], expected.params[name], 1e-13)


@every_kind
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_sequences_of_a_batch_do_not_see_each_other(kind: tuple[str, str], loss_at: str) -> None:
    given = problem(kind, (6, 4, 5), loss_at)
    _, tape, gradients = given.solve()
    together = all_of(tape, gradients)
    summed = {name: np.zeros_like(W) for name, W in given.params.items()}
    for b in range(4):
        alone = given._replace(
            batch=Batch(*(array[:, b : b + 1] for array in given.batch)),
            h_0=given.h_0[b : b + 1],
            c_0=None if given.c_0 is None else given.c_0[b : b + 1],
        )
        _, tape_alone, gradients_alone = alone.solve()
        for name, array in all_of(tape_alone, gradients_alone).items():
            if name.startswith("gradient of "):
                summed[name.removeprefix("gradient of ")] += array
            elif name != "logits":  # one sequence's are not read where another's are
                scale = np.abs(together[name]).max()
                assert np.abs(array[:, 0] - together[name][:, b]).max() <= 1e-13 * scale, name
    for name in given.params:
        assert_close(summed[name], gradients.params[name], 1e-13)


@every_kind
@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("loss_at", LOSS_AT)
def test_float32_stays_float32_and_close_to_float64(kind: tuple[str, str], loss_at: str, inputs: str) -> None:
    single, double = (problem(kind, (7, 3, 5), loss_at, inputs, dtype) for dtype in ("float32", "float64"))
    loss32, tape32, gradients32 = single.solve()
    loss64, tape64, gradients64 = double.solve()
    rounding = 2e-5  # a dozen time steps, each of some units in the last place of float32 (6e-8), with a gain above 1
    assert loss32 == pytest.approx(loss64, rel=rounding)
    high = all_of(tape64, gradients64)
    for name, low in all_of(tape32, gradients32).items():
        assert low.dtype == np.float32, name
        assert high[name].dtype == np.float64, name
        assert_close(low, high[name], rounding)


@every_kind
def test_weights_batch_and_initial_states_are_left_alone(kind: tuple[str, str]) -> None:
    given = problem(kind, (5, 3, 4), "every time step", "dense values")
    copies = [array.copy() for array in given.arrays()]
    given.solve()
    for array, copy in zip(given.arrays(), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def pass_arrays(given: Problem, work: Workspace | None = None) -> dict[str, Floats]:
    _, tape, gradients = given.solve(work)
    return all_of(tape, gradients)


@every_kind
def test_two_batches_in_a_row_give_what_each_gives_alone(kind: tuple[str, str]) -> None:
    first, second = problem(kind, (6, 3, 5), "last time step"), problem(kind, (6, 3, 5), seed=1)
    found = pass_arrays(first)
    copies = {name: array.copy() for name, array in found.items()}
    pass_arrays(second)
    again = pass_arrays(first)
    for name, copy in copies.items():
        np.testing.assert_array_equal(found[name], copy, err_msg=name)  # no buffer that a later pass writes into
        np.testing.assert_array_equal(again[name], copy, err_msg=name)


@every_kind
def test_passes_that_share_memory_find_bit_for_bit_what_passes_in_fresh_memory_find(kind: tuple[str, str]) -> None:
    work = Workspace()
    sizes = [(6, 3, 5), (6, 3, 5), (6, 3, 5), (4, 2, 5), (9, 3, 5), (6, 3, 5)]  # also shorter, longer and back
    for seed, (size, loss_at, inputs) in enumerate(zip(sizes, LOSS_AT * 2, INPUTS * 3, strict=False)):
        given = problem(kind, size, loss_at, inputs, seed=seed)
        expected = pass_arrays(given)
        for name, array in pass_arrays(given, work).items():
            np.testing.assert_array_equal(array, expected[name], err_msg=name)


@every_kind
def test_gradients_of_a_finished_pass_are_not_changed_by_the_next_in_the_same_memory(kind: tuple[str, str]) -> None:
    work, first, second = Workspace(), problem(kind, (6, 3, 5)), problem(kind, (6, 3, 5), seed=1)
    kept = first.solve(work)[2].params
    copies = {name: gradient.copy() for name, gradient in kept.items()}
    second.solve(work)
    for name, copy in copies.items():
        np.testing.assert_array_equal(kept[name], copy, err_msg=name)


@every_kind
def test_memory_serves_float32_and_float64_in_turn(kind: tuple[str, str]) -> None:
    work = Workspace()
    for dtype in ("float32", "float64", "float32"):
        given = problem(kind, (6, 3, 5), dtype=dtype)
        expected = pass_arrays(given)
        for name, array in pass_arrays(given, work).items():
            np.testing.assert_array_equal(array, expected[name], err_msg=name)
            assert array.dtype == dtype, name
