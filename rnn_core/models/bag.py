"""A bag of words: the same network and the same sentences, but all words are read at once, and their order is lost.

x = how often each word occurs. With one time step what remains of the network is one hidden layer: it can learn that a
negator turns an adjective around, but not which of two adjectives is meant.
"""

from __future__ import annotations

import numpy as np

from rnn_core.types import Batch


def bag_of(batch: Batch, words: int, nothing: int) -> Batch:
    """Sentences (T, B) as one time step of word counts (1, B, words); the token `nothing` is not counted.

    The loss is read where it is read at the sentences' last time step.

    Raises
    ------
    ValueError
        If the inputs are not such words, or `nothing` is none of them.
    """
    if batch.inputs.ndim != 2 or batch.inputs.min() < 0 or batch.inputs.max() >= words:
        raise ValueError(f"inputs have the shape {batch.inputs.shape}; allowed: (T, B) token ids from 0 to {words - 1}")
    if not 0 <= nothing < words:
        raise ValueError(f"nothing is {nothing}; allowed: a token id from 0 to {words - 1}")
    T, N = batch.inputs.shape
    counts = np.zeros((1, N, words), batch.weights.dtype)
    np.add.at(counts[0], (np.broadcast_to(np.arange(N), (T, N)), batch.inputs), 1)
    counts[..., nothing] = 0
    return Batch(counts, batch.targets[-1:], batch.weights[-1:])
