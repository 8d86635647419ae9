"""The page's controls, in the places where they are needed; keys, defaults and names stand in links."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.fields import recurrent_gain, seed
from pages.components.sentence import read_or_default, word_list
from pages.components.widgets import Control
from pages.lessons.backpropagation import texts
from rnn_core.config import Config
from rnn_core.tasks import reading

from .equations import SYMBOLS
from .networks import CELLS, SMALL_SENTENCE, TASK_NAMES, Sentence, Small, cell_fields, sentence_of, small_network

ALPHAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
HIDDEN_SIZES = (4, 8, 16, 24, 32, 48, 64, 80)
UPDATES = (0, 10, 30, 100, 200, 300, 500, 1000, 2000, 3000)
_MOST_CHARACTERS = 500


def small_controls() -> Small:
    """Which small network; a sentence that it cannot read gets an answer, and the default is read."""
    with st.container(border=True):
        text, *settings = widgets.in_columns(
            [5, 2, 3, 2],
            [Control("bp_words", "Words (2 to 5)", SMALL_SENTENCE, texts.words_help, high=_MOST_CHARACTERS)],
            [Control("bp_units", "Hidden units H", 2, texts.units_help, 2, 3, (2, 3))],
            [recurrent_gain("bp_gain", 0.8, texts.gain_help)],
            [seed("bp_seed", texts.seed_help)],
        )
    word_list()
    return read_or_default(lambda words: small_network(words, *settings), text, SMALL_SENTENCE)


def follow_controls(T: int) -> tuple[tuple[int, ...], str]:
    """Which losses to follow, as time steps from 1, and into which weight."""
    losses = {f"L{s}": "" for s in range(1, T + 1)} | {"all": ""}
    if st.session_state.get("bp_loss") not in losses:
        st.session_state.pop("bp_loss", None)  # a sentence that is shorter now has no such loss any more
    loss, weight = widgets.in_columns(
        [1, 1],
        [Control("bp_loss", "Loss to follow", "L2", texts.loss_help, options=losses)],
        [Control("bp_weight", "into the weight", "W_hh", texts.weights_help, options=dict.fromkeys(SYMBOLS, ""))],
    )
    return (tuple(range(1, T + 1)) if loss == "all" else (int(loss[1:]),)), weight


def alpha_control() -> float:
    """The learning rate of the small network's update."""
    return widgets.slider("bp_alpha", "Learning rate α", ALPHAS, 0.3, 1e-4, 100.0, texts.alpha_help)


EXAMPLES = {
    "tanh": {"bp_cell": "tanh", "bp_radius": 1.3, "bp_updates": 0},
    "Vanishing: sigmoid": {"bp_cell": "sigmoid", "bp_radius": 1.3, "bp_updates": 0},
    "Exploding: no nonlinearity": {"bp_cell": "identity", "bp_radius": 2.0, "bp_updates": 0},
    "LSTM, after 300 updates": {"bp_cell": "lstm", "bp_radius": 1.3, "bp_updates": 300},
}
"""Untrained, with 32 units and the article's sentence: in 24 of 24 seeds the gradient of the last loss shrinks to less
than 10⁻⁶ of its size on the way to the first word with the sigmoid, and grows more than a thousandfold without."""


class Settings(NamedTuple):
    """What the longer sentence is to be read by.

    Attributes
    ----------
    sentence : with what is right after each word
    config : the network's run; it is trained for as many updates as it says, or for none at all if `trained` is False
    """

    sentence: Sentence
    config: Config
    trained: bool


def reader_controls() -> Settings:
    """The sentence and the network that reads it."""
    buttons = st.container()
    with st.container(border=True):
        text = widgets.text("bp_sentence", "Sentence", reading.ARTICLE, _MOST_CHARACTERS, texts.sentence_help)
        task, hidden, updates, cell, gain, run_seed = widgets.in_columns(
            [1, 1],
            [
                Control("bp_task", "Task", next(iter(TASK_NAMES)), texts.task_help, options=TASK_NAMES, menu=True),
                Control("bp_hidden", "Hidden units H", 32, "units of the network", 1, 80, HIDDEN_SIZES),
                Control("bp_updates", "Trained for so many updates", 0, texts.trained_help, 0, 3000, UPDATES),
            ],
            [
                Control("bp_cell", "Cell", "tanh", texts.cell_help, options=CELLS, menu=True),
                recurrent_gain("bp_radius", 1.3, texts.gain_help),
                seed("bp_run_seed", texts.run_seed_help),
            ],
        )
    widgets.examples(EXAMPLES, buttons)
    sizes = {"hidden_size": hidden, "spectral_radius": gain, "updates": max(1, updates), "seed": run_seed}
    config = Config.from_dict({"task": task, "dtype": "float64", **sizes, **cell_fields(cell)})
    article = "The article's sentence"
    sentence = read_or_default(lambda words: sentence_of(words, task), text, reading.ARTICLE, article)
    return Settings(sentence, config, updates > 0)
