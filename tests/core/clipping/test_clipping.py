"""Clipping: what is cut, what is kept, what is reported. What is not finite: see test_non_finite.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnn_core.clipping import CLIPS, angle, clipped_to, rescale
from rnn_core.clipping.adaptive import EPSILON
from rnn_core.config import SPECS
from rnn_core.numerics.norms import global_norm
from rnn_core.types import Params
from tests.core.gradients import (
    DTYPES,
    ROUNDING,
    SHAPES,
    flat,
    gradients,
    histories,
    options,
    reports_nothing,
    same_objects,
    thresholds,
    weights,
)

KEEP_DIRECTION = ("off", "norm", "autoclip")

FEWER = settings(max_examples=25)
"""Of tests that run for every clip."""


def test_every_choice_of_a_config_is_a_clip_and_flow_alone_is_none_of_the_gradient() -> None:
    assert {*CLIPS, "flow"} == set(SPECS["clip"].choices)


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@FEWER
@given(data=st.data(), threshold=thresholds, norms=histories, percent=st.floats(0, 100))
def test_every_clip_reports_what_it_did_and_leaves_its_input_alone(
    clip: str, dtype: str, data: st.DataObject, threshold: float, norms: np.ndarray, percent: float
) -> None:
    g = data.draw(gradients(dtype))
    before, kept = {name: array.copy() for name, array in g.items()}, norms.copy()
    clipped = CLIPS[clip](g, options(threshold, norms, percent, dtype))
    np.testing.assert_array_equal(norms, kept)
    assert list(clipped.gradients) == list(g)
    for name, array in before.items():
        np.testing.assert_array_equal(g[name], array)
        assert clipped.gradients[name].shape == array.shape
        assert clipped.gradients[name].dtype == array.dtype
    assert clipped.norm == pytest.approx(math.hypot(*flat(g)), rel=ROUNDING[dtype])
    assert clipped.norm_clipped == pytest.approx(math.hypot(*flat(clipped.gradients)), rel=ROUNDING[dtype])
    if clipped.norm:
        assert clipped.scale == pytest.approx(clipped.norm_clipped / clipped.norm, rel=ROUNDING[dtype], abs=1e-40)
    else:
        assert clipped.scale == 1
    assert clipped.scale <= 1 + ROUNDING[dtype]
    if clip in KEEP_DIRECTION:
        assert clipped.angle == 0
    else:
        assert clipped.angle == pytest.approx(angle(g, clipped.gradients), abs=1e-15)
    if clip != "autoclip":
        assert clipped.norms is norms


@pytest.mark.parametrize("clip", ["off", "norm", "param_norm", "value", "adaptive"])
@pytest.mark.parametrize("dtype", DTYPES)
@FEWER
@given(data=st.data(), threshold=thresholds)
def test_clipping_what_was_clipped_changes_nothing_but_rounding(
    clip: str, dtype: str, data: st.DataObject, threshold: float
) -> None:
    once = CLIPS[clip](data.draw(gradients(dtype)), options(threshold, dtype=dtype)).gradients
    twice = CLIPS[clip](once, options(threshold, dtype=dtype)).gradients
    for name, g in once.items():
        np.testing.assert_allclose(twice[name], g, rtol=ROUNDING[dtype], atol=1e-44)


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("dtype", DTYPES)
@FEWER
@given(data=st.data(), threshold=thresholds)
def test_clipping_grows_no_entry_and_turns_no_sign(
    clip: str, dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    after = flat(CLIPS[clip](g, options(threshold, np.array([threshold]), 50.0, dtype)).gradients)
    assert (np.abs(after) <= np.abs(flat(g)) * (1 + ROUNDING[dtype])).all()
    assert (after * np.sign(flat(g)) >= 0).all()


def norm_that_counts(clip: str, g: Params) -> float:
    """What a clip compares with its threshold, where that is one number."""
    if clip == "value":
        return float(np.abs(flat(g)).max())
    if clip == "param_norm":
        return max(math.hypot(*array.ravel()) for array in g.values())
    if clip == "adaptive":
        return max(
            math.hypot(*column) / max(math.hypot(*of_weights), EPSILON)
            for name in ("W_hh", "b_h")
            for column, of_weights in zip(
                np.atleast_2d(g[name].T).astype(np.float64), np.atleast_2d(weights()[name].T), strict=True
            )
        )
    return math.hypot(*flat(g))


@pytest.mark.parametrize("clip", ["norm", "param_norm", "value", "adaptive"])
@pytest.mark.parametrize("dtype", DTYPES)
@FEWER
@given(data=st.data(), threshold=thresholds)
def test_a_threshold_that_is_not_reached_changes_no_bit_and_one_that_is_reached_does(
    clip: str, dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    reached = norm_that_counts(clip, g)
    assume(abs(reached / threshold - 1) > 1e-5)
    clipped = CLIPS[clip](g, options(threshold, dtype=dtype))
    if reached < threshold:
        assert same_objects(clipped, g)
        assert reports_nothing(clipped, global_norm(g.values()))
    else:
        assert not same_objects(clipped, g)
        assert (flat(clipped.gradients) != flat(g)).any()


@pytest.mark.parametrize("clip", ["norm", "param_norm", "value"])
def test_a_gradient_exactly_at_the_threshold_is_not_touched(clip: str) -> None:
    g = {"W": np.array([[3.0, 4.0]]), "b": np.zeros(2)}
    clipped = CLIPS[clip](g, options(4.0 if clip == "value" else 5.0))
    assert same_objects(clipped, g)
    assert reports_nothing(clipped, 5.0)


@pytest.mark.parametrize("clip", CLIPS)
def test_a_gradient_of_zeros_stays_what_it_is(clip: str) -> None:
    g = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    clipped = CLIPS[clip](g, options(1e-4, dtype="float32"))
    assert same_objects(clipped, g)
    assert reports_nothing(clipped, 0.0)


def test_off_changes_nothing() -> None:
    g = {"W": np.array([1e30, -1e30], np.float32)}
    clipped = CLIPS["off"](g, options(1e-4))
    assert same_objects(clipped, g)
    assert reports_nothing(clipped, global_norm(g.values()))


# --- by the global norm


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_the_norm_after_clipping_is_the_smaller_of_norm_and_threshold(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    clipped = CLIPS["norm"](g, options(threshold))
    expected = min(math.hypot(*flat(g)), threshold)
    assert math.hypot(*flat(clipped.gradients)) == pytest.approx(expected, rel=ROUNDING[dtype])
    assert clipped.norm_clipped == pytest.approx(expected, rel=ROUNDING[dtype])
    np.testing.assert_allclose(flat(clipped.gradients), flat(g) * clipped.scale, rtol=ROUNDING[dtype], atol=1e-44)
    # 1e-44: the smallest steps of float32


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("threshold", [1e-4, 1e-20, 1e-30])
def test_a_tiny_threshold_is_reached_with_the_direction_kept(dtype: str, threshold: float) -> None:
    g = {name: np.random.default_rng(0).normal(size=shape).astype(dtype) for name, shape in SHAPES.items()}
    after = flat(CLIPS["norm"](g, options(threshold)).gradients)
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
    clipped = CLIPS["norm"](g, options(threshold))
    assert clipped.norm == pytest.approx(before, rel=10 * ROUNDING[dtype], abs=1e-18)  # PyTorch squares unscaled:
    # below 1e-18 float32 squares vanish
    epsilon = 1e-6 / norm if norm else 0.0  # PyTorch multiplies by threshold / (norm + 1e-6)
    for parameter, array in zip(parameters, clipped.gradients.values(), strict=True):
        most = np.abs(array) * (epsilon + 10 * ROUNDING[dtype])
        assert (np.abs(parameter.grad.numpy() - array) <= most).all()


def test_clipping_by_norm_is_one_product_to_the_bit() -> None:
    g = {name: np.random.default_rng(1).normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    clipped = CLIPS["norm"](g, options(0.3))
    for name, array in g.items():
        assert clipped.gradients[name].tobytes() == (array * np.float32(0.3 / global_norm(g.values()))).tobytes()
    assert clipped.scale == 0.3 / clipped.norm


# --- by each parameter's own norm


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_each_parameter_is_shortened_to_the_threshold_by_itself(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    clipped = CLIPS["param_norm"](g, options(threshold)).gradients
    for name, array in g.items():
        alone = CLIPS["norm"]({name: array}, options(threshold)).gradients[name]
        np.testing.assert_array_equal(clipped[name], alone)


def test_clipping_each_parameter_by_hand() -> None:
    g = {"W": np.array([[6.0, 8.0]]), "b": np.array([0.0, -5.0]), "W_hy": np.array([[1.0], [2.0]])}
    clipped = CLIPS["param_norm"](g, options(5.0))
    assert clipped.gradients["W"].tolist() == [[3, 4]]
    assert clipped.gradients["b"] is g["b"]
    assert clipped.gradients["W_hy"] is g["W_hy"]
    norm, norm_clipped = math.sqrt(100 + 25 + 5), math.sqrt(25 + 25 + 5)
    cosine = (50 + 25 + 5) / (norm * norm_clipped)
    assert clipped[1:5] == pytest.approx((norm, norm_clipped, norm_clipped / norm, math.acos(cosine)), rel=1e-14)


def test_parameters_that_are_short_one_by_one_are_left_alone_though_they_are_long_together() -> None:
    g = {name: np.full(2, 0.6, np.float32) for name in ("W_xh", "W_hh", "b_h")}  # .85 each, 1.47 together
    clipped = CLIPS["param_norm"](g, options(1.0))
    assert same_objects(clipped, g)
    assert reports_nothing(clipped, global_norm(g.values()))


# --- by value


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_clipping_by_value_bounds_each_entry_and_keeps_its_sign(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    before, after = flat(g), flat(CLIPS["value"](g, options(threshold)).gradients)
    most = float(np.dtype(dtype).type(threshold))  # the threshold, as this dtype can hold it
    np.testing.assert_array_equal(after, np.sign(before) * np.minimum(np.abs(before), most))


def test_clipping_by_norm_and_by_value_by_hand() -> None:
    g = {"W": np.array([[6.0, 0.0]]), "b": np.array([-8.0])}
    by_norm, by_value = CLIPS["norm"](g, options(5.0)), CLIPS["value"](g, options(6.0))
    assert by_norm.gradients["W"].tolist() == [[3, 0]]
    assert by_norm.gradients["b"].tolist() == [-4]
    assert by_norm[1:5] == (10, 5, 0.5, 0)
    assert by_value.gradients["W"].tolist() == [[6, 0]]
    assert by_value.gradients["b"].tolist() == [-6]
    turned = math.atan2(8, 6) - math.atan2(6, 6)
    assert by_value[1:5] == pytest.approx((10, math.hypot(6, 6), math.hypot(6, 6) / 10, turned), rel=1e-14)


# --- the angle


@pytest.mark.parametrize("degrees", [1e-9, 1e-5, 1.0, 45.0, 90.0, 179.0, 180.0])
@pytest.mark.parametrize("size", [1e-300, 1e-20, 1.0, 1e150, 1e300])
def test_the_angle_is_right_for_small_angles_and_for_any_size(degrees: float, size: float) -> None:
    phi = math.radians(degrees)
    a = {"W": np.array([[size, 0.0]]), "b": np.zeros(1)}
    b = {"W": np.array([[3 * math.cos(phi), 0.0]]), "b": np.array([3 * math.sin(phi)])}
    assert angle(a, b) == pytest.approx(phi, rel=1e-14)
    assert angle(b, a) == pytest.approx(phi, rel=1e-14)


@given(data=st.data(), one=st.floats(-6, 6), other=st.floats(-6, 6))
def test_the_angle_does_not_depend_on_the_lengths(data: st.DataObject, one: float, other: float) -> None:
    a, b = data.draw(gradients("float64")), data.draw(gradients("float64"))
    longer = ({name: 10**k * g for name, g in of.items()} for of, k in ((a, one), (b, other)))
    assert angle(*longer) == pytest.approx(angle(a, b), abs=1e-14)


def test_a_gradient_has_no_angle_to_itself_and_zero_none_to_anything() -> None:
    g = {"W": np.array([0.1, 0.7, -3.0])}
    assert angle(g, g) == 0
    assert angle(g, {"W": -g["W"]}) == pytest.approx(math.pi, rel=1e-15)
    assert angle(g, {"W": np.zeros(3)}) == angle({"W": np.zeros(3)}, g) == 0


def test_a_change_is_measured_whoever_made_it() -> None:
    before, after = {"W": np.array([3.0, 4.0])}, {"W": np.array([2.0, 0.0])}
    measured = clipped_to(after, before)
    assert measured.gradients is after
    assert measured[1:5] == pytest.approx((5, 2, 0.4, math.atan2(4, 3)), rel=1e-15)
    assert reports_nothing(clipped_to(before, before), 5.0)


@given(data=st.data(), length=st.floats(-30, 3).map(lambda exponent: 10.0**exponent))
def test_shortened_arrays_have_the_length_that_was_asked_for(data: st.DataObject, length: float) -> None:
    arrays = list(data.draw(gradients("float64")).values())
    norm = global_norm(arrays)
    assume(norm > 0)
    shorter, scale = rescale(arrays, norm, length)
    assert global_norm(shorter) == pytest.approx(length, rel=1e-13)
    assert scale == pytest.approx(length / norm, rel=1e-13)
