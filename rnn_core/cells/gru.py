"""The gated recurrent unit, in PyTorch's form and gate order r, z, n.

    r_t = σ(a^r_t)    z_t = σ(a^z_t),    a_t = x_t W_xh + h_{t-1} W_hh + b_h
    q_t = h_{t-1} W^n_hh + b_hn
    n_t = tanh(x_t W^n_xh + b^n_h + r_t ⊙ q_t)
    h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_{t-1}

Source: Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine translation",
EMNLP 2014. The reset gate acts after the matrix product, as in PyTorch and cuDNN; in the paper it acts before it.
"""

from __future__ import annotations

import numpy as np

from rnn_core.numerics.workspace import tiles
from rnn_core.types import Floats, Params

from .cell import Arrays, Cell


def step(W: Params, before: Arrays, now: Arrays) -> None:
    """One time step forward; r, z and n hold ax_t, those of r and z halved like their weights."""
    h_prev, half = before[0], W["half"]
    h, r, z, n, q, blocks = now
    ah = np.matmul(h_prev, W["W_hh"])  # (3, B, H)
    r_and_z = blocks[:2]
    r_and_z += ah[:2]
    np.tanh(r_and_z, r_and_z)
    r_and_z *= half
    r_and_z += half  # σ(a) = ½ tanh(½ a) + ½
    np.add(ah[2], W["b_hn"], q)  # q_t = h_{t-1} W^n_hh + b_hn
    np.tanh(n + r * q, n)  # n_t = tanh(ax^n_t + r_t ⊙ q_t)
    np.add(n, z * (h_prev - n), h)  # h_t = n_t + z_t ⊙ (h_{t-1} - n_t)


def slopes(before: Arrays, now: Arrays, K: Floats) -> Arrays:
    """∂h_t/∂a^r_t, ∂h_t/∂a^z_t and ∂h_t/∂q_t together; and z_t, which is ∂h_t/∂h_{t-1} along z alone."""
    h_prev, (_, r, z, n, q), (K_r, K_z, K_q) = before[0], now, K
    np.multiply(r, np.subtract(1, z, K_q), K_q)
    np.multiply(K_q, np.subtract(1, np.multiply(n, n, K_z), K_z), K_q)  # r (1 - z) (1 - n²)
    np.multiply(q, np.multiply(K_q, np.subtract(1, r, K_r), K_r), K_r)  # r (1 - z) (1 - n²) q (1 - r)
    np.multiply(z, np.subtract(1, z, K_z), K_z)
    np.multiply(h_prev - n, K_z, K_z)  # (h_{t-1} - n) z (1 - z)
    return K.swapaxes(0, 1), z


def step_vjp(W_hhT: Floats, slopes_t: Arrays, da_t: Arrays, d_t: Arrays, d_prev: Arrays) -> None:
    """One time step back; ∂L/∂q_t is put in the place of ∂L/∂a^n_t."""
    (K_rzq, z), (da, da_rzq), (dh,), (dh_prev,) = slopes_t, da_t, d_t, d_prev
    np.multiply(dh, K_rzq, da_rzq)  # ∂L/∂a^r_t, ∂L/∂a^z_t and ∂L/∂q_t
    np.add(da.dot(W_hhT), dh * z, dh_prev)  # ∂L/∂h_{t-1}, through W_hh and along z


def to_inputs(now: Arrays, da: Floats, dh: Floats) -> Params:
    """Puts ∂L/∂a^n = ∂L/∂h_t ⊙ (1 - z_t) ⊙ (1 - n_t²) in the place of ∂L/∂q_t; the latter's sum is ∂L/∂b_hn."""
    T, B, _, H = da.shape
    _, _, z, n, _ = now
    db_hn = np.ones(T * B, da.dtype) @ da.reshape(T * B, 3 * H)[:, 2 * H :]
    for tile in tiles(T, 8 * dh[0].nbytes):
        da[tile, :, 2] = dh[tile] * (1 - z[tile]) * (1 - n[tile] * n[tile])
    return {"b_hn": db_hn}


GRU = Cell(
    blocks=("r", "z", "n"),
    states=("h",),
    saved=("h", "r", "z", "n", "q"),
    step=step,
    slopes=slopes,
    step_vjp=step_vjp,
    gates=("r", "z"),
    biases=("b_hn",),
    to_inputs=to_inputs,
)
