"""Controls that stand above all parts of the page; keys and defaults stand in links."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import widgets
from pages.components.markdown import escape_markdown
from rnn_core.config import SPECS
from rnn_core.tasks import reading

from . import texts
from .networks import Sentence, sentence_of

_MOST_CHARACTERS = 600


def sentence_control() -> Sentence | None:
    """What the visitor typed; None, with a sentence on the page, if the networks cannot read it."""
    text = widgets.text("ca_sentence", "Sentence", reading.ARTICLE, _MOST_CHARACTERS, texts.SENTENCE)
    try:
        return sentence_of(reading.read(text))
    except ValueError as error:
        st.error(f"This cannot be read: {escape_markdown(str(error))}.")
        return None


def seed_control(notices: Any) -> int:
    """Where the weights and the batches come from."""
    return widgets.integer("ca_seed", "Seed", 0, int(SPECS["seed"].high or 0), 0, texts.SEED, place=notices)
