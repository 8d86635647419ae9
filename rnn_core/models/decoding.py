"""Greedy decoding: a trained encoder-decoder writes, and each symbol that it chooses is what it reads next.

Of all symbols the likeliest is taken, and never taken back: a beam of width 1. A wider beam would keep several
beginnings and their probabilities, see Sutskever, Vinyals and Le, "Sequence to sequence learning with neural networks",
NIPS 2014, section 3.2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import forward
from rnn_core.cells import Cell
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks.encoder_decoder import Symbols
from rnn_core.types import Batch, Floats, Ints, Params, Values


@one_blas_thread()
def teacher_forced(params: Params, cell: Cell, inputs: Ints) -> Floats:
    """(T, B, O) outputs after every time step, all inputs (T, B) being read as they stand."""
    return forward(params, _read_everywhere(inputs), cell).logits


@one_blas_thread()
def greedy(params: Params, cell: Cell, symbols: Symbols, inputs: Ints) -> Floats:
    """(T, B, O) outputs after every time step, where each written symbol of `inputs` is replaced by the network's own.

    Parameters
    ----------
    inputs : (T, B) token ids as in a batch; which written symbols stand there after GO makes no difference
    """
    read = inputs[:1]
    states: dict[str, Floats] = {}
    outputs: list[Floats] = []
    for t in range(len(inputs)):
        if t:
            own = symbols.fed(outputs[-1].argmax(axis=-1))
            read = np.where(inputs[t : t + 1] > symbols.go, own, inputs[t : t + 1])
        tape = forward(params, _read_everywhere(read), cell, states.get("h"), states.get("c"))
        states = {
            name: states_of[-1] for name, states_of in (("h", tape.h), *tape.saved.items()) if name in cell.states
        }
        outputs.append(tape.logits)
    return np.concatenate(outputs)


def _read_everywhere(inputs: Ints) -> Batch:
    return Batch(inputs, np.zeros_like(inputs), np.ones(inputs.shape))


def asked_in_turn(values: Values, weights: Floats) -> Values:
    """(K, B, ...) what stands in (T, B, ...) where each sequence is asked for its first, second, ... K-th symbol.

    All sequences must be asked for equally many symbols, one time step after the other.
    """
    asked = weights > 0
    k = np.arange(int(asked[:, 0].sum()))[:, None]
    found: Values = values[asked.argmax(axis=0) + k, np.arange(weights.shape[1])]
    return found


class Recall(NamedTuple):
    """How much of what it is asked to write a network gets right.

    Attributes
    ----------
    forced : (K,) share of right k-th symbols if it reads the right ones before (teacher forcing)
    free : (K,) the same if it reads its own
    whole : share of answers that are right from the first symbol to the last, the same in both
    """

    forced: Floats
    free: Floats
    whole: float


def recall(params: Params, cell: Cell, symbols: Symbols, batch: Batch) -> Recall:
    """Ask for sequences that are equally long to write."""
    targets = asked_in_turn(batch.targets, batch.weights)
    forced, free = (
        asked_in_turn(outputs, batch.weights).argmax(axis=-1) == targets
        for outputs in (teacher_forced(params, cell, batch.inputs), greedy(params, cell, symbols, batch.inputs))
    )
    return Recall(forced.mean(axis=1), free.mean(axis=1), float(free.all(axis=0).mean()))
