"""The states without W_hh: what a network without a past knows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.predict import predict, reveal
from pages.lessons.forward_pass import sentences, texts
from pages.lessons.forward_pass.networks import Small, without_past

WORD_ALONE = "what the word alone gives"
ANSWERS = ("all zeros", "the same as now", WORD_ALONE)


def no_past(small: Small) -> None:
    """W_hh = 0: a prediction, then both states of every word."""
    st.markdown(texts.no_past)
    question = texts.filled("no_past_question", word=small.words[1])
    prediction = predict("fp_zero", question, dict.fromkeys(ANSWERS, ""))
    with st.container():
        if prediction is None:
            return
        without = without_past(small)
        reveal("fp_zero", prediction, WORD_ALONE, sentences.zero_because(small, without))
        st.latex(texts.no_past_equation)
        st.table(pd.DataFrame(sentences.zero_table(small, without)).set_index("t"))
        st.markdown(sentences.repeated_sentence(small, without))
