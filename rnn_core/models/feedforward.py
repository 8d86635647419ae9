"""Feed-forward networks on word embeddings: a bag of words, and fixed positions; forward, and backpropagation.

x = the embeddings of a sentence's words, laid into slots,   a = x W_1 + b_1,   h = tanh(a),   y = h W_2 + b_2.

With S slots, word s goes to slot s, and x is the S embeddings side by side, (S·D): W_1 has a block of its own for each
position. A sentence of fewer words leaves slots empty (zeros); one of more words is cut. With one slot it holds the
mean of all embeddings, a bag of words: any length fits, and the order is lost.

Source: fixed positions: Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", JMLR 3 (2003),
equation 1, without the direct connections; the mean: Iyyer, Manjunatha, Boyd-Graber and Daumé, "Deep unordered
composition rivals syntactic methods for text classification", ACL 2015, with one hidden layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnn_core.initializers import INPUT_STD, gaussian
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.numerics.projection import project_vjp
from rnn_core.numerics.workspace import Workspace
from rnn_core.types import Batch, Floats, Ints, Params

from .model import LossAndGradients, Model, Tensor

CUTS = ("end", "front")
"""Which words of a sentence that is too long are cut off."""


class Slots(NamedTuple):
    """Which words lie in the slots.

    Attributes
    ----------
    tokens : (P, B) token ids
    share : (P, B) what each word's embedding is multiplied with; 0 where there is no word
    """

    tokens: Ints
    share: Floats


def initial_params(
    rng: np.random.Generator, words: int, embedding: int, slots: int, hidden: int, outputs: int, dtype: str
) -> Params:
    """The weights before the first update: E (V, D), W_1 (S·D, H), b_1 (H,), W_2 (H, O), b_2 (O,).

    Raises
    ------
    ValueError
        If one of the sizes is below 1.
    """
    sizes = {"words": words, "embedding": embedding, "slots": slots, "hidden": hidden, "outputs": outputs}
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} is {size}; allowed: from 1 on")
    params = {
        "E": gaussian(rng, (words, embedding), INPUT_STD),
        "W_1": gaussian(rng, (slots * embedding, hidden), embedding**-0.5),
        "b_1": np.zeros(hidden),
        "W_2": gaussian(rng, (hidden, outputs), hidden**-0.5),
        "b_2": np.zeros(outputs),
    }
    return {name: array.astype(dtype) for name, array in params.items()}


def slots_of(params: Params) -> int:
    """S, the number of slots; 1 is a bag of words."""
    return len(params["W_1"]) // int(params["E"].shape[1])


def by_position(params: Params, token: int) -> Floats:
    """(S, H) What the block of each position makes of one word: e W_1⁽ᵗ⁾, its part of a."""
    e = params["E"][token]
    return np.asarray(e @ params["W_1"].reshape(slots_of(params), len(e), -1))


def lay(batch: Batch, slots: int, cut: str, dtype: np.dtype) -> Slots:
    """Lay sentences into slots; each ends where its loss is read.

    Raises
    ------
    ValueError
        If there is no such cut, the inputs are no words, or the loss of a sentence is read more than once.
    """
    if cut not in CUTS:
        raise ValueError(f"cut is {cut}; allowed: one of {', '.join(CUTS)}")
    if batch.inputs.ndim != 2:
        raise ValueError(
            f"inputs have the shape {batch.inputs.shape}; allowed for a feed-forward network: (T, B), words"
        )
    if (reads := np.count_nonzero(batch.weights, axis=0).max()) > 1:
        raise ValueError(f"the loss is read {reads} times in a sequence; allowed for a feed-forward network: once")
    T = len(batch.inputs)
    length = T - (batch.weights[::-1] > 0).argmax(axis=0)
    if slots == 1:
        return Slots(batch.inputs, ((np.arange(T)[:, None] < length) / length).astype(dtype))
    first = np.maximum(length - slots, 0) if cut == "front" else np.zeros_like(length)
    place = first + np.arange(slots)[:, None]
    tokens = np.take_along_axis(batch.inputs, np.minimum(place, T - 1), axis=0)
    return Slots(tokens, (place < length).astype(dtype))


def asked(batch: Batch) -> tuple[Ints, Floats]:
    """(1, B) Targets and weights at each sentence's end."""
    return (batch.targets * (batch.weights > 0)).sum(axis=0)[None], batch.weights.sum(axis=0)[None]


def logits(params: Params, batch: Batch, cut: str = "end") -> Floats:
    """(B, O) What the network says of each sentence."""
    return _forward(params, lay(batch, slots_of(params), cut, params["E"].dtype))[-1]


def _forward(params: Params, laid: Slots) -> tuple[Floats, Floats, Floats]:
    e = params["E"][laid.tokens] * laid.share[..., None]  # (P, B, D)
    x = e.sum(axis=0) if slots_of(params) == 1 else e.swapaxes(0, 1).reshape(e.shape[1], -1)  # Σ_t e_t or [e_1 ... e_S]
    h = np.tanh(x @ params["W_1"] + params["b_1"])
    return x, h, h @ params["W_2"] + params["b_2"]


def loss_and_gradients(
    params: Params, batch: Batch, work: Workspace | None = None, cut: str = "end"
) -> LossAndGradients:
    """The loss of a batch, forward and back; targets and weights are those at each sentence's end.

    Raises
    ------
    ValueError
        As `lay`.
    """
    S, (V, D) = slots_of(params), params["E"].shape
    laid = lay(batch, S, cut, params["E"].dtype)
    x, h, y = _forward(params, laid)
    targets, weights = asked(batch)
    loss, dlogits = SOFTMAX_CROSS_ENTROPY.value_and_gradient(y[None], targets, weights)
    dy = dlogits[0]
    da = (dy @ params["W_2"].T) * (1 - h**2)  # ∂L/∂a
    dx = da @ params["W_1"].T
    d_slots = dx[None] if S == 1 else dx.reshape(-1, S, D).swapaxes(0, 1)
    d_embedded = np.ascontiguousarray(laid.share[..., None] * d_slots)  # ∂L/∂ each word's embedding
    gradients = {
        "E": project_vjp(laid.tokens, d_embedded, V, Workspace() if work is None else work),
        "W_1": x.T @ da,
        "b_1": da.sum(axis=0),
        "W_2": h.T @ dy,
        "b_2": dy.sum(axis=0),
    }
    right = SOFTMAX_CROSS_ENTROPY.accuracy(y[None], targets, weights)
    computed: Iterator[Tensor] = iter([("h", None, h), ("logits", None, y), ("loss", None, loss), ("dx", None, dx)])
    return LossAndGradients(loss, right, gradients, np.empty(0), computed)


def model(words: int, embedding: int, slots: int, hidden: int, outputs: int, dtype: str = "float32") -> Model:
    """A network of these sizes, see `initial_params`, as a model that can be trained and checked."""

    def draw(rng: np.random.Generator) -> Params:
        return initial_params(rng, words, embedding, slots, hidden, outputs, dtype)

    return Model(draw, loss_and_gradients)
