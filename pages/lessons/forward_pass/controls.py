"""The page's controls, in the places where they are needed; keys, defaults and names stand in links."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.components import teacher, widgets
from pages.components.fields import recurrent_gain, seed
from pages.components.sentence import read_or_default
from pages.components.widgets import Control
from pages.lessons.forward_pass import texts
from pages.lessons.forward_pass.figures.activation_curves import NAMES

from .networks import SENTENCE, Small, small_network

UNITS = (3, 4, 5)
_MOST_CHARACTERS = 200


def small_controls() -> Small:
    """Which small network; a sentence that it cannot read gets an answer, and the default is read."""
    with st.container(border=True):
        text, *settings = widgets.in_columns(
            [5, 2, 3, 2],
            [Control("fp_words", "Your sentence (2 to 8 words)", SENTENCE, texts.words_help, high=_MOST_CHARACTERS)],
            [Control("fp_units", "Hidden units H", 3, texts.units_help, 3, 5, UNITS)],
            [recurrent_gain("fp_gain", 1.2, texts.gain_help)],
            [seed("fp_seed", texts.seed_help)],
        )
    return read_or_default(lambda words: small_network(words, *settings), text, SENTENCE)


def time_step_control(T: int) -> int:
    """Which word is read."""
    if st.session_state.get("fp_t", 1) > T and not teacher.holds("fp_t"):
        st.session_state.pop("fp_t", None)  # a sentence that is shorter now has no such time step any more
    slider, buttons = st.columns([3, 1], vertical_alignment="bottom")
    with slider:
        t = widgets.slider("fp_t", "Time step t", tuple(range(1, T + 1)), 2, 1, T, texts.time_step_help)
    still = teacher.holds("fp_t")
    with buttons.container(horizontal=True):
        for key, label, to in (("fp_back", "◀ Back", t - 1), ("fp_next", "Next word ▶", t + 1)):
            st.button(label, key=key, disabled=still or not 1 <= to <= T, on_click=_go_to, args=(to,))
    return t


def _go_to(t: int) -> None:
    st.session_state["fp_t"] = t


def entry_control(hidden: int, outputs: int) -> tuple[str, int]:
    """Which entry of which vector to take apart: "h" or "y", and its number from 1."""
    entries = [f"h{j}" for j in range(1, hidden + 1)] + [f"y{k}" for k in range(1, outputs + 1)]
    entry = _one_of("fp_entry", "Take one entry apart", entries, "h1", texts.entry_help)
    return entry[0], int(entry[1:])


def word_control(rows: tuple[str, ...]) -> str:
    """A word of the vocabulary."""
    return _one_of("fp_word", "Word", list(rows), rows[0], "each word of your sentence has a row of its own")


def _one_of(key: str, label: str, options: list[str], default: str, help: str) -> str:
    if st.session_state.get(key, default) not in options and not teacher.holds(key):
        st.session_state.pop(key, None)  # another sentence or size does not have it any more
    return widgets.choice(key, label, dict.fromkeys(options, ""), default, help)


LONG_UNITS = (3, 4, 8, 16, 32, 64)
LONG_TIMES = (*range(10, 50, 10), *range(50, 200, 25), *range(200, 501, 50))
EXAMPLES = {
    "tanh stays bounded": {"fp_f": "tanh", "fp_long_gain": 2.0, "fp_long": 150, "fp_silence": False},
    "identity overflows": {"fp_f": "identity", "fp_long_gain": 2.0, "fp_long": 150, "fp_silence": False},
    "silence: tanh collapses": {"fp_f": "tanh", "fp_long_gain": 0.9, "fp_long": 150, "fp_silence": True},
    "silence: tanh goes on": {"fp_f": "tanh", "fp_long_gain": 1.5, "fp_long": 150, "fp_silence": True},
}
"""With 32 units, in 20 of 20 seeds (`python -m rnn_core state-growth --time-steps 150`)."""


class LongReading(NamedTuple):
    """What is to be read for long, and by which networks."""

    activation: str
    gain: float
    hidden: int
    T: int
    silence: bool


def long_controls() -> LongReading:
    """Activation, gain, units, and how long."""
    buttons = st.container()
    with st.container(border=True):
        settings = widgets.in_columns(
            [1, 1],
            [
                Control("fp_f", "Activation f", "relu", "what makes h of a", options=dict.fromkeys(NAMES, "")),
                recurrent_gain("fp_long_gain", 2.0, texts.gain_help, "Recurrent gain of the long reader"),
            ],
            [
                Control("fp_long_units", "Hidden units of the long reader", 32, "units H", 1, 64, LONG_UNITS),
                Control("fp_long", "Words to read", 150, "time steps T", 10, 500, LONG_TIMES),
                Control("fp_silence", "After one sentence, silence", False, texts.silence_help),
            ],
        )
    widgets.examples(EXAMPLES, buttons)
    return LongReading(*settings)
