"""A trained encoder-decoder writes: what both of its inputs on the page, dates and digits, share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from pages.lessons.five_kinds.figures.answer_map import answer_map, answer_map_alt, answer_map_info
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.losses import softmax
from rnn_core.models.decoding import greedy
from rnn_core.tasks.encoder_decoder import Pairs, Symbols, as_batch
from rnn_core.types import Batch, Floats, Params

GREEDY = (
    "Each symbol is the likeliest one (framed). It is the next input, and is never taken back: **greedy "
    "decoding**, a beam of width 1. A wider beam would keep several beginnings at a time."
)


class Written(NamedTuple):
    """What a network wrote.

    Attributes
    ----------
    classes : K symbols, up to END or to where it was cut
    p : (K, O) probabilities of all symbols
    """

    classes: tuple[int, ...]
    p: Floats

    @property
    def sure(self) -> Floats:
        """(K,) probability of each symbol that was written."""
        return self.p[np.arange(len(self.classes)), list(self.classes)]


def write(config: Config, params: Params, symbols: Symbols, read: Sequence[int], most: int) -> Written:
    """Let a network read token ids and write at most so many symbols, END among them."""
    batch = batch_of(symbols, read, [symbols.end] * most, config)
    p = softmax(greedy(params, cell_of(config), symbols, batch.inputs)[len(read) :, 0])
    said = p.argmax(axis=1).tolist()
    K = said.index(symbols.end) + 1 if symbols.end in said else most
    return Written(tuple(said[:K]), p[:K])


def batch_of(symbols: Symbols, read: Sequence[int], written: Sequence[int], config: Config) -> Batch:
    """One sequence: token ids to read, and classes to write."""
    pairs = Pairs(np.array([read]).T, np.array([len(read)]), np.array([written]).T)
    return as_batch(symbols, pairs, len(read) + len(written), config.dtype)


def text_of(symbols: Symbols, classes: Sequence[int]) -> str:
    """What was written, without its END."""
    return "".join(symbols.written[k] for k in classes if k != symbols.end)


def draw(key: str, symbols: Symbols, written: Written, right: Sequence[int] | None) -> None:
    """The probabilities of every symbol at every place; `right` are classes, with END."""
    K = len(written.classes)
    marked = [-1] * K if right is None else [*right, *[-1] * K][:K]
    places = [symbols.written[k] for k in written.classes]
    info = answer_map_info(places, symbols.written, written.p, marked, "what it writes, symbol by symbol")
    st.plotly_chart(answer_map(info), key=key, alt=answer_map_alt(info))
    st.caption(GREEDY)
