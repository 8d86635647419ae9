"""Causal self-attention with a single head, forward and backward written out: what came after recurrence.

Every word looks at itself and all words before it, and takes a weighted mean of what they offer. No state is handed
from word to word: what a word is given by another comes in one operation, however far apart they stand.

    x_t = W_x[word] + p_t
    q_t = x_t W_q,   k_t = x_t W_k,   v_t = x_t W_v
    α_ts = softmax over s ≤ t of q_t · k_s / √d
    c_t = Σ_s α_ts v_s
    y_t = c_t W_hy + b_y

Source: Vaswani et al., "Attention is all you need", NeurIPS 2017, equation 1 and section 3.5. Theirs has several heads,
an output projection, a residual connection, normalisation and a feed-forward network, and many such layers; here is
the one operation that carries the gradient, and nothing beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.initializers import INPUT_STD, gaussian
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY, Loss, softmax
from rnn_core.numerics.norms import row_norms
from rnn_core.numerics.projection import project, project_vjp
from rnn_core.numerics.workspace import Workspace
from rnn_core.tasks import TASKS
from rnn_core.types import Batch, Floats, Ints, Params

from .model import LossAndGradients, Model, Tensor, over_time


def positions(T: int, d: int) -> Floats:
    """(T, d) codes p_t of the places in a sequence: sines and cosines of t, from fast to slow; nothing is learnt.

    p_t[2i] = sin(t / 10000^(2i/d)) and p_t[2i+1] = cos(t / 10000^(2i/d)), t counted from 0: Vaswani et al. (2017),
    section 3.5. They exist for every t, also for one that no training sequence had; learnt codes would not.
    """
    i = np.arange(d) // 2
    angle = np.arange(T)[:, None] / 10_000 ** (2 * i / d)
    return np.where(np.arange(d) % 2 == 0, np.sin(angle), np.cos(angle))


def initial_params(rng: np.random.Generator, inputs: int, d: int, outputs: int, dtype: str = "float32") -> Params:
    """Gaussian weights: W_x (D, d), W_q, W_k, W_v (d, d) and W_hy (d, O); b_y (O,) is 0.

    Embeddings are as large as in the recurrent networks; a position's code has entries of about 0.7.
    """
    params = {
        "W_x": gaussian(rng, (inputs, d), INPUT_STD),
        **{name: gaussian(rng, (d, d), d**-0.5) for name in ("W_q", "W_k", "W_v")},
        "W_hy": gaussian(rng, (d, outputs), d**-0.5),
        "b_y": np.zeros(outputs),
    }
    return {name: W.astype(dtype) for name, W in params.items()}


class Tape(NamedTuple):
    """What a forward pass saved; here sequences come first, so that each has its matrices over time.

    Attributes
    ----------
    x, q, k, v, c : (B, T, d) the words with their positions; what they ask, are known by, offer, and are given
    alpha : (B, T, T) α[b, t, s], how much of what word s offers word t is given; rows sum to 1, 0 where s > t
    read_at : (R,) `Batch.read_at`
    logits : (R, B, O) outputs y_t at those time steps
    """

    x: Floats
    q: Floats
    k: Floats
    v: Floats
    alpha: Floats
    c: Floats
    read_at: Ints
    logits: Floats


def forward(params: Params, batch: Batch) -> Tape:
    """Run attention over a batch of sequences.

    Raises
    ------
    IndexError
        If a token id is not that of a row of W_x.
    """
    (T, B), (_, d), dtype = batch.inputs.shape[:2], params["W_x"].shape, params["W_x"].dtype
    words = np.empty((T, B, d), dtype)
    project(batch.inputs, params["W_x"], np.zeros(d, dtype), words)
    x = words.swapaxes(0, 1) + positions(T, d).astype(dtype)
    q, k, v = x @ params["W_q"], x @ params["W_k"], x @ params["W_v"]
    scores = q @ k.swapaxes(1, 2) / np.sqrt(d).astype(dtype)
    alpha = softmax(np.where(np.tri(T, dtype=bool), scores, -np.inf))  # no word looks at those after it
    c = alpha @ v
    read_at = batch.read_at
    logits = c[:, read_at].swapaxes(0, 1) @ params["W_hy"] + params["b_y"]
    return Tape(x, q, k, v, alpha, c, read_at, logits)


class Gradients(NamedTuple):
    """What a backward pass found.

    Attributes
    ----------
    params : gradient of the loss by parameter name
    dx : (T, B, d) total ∂L/∂x_t of each word with its position; the sum of the three below
    dx_query, dx_key, dx_value : (T, B, d) what came by what the word asks, is known by, and offers
    """

    params: Params
    dx: Floats
    dx_query: Floats
    dx_key: Floats
    dx_value: Floats


def backward(params: Params, batch: Batch, tape: Tape, dlogits: Floats) -> Gradients:
    """Send ∂L/∂y_t back through the network: to every word at once, not from word to word.

    Parameters
    ----------
    tape : what `forward` returned for this batch
    dlogits : (R, B, O) ∂L/∂y_t at the time steps `tape.read_at`
    """
    x, q, k, v, alpha, c, read_at, _ = tape
    root_d = np.sqrt(x.shape[-1]).astype(x.dtype)
    dc = np.zeros_like(c)
    dc[:, read_at] = (dlogits @ params["W_hy"].T).swapaxes(0, 1)
    dv = alpha.swapaxes(1, 2) @ dc
    dalpha = dc @ v.swapaxes(1, 2)
    dscores = alpha * (dalpha - (alpha * dalpha).sum(axis=-1, keepdims=True))  # the softmax, row by row
    dq = dscores @ k / root_d
    dk = dscores.swapaxes(1, 2) @ q / root_d
    of_x = dq @ params["W_q"].T, dk @ params["W_k"].T, dv @ params["W_v"].T
    by_query, by_key, by_value = (dx.swapaxes(0, 1) for dx in of_x)
    dx = by_query + by_key + by_value
    x_rows, dy_rows = x.reshape(-1, x.shape[-1]).T, dlogits.reshape(-1, dlogits.shape[-1])
    gradients = {
        "W_x": project_vjp(batch.inputs, dx, len(params["W_x"]), Workspace()),
        "W_q": x_rows @ dq.reshape(x_rows.shape[::-1]),  # Σ_t x_tᵀ ∂L/∂q_t
        "W_k": x_rows @ dk.reshape(x_rows.shape[::-1]),  # Σ_t x_tᵀ ∂L/∂k_t
        "W_v": x_rows @ dv.reshape(x_rows.shape[::-1]),  # Σ_t x_tᵀ ∂L/∂v_t
        "W_hy": c[:, read_at].swapaxes(0, 1).reshape(len(dy_rows), -1).T @ dy_rows,  # Σ_t c_tᵀ ∂L/∂y_t
        "b_y": dy_rows.sum(axis=0),  # Σ_t ∂L/∂y_t
    }
    return Gradients(gradients, dx, by_query, by_key, by_value)


def last_jacobians(params: Params, tape: Tape) -> Floats:
    """∂c_T/∂x_s of one sequence, for s = 1 ... T: what the last word is given, by what each word is.

    Parameters
    ----------
    tape : of a batch with B = 1

    Returns
    -------
    (T, d, d) J[s-1, i, j] = ∂c_T[j] / ∂x_s[i]

    Raises
    ------
    ValueError
        If the tape holds more than one sequence.
    """
    x, q, k, v, alpha, c, *_ = tape
    B, _, d = x.shape
    if B != 1:
        raise ValueError(f"the tape holds {B} sequences; Jacobians are those of one: allowed is 1")
    weight = alpha[0, -1][:, None, None]  # (T, 1, 1)
    away = (v[0] - c[0, -1])[:, None, :]  # ∂c_T/∂score_s = α_Ts (v_s - c_T)
    by_key = (params["W_k"] @ q[0, -1])[:, None] * away / np.sqrt(d)
    jacobians: Floats = weight * (params["W_v"] + by_key)
    by_query = params["W_q"] @ (alpha[0, -1][:, None] * k[0]).T @ away[:, 0] / np.sqrt(d)
    jacobians[-1] += by_query
    return jacobians


class Pass(NamedTuple):
    """A loss and everything that was computed on the way to its gradient."""

    loss: float
    accuracy: float
    tape: Tape
    gradients: Gradients


def loss_and_gradients(params: Params, batch: Batch, loss: Loss = SOFTMAX_CROSS_ENTROPY) -> Pass:
    """The loss of a batch, forward and back."""
    tape = forward(params, batch)
    asked = tape.logits, batch.targets[tape.read_at], batch.weights[tape.read_at]
    value, dlogits = loss.value_and_gradient(*asked)
    return Pass(value, loss.accuracy(*asked), tape, backward(params, batch, tape, dlogits))


def model(config: Config) -> Model:
    """Attention that learns the run's task, with d = `config.hidden_size`, as a model that can be trained and checked.

    What only a recurrent network has (cell, activation, initializer, forget_bias, omega, bptt_window) is not read.
    """
    task = TASKS[config.task]

    def measure(params: Params, batch: Batch, work: Workspace) -> LossAndGradients:
        done = loss_and_gradients(params, batch, task.loss)
        dx_norm = row_norms(done.gradients.dx)
        return LossAndGradients(done.loss, done.accuracy, done.gradients.params, dx_norm, _computed(done))

    return Model(lambda rng: initial_params(rng, task.inputs, config.hidden_size, task.outputs, config.dtype), measure)


def _computed(done: Pass) -> Iterator[Tensor]:
    tape, T = done.tape, len(done.gradients.dx)
    for name in ("x", "q", "k", "v", "alpha", "c"):
        yield from over_time(name, range(1, T + 1), getattr(tape, name).swapaxes(0, 1))
    yield from over_time("logits", (tape.read_at + 1).tolist(), tape.logits)
    yield "loss", None, done.loss
    yield from over_time("dx", range(1, T + 1), done.gradients.dx)
