"""The equations of one time step in LaTeX, with the numbers of the arrays that they stand for.

Nothing that a visitor typed gets in here.
"""

from __future__ import annotations

import numpy as np

from pages.components.latex import aligned, tex, tex_matrix
from rnn_core.types import Floats

from .networks import Small


def state_equations(small: Small, t: int) -> list[str]:
    """From the word and the state before to the state at time step t, a line each."""
    done, params, row = small.done, small.params, int(small.inputs[t - 1])
    x, h_prev = tex_matrix(done.x[t - 1]), tex_matrix(done.h[t - 1])
    from_word, from_state, a = (tex_matrix(part[t - 1]) for part in (done.from_word, done.from_state, done.a))
    total = [rf"a_{t} &= x_{t} W_{{xh}} + h_{t - 1} W_{{hh}} + b_h", f"&= {from_word}", f"&+ {from_state}"]
    return [
        aligned([rf"x_{t} W_{{xh}} &= {x} {tex_matrix(params['W_xh'], row)}", rf"&= {from_word}"]),
        aligned([rf"&h_{t - 1} W_{{hh}}", rf"&= {h_prev} {tex_matrix(params['W_hh'])}", rf"&= {from_state}"]),
        aligned([*total, f"&+ {tex_matrix(params['b_h'])}", f"&= {a}"]),
        aligned([rf"h_{t} &= \tanh(a_{t})", rf"&= {tex_matrix(done.h[t])}"]),
    ]


def output_equations(small: Small, t: int) -> list[str]:
    """From the state at time step t to the probabilities."""
    done, params = small.done, small.params
    h, y = tex_matrix(done.h[t]), tex_matrix(done.y[t - 1])
    total = [rf"y_{t} &= h_{t} W_{{hy}} + b_y", f"&= {h} {tex_matrix(params['W_hy'])}"]
    return [
        aligned([*total, f"&+ {tex_matrix(params['b_y'])}", f"&= {y}"]),
        aligned([rf"\hat y_{t} &= \operatorname{{softmax}}(y_{t})", rf"&= {tex_matrix(done.y_hat[t - 1])}"]),
    ]


def unit_equations(small: Small, t: int, unit: int) -> list[str]:
    """The sum that one entry of a_t is, and its tanh; units count from 1."""
    done, params, j, row = small.done, small.params, unit - 1, int(small.inputs[t - 1])
    past = _products(done.h[t - 1], params["W_hh"][:, j])
    lines = [rf"&= {tex(params['W_xh'][row, j])}", f"&+ {past}", f"&+ {_signed(params['b_h'][j])}"]
    symbols = (
        rf"a_{t}[{unit}] &= W_{{xh}}[{row + 1}, {unit}] + \textstyle\sum_i h_{t - 1}[i]\, W_{{hh}}[i, {unit}] "
        rf"+ b_h[{unit}]"
    )
    a, h = tex(done.a[t - 1, j]), tex(done.h[t, j])
    return [aligned([symbols, *lines, f"&= {a}"]), rf"h_{t}[{unit}] = \tanh({a}) = {h}"]


def word_equations(small: Small, t: int, output: int) -> list[str]:
    """The sum that one entry of y_t is, and its share in the softmax; outputs count from 1."""
    done, params, k = small.done, small.params, output - 1
    lines = [f"&= {_products(done.h[t], params['W_hy'][:, k])}", f"&+ {_signed(params['b_y'][k])}"]
    symbols = rf"y_{t}[{output}] &= \textstyle\sum_j h_{t}[j]\, W_{{hy}}[j, {output}] + b_y[{output}]"
    y = done.y[t - 1]
    powers = " + ".join(f"e^{{{tex(value)}}}" for value in y)
    share = rf"\hat y_{t}[{output}] = \frac{{e^{{{tex(y[k])}}}}}{{{powers}}} = {tex(done.y_hat[t - 1, k])}"
    return [aligned([symbols, *lines, f"&= {tex(y[k])}"]), share]


def row_equation(small: Small, row: int) -> str:
    """A one-hot row times W_xh is a row of W_xh; rows count from 0."""
    W_xh = small.params["W_xh"]
    one_hot = tex_matrix(np.eye(len(W_xh))[row])
    return aligned([rf"x\, W_{{xh}} &= {one_hot} {tex_matrix(W_xh, row)}", rf"&= {tex_matrix(W_xh[row][None], 0)}"])


def _products(left: Floats, right: Floats) -> str:
    return " + ".join(rf"{_signed(a)} \cdot {_signed(b)}" for a, b in zip(left, right, strict=True))


def _signed(value: float) -> str:
    """A number as it stands within a sum or a product: a negative one in brackets."""
    shown = tex(float(value))
    return f"({shown})" if shown.startswith("-") else shown
