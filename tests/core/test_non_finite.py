"""What is not finite, against every clip: nothing is zeroed, a direction that exists is kept, the rest is reported.

{the norm of finite entries overflows, one entry is infinite, one is not a number} × {every clip, off and flow too}, for
the clips themselves, for the flow, and for a run.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, backward, forward, loss_and_gradients
from rnn_core.cells import CELLS
from rnn_core.clipping import CLIPS, NO_NORMS, Clipped, angle, clipped_to
from rnn_core.config import SPECS, Config
from rnn_core.models import recurrent
from rnn_core.numerics.norms import global_norm
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.training import iterate, starting_state, training_update
from rnn_core.types import Batch, Divergence, Params, State, UpdateRecord

from .gradients import DTYPES, ROUNDING, SHAPES, flat, options, same_objects, weights

ALL_CLIPS = SPECS["clip"].choices
NORMS_SO_FAR = np.array([0.5, 1.0, 2.0])
LARGEST = {dtype: float(np.finfo(dtype).max) for dtype in DTYPES}


def unit_vectors(g: Params) -> np.ndarray:
    """The entries, each parameter's divided by their largest: float64 holds their squares."""
    return np.concatenate([array.ravel().astype(np.float64) / np.abs(array).max() for array in g.values()])


# --- the clips themselves


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threshold", [2.0, 1e-4])
@pytest.mark.parametrize("share_of_largest", [1.0, 0.25, 1e-10])
def test_huge_but_finite_entries_are_clipped_like_any_other(
    clip: str, dtype: str, share_of_largest: float, threshold: float
) -> None:
    largest = LARGEST[dtype] * share_of_largest  # squares overflow; at 1.0 in float64 the norm does too
    g = {name: np.full(shape, largest, dtype) for name, shape in SHAPES.items()}
    g["b_h"][1] *= -0.5
    clipped = CLIPS[clip](g, options(threshold, NORMS_SO_FAR, 0.0, dtype))
    np.testing.assert_array_equal(np.sign(flat(clipped.gradients)), np.sign(flat(g)))  # nothing is zero
    assert clipped.norm > largest
    if clip == "off":
        assert same_objects(clipped, g)
    elif clip in ("norm", "autoclip"):
        length = threshold if clip == "norm" else 0.5  # the smallest so far
        assert_shortened(clipped, g, length, dtype)
        assert clipped.angle == 0
    elif clip == "param_norm":
        for name, array in g.items():
            assert_shortened(CLIPS[clip]({name: array}, options(threshold)), {name: array}, threshold, dtype)
            assert math.hypot(*clipped.gradients[name].ravel()) == pytest.approx(threshold, rel=ROUNDING[dtype])
    elif clip == "value":
        np.testing.assert_array_equal(np.abs(flat(clipped.gradients)), float(np.dtype(dtype).type(threshold)))
        assert clipped.scale == pytest.approx(threshold / largest, rel=0.1)
    else:
        ratio = np.linalg.norm(clipped.gradients["W_hh"].astype(np.float64), axis=0)
        ratio /= np.linalg.norm(weights(dtype)["W_hh"], axis=0)
        np.testing.assert_allclose(ratio, threshold, rtol=ROUNDING[dtype])
        np.testing.assert_allclose(unit_vectors(clipped.gradients)[9:12], [1, -0.5, 1], rtol=ROUNDING[dtype])
        assert clipped.gradients["W_hy"] is g["W_hy"]
    assert math.isfinite(clipped.angle)
    assert 0 < clipped.scale <= 1
    assert math.isfinite(clipped.norm_clipped) or clip in ("off", "adaptive")


def assert_shortened(clipped: Clipped, g: Params, length: float, dtype: str) -> None:
    """To this length, in its own direction."""
    after = flat(clipped.gradients)
    assert math.hypot(*after) == pytest.approx(length, rel=ROUNDING[dtype])
    assert clipped.norm_clipped == pytest.approx(length, rel=ROUNDING[dtype])
    np.testing.assert_allclose(after / np.abs(after).max(), flat(g) / np.abs(flat(g)).max(), rtol=ROUNDING[dtype])
    assert angle(g, clipped.gradients) < ROUNDING[dtype]


