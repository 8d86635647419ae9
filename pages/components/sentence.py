"""What every page says of a sentence that a visitor types: what to bear in mind, and which words there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from rnn_core.tasks import agreement, reading

from .markdown import escape_markdown

Read = TypeVar("Read")


def read_or_default(read: Callable[[str], Read], text: str, default: str, named: str = "") -> Read:
    """What `read` makes of a text; if that is a ValueError, the page tells the visitor and reads the default.

    Parameters
    ----------
    named : the default, as the page speaks of it; left out, it is quoted
    """
    try:
        return read(text)
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. {named or f'“{default}”'} is read instead.")
        return read(default)


def notes_on(read: reading.Reading, trained_length: int) -> None:
    """What to bear in mind where the sentence differs from those of training."""
    untrained = [word for word in dict.fromkeys(read.words) if word in agreement.UNTRAINED]
    notes = []
    if read.rest:
        notes.append(f"The network stops before “{' '.join(read.rest)}”: it must choose the verb, not read it.")
    if len(read.words) != trained_length:
        notes.append(
            f"It reads {len(read.words)} words here; every training sentence had {trained_length}. What a network "
            "learnt at one length need not hold at another."
        )
    if "their" in read.words:
        notes.append("To a reader of English, “their” gives the plural away; try the sentence without it.")
    if untrained:
        notes.append(
            f"No training sentence holds {', '.join(f'“{word}”' for word in untrained)}: the network meets "
            f"{'it' if len(untrained) == 1 else 'them'} with random weights, and has learnt nothing from there."
        )
    for note in notes:
        st.caption(note)


def word_list() -> None:
    """Every word that a sentence may have."""
    with st.expander("All the words it knows"):
        for title, words in {
            "Nouns, singular and plural": [*agreement.SINGULAR, *agreement.PLURAL],
            "Verbs": [*agreement.INTRANSITIVE, *agreement.TRANSITIVE],
            "Adverbs": agreement.ADVERBS,
            "Small words": dict.fromkeys(
                ["the", "who", "that", "and", "when", *agreement.AFTER_VERB, *agreement.AFTER_NOUN]
            ),
            "In the vocabulary, but in no training sentence": agreement.UNTRAINED,
        }.items():
            st.markdown(f"**{title}:** {', '.join(words)}")
