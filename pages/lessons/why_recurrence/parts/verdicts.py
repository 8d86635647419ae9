"""What each network says of one sentence: a part of several sections."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.lessons.why_recurrence import sentences
from pages.lessons.why_recurrence.figures.meanings import meanings, meanings_alt, meanings_info
from pages.lessons.why_recurrence.networks import Networks
from rnn_core.experiments.why_recurrence import p_verb


def verdicts(key: str, networks: Networks, words: Sequence[str], position: int, cut: str = "end") -> None:
    """A mark for each network, and the same in words.

    Parameters
    ----------
    position : of the homograph among the words
    cut : what fixed positions lose of a sentence that is too long
    """
    st.markdown(f"“{sentences.spelt(words, position)}”")
    probabilities = {kind: p_verb(kind, result.params, words, cut) for kind, result in networks.items()}
    info = meanings_info(words[position], probabilities)
    st.plotly_chart(meanings(info), key=key, alt=meanings_alt(info))
    st.markdown(sentences.verdicts_sentence(probabilities, words, position))