BAD = [[math.inf], [-math.inf], [math.nan], [math.inf, -math.inf], [math.nan, math.inf]]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bad", BAD, ids=str)
@pytest.mark.parametrize("name", SHAPES)
def test_a_non_finite_entry_is_passed_on_and_nothing_is_zeroed(
    clip: str, dtype: str, bad: list[float], name: str
) -> None:
    for filler in (0.0, 7.0, LARGEST[dtype]):
        g = {k: np.full(shape, filler, dtype) for k, shape in SHAPES.items()}
        g[name].flat[: len(bad)] = bad
        clipped = CLIPS[clip](g, options(1.0, NORMS_SO_FAR, 50.0, dtype))
        assert same_objects(clipped, g)
        assert not math.isfinite(clipped.norm)
        assert not math.isfinite(clipped.norm_clipped)
        assert math.isnan(clipped.norm) == any(map(math.isnan, bad))
        assert (clipped.scale, clipped.angle) == (1, 0)
        np.testing.assert_array_equal(clipped.gradients[name].flat[: len(bad)], np.array(bad, dtype))
        assert clipped.norms is NORMS_SO_FAR


@pytest.mark.parametrize("entries", [[LARGEST["float64"]] * 3, [1.0, math.inf], [1.0, math.nan]], ids=str)
def test_autoclip_keeps_only_norms_that_are_numbers(entries: list[float]) -> None:
    g = {"W": np.array(entries)}
    alone = CLIPS["autoclip"](g, options(1.0))  # no norm to clip at
    assert same_objects(alone, g)
    assert len(alone.norms) == 0
    later = CLIPS["autoclip"](g, options(1.0, NORMS_SO_FAR, 50.0))
    assert later.norms is NORMS_SO_FAR
    if np.isfinite(entries).all():
        assert later.norm_clipped == pytest.approx(1.0, rel=1e-14)  # the median of the norms before it
        np.testing.assert_allclose(later.gradients["W"], 3**-0.5, rtol=1e-14)
        assert 0 < later.scale < 1e-300
    else:
        assert same_objects(later, g)


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_nobody_knows_how_much_of_an_infinite_gradient_was_clipped(bad: float) -> None:
    measured = clipped_to({"W": np.array([1.0, 2.0])}, {"W": np.array([1.0, bad])})
    assert not math.isfinite(measured.norm)
    assert math.isnan(measured.scale)
    assert math.isnan(measured.angle)
    assert math.isnan(angle({"W": np.array([1.0, 2.0])}, {"W": np.array([1.0, bad])}))


def test_the_scale_of_clipping_by_value_is_right_where_the_norm_is_beyond_float64() -> None:
    huge = {"W": np.full(4, 1.7e308)}  # the norm of these finite entries is 3.4e308
    clipped = CLIPS["value"](huge, options(1.0))
    assert clipped.norm == math.inf
    np.testing.assert_array_equal(clipped.gradients["W"], 1.0)
    assert clipped.scale == pytest.approx(1 / 1.7e308, rel=1e-12)
    assert clipped.angle == 0


# --- the flow


def flow_of(W_hy: np.ndarray, dlogits: np.ndarray, limit: float, kind: str) -> tuple[np.ndarray, Params]:
    """∂L/∂h_t, t = 0 ... 3, and the weights' gradients, where ∂L/∂h_3 = dlogits W_hyᵀ, dlogits (1, O)."""
    H, dtype, G = len(W_hy), dlogits.dtype, {"vanilla": 1, "gru": 3, "lstm": 4}[kind]
    cell = CELLS[kind]["tanh"]
    sizes = {"W_xh": (2, G * H), "W_hh": (H, G * H), "b_h": (G * H,)} | dict.fromkeys(cell.biases, (H,))
    rng = np.random.default_rng(0)
    params = {name: (0.1 * rng.normal(size=size)).astype(dtype) for name, size in sizes.items()}
    params |= {"W_hy": W_hy.astype(dtype), "b_y": np.zeros(W_hy.shape[1], dtype)}
    read = np.zeros((3, 1), dtype)
    read[-1] = 1
    batch = Batch(np.zeros((3, 1), int), np.zeros((3, 1), int), read)
    with np.errstate(over="ignore", invalid="ignore"):
        gradients = backward(params, batch, forward(params, batch, cell), dlogits[None], cell, flow_limit=limit)
    return gradients.dh, gradients.params


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 1e30), ("float32", 3e38), ("float64", 1e200), ("float64", 1.7e308)]
)
@pytest.mark.parametrize("limit", [1.0, 1e-4])
def test_a_flow_whose_norm_overflows_is_shortened_in_its_own_direction(
    kind: str, dtype: str, size: float, limit: float
) -> None:
    W_hy = np.array([[1.0], [-1.0], [0.5], [1.0]])
    dh, gradients = flow_of(W_hy, np.array([[size]], dtype), limit, kind)
    assert global_norm([dh[3]]) == pytest.approx(limit, rel=ROUNDING[dtype])
    np.testing.assert_allclose(dh[3][0] / dh[3][0, 0], W_hy[:, 0], rtol=ROUNDING[dtype])
    small, of_small = flow_of(W_hy, np.array([[10.0]], dtype), limit, kind)  # the same direction, of ordinary size
    for t in range(3):
        np.testing.assert_allclose(dh[t], small[t], rtol=1e-4, atol=1e-6 * limit)
        assert dh[t].any()
    for name in ("W_xh", "W_hh", "b_h"):
        np.testing.assert_allclose(gradients[name], of_small[name], rtol=1e-4, atol=1e-6 * limit)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_flow_with_one_entry_that_is_not_finite_is_left_as_it_is(kind: str, dtype: str, bad: float) -> None:
    arriving = np.array([3.0, bad, 2.0, -1.0], dtype)
    dh, gradients = flow_of(arriving[:, None], np.ones((1, 1), dtype), 1.0, kind)
    np.testing.assert_array_equal(dh[3][0], arriving)
    assert not np.isfinite(dh[2]).all()
    assert not np.isfinite(gradients["b_h"]).all()


