"""The page's controls, in the places where they are needed; keys, defaults and names stand in links."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.markdown import escape_markdown
from pages.components.sentence import word_list
from rnn_core.config import Config
from rnn_core.tasks import reading

from . import texts
from .equations import SYMBOLS
from .networks import CELLS, SMALL_SENTENCE, TASK_NAMES, Small, cell_fields, sentence_batch, small_network

GAINS = tuple(round(0.1 * k, 1) for k in range(1, 41))
ALPHAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_MOST_CHARACTERS = 500
_SEED_LIMIT = 2**32 - 1


def small_controls() -> Small:
    """Which small network; a sentence that it cannot read gets an answer, and the default is read."""
    with st.container(border=True):
        left, middle, right, last = st.columns([5, 2, 3, 2])
        with left:
            text = widgets.text("bp_words", "Words (2 to 5)", SMALL_SENTENCE, _MOST_CHARACTERS, texts.WORDS)
        with middle:
            hidden = widgets.slider(
                "bp_units", "Hidden units H", (2, 3), 2, 2, 3, "two fit on any page, three on a wide one"
            )
        with right:
            gain = widgets.slider("bp_gain", "Recurrent gain", GAINS, 0.8, 0.01, 4.0, texts.GAIN)
        with last:
            seed = widgets.integer("bp_seed", "Seed", 0, _SEED_LIMIT, 0, "where the weights come from")
    word_list()
    try:
        return small_network(text, hidden, gain, seed)
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. “{SMALL_SENTENCE}” is read instead.")
        return small_network(SMALL_SENTENCE, hidden, gain, seed)


def follow_controls(T: int) -> tuple[tuple[int, ...], str]:
    """Which losses to follow, as time steps from 1, and into which weight."""
    losses = {f"L{s}": "" for s in range(1, T + 1)} | {"all": ""}
    if st.session_state.get("bp_loss") not in losses:
        st.session_state.pop("bp_loss", None)  # a sentence that is shorter now has no such loss any more
    left, right = st.columns(2)
    with left:
        loss = widgets.choice("bp_loss", "Loss to follow", losses, "L2", "all: the sum of the losses of all words")
    with right:
        weight = widgets.choice("bp_weight", "into the weight", dict.fromkeys(SYMBOLS, ""), "W_hh", texts.WEIGHTS)
    return (tuple(range(1, T + 1)) if loss == "all" else (int(loss[1:]),)), weight


def alpha_control() -> float:
    """The learning rate of the small network's update."""
    return widgets.slider("bp_alpha", "Learning rate α", ALPHAS, 0.3, 1e-4, 100.0, "how far to go against the gradient")


HIDDEN_SIZES = (4, 8, 16, 24, 32, 48, 64, 80)
EXAMPLES = {
    "tanh": {"bp_cell": "tanh", "bp_radius": 1.3, "bp_updates": 0},
    "Vanishing: sigmoid": {"bp_cell": "sigmoid", "bp_radius": 1.3, "bp_updates": 0},
    "Exploding: no nonlinearity": {"bp_cell": "identity", "bp_radius": 2.0, "bp_updates": 0},
    "LSTM, after 300 updates": {"bp_cell": "lstm", "bp_radius": 1.3, "bp_updates": 300},
}
"""Untrained, with 32 units and the article's sentence: in 24 of 24 seeds the gradient of the last loss shrinks to less
than 10⁻⁶ of its size on the way to the first word with the sigmoid, and grows more than a thousandfold without."""

UPDATES = (0, 10, 30, 100, 200, 300, 500, 1000, 2000, 3000)


class Wanted(NamedTuple):
    """What the longer sentence is to be read by.

    Attributes
    ----------
    text : the sentence; one that can be read
    config : the network's run; it is trained for as many updates as it says, or for none at all if `trained` is False
    """

    text: str
    config: Config
    trained: bool


def reader_controls() -> Wanted:
    """The sentence and the network that reads it."""
    buttons = st.container()
    with st.container(border=True):
        text = widgets.text("bp_sentence", "Sentence", reading.ARTICLE, _MOST_CHARACTERS, texts.SENTENCE)
        left, right = st.columns(2)
        with left:
            task = widgets.choice("bp_task", "Task", TASK_NAMES, next(iter(TASK_NAMES)), texts.TASK, menu=True)
            hidden = widgets.slider("bp_hidden", "Hidden units H", HIDDEN_SIZES, 32, 1, 80, "units of the network")
            updates = widgets.slider("bp_updates", "Trained for so many updates", UPDATES, 0, 0, 3000, texts.TRAINED)
        with right:
            cell = widgets.choice(
                "bp_cell", "Cell", CELLS, "tanh", "what computes a state from the one before", menu=True
            )
            gain = widgets.slider("bp_radius", "Recurrent gain", GAINS, 1.3, 0.01, 4.0, texts.GAIN)
            seed = widgets.integer(
                "bp_run_seed", "Seed", 0, _SEED_LIMIT, 0, "where the weights and the batches come from"
            )
    widgets.examples(EXAMPLES, buttons)
    sizes = {"hidden_size": hidden, "spectral_radius": gain, "updates": max(1, updates), "seed": seed}
    config = Config.from_dict({"task": task, "dtype": "float64", **sizes, **cell_fields(cell)})
    try:
        sentence_batch(text, task)
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. The article's sentence is read instead.")
        text = reading.ARTICLE
    return Wanted(text, config, updates > 0)
