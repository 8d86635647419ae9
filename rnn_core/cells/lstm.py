"""The long short-term memory, in PyTorch's form and gate order i, f, g, o.

    i_t = σ(a^i_t)    f_t = σ(a^f_t)    g_t = tanh(a^g_t)    o_t = σ(a^o_t),    a_t = x_t W_xh + h_{t-1} W_hh + b_h
    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    h_t = o_t ⊙ tanh(c_t)

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997); the forget gate: Gers,
Schmidhuber and Cummins, "Learning to forget", Neural Computation 12 (2000).
"""

from __future__ import annotations

import numpy as np

from rnn_core.types import Floats, Params

from .cell import Arrays, Cell


def step(W: Params, before: Arrays, now: Arrays) -> None:
    """One time step forward; i, f, g and o hold ax_t, those of i, f and o halved like their weights."""
    h_prev, c_prev, half = before[0], before[1], W["half"]
    h, c, i, f, g, o, tanh_c, blocks = now
    blocks += np.matmul(h_prev, W["W_hh"])  # a_t = ax_t + h_{t-1} W_hh
    np.tanh(blocks, blocks)
    i_and_f = blocks[:2]
    i_and_f *= half
    i_and_f += half  # σ(a) = ½ tanh(½ a) + ½
    o *= half
    o += half
    np.add(f * c_prev, i * g, c)  # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    np.multiply(o, np.tanh(c, tanh_c), h)  # h_t = o_t ⊙ tanh(c_t)


def slopes(before: Arrays, now: Arrays, K: Floats) -> Arrays:
    """∂c_t/∂a^i_t, ∂c_t/∂a^f_t and ∂c_t/∂a^g_t together; ∂h_t/∂a^o_t; ∂h_t/∂c_t; and f_t, which is ∂c_t/∂c_{t-1}."""
    c_prev, (h, _, i, f, g, o, tanh_c), (K_i, K_f, K_g, K_o, K_h) = before[1], now, K
    ig = np.multiply(i, g, K_h)
    np.multiply(ig, np.subtract(1, i, K_i), K_i)  # i g (1 - i)
    np.multiply(c_prev, np.multiply(f, np.subtract(1, f, K_f), K_f), K_f)  # c_{t-1} f (1 - f)
    np.subtract(i, np.multiply(ig, g, K_g), K_g)  # i (1 - g²)
    np.multiply(h, np.subtract(1, o, K_o), K_o)  # o tanh(c) (1 - o)
    np.subtract(o, np.multiply(h, tanh_c, K_h), K_h)  # o (1 - tanh²(c))
    return K[:3].swapaxes(0, 1), K_o, K_h, f


def step_vjp(W_hhT: Floats, slopes_t: Arrays, da_t: Arrays, d_t: Arrays, d_prev: Arrays) -> None:
    """One time step back."""
    (K_ifg, K_o, K_h, f), (da, da_ifgo), (dh, dc), (dh_prev, dc_prev) = slopes_t, da_t, d_t, d_prev
    dc += dh * K_h  # ∂L/∂c_t gains what comes through h_t
    np.multiply(dc, K_ifg, da_ifgo[:3])  # ∂L/∂a^i_t, ∂L/∂a^f_t and ∂L/∂a^g_t
    np.multiply(dh, K_o, da_ifgo[3])  # ∂L/∂a^o_t
    np.multiply(dc, f, dc_prev)  # ∂L/∂c_{t-1} = ∂L/∂c_t ⊙ f_t
    da.dot(W_hhT, dh_prev)  # ∂L/∂h_{t-1} = ∂L/∂a_t W_hhᵀ


LSTM = Cell(
    blocks=("i", "f", "g", "o"),
    states=("h", "c"),
    saved=("h", "c", "i", "f", "g", "o", "tanh_c"),
    step=step,
    slopes=slopes,
    step_vjp=step_vjp,
    gates=("i", "f", "o"),
)
