"""The way of a gradient from the verb back to each word: how long it is, and what arrives.

A network keeps something for each word: a recurrent one its state after it (of the LSTM c_t, through which its memory
runs), attention the word's own vector x_t. What the loss is read from depends on these through Jacobians; on the way
back a gradient is multiplied with one after another. Counting those that are not zero gives the length of the way:
T - t in every recurrence, whatever its gates, and 1 in attention. After Vaswani et al., "Attention is all you need",
NeurIPS 2017, table 1 (maximum path length).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_core.bptt import forward, loss_and_gradients
from rnn_core.cells import CELLS
from rnn_core.losses import softmax
from rnn_core.models import attention
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Batch, Floats, Ints, Params

from .jacobians import step_jacobians

RECURRENT = ("vanilla", "gru", "lstm")
MODELS = (*RECURRENT, "attention")

KEPT = {"vanilla": "h", "gru": "h", "lstm": "c", "attention": "x"}
"""What stands for a word in each of them, as its symbol."""


class GradientPath(NamedTuple):
    """The gradient's way from a loss that is read after the last word, back to each word.

    Attributes
    ----------
    norm : (T,) ‖∂L/∂h_t‖, of the LSTM ‖∂L/∂c_t‖, of attention ‖∂L/∂x_t‖
    links : (T,) Jacobians that the shortest way goes through; inf where all ways are cut by zeros
    p : (O,) the network's answer
    """

    norm: Floats
    links: Floats
    p: Floats

    @property
    def relative(self) -> Floats:
        """(T,) the norms, each divided by that at the last word."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.norm / self.norm[-1])


@one_blas_thread()
def gradient_path(model: str, params: Params, tokens: Ints, answer: int) -> GradientPath:
    """The way back to each word of one sentence, in float64.

    Parameters
    ----------
    tokens : (T,)
    answer : the class that is right
    """
    params = {name: W.astype(np.float64) for name, W in params.items()}
    batch = sentence(tokens, answer)
    return _through_attention(params, batch) if model == "attention" else _through_time(params, batch, model)


def sentence(tokens: Ints, answer: int) -> Batch:
    """One sentence as a batch whose loss is read after its last word."""
    targets, weights = np.zeros((len(tokens), 1), np.int64), np.zeros((len(tokens), 1))
    targets[-1], weights[-1] = answer, 1
    return Batch(tokens[:, None], targets, weights)


def _through_time(params: Params, batch: Batch, model: str) -> GradientPath:
    cell = CELLS[model]["tanh"]
    tape = forward(params, batch, cell)
    T = len(batch.inputs)
    jacobians = step_jacobians(params, tape, cell)  # [t]: of the state at t + 1, by that at t
    factors = {(t, t + 1): jacobians[t] for t in range(1, T)}
    norm = row_norms(kept_gradients(model, params, batch))
    return GradientPath(norm, shortest(factors, range(1, T + 1), T), softmax(tape.logits[-1, 0]))


def _through_attention(params: Params, batch: Batch) -> GradientPath:
    tape = attention.forward(params, batch)
    T = len(batch.inputs)
    factors = {(t, "read"): factor for t, factor in enumerate(attention.last_jacobians(params, tape), start=1)}
    norm = row_norms(kept_gradients("attention", params, batch))
    return GradientPath(norm, shortest(factors, range(1, T + 1), "read"), softmax(tape.logits[-1, 0]))


def kept_gradients(model: str, params: Params, batch: Batch) -> Floats:
    """(T, B, ·) ∂L/∂ of what the network keeps for each word, see KEPT."""
    if model == "attention":
        return attention.loss_and_gradients(params, batch).gradients.dx
    gradients = loss_and_gradients(params, batch, CELLS[model]["tanh"]).gradients
    return (gradients.dh if gradients.dc is None else gradients.dc)[1:]


def shortest(factors: Mapping[tuple[int, Any], Floats], starts: range, end: Any) -> Floats:
    """How many factors the shortest way has from each start to the end, over those that are not all zero.

    Parameters
    ----------
    factors : the Jacobian ∂to/∂from by (from, to): what depends directly on what
    """
    into: dict[Any, list[Any]] = {}
    for (of, to), jacobian in factors.items():
        if np.any(jacobian):
            into.setdefault(to, []).append(of)
    links, edge = {end: 0}, [end]
    while edge:
        found = {of: links[to] + 1 for to in edge for of in into.get(to, []) if of not in links}
        links |= found
        edge = list(found)
    return np.array([links.get(start, math.inf) for start in starts], float)
