"""The chain rule of a small vanilla network on one sentence, factor by factor, as it is written on a blackboard.

    h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h)    z_t = h_t W_hy + b_y    ŷ_t = softmax(z_t)    L_t = -log ŷ_t[right]

`rnn_core.bptt` computes the same for any cell, any batch, and fast. Here every factor keeps its name and its numbers,
so that a page can show them; `chain_rule` shares nothing with `bptt`, and the tests hold both to the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_core.bptt import forward
from rnn_core.losses import softmax_cross_entropy
from rnn_core.types import Batch, Floats, Ints, Params


class ChainRule(NamedTuple):
    """What the gradient of the followed loss, the sum of L_s over s in `read`, is made of.

    Arrays over t = 1 ... T have t in row t - 1; those with T+1 rows have it in row t.

    Attributes
    ----------
    read : time steps, from 1, whose losses are followed, ascending
    x : (T, D) one-hot inputs
    h : (T+1, H) states; h[0] is 0
    slope : (T, H) ∂h_t/∂a_t = 1 - h_t², with a_t what tanh is taken of
    y_hat, y : (T, O) probabilities, and the right answer, one-hot
    losses : (T,) L_t in nats, followed or not
    dz : (T, O) ∂L/∂z_t: ŷ_t - y_t where L_t is followed, else 0
    dh_direct : (T, H) ∂L/∂z_t W_hyᵀ, what comes straight from L_t
    jacobians : (T, H, H) ∂h_t/∂h_{t-1} = diag(1 - h_t²) W_hhᵀ; row j, column i: how h_t[j] changes with h_{t-1}[i]
    dh : (T+1, H) ∂L/∂h_t, along every path
    da : (T, H) ∂L/∂a_t
    terms : by parameter, (T, ...): what time step t adds to the gradient
    gradients : by parameter: the sum of its terms
    """

    read: tuple[int, ...]
    x: Floats
    h: Floats
    slope: Floats
    y_hat: Floats
    y: Floats
    losses: Floats
    dz: Floats
    dh_direct: Floats
    jacobians: Floats
    dh: Floats
    da: Floats
    terms: Params
    gradients: Params

    @property
    def loss(self) -> float:
        """The followed loss, in nats."""
        return float(sum(self.losses[s - 1] for s in self.read))


def chain_rule(params: Params, inputs: Ints, targets: Ints, read: Sequence[int]) -> ChainRule:
    """Differentiate the losses of some time steps of one sentence.

    Parameters
    ----------
    params : of a vanilla tanh network; W_xh (D, H), W_hh (H, H), b_h (H,), W_hy (H, O), b_y (O,)
    inputs, targets : (T,) token ids, and which output is right
    read : time steps, from 1, whose losses are followed

    Source: Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990).
    """
    W_xh, W_hh, b_h, W_hy, b_y = (params[name] for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"))
    T, H = len(inputs), len(W_hh)
    x, y = np.eye(len(W_xh))[inputs], np.eye(len(b_y))[targets]
    h = np.zeros((T + 1, H))
    for t in range(1, T + 1):
        h[t] = np.tanh(x[t - 1] @ W_xh + h[t - 1] @ W_hh + b_h)
    z = h[1:] @ W_hy + b_y
    e = np.exp(z - z.max(axis=1, keepdims=True))
    y_hat = e / e.sum(axis=1, keepdims=True)
    followed = np.isin(np.arange(1, T + 1), read)[:, None]
    slope = 1 - h[1:] ** 2
    dz = followed * (y_hat - y)
    dh_direct = dz @ W_hy.T
    jacobians = slope[:, :, None] * W_hh.T
    dh = np.zeros((T + 1, H))
    dh[T] = dh_direct[T - 1]
    for t in range(T - 1, -1, -1):
        dh[t] = dh[t + 1] @ jacobians[t] + (dh_direct[t - 1] if t else 0)
    da = dh[1:] * slope
    terms = {
        "W_xh": x[:, :, None] * da[:, None],
        "W_hh": h[:-1, :, None] * da[:, None],
        "b_h": da,
        "W_hy": h[1:, :, None] * dz[:, None],
        "b_y": dz,
    }
    gradients = {name: of_t.sum(axis=0) for name, of_t in terms.items()}
    losses = -np.log(y_hat[np.arange(T), targets])
    read = tuple(sorted(set(read)))
    return ChainRule(read, x, h, slope, y_hat, y, losses, dz, dh_direct, jacobians, dh, da, terms, gradients)


def as_batch(inputs: Ints, targets: Ints, read: Sequence[int]) -> Batch:
    """The sentence as a batch of one, whose loss is the sum of L_s over s in `read`."""
    weights = np.isin(np.arange(1, len(inputs) + 1), read).astype(np.float64)
    return Batch(inputs[:, None], targets[:, None], weights[:, None])


def losses_along(params: Params, gradients: Params, batch: Batch, alphas: Floats) -> Floats:
    """The loss after one update W ← W - α ∂L/∂W, measured for each α; (A,) in nats."""
    targets, weights = batch.targets[batch.read_at], batch.weights[batch.read_at]
    found = np.empty(len(alphas))
    for k, alpha in enumerate(alphas):
        updated = {name: W - alpha * gradients[name] for name, W in params.items()}
        found[k] = softmax_cross_entropy(forward(updated, batch).logits, targets, weights)[0]
    return found
