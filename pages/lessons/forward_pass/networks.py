"""The page's small network: its vocabulary is the visitor's sentence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.tasks.reading import WORD
from rnn_core.toy_models.forward_pass import ForwardPass, forward_pass, small_params
from rnn_core.types import Ints, Params

SENTENCE = "the artists near the guide"
FEWEST_WORDS, MOST_WORDS, MOST_LETTERS = 2, 8, 15
"""More words, and longer ones, have no room on a page."""


class Small(NamedTuple):
    """An untrained vanilla tanh network and the sentence that it reads, any words.

    Attributes
    ----------
    words : T words, in small letters
    rows : D different words among them, in the order of their rows in W_xh; also what the outputs stand for
    inputs : (T,) row of each word
    seed : where the weights come from
    params : the weights, float64
    done : the pass over the sentence
    """

    words: tuple[str, ...]
    rows: tuple[str, ...]
    inputs: Ints
    seed: int
    params: Params
    done: ForwardPass


def small_network(text: str, hidden_size: int, gain: float, seed: int) -> Small:
    """Let a network of this size read a sentence.

    Raises
    ------
    ValueError
        A sentence for the person who typed `text`.
    """
    words = tuple(word.lower() for word in WORD.findall(text))
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        count = f"{len(words)} word{'' if len(words) == 1 else 's'}"
        raise ValueError(f"the sentence has {count}; {FEWEST_WORDS} to {MOST_WORDS} have room here")
    for word in words:
        if len(word) > MOST_LETTERS:
            raise ValueError(f"the word “{word[:40]}” has {len(word)} letters; {MOST_LETTERS} have room here")
    rows = tuple(dict.fromkeys(words))
    inputs = np.array([rows.index(word) for word in words])
    params = small_params(len(rows), hidden_size, gain, seed)
    return Small(words, rows, inputs, seed, params, forward_pass(params, inputs))


def without_past(small: Small) -> ForwardPass:
    """The same sentence with W_hh = 0."""
    return forward_pass(small.params | {"W_hh": np.zeros_like(small.params["W_hh"])}, small.inputs)
