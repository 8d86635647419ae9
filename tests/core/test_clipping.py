"""Clipping: what is cut, what is kept, what is reported, and that nothing is zeroed in silence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_core.clipping import CLIPS, Clipped, clip_norm, clip_off, clip_value
from rnn_core.norms import global_norm
from rnn_core.types import Params

SHAPES = {"W_hh": (3, 3), "b_h": (3,), "W_hy": (3, 2)}
DTYPES = ("float32", "float64")
ROUNDING = {"float32": 1e-6, "float64": 1e-14}
"""Relative: a handful of operations and a sum of 18 squares."""


@st.composite
def gradients(draw: st.DrawFn, dtype: str) -> Params:
    """Gradients of one magnitude, from far below every threshold to far above; some entries zero."""
    scale = 10.0 ** draw(st.floats(-12, 12))
    entries = st.floats(-1, 1, width=32)
    return {
        name: (draw(hnp.arrays(np.float64, shape, elements=entries)) * scale).astype(dtype)
        for name, shape in SHAPES.items()
    }


thresholds = st.floats(-4, 3).map(lambda exponent: 10.0**exponent)
"""All that a Config allows."""


def flat(params: Params) -> np.ndarray:
    return np.concatenate([g.ravel() for g in params.values()]).astype(np.float64)


def same_objects(clipped: Clipped, given: Params) -> bool:
    return all(clipped.gradients[name] is g for name, g in given.items())


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_every_clip_reports_the_norms_before_and_after_and_leaves_its_input_alone(
    clip: str, dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    before = {name: array.copy() for name, array in g.items()}
    clipped = CLIPS[clip](g, threshold)
    assert list(clipped.gradients) == list(g)
    for name, array in before.items():
        np.testing.assert_array_equal(g[name], array)
        assert clipped.gradients[name].shape == array.shape
        assert clipped.gradients[name].dtype == array.dtype
    assert clipped.norm == pytest.approx(math.hypot(*flat(g)), rel=ROUNDING[dtype])
    assert clipped.norm_clipped == pytest.approx(math.hypot(*flat(clipped.gradients)), rel=ROUNDING[dtype])
    if clipped.norm:
        assert clipped.scale == pytest.approx(clipped.norm_clipped / clipped.norm, rel=ROUNDING[dtype])
    else:
        assert clipped.scale == 1


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_off_changes_nothing(dtype: str, data: st.DataObject, threshold: float) -> None:
    g = data.draw(gradients(dtype))
    clipped = clip_off(g, threshold)
    assert same_objects(clipped, g)
    assert clipped.norm == clipped.norm_clipped
    assert clipped.scale == 1


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_the_norm_after_clipping_is_the_smaller_of_norm_and_threshold(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    clipped = clip_norm(g, threshold)
    expected = min(math.hypot(*flat(g)), threshold)
    assert math.hypot(*flat(clipped.gradients)) == pytest.approx(expected, rel=ROUNDING[dtype])
    assert clipped.norm_clipped == pytest.approx(expected, rel=ROUNDING[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_clipping_by_norm_multiplies_every_entry_by_one_factor(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    clipped = clip_norm(g, threshold)
    np.testing.assert_allclose(flat(clipped.gradients), flat(g) * clipped.scale, rtol=ROUNDING[dtype], atol=1e-44)
    # 1e-44: the smallest steps of float32


@pytest.mark.parametrize("clip", ["norm", "value"])
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_a_threshold_that_is_not_reached_changes_no_bit(
    clip: str, dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    reached = math.hypot(*flat(g)) if clip == "norm" else np.abs(flat(g)).max()
    assume(reached < threshold * (1 - 1e-6))
    clipped = CLIPS[clip](g, threshold)
    assert same_objects(clipped, g)
    assert clipped == clip_off(g, threshold)


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_a_gradient_exactly_at_the_threshold_is_not_touched(clip: str) -> None:
    g = {"W": np.array([[3.0, 4.0]]), "b": np.zeros(2)}
    clipped = CLIPS[clip](g, 5.0 if clip == "norm" else 4.0)
    assert same_objects(clipped, g)
    assert clipped.scale == 1


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_clipping_by_value_bounds_each_entry_and_keeps_its_sign(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    before, after = flat(g), flat(clip_value(g, threshold).gradients)
    limit = float(np.dtype(dtype).type(threshold))  # the threshold, as this dtype can hold it
    np.testing.assert_array_equal(after, np.sign(before) * np.minimum(np.abs(before), limit))


def test_clipping_by_hand() -> None:
    g = {"W": np.array([[6.0, 0.0]]), "b": np.array([-8.0])}
    by_norm, by_value = clip_norm(g, 5.0), clip_value(g, 6.5)
    assert by_norm.gradients["W"].tolist() == [[3, 0]]
    assert by_norm.gradients["b"].tolist() == [-4]
    assert by_norm[1:] == (10, 5, 0.5)
    assert by_value.gradients["W"].tolist() == [[6, 0]]
    assert by_value.gradients["b"].tolist() == [-6.5]
    assert by_value[1:] == (10, pytest.approx(math.hypot(6, 6.5)), pytest.approx(math.hypot(6, 6.5) / 10))


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threshold", [2.0, 1e-4])
@pytest.mark.parametrize("share_of_largest", [1.0, 0.25, 1e-10])
def test_huge_but_finite_entries_are_clipped_like_any_other(
    clip: str, dtype: str, share_of_largest: float, threshold: float
) -> None:
    largest = float(np.finfo(dtype).max) * share_of_largest  # squares overflow; at 1.0 in float64 the norm does too
    g = {name: np.full(shape, largest, dtype) for name, shape in SHAPES.items()}
    g["b_h"][1] *= -0.5
    clipped = CLIPS[clip](g, threshold)
    after = flat(clipped.gradients)
    np.testing.assert_array_equal(np.sign(after), np.sign(flat(g)))
    if clip == "off":
        assert same_objects(clipped, g)
    elif clip == "norm":
        assert math.hypot(*after) == pytest.approx(threshold, rel=ROUNDING[dtype])
        np.testing.assert_allclose(after / after[0], flat(g) / largest, rtol=ROUNDING[dtype])
        assert clipped.norm_clipped == pytest.approx(threshold, rel=ROUNDING[dtype])
        assert 0 < clipped.scale < 1
    else:
        np.testing.assert_array_equal(np.abs(after), float(np.dtype(dtype).type(threshold)))
    assert clipped.norm > largest


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "bad", [[math.inf], [-math.inf], [math.nan], [math.inf, -math.inf], [math.nan, math.inf]], ids=str
)
def test_a_non_finite_entry_is_passed_on_and_nothing_is_zeroed(clip: str, dtype: str, bad: list[float]) -> None:
    for filler in (0.0, 7.0, float(np.finfo(dtype).max)):
        g = {name: np.full(shape, filler, dtype) for name, shape in SHAPES.items()}
        g["W_hy"].flat[: len(bad)] = bad
        clipped = CLIPS[clip](g, 1.0)
        assert same_objects(clipped, g)
        assert not math.isfinite(clipped.norm)
        assert not math.isfinite(clipped.norm_clipped)
        assert math.isnan(clipped.norm) == any(map(math.isnan, bad))
        np.testing.assert_array_equal(clipped.gradients["W_hy"].flat[: len(bad)], np.array(bad, dtype))


@pytest.mark.parametrize("clip", CLIPS)
def test_a_gradient_of_zeros_stays_what_it_is(clip: str) -> None:
    g = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    clipped = CLIPS[clip](g, 1e-4)
    assert same_objects(clipped, g)
    assert clipped[1:] == (0, 0, 1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threshold", [1e-4, 1e-20, 1e-30])
def test_a_tiny_threshold_is_reached_with_the_direction_kept(dtype: str, threshold: float) -> None:
    g = {name: np.random.default_rng(0).normal(size=shape).astype(dtype) for name, shape in SHAPES.items()}
    after = flat(clip_norm(g, threshold).gradients)
    assert math.hypot(*after) == pytest.approx(threshold, rel=ROUNDING[dtype])
    np.testing.assert_allclose(after / threshold, flat(g) / math.hypot(*flat(g)), rtol=ROUNDING[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_clipping_by_norm_agrees_with_pytorch_up_to_its_epsilon(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    g = data.draw(gradients(dtype))
    norm = global_norm(g.values())
    parameters = [torch.zeros(array.shape, dtype=getattr(torch, dtype)) for array in g.values()]
    for parameter, array in zip(parameters, g.values(), strict=True):
        parameter.grad = torch.tensor(array)
    before = torch.nn.utils.clip_grad_norm_(parameters, threshold).item()
    clipped = clip_norm(g, threshold)
    assert clipped.norm == pytest.approx(before, rel=10 * ROUNDING[dtype], abs=1e-18)  # PyTorch squares unscaled:
    # below 1e-18 float32 squares vanish
    epsilon = 1e-6 / norm if norm else 0.0  # PyTorch multiplies by threshold / (norm + 1e-6)
    for parameter, array in zip(parameters, clipped.gradients.values(), strict=True):
        limit = np.abs(array) * (epsilon + 10 * ROUNDING[dtype])
        assert (np.abs(parameter.grad.numpy() - array) <= limit).all()


def test_the_scale_of_clipping_by_value_is_right_where_the_norm_is_beyond_float64() -> None:
    huge = {"W": np.full(4, 1.7e308)}  # the norm of these finite entries is 3.4e308
    clipped = CLIPS["value"](huge, 1.0)
    assert clipped.norm == math.inf
    np.testing.assert_array_equal(clipped.gradients["W"], 1.0)
    assert clipped.scale == pytest.approx(1 / 1.7e308, rel=1e-12)
