"""One weight to the power of T in three dtypes: closed forms, exact fractions and PyTorch as judges."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.numerics.norms import global_norm, row_norms
from rnn_core.toy_models.repeated_product import (
    DTYPES,
    Event,
    Fate,
    clipped_norms,
    first_updates,
    measured_fate,
    plain_clip,
    powers,
    predicted_fate,
    scaled_clip,
)

BITS = {"float16": 11, "float32": 24, "float64": 53}
LARGEST_EXPONENT = {"float16": 16, "float32": 128, "float64": 1024}
SMALLEST_EXPONENT = {"float16": -24, "float32": -149, "float64": -1074}

dtypes = st.sampled_from(DTYPES)
growing = st.floats(1.01, 3) | st.floats(-3, -1.01)


def test_two_to_the_fifth_is_32_in_every_dtype() -> None:
    for dtype in DTYPES:
        products = powers(2, 5, dtype)
        assert products.dtype == dtype
        assert products.tolist() == [1, 2, 4, 8, 16, 32]


def test_two_to_the_500th_is_a_number_in_float64_alone() -> None:
    assert powers(2, 500, "float64")[-1] == 2.0**500
    assert f"{powers(2, 500, 'float64')[-1]:.1e}" == "3.3e+150"
    assert powers(2, 500, "float32")[-1] == math.inf
    assert powers(2, 500, "float16")[-1] == math.inf
    assert powers(-2, 501, "float32")[-1] == -math.inf


@given(growing, dtypes)
def test_each_power_is_the_rounded_product_of_the_one_before_and_the_rounded_weight(w: float, dtype: str) -> None:
    kind = np.dtype(dtype).type
    products = powers(w, 30, dtype)
    with np.errstate(over="ignore"):
        for before, after in itertools.pairwise(products):
            assert after == before * kind(w)


@pytest.mark.parametrize(
    ("w", "dtype", "expected"),
    [
        (2, "float16", Fate(16, 8, None, None, None)),
        (2, "float32", Fate(128, 64, None, None, None)),
        (2, "float64", Fate(1024, 512, None, None, None)),
        (-4, "float32", Fate(64, 32, None, None, None)),
        (0.5, "float16", Fate(None, None, 15, 25, None)),
        (0.5, "float32", Fate(None, None, 127, 150, None)),
        (0.5, "float64", Fate(None, None, 1023, 1075, None)),
        (-0.25, "float64", Fate(None, None, 512, 538, None)),
        (0, "float32", Fate(None, None, 1, 1, None)),
        (1, "float64", Fate(None, None, None, None, None)),
        (-1, "float16", Fate(None, None, None, None, None)),
        (1e-9, "float16", Fate(None, None, 1, 1, None)),
        (1.0001, "float16", Fate(None, None, None, None, None)),
    ],
)
def test_where_nothing_is_rounded_the_prediction_is_what_is_measured(w: float, dtype: str, expected: Fate) -> None:
    assert predicted_fate(w, dtype) == expected
    assert measured_fate(powers(w, 2000, dtype)) == expected


def between(exponent: float, w: float, dtype: str) -> tuple[int, int]:
    """The first and the last t at which |w|^t can pass 2^exponent, if each product is off by half of its last bit."""
    rate = math.log2(abs(float(np.dtype(dtype).type(w))))
    t = exponent / rate
    slack = (t + 1) * 1.45 * 2.0 ** -BITS[dtype] / abs(rate) + 1e-9 * t
    return math.ceil(t - slack), math.ceil(t + slack)


@given(growing, dtypes)
def test_it_overflows_where_the_logarithm_says(w: float, dtype: str) -> None:
    predicted, end = predicted_fate(w, dtype), LARGEST_EXPONENT[dtype]
    assert predicted.overflow is not None
    assert predicted.norm_overflow is not None
    limit = float(np.log(np.finfo(dtype).max))
    rate = math.log(abs(float(np.dtype(dtype).type(w))))
    assert predicted.overflow in {math.ceil(limit / rate * (1 - 1e-6)), math.ceil(limit / rate)}
    measured = measured_fate(powers(w, predicted.overflow + 400, dtype))
    assert measured.overflow is not None
    assert measured.norm_overflow is not None
    for t, exponent in ((measured.overflow, end), (measured.norm_overflow, (end - 1) / 2)):
        first, last = between(exponent, w, dtype)
        assert first <= t <= last


@given(st.floats(0.51, 0.99), dtypes)
def test_above_a_half_it_gets_stuck_at_a_whole_number_of_the_smallest_numbers(size: float, dtype: str) -> None:
    w = Fraction(float(np.dtype(dtype).type(size)))
    k = math.ceil(Fraction(1, 2) / (1 - w)) - 1  # the largest with k - k |w| < 1/2
    tie = k + 1 if (k + 1) * (1 - w) == Fraction(1, 2) and k % 2 else k  # a tie is rounded to the even of two
    T = predicted_fate(size, dtype).zero
    assert T is not None
    products = powers(-size, T + 400, dtype)
    fate = measured_fate(products)
    assert fate.zero is None
    assert fate.stuck is not None
    assert fate.subnormal is not None
    assert abs(float(products[-1])) / float(np.finfo(dtype).smallest_subnormal) == tie
    assert abs(products[fate.stuck]) == abs(products[-1])
    assert abs(products[fate.stuck - 2]) != abs(products[-1])
    first, last = between(np.finfo(dtype).minexp, size, dtype)
    assert first <= fate.subnormal <= last + 1


@given(st.floats(0.05, 0.5), dtypes)
def test_up_to_a_half_it_ends_at_zero_where_the_logarithm_says(size: float, dtype: str) -> None:
    predicted = predicted_fate(size, dtype)
    assert predicted.zero is not None
    measured = measured_fate(powers(size, predicted.zero + 10, dtype))
    assert measured.stuck is None
    assert measured.zero is not None
    assert abs(measured.zero - predicted.zero) <= 1


gradients = st.lists(st.floats(-1e308, 1e308), min_size=2, max_size=4)


@given(gradients, st.sampled_from(("float32", "float64")), st.sampled_from((1e-3, 1.0, 50.0)))
def test_the_plain_clip_is_pytorchs_where_pytorch_sums_in_the_same_dtype(
    entries: list[float], dtype: str, threshold: float
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    with np.errstate(over="ignore"):
        g = np.array(entries).astype(dtype)
    weight = torch.nn.Parameter(torch.zeros(len(g), dtype=getattr(torch, dtype)))
    weight.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_([weight], threshold)
    found = plain_clip(g, threshold)
    close = 8 * float(np.finfo(dtype).eps)
    small = np.sqrt(float(np.finfo(dtype).tiny)) * 1e3  # squares below this lose bits, and PyTorch sums in wider ones
    np.testing.assert_allclose(found.norm, norm.item(), rtol=close, atol=small)
    np.testing.assert_allclose(found.gradient, weight.grad.numpy(), rtol=close, atol=small)


def test_in_float16_pytorch_sums_wider_than_the_plain_clip_and_overflows_later() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    g = np.array([1000, 1000], "float16")
    weight = torch.nn.Parameter(torch.zeros(2, dtype=torch.float16))
    weight.grad = torch.tensor(g)
    assert torch.nn.utils.clip_grad_norm_([weight], 1.0).item() == pytest.approx(1414, rel=1e-3)
    assert plain_clip(g, 1.0).norm == math.inf


@pytest.mark.parametrize("dtype", DTYPES)
def test_once_its_norm_overflows_the_plain_clip_gives_zeros_and_then_nan(dtype: str) -> None:
    end = LARGEST_EXPONENT[dtype]
    plain = clipped_norms(powers(2, end + 2, dtype), 1.0, "plain")
    np.testing.assert_allclose(plain[: end // 2], 1, rtol=2e-3)
    assert (plain[end // 2 : end] == 0).all()
    assert np.isnan(plain[end:]).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_scaled_clip_keeps_the_threshold_up_to_the_last_number_and_does_not_hide_infinity(dtype: str) -> None:
    end = LARGEST_EXPONENT[dtype]
    products = powers(-2, end + 2, dtype)
    for threshold in (0.125, 1.0, 5.0):
        scaled = clipped_norms(products, threshold, "scaled")
        expected = np.minimum(np.sqrt(2) * np.abs(products[:end].astype(float)), threshold)
        np.testing.assert_allclose(scaled[:end], expected, rtol=float(np.finfo(dtype).eps))
        assert np.isinf(scaled[end:]).all()


@given(st.lists(st.floats(-65504, 65504, width=16), min_size=1, max_size=5))
def test_norms_of_float16_are_right_to_rounding(entries: list[float]) -> None:
    g = np.array(entries, "float16")
    expected = np.linalg.norm(g.astype(float))
    assert global_norm([g]) == pytest.approx(expected, rel=1e-14)
    assert row_norms(np.stack([g, 0 * g])) == pytest.approx([expected, 0], rel=1e-14)


def test_the_scaled_clip_in_float16_believes_in_the_norm_of_its_entries() -> None:
    found = scaled_clip(np.array([60000, -60000], "float16"), 1.0)
    assert found.norm == pytest.approx(60000 * math.sqrt(2), rel=1e-3)
    np.testing.assert_allclose(found.gradient, [math.sqrt(0.5), -math.sqrt(0.5)], rtol=1e-3)
    untouched = np.array([0.25, -0.5], "float16")
    assert scaled_clip(untouched, 1.0).gradient is untouched


@given(st.floats(-3, 3), st.integers(1, 140), st.sampled_from(("float32", "float64")), st.booleans())
def test_the_first_update_is_pytorchs(w: float, T: int, dtype: str, clips: bool) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    found = first_updates(w, T, dtype, 0.1, 1.0 if clips else None, "plain", most=1)
    W, U = (torch.nn.Parameter(torch.tensor(value, dtype=getattr(torch, dtype))) for value in (w, 1.0))
    h = torch.zeros((), dtype=W.dtype)
    for t in range(1, T + 1):
        h = W * h + (U if t == 1 else 0)
    h.backward()
    close = {"rtol": 40 * T * float(np.finfo(dtype).eps), "atol": float(np.finfo(dtype).tiny) * 100}
    gradients = [W.grad.item(), U.grad.item()]
    np.testing.assert_allclose(found.gradients[0], gradients, **close)
    if clips:
        torch.nn.utils.clip_grad_norm_([W, U], 1.0)
    torch.optim.SGD([W, U], lr=0.1).step()
    np.testing.assert_allclose(found.weights[1], [W.item(), U.item()], **close)


def test_a_short_run_is_followed_by_hand() -> None:
    found = first_updates(2, 3, "float64", 0.25, most=2)  # h = 1, 2, 4; ∂L/∂h = 4, 2, 1
    np.testing.assert_array_equal(found.gradients[0], [1 * 2 + 2 * 1, 4])
    np.testing.assert_array_equal(found.weights[1], [1, 0])
    np.testing.assert_array_equal(found.gradients[1], [0, 1])
    np.testing.assert_array_equal(found.weights[2], [1, -0.25])
    assert found.infinite is None
    assert found.not_a_number is None


def test_where_the_state_overflows_the_first_nan_is_zero_times_infinity_in_the_gradient() -> None:
    found = first_updates(2, 500, "float32", 0.1)
    assert found.infinite == Event(0, "h", 129, 2.0, "·", 2.0**127, math.inf)
    assert found.not_a_number is not None
    assert found.not_a_number[:6] == (0, "term", 1, 0.0, "·", math.inf)
    assert math.isnan(found.not_a_number.value)
    assert len(found.weights) == 2


def test_where_the_gradient_alone_overflows_the_first_nan_is_infinity_times_zero_in_the_next_forward_pass() -> None:
    found = first_updates(2, 125, "float32", 0.1)
    assert found.infinite is not None
    assert found.not_a_number is not None
    assert (found.infinite.update, found.infinite.tensor, found.infinite.sign) == (0, "dw", "+")
    np.testing.assert_array_equal(found.gradients[0], [math.inf, 2.0**124])
    assert found.weights[1, 0] == -math.inf
    assert found.not_a_number[:6] == (1, "h", 1, -math.inf, "·", 0.0)


def test_float64_lives_one_update_longer() -> None:
    found = first_updates(2, 500, "float64", 0.1)
    dw, du = 499 * 2.0**498, 2.0**499  # Σ_t w^(t-2) w^(T-t), t = 2 ... T, and w^(T-1)
    np.testing.assert_allclose(found.gradients[0], [dw, du], rtol=1e-12)
    np.testing.assert_allclose(found.weights[1], [2 - 0.1 * dw, 1 - 0.1 * du], rtol=1e-12)
    assert found.not_a_number is not None
    assert found.not_a_number.update == 1


def test_the_plain_clip_makes_the_nan_out_of_an_infinite_gradient_and_the_scaled_one_leaves_it_infinite() -> None:
    plain = first_updates(2, 125, "float32", 0.1, 1.0, "plain")
    assert plain.not_a_number is not None
    assert plain.not_a_number[:6] == (0, "clipped", None, math.inf, "·", 0.0)
    scaled = first_updates(2, 125, "float32", 0.1, 1.0, "scaled")
    np.testing.assert_array_equal(scaled.applied[0], scaled.gradients[0])
    assert scaled.not_a_number is not None
    assert scaled.not_a_number.tensor == "h"


def test_the_plain_clip_stands_still_where_the_scaled_one_goes_on() -> None:
    plain = first_updates(2, 100, "float32", 0.1, 1.0, "plain")
    assert np.isfinite(plain.gradients).all()
    assert (plain.applied == 0).all()
    assert (plain.weights == [2, 1]).all()
    scaled = first_updates(2, 100, "float32", 0.1, 1.0, "scaled")
    np.testing.assert_allclose(np.hypot(*scaled.applied.T), 1, rtol=1e-6)
    np.testing.assert_allclose(scaled.weights[:, 0], [2, 1.9, 1.8, 1.7], atol=2e-3)
    assert plain.not_a_number is None
    assert scaled.not_a_number is None


@given(st.floats(-1, 1), st.integers(1, 300), dtypes)
def test_no_weight_up_to_one_makes_a_nan_at_its_first_update(w: float, T: int, dtype: str) -> None:
    found = first_updates(w, T, dtype, 0.1, most=1)
    assert found.infinite is None
    assert found.not_a_number is None
