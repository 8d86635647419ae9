"""Norms: right to rounding over the whole range of a float, and honest about what is not finite."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_core.numerics.norms import global_norm, row_norms, scaled_norm

FLOATS = (np.float32, np.float64)
ROUNDING = {np.float32: 1e-6, np.float64: 1e-14}  # a sum of some dozen squares loses a few units in the last place


def exact_norm(entries: np.ndarray) -> float:
    """Root of the exact sum of squares, scaled by a power of two so that it is a normal float; inf beyond float64."""
    squares = sum((Fraction(float(entry)) ** 2 for entry in entries.ravel()), Fraction(0))
    if squares == 0:
        return 0.0
    shift = (squares.numerator.bit_length() - squares.denominator.bit_length()) // 2
    root = math.sqrt(squares / Fraction(4) ** shift)
    try:
        return math.ldexp(root, shift)
    except OverflowError:
        return math.inf


def near(dtype: type, expected: float) -> object:
    # below the normal numbers of float64 a result can only be right to the smallest step there is
    return pytest.approx(expected, rel=ROUNDING[dtype], abs=2 * math.ulp(0.0))


@st.composite
def floats(draw: st.DrawFn, dtype: type, max_side: int = 6) -> np.ndarray:
    """Arrays (N, M) with entries near one magnitude or spread over all of them, from subnormal to the largest."""
    shape = (draw(st.integers(1, max_side)), draw(st.integers(1, max_side)))
    info = np.finfo(dtype)
    smallest, largest = math.log10(float(info.smallest_subnormal)), math.log10(float(info.max))
    lowest = draw(st.floats(smallest, largest))
    highest = draw(st.sampled_from([lowest, largest]))
    exponents = draw(hnp.arrays(np.float64, shape, elements=st.floats(lowest, highest)))
    signs = draw(hnp.arrays(np.int8, shape, elements=st.sampled_from([-1, 0, 1])))
    with np.errstate(over="ignore"):
        entries = (signs * np.minimum(10.0**exponents, float(info.max))).astype(dtype)
    return np.nan_to_num(entries, posinf=info.max, neginf=info.min)


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_row_norms_equal_the_exact_norms_over_the_whole_range(dtype: type, data: st.DataObject) -> None:
    rows = data.draw(floats(dtype))
    norms = row_norms(rows)
    assert norms.shape == (len(rows),)
    assert norms.dtype == np.float64
    for norm, row in zip(norms.tolist(), rows, strict=True):
        assert norm == near(dtype, exact_norm(row))


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_the_global_norm_is_the_exact_norm_of_all_entries_together(dtype: type, data: st.DataObject) -> None:
    arrays = data.draw(st.lists(floats(dtype, max_side=3), min_size=1, max_size=3))
    assert global_norm(arrays) == near(dtype, exact_norm(np.concatenate([array.ravel() for array in arrays])))


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data())
def test_the_factors_of_a_scaled_norm_exist_and_multiply_to_the_norm(dtype: type, data: st.DataObject) -> None:
    entries = data.draw(floats(dtype))
    largest, relative = scaled_norm([entries])
    assert largest == float(np.abs(entries).max())
    if largest:
        assert 1 <= relative <= math.sqrt(entries.size) * (1 + 1e-15)
    else:
        assert relative == 0
    exact = sum((Fraction(float(entry)) ** 2 for entry in entries.ravel()), Fraction(0))
    product = (Fraction(largest) * Fraction(relative)) ** 2
    assert abs(product - exact) <= exact * Fraction(1, 10**13)  # relative rounding of some dozen operations


@pytest.mark.parametrize("dtype", FLOATS)
@given(data=st.data(), shift=st.integers(-400, 400))
def test_scaling_by_a_power_of_two_scales_the_norm_by_it(dtype: type, data: st.DataObject, shift: int) -> None:
    entries = data.draw(hnp.arrays(dtype, (3, 4), elements=st.integers(-9, 9).map(float)))
    shift = max(-140, min(shift, 120)) if dtype is np.float32 else shift  # where small whole numbers stay exact
    scaled = np.ldexp(entries, shift)
    assert global_norm([scaled]) == near(dtype, math.ldexp(global_norm([entries]), shift))
    np.testing.assert_allclose(row_norms(scaled), np.ldexp(row_norms(entries), shift), rtol=ROUNDING[dtype])


@pytest.mark.parametrize(("dtype", "decades"), [(np.float32, range(-37, 39)), (np.float64, range(-307, 309))])
def test_no_decade_of_a_float_s_range_loses_precision(dtype: type, decades: range) -> None:
    rows = np.array([[-1.1, 1.7, 0.3, 1.3, -0.9] for _ in decades]) * 10.0 ** np.array(decades)[:, None]
    rows = rows.astype(dtype)
    for row, norm in zip(rows, row_norms(rows).tolist(), strict=True):
        assert [norm, global_norm([row])] == [near(dtype, exact_norm(row))] * 2


@given(hnp.arrays(np.float64, (4, 5), elements=st.floats(-1e150, 1e150)))
def test_the_norm_agrees_with_hypot(entries: np.ndarray) -> None:
    assert global_norm(entries) == near(np.float64, math.hypot(*entries.ravel().tolist()))


@given(hnp.arrays(np.float32, (4, 2, 3), elements=st.floats(-100, 100, width=32)))
def test_a_row_s_norm_is_taken_over_all_its_other_axes(rows: np.ndarray) -> None:
    expected = [math.hypot(*row.ravel().tolist()) for row in rows]
    assert row_norms(rows).tolist() == [near(np.float32, norm) for norm in expected]
    assert global_norm(rows) == near(np.float32, math.hypot(*expected))


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 4, 3)])
@pytest.mark.parametrize("dtype", FLOATS)
def test_zeros_have_norm_zero(dtype: type, shape: tuple[int, ...]) -> None:
    zeros = np.zeros(shape, dtype)
    assert global_norm([zeros, zeros]) == 0
    assert row_norms(zeros).tolist() == [0] * shape[0]
    assert scaled_norm([zeros]) == (0, 0)


def test_a_norm_of_float32_entries_is_finite_even_beyond_float32() -> None:
    entries = np.full((2, 100), np.finfo(np.float32).max)
    expected = 10 * float(np.finfo(np.float32).max)
    assert row_norms(entries).tolist() == [near(np.float32, expected)] * 2
    assert global_norm(entries) == near(np.float32, expected * math.sqrt(2))


def test_a_norm_beyond_float64_is_infinite_but_its_two_factors_are_not() -> None:
    entries = np.full((2, 9), 1e308)
    assert row_norms(entries).tolist() == [math.inf] * 2
    assert global_norm(entries) == math.inf
    assert scaled_norm([entries]) == (1e308, near(np.float64, math.sqrt(18)))


@pytest.mark.parametrize("filler", [0.0, 1.0, 1e300, 1e-300])
def test_an_infinite_or_nan_entry_shows_in_every_norm_that_contains_it(filler: float) -> None:
    rows = np.full((4, 3), filler)
    clean = row_norms(rows)
    rows[1, 2], rows[2, 0], rows[3, 1] = math.inf, -math.inf, math.nan
    norms = row_norms(rows)
    assert norms[0] == clean[0]
    assert norms[1] == norms[2] == math.inf
    assert math.isnan(norms[3])
    assert global_norm(rows[:3]) == math.inf
    assert math.isnan(global_norm(rows))
    assert scaled_norm([rows[0], rows[1]])[0] == math.inf
    assert math.isnan(scaled_norm([rows[3], rows[0]])[0])


@pytest.mark.parametrize("position", range(3))
def test_a_nan_is_found_in_whichever_array_it_hides(position: int) -> None:
    arrays = [np.ones(4), np.full(4, np.inf), np.ones((2, 2))]
    arrays[position] = np.full(2, np.nan)
    assert math.isnan(global_norm(arrays))
    assert math.isnan(scaled_norm(arrays)[0])


def test_views_that_are_not_contiguous_have_the_norm_of_their_entries() -> None:
    entries = np.arange(24, dtype=np.float64).reshape(4, 6)
    assert global_norm([entries.T[::2]]) == near(np.float64, math.hypot(*entries.T[::2].ravel()))
    np.testing.assert_allclose(row_norms(entries.T), [math.hypot(*column) for column in entries.T], rtol=1e-14)
