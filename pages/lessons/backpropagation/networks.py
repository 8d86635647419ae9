"""The two networks of the page: one of two or three units, small enough to write out, and one that reads a sentence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.cells import Cell, cell_of
from rnn_core.config import Config
from rnn_core.diagnostics.distances import terms_by_distance
from rnn_core.diagnostics.itemised import itemised
from rnn_core.tasks import TASKS, agreement, next_word, reading
from rnn_core.training import starting_params
from rnn_core.types import Batch, Floats, Ints, Params

SMALL_SENTENCE = "the artists who performed"
FEWEST_WORDS, MOST_WORDS = 2, 5
"""Words that the small network reads: L₂ needs two, and more than five have no room on a page."""


class Small(NamedTuple):
    """A vanilla tanh network that chooses a verb after every word of a short sentence.

    Attributes
    ----------
    words : T words
    rows : D distinct words among them, in the order of their rows in W_xh
    right : (T words) the verb that is right after each word: that of the first noun so far, "was" before any noun
    params : its weights: those of the agreement task's network of this size and seed, W_xh cut to the rows of the words
    inputs, targets : (T,) rows of W_xh, and the right output
    """

    words: tuple[str, ...]
    rows: tuple[str, ...]
    right: tuple[str, ...]
    params: Params
    inputs: Ints
    targets: Ints


def small_network(text: str, hidden_size: int, gain: float, seed: int) -> Small:
    """The small network before training, in float64.

    Raises
    ------
    ValueError
        A sentence for the person who typed `text`.
    """
    read = reading.read(text)
    words = read.words
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        raise ValueError(f"the sentence has {len(words)} words; {FEWEST_WORDS} to {MOST_WORDS} have room here")
    rows = tuple(dict.fromkeys(words))
    params = starting_params(Config(hidden_size=hidden_size, spectral_radius=gain, seed=seed, dtype="float64"))
    params = params | {"W_xh": params["W_xh"][[agreement.TOKEN[word] for word in rows]]}
    first = read.nouns[0] if read.nouns else len(words)
    inputs = np.array([rows.index(word) for word in words])
    targets = np.where(np.arange(len(words)) >= first, _is_plural(read), 0)
    right = tuple(agreement.ANSWERS[target] for target in targets)
    return Small(words, rows, right, params, inputs, targets)


def _is_plural(read: reading.Reading) -> int:
    """1 if the first noun is plural; 0 if it is singular, or there is none."""
    return int(bool(read.nouns) and int(agreement.NUMBER[read.tokens[read.nouns[0]]]) > 0)


CELLS = {
    "tanh": "vanilla, tanh",
    "relu": "vanilla, ReLU: 0 below 0",
    "sigmoid": "vanilla, sigmoid: its slope is at most ¼",
    "identity": "vanilla without a nonlinearity: nothing but W_hh",
    "gru": "gated recurrent unit",
    "lstm": "long short-term memory",
}
"""Cells by the name that stands in links; the first four are activations of the vanilla cell."""

TASK_NAMES = {
    "next_word": "a loss after every word: predict the next one",
    "agreement": "one loss, before the verb: was or were",
}
MOST_SENTENCE_WORDS = 30
"""Words of the longer sentence that still have room as labels on both axes."""


def cell_fields(name: str) -> dict[str, str]:
    """The fields of a config that choose this cell."""
    return {"cell": name} if name in ("gru", "lstm") else {"cell": "vanilla", "activation": name}


class Sentence(NamedTuple):
    """A sentence that can be read, as the task's batch of it alone.

    Attributes
    ----------
    words : T words
    right : T words: what is right after each; "" where nothing is asked
    batch : float64
    """

    words: tuple[str, ...]
    right: tuple[str, ...]
    batch: Batch


def sentence_of(text: str, task: str) -> Sentence:
    """Read a sentence; the right verb is the one typed after the words, or else that of the first noun's number.

    Raises
    ------
    ValueError
        A sentence for the person who typed `text`.
    """
    read = reading.read(text)
    words, T = read.words, len(read.words)
    if not FEWEST_WORDS <= T <= MOST_SENTENCE_WORDS:
        raise ValueError(f"the sentence has {T} words; {FEWEST_WORDS} to {MOST_SENTENCE_WORDS} have room here")
    verb = read.rest[0].lower() if read.rest else agreement.ANSWERS[_is_plural(read)]
    tokens, number = read.tokens[:, None], np.array([agreement.ANSWERS.index(verb)])
    if task == "next_word":
        return Sentence(words, (*words[1:], verb), next_word.as_batch(tokens, number, "float64"))
    unused = np.zeros(1, np.int64)
    batch = agreement.as_batch(agreement.Sentences(tokens, number, unused, unused), "float64")
    return Sentence(words, ("",) * (T - 1) + (verb,), batch)


class Reader(NamedTuple):
    """A network that has read one sentence, and what one pass over it gave.

    Attributes
    ----------
    sentence : T words
    params, cell : of the pass; float64
    done : the pass
    itemised : (T, T+1) norm of ∂L_s/∂h_t
    by_distance : (T, H, G·H) terms of ∂L/∂W_hh by distance
    """

    sentence: Sentence
    params: Params
    cell: Cell
    done: Pass
    itemised: Floats
    by_distance: Floats

    @property
    def read(self) -> tuple[int, ...]:
        """Time steps, from 1, at which a loss is read."""
        return tuple((self.done.tape.read_at + 1).tolist())


def reader(sentence: Sentence, config: Config, params: Params) -> Reader:
    """Let a network of this run, with these weights, read a sentence, and send its loss back."""
    cell, batch = cell_of(config), sentence.batch
    done = loss_and_gradients(params, batch, cell, loss=TASKS[config.task].loss)
    matrix = itemised(params, batch, done.tape, done.dlogits, cell)
    by_distance = terms_by_distance(params, batch, done.tape, done.dlogits, cell)
    return Reader(sentence, params, cell, done, matrix, by_distance)
