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

from rnn_core.numerics.workspace import stretches
from rnn_core.types import Floats, Params

from .cell import Arrays, Cell, Views
from .halving import halved

_HALF = np.array([0.5, 0.5, 1.0])
"""σ(a) = ½ tanh(½ a) + ½; halving is exact, so no digit is lost."""


def ready(params: Params) -> Params:
    """The parameters with the blocks r and z halved; W_hh as (3, H, H), a block after the other; and ½."""
    return halved(params, _HALF) | {"b_hn": params["b_hn"]}


def parts(arrays: Arrays) -> Views:
    """h, r and z together, r, z, n, q."""
    gates = arrays["gates"].swapaxes(1, 2)  # (T+1, 3, B, H)
    return arrays["h"], gates[:, :2], gates[:, 0], gates[:, 1], gates[:, 2], arrays["q"]


def step(W: Params, before: Views, now: Views) -> None:
    """One time step forward; r, z and n hold ax_t, halved like the weights."""
    h_prev, half = before[0], W["half"]
    h, r_and_z, r, z, n, q = now
    ah = np.matmul(h_prev, W["W_hh"])  # (3, B, H)
    r_and_z += ah[:2]
    np.tanh(r_and_z, r_and_z)
    r_and_z *= half
    r_and_z += half
    np.add(ah[2], W["b_hn"], q)
    n += r * q
    np.tanh(n, n)
    np.subtract(h_prev, n, h)  # h_t = n_t + z_t ⊙ (h_{t-1} - n_t)
    h *= z
    h += n


def slopes(arrays: Arrays, K: Floats) -> None:
    """∂h_t/∂a^r, ∂h_t/∂a^z, ∂h_t/∂q, and ∂h_t/∂h_{t-1} along z alone."""
    _, _, r, z, n, q = (part[1:] for part in parts(arrays))
    h_prev = arrays["h"][:-1]
    K_r, K_z, K_q, K_h = (K[:, :, k] for k in range(4))
    np.multiply(r, np.subtract(1, z, K_q), K_q)
    np.multiply(K_q, np.subtract(1, np.multiply(n, n, K_h), K_h), K_q)  # r (1 - z) (1 - n²)
    np.multiply(K_q, np.subtract(1, r, K_r), K_r)
    np.multiply(q, K_r, K_r)  # r (1 - z) (1 - n²) q (1 - r)
    np.multiply(z, np.subtract(1, z, K_z), K_z)
    np.multiply(np.subtract(h_prev, n, K_h), K_z, K_z)  # (h_{t-1} - n) z (1 - z)
    K_h[:] = z


def back_parts(K: Floats, da: Floats) -> Views:
    """The slopes by a^r, a^z and q, (T, 3, N, H); z; the same three in da, and all of da."""
    return K[:, :, :3].swapaxes(1, 2), K[:, :, 3], da.swapaxes(1, 2), da.reshape(*da.shape[:2], -1)


def step_vjp(W_hhT: Floats, parts_t: Views, d_t: Views, d_prev: Views) -> None:
    """∂L/∂a_t (q's in the place of n's) and ∂L/∂h_{t-1}, through W_hh and along z."""
    K_rzq, z, da_rzq, da = parts_t
    (dh,), (dh_prev,) = d_t, d_prev
    da_rzq[:] = dh * K_rzq  # faster than a product that is written to rows apart
    da.dot(W_hhT, dh_prev)
    dh_prev += dh * z


def to_inputs(arrays: Arrays, da: Floats, dh: Floats) -> Params:
    """Puts ∂L/∂a^n = ∂L/∂h_t ⊙ (1 - z_t) ⊙ (1 - n_t²) in the place of ∂L/∂q_t; the latter's sum is ∂L/∂b_hn."""
    T, B, _, H = da.shape
    rows = da.reshape(T * B, 3 * H)
    db_hn = np.ones(T * B, da.dtype) @ rows[:, 2 * H :]
    _, _, _, z, n, _ = (part[1:] for part in parts(arrays))
    for some in stretches(T, 8 * dh[0].nbytes):
        da[some, :, 2] = dh[some] * (1 - z[some]) * (1 - n[some] * n[some])
    return {"b_hn": db_hn}


GRU = Cell(
    blocks=("r", "z", "n"),
    states=("h",),
    arrays={"h": 1, "gates": 3, "q": 1},
    into="gates",
    biases=("b_hn",),
    ready=ready,
    parts=parts,
    step=step,
    slope_blocks=4,
    slopes=slopes,
    back_parts=back_parts,
    step_vjp=step_vjp,
    to_inputs=to_inputs,
)