# --- a run

T = 8
UPDATE = 4
BASE = Config(
    sentence_length=T,
    attractors=0,
    hidden_size=2,
    batch_size=1,
    learning_rate=0.5,
    updates=9,
    seed=5,
    clip_percentile=10.0,
)


def config_of(clip: str, dtype: str, optimizer: str = "sgd") -> Config:
    return BASE.replace(clip=clip, dtype=dtype, optimizer=optimizer)


def starting_at(config: Config, W_hh: list[list[float]], size: float) -> State:
    """All weights zero but W_hh and W_hy = (size, -size): ∂L/∂h_T is ± size in both units; and 50 norms of 1 so far."""
    state = starting_state(config)
    params = {name: np.zeros_like(W) for name, W in state.params.items()}
    params["W_hh"][:] = W_hh
    params["W_hy"][:] = [size, -size]
    return state._replace(params=params, norms=np.ones(50) if config.clip == "autoclip" else NO_NORMS)


def first_of(config: Config, state: State) -> UpdateRecord:
    """The first update from this state, which must not be changed by it; the same from `training_update`."""
    before = {name: W.copy() for name, W in state.params.items()}
    record = next(iterate(config, UPDATE, state))
    alone = training_update(config, state, batch_of_update(config, UPDATE), UPDATE)
    assert alone.divergence == record.divergence
    for name, W in before.items():
        np.testing.assert_array_equal(state.params[name], W)
        np.testing.assert_array_equal(alone.params[name], record.params[name])
    return record


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("clip", ALL_CLIPS)
def test_a_run_goes_on_where_only_the_norm_overflows_and_takes_the_right_direction(
    clip: str, dtype: str, optimizer: str
) -> None:
    size = (
        0.7 * LARGEST[dtype]
    )  # ∂L/∂b_h and the word's ∂L/∂W_xh are both (± size, ± size): all finite, their norm is not
    config = config_of(clip, dtype, optimizer)
    state = starting_at(config, [[0.0, 0.0], [0.0, 0.0]], size)
    record = first_of(config, state)
    assert record.divergence is None
    assert record.grad_norm > size
    assert (record.grad_norm == math.inf) == (dtype == "float64")
    assert all(np.isfinite(W).all() for W in record.params.values())
    sign = np.sign(record.params["b_h"])
    assert abs(sign.sum()) == 2  # both units moved, and the same way
    np.testing.assert_array_equal(record.params["b_h"][0], record.params["b_h"][1])
    word = record.params["W_xh"].any(axis=1)
    assert word.sum() == 1
    np.testing.assert_array_equal(np.sign(record.params["W_xh"][word][0]), sign)
    assert np.isfinite(record.state.norms).all()
    assert len(record.state.norms) == {"autoclip": 50 + (dtype == "float32")}.get(clip, 0)
    if clip != "off":
        assert 0 < record.clip_scale < 1e-30
        assert math.isfinite(record.clip_angle)
        assert record.grad_norm_clipped < 10


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("clip", ALL_CLIPS)
def test_a_run_ends_and_says_so_where_a_gradient_explodes_beyond_its_dtype(
    clip: str, dtype: str, optimizer: str
) -> None:
    config = config_of(clip, dtype, optimizer)
    state = starting_at(config, [[10.0, 0.0], [0.0, 10.0]], 0.7 * LARGEST[dtype])
    record = first_of(config, state)
    assert record.divergence == Divergence(UPDATE, "dh", T - 1)
    assert record.dh_norm[T - 1] == math.inf  # 10 · ± size
    assert math.isnan(record.dh_norm[T - 2])  # 0 · ± inf
    assert_ended(config, state, record)


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("name", ["W_hh", "b_h", "b_y"])
@pytest.mark.parametrize("clip", ALL_CLIPS)
def test_a_run_ends_and_says_so_where_one_entry_of_a_gradient_is_not_finite(
    clip: str, name: str, bad: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_one_bad_entry(*given_ones: Any) -> Pass:
        done = loss_and_gradients(*given_ones)
        done.gradients.params[name].flat[1] = bad
        return done

    monkeypatch.setattr(recurrent, "loss_and_gradients", with_one_bad_entry)
    config = config_of(clip, "float32")
    state = starting_state(config)
    record = first_of(config, state)
    assert record.divergence == Divergence(UPDATE, f"gradient of {name}", None)
    assert math.isnan(record.grad_norm) if math.isnan(bad) else record.grad_norm == math.inf
    assert record.param_norm[name] == pytest.approx(record.grad_norm, nan_ok=True)
    assert_ended(config, state, record)


def assert_ended(config: Config, state: State, record: UpdateRecord) -> None:
    """The run ends with this record, with the state that it started from, and claims nothing about the clipping."""
    assert record.state is state
    assert len(list(iterate(config, UPDATE, state))) == 1
    assert not math.isfinite(record.grad_norm)
    if config.clip == "flow":  # its own gradient may be finite, but how it compares with the other nobody can say
        assert math.isnan(record.clip_scale)
        assert math.isnan(record.clip_angle)
    else:
        assert not math.isfinite(record.grad_norm_clipped)
        assert (record.clip_scale, record.clip_angle) == (1, 0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("clip", ALL_CLIPS)
def test_a_run_ends_where_only_a_weight_s_gradient_overflows(clip: str, dtype: str) -> None:
    config = config_of(clip, dtype)  # W_hh = 1: ∂L/∂h_t = ± size at every t, and a sum of two is infinite
    state = starting_at(config, [[1.0, 0.0], [0.0, 1.0]], 0.7 * LARGEST[dtype])
    record = first_of(config, state)
    assert np.isfinite(record.dh_norm).all() or dtype == "float64"  # there the norm of two such entries is beyond it
    assert record.divergence is not None
    assert record.divergence.tensor.startswith("gradient of")
    assert_ended(config, state, record)


# --- what PyTorch does, as the docstring of rnn_core.clipping says


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overflow", [0.0, 0.0, 0.0]),
        ("infinite", [0.0, math.nan, 0.0]),
        ("not a number", [math.nan, math.nan, math.nan]),
    ],
)
def test_pytorch_zeroes_what_overflows_and_spreads_what_is_not_a_number(
    kind: str, expected: list[float], dtype: str
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is what is described")
    huge = {"float32": 1e20, "float64": 1e155}[dtype]
    entries = {"overflow": [huge, -huge, huge], "infinite": [1.0, math.inf, 2.0], "not a number": [1.0, math.nan, 2.0]}
    parameters = [torch.nn.Parameter(torch.zeros(3, dtype=getattr(torch, dtype))) for _ in range(2)]
    parameters[0].grad = torch.tensor(entries[kind], dtype=getattr(torch, dtype))
    parameters[1].grad = torch.ones(3, dtype=getattr(torch, dtype))
    norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    assert not math.isfinite(norm)
    np.testing.assert_array_equal(parameters[0].grad.numpy(), expected)
    of_the_other = math.nan if kind == "not a number" else 0.0
    np.testing.assert_array_equal(parameters[1].grad.numpy(), of_the_other)
    parameters[0].grad = torch.tensor(entries[kind], dtype=getattr(torch, dtype))
    with pytest.raises(RuntimeError, match="non-finite"):
        torch.nn.utils.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
