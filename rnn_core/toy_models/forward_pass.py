"""The forward pass of a small vanilla network, vector by vector, as it is written on a blackboard.

    a_t = x_t W_xh + h_{t-1} W_hh + b_h    h_t = f(a_t)    y_t = h_t W_hy + b_y    ŷ_t = softmax(y_t)

`rnn_core.bptt` computes the same for any cell, any batch, and fast. Here each part of the sum keeps its name, so that a
page can show it; `forward_pass` shares nothing with `bptt`, and the tests hold both to the same values.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import forward
from rnn_core.cells import ACTIVATIONS, CELLS
from rnn_core.initializers import INPUT_STD, gaussian, scaled_to_spectral_radius
from rnn_core.types import Batch, Floats, Ints, Params

BIAS_STD = 0.3
"""Standard deviation of b_h and b_y where biases are to be seen at work."""


class ForwardPass(NamedTuple):
    """All that is computed on the way; time step t = 1 ... T stands in row t - 1, and of `h` in row t.

    Attributes
    ----------
    x : (T, D) one-hot inputs
    from_word : (T, H) x_t W_xh
    from_state : (T, H) h_{t-1} W_hh
    a : (T, H) pre-activations: the sum of both, and b_h
    h : (T+1, H) states; h[0] is 0
    y, y_hat : (T, O) outputs, and the probabilities that softmax makes of them
    """

    x: Floats
    from_word: Floats
    from_state: Floats
    a: Floats
    h: Floats
    y: Floats
    y_hat: Floats


def forward_pass(params: Params, inputs: Ints, activation: str = "tanh") -> ForwardPass:
    """Let a vanilla network read one sentence.

    Parameters
    ----------
    params : W_xh (D, H), W_hh (H, H), b_h (H,), W_hy (H, O), b_y (O,)
    inputs : (T,) token ids

    Source: Elman, "Finding structure in time", Cognitive Science 14 (1990).
    """
    W_xh, W_hh, b_h, W_hy, b_y = (params[name] for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"))
    T, H, f = len(inputs), len(W_hh), ACTIVATIONS[activation].value
    x = np.eye(len(W_xh))[inputs]
    from_word, from_state, a, h = np.empty((T, H)), np.empty((T, H)), np.empty((T, H)), np.zeros((T + 1, H))
    for t in range(1, T + 1):
        from_word[t - 1] = x[t - 1] @ W_xh
        from_state[t - 1] = h[t - 1] @ W_hh
        a[t - 1] = from_word[t - 1] + from_state[t - 1] + b_h
        f(a[t - 1], h[t])
    y = h[1:] @ W_hy + b_y
    e = np.exp(y - y.max(axis=1, keepdims=True))  # the same factor in every term: ŷ does not change, nothing overflows
    return ForwardPass(x, from_word, from_state, a, h, y, e / e.sum(axis=1, keepdims=True))


def small_params(words: int, hidden_size: int, gain: float, seed: int, bias_std: float = BIAS_STD) -> Params:
    """Untrained weights, float64, of a network that reads D = `words` different words and predicts one of them.

    Parameters
    ----------
    gain : spectral radius of W_hh; the draw does not depend on it
    bias_std : standard deviation of b_h and b_y; 0 is how networks start their training here
    """
    rng = np.random.default_rng(seed)
    return {
        "W_hh": scaled_to_spectral_radius(gaussian(rng, (hidden_size, hidden_size), 1.0), gain),
        "W_xh": gaussian(rng, (words, hidden_size), INPUT_STD),
        "b_h": gaussian(rng, (hidden_size,), bias_std),
        "W_hy": gaussian(rng, (hidden_size, words), hidden_size**-0.5),
        "b_y": gaussian(rng, (words,), bias_std),
    }


def long_reading(
    params: Params, inputs: Ints, T: int, activation: str, silence: bool = False, dtype: str = "float32"
) -> Floats:
    """States (T+1, H) over T time steps, computed in `dtype`, in which they may overflow to inf and then to nan.

    Parameters
    ----------
    inputs : (n,) token ids of a sentence, which is read over and over
    silence : read it once, and x_t = 0 from then on
    """
    x = np.eye(len(params["W_xh"]), dtype=dtype)[np.resize(inputs, T)]
    if silence:
        x[len(inputs) :] = 0
    nothing = np.zeros((T, 1), np.int64)
    batch = Batch(x[:, None], nothing, nothing.astype(dtype))
    narrow = {name: W.astype(dtype) for name, W in params.items()}
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return forward(narrow, batch, CELLS["vanilla"][activation]).h[:, 0]
