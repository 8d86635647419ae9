"""The controls above all parts of the page: a sentence, and which networks read it."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.fields import FIELDS
from pages.components.sentence import read_or_default
from pages.lessons.why_recurrence import texts
from rnn_core.experiments.why_recurrence import OPENINGS, SHIFTS
from rnn_core.tasks import homograph
from rnn_core.tasks.homograph import BEFORE, WORDS_OF_SLOT, Reading

DEFAULT = "They asked the judge to lie."
EXAMPLES = {
    "tell a lie": "One should never tell a lie.",
    "lie down": "Doctor asked him to lie down.",
    "asked the judge to lie": DEFAULT,
    "asked to judge the lie": "They asked to judge the lie.",
}
_MOST_CHARACTERS = 300


class Settings(NamedTuple):
    """The sentence, and which networks read it."""

    reading: Reading
    seed: int
    openings: str


def sentence_controls() -> Settings:
    """A sentence that cannot be read gets an answer, and the default is read."""
    buttons = st.container()
    with st.container(border=True):
        left, middle, right = st.columns([5, 2, 3], vertical_alignment="bottom")
        with left:
            help = texts.filled("sentence_help", homographs=", ".join(homograph.HOMOGRAPHS))
            text = widgets.text("wr_sentence", "Sentence", DEFAULT, _MOST_CHARACTERS, help)
        with middle:
            seed = widgets.draw(FIELDS["seed"]._replace(key="wr_seed", help=texts.seed_help))
        with right:
            help = texts.filled("everywhere_help", before=BEFORE, most=SHIFTS[-1])
            everywhere = widgets.toggle("wr_everywhere", "Train at all positions", help)
    widgets.examples({label: {"wr_sentence": sentence} for label, sentence in EXAMPLES.items()}, buttons)
    with st.expander("All words that the networks know"):
        lines = "\n".join(f"- {', '.join(words)}" for words in WORDS_OF_SLOT.values())
        st.markdown(f"{lines}\n\n{texts.pattern}")
    first, all_of_them = OPENINGS
    with st.container():
        reading = read_or_default(homograph.read, text, DEFAULT)
    return Settings(reading, seed, all_of_them if everywhere else first)
