"""The chain rule in LaTeX: its numbers are those of `bptt`, and its symbols name them."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.latex import tex, tex_matrix
from pages.lessons.backpropagation.equations import SYMBOLS, chain_of, steps, total, update_of

from .small_chain import assert_shown, matrices, of_core, worked

READS = [(1,), (2,), (4,), (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (0.3, "0.300"),
        (-1.0, "-1.00"),
        (0.69314, "0.693"),
        (-12.345, "-12.3"),
        (1234.5, "1234"),
        (0.00123, "0.00123"),
        (0.000123, r"1.23\cdot 10^{-4}"),
        (0.99999, "1.00"),
        (-2.5e-11, r"-2.50\cdot 10^{-11}"),
        (12345.0, r"1.23\cdot 10^{4}"),
        (np.inf, r"\infty"),
        (-np.inf, r"-\infty"),
        (np.nan, r"\text{nan}"),
    ],
)
def test_a_number_keeps_three_digits_and_is_0_only_if_it_is(value: float, shown: str) -> None:
    assert tex(value) == shown


def test_a_vector_is_a_row() -> None:
    assert tex_matrix(np.array([0.5, 2.0])) == r"\begin{bmatrix}0.500 & 2.00\end{bmatrix}"
    assert tex_matrix(np.array([[0.5], [2.0]])) == r"\begin{bmatrix}0.500 \\ 2.00\end{bmatrix}"


def last_matrix(latex: str) -> np.ndarray:
    return matrices(latex)[-1]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("weight", SYMBOLS)
@pytest.mark.parametrize("hidden_size", [2, 3])
def test_the_boxed_gradient_is_that_of_bptt(read: tuple[int, ...], weight: str, hidden_size: int) -> None:
    small, rule = worked(read, hidden_size=hidden_size)
    assert_shown(last_matrix(total(rule, weight)), of_core(small, read).gradients.params[weight])


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("weight", ["W_hh", "W_xh", "b_h"])
def test_each_step_back_shows_the_gradient_at_its_state(read: tuple[int, ...], weight: str) -> None:
    small, rule = worked(read)
    dh = of_core(small, read).gradients.dh[:, 0]
    outputs, into, *back, terms = steps(rule, small.params, weight)
    last = max(read)
    for s, equation in zip(read, outputs.equations, strict=True):
        y_hat, y, dz = matrices(equation)
        assert_shown(y_hat, rule.y_hat[s - 1])
        assert_shown(dz, rule.y_hat[s - 1] - rule.y[s - 1])
        np.testing.assert_array_equal(y[0], rule.y[s - 1])
    assert_shown(last_matrix(into.equations[0]), dh[last])
    assert len(back) == last - 1
    for t, step in zip(range(last - 1, 0, -1), back, strict=True):
        slope, W_hhT, jacobian = matrices(step.equations[0])
        assert_shown(slope, 1 - rule.h[t + 1] ** 2)
        assert_shown(W_hhT, small.params["W_hh"].T)
        assert_shown(jacobian, rule.jacobians[t])
        before, _, *direct, after = matrices(step.equations[1])
        assert_shown(before, dh[t + 1])
        assert_shown(after, dh[t])
        assert len(direct) == (t in read)
        assert ("joins" in step.says) == (t in read)
    assert len(terms.equations) == last + 1


@pytest.mark.parametrize("read", READS)
def test_the_terms_multiply_what_they_name(read: tuple[int, ...]) -> None:
    small, rule = worked(read)
    da = of_core(small, read).gradients.da[:, 0]
    for weight, column_of in (("W_hh", rule.h[:-1]), ("W_xh", rule.x)):
        equations = steps(rule, small.params, weight)[-1].equations[:-1]
        for t, equation in zip(range(max(read), 0, -1), equations, strict=True):
            column, dh, slope, term = matrices(equation)
            assert_shown(column, column_of[t - 1][:, None])
            assert_shown(term, np.outer(column_of[t - 1], da[t - 1]))
            np.testing.assert_allclose(column @ (dh * slope), term, rtol=0.03, atol=1e-4)
            assert f"t = {t}" in equation


@pytest.mark.parametrize("read", READS)
def test_into_the_output_weights_nothing_goes_back_in_time(read: tuple[int, ...]) -> None:
    small, rule = worked(read)
    _, terms = steps(rule, small.params, "W_hy")
    assert len(terms.equations) == len(read) + 1
    for s, equation in zip(read, terms.equations, strict=False):
        column, dz, term = matrices(equation)
        assert_shown(term, np.outer(rule.h[s], rule.y_hat[s - 1] - rule.y[s - 1]))
        assert_shown(column, rule.h[s][:, None])
        assert_shown(dz, rule.dz[s - 1])


def test_the_paths_of_l2_into_w_hh_are_the_articles() -> None:
    _, rule = worked((2,))
    first, second = chain_of(rule, "W_hh").split(r"\\")
    for factor in (
        r"\frac{\partial L_2}{\partial W_{hh}}",
        r"\frac{\partial L_2}{\partial h_2}",
        r"\frac{\partial^+ h_2}{\partial W_{hh}}",
    ):
        assert factor in first
    for factor in (
        r"\frac{\partial L_2}{\partial h_2}",
        r"\frac{\partial h_2}{\partial h_1}",
        r"\frac{\partial^+ h_1}{\partial W_{hh}}",
    ):
        assert factor in second
    assert r"\frac{\partial h_2}{\partial h_1}" not in first


@pytest.mark.parametrize(("read", "factors"), [((4,), 0 + 1 + 2 + 3), ((1,), 0)])
def test_a_path_has_one_factor_more_per_word(read: tuple[int, ...], factors: int) -> None:
    _, rule = worked(read)
    chain = chain_of(rule, "W_xh")
    assert sum(chain.count(rf"\partial h_{t + 1}}}{{\partial h_{t}}}") for t in range(1, 4)) == factors


def test_an_update_shows_the_weight_before_its_gradient_and_the_weight_after() -> None:
    small, rule = worked((1, 2, 3, 4))
    W, gradient = small.params["W_hh"], rule.gradients["W_hh"]
    latex = update_of("W_hh", W, gradient, W - 0.3 * gradient, 0.3)
    before, shown, after = matrices(latex)
    assert_shown(before, W)
    assert_shown(shown, of_core(small, rule.read).gradients.params["W_hh"])
    assert_shown(after, W - 0.3 * gradient)
    assert "- 0.300" in latex
