"""Controls that stand above all parts of the page; keys and defaults stand in links."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import widgets
from pages.components.fields import FIELDS
from pages.components.markdown import escape_markdown
from pages.lessons.what_came_after import texts
from pages.lessons.what_came_after.networks import Sentence, sentence_of
from rnn_core.tasks import reading

LABELS = ("The way back", "What attention looks at", "Other lengths", "A forecast")
"""Of the tabs."""

_MOST_CHARACTERS = 600


def sentence_control() -> Sentence | None:
    """What the visitor typed; None, with a sentence on the page, if the networks cannot read it."""
    text = widgets.text("ca_sentence", "Sentence", reading.ARTICLE, _MOST_CHARACTERS, texts.sentence_help)
    try:
        return sentence_of(reading.read(text))
    except ValueError as error:
        st.error(f"This cannot be read: {escape_markdown(str(error))}.")
        return None


def seed_control(notices: Any) -> int:
    """Where the weights and the batches come from."""
    seed: int = widgets.draw(FIELDS["seed"]._replace(key="ca_seed", help=texts.seed_help), notices)
    return seed
