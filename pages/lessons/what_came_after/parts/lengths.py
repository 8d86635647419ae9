"""Part 3: what the four networks make of lengths that they were not trained on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.layout import story
from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.models import NAMES
from pages.lessons.what_came_after.figures.over_lengths import LengthsInfo, lengths, lengths_alt
from pages.lessons.what_came_after.results import ARRIVES, ASKED_AT_40_WORDS, SOLVED
from rnn_core.experiments.successors import LENGTHS, TRAINED_AT

ASKED = 20
"""The length that is predicted."""

STUDIES = {
    "Seeds that solved the task (above 99%), and median held-out accuracy:": SOLVED,
    "Gradient at the subject ÷ at the last word, median before training → after it:": ARRIVES,
}


def part(seed: int) -> None:
    """Predict, then accuracy over length."""
    options = {NAMES[model]: caption for model, caption in texts.options("captions").items()}
    prediction = predict("ca_predict_lengths", sentences.lengths_question(TRAINED_AT, ASKED), options)
    if prediction is None:
        return
    accuracy = networks.asked_at_lengths(seed, networks.trained(seed))
    worst = min(accuracy, key=lambda model: accuracy[model][ASKED])
    shares = ", ".join(f"{NAMES[model]} {of[ASKED]:.1%}" for model, of in accuracy.items())
    reveal("ca_predict_lengths", prediction, NAMES[worst], f"Right verbs at {ASKED} words: {shares}.")
    info = LengthsInfo(TRAINED_AT, accuracy)
    st.plotly_chart(lengths(info), key="ca_lengths", alt=lengths_alt(info))
    story(sentences.lengths_sentences(accuracy, TRAINED_AT))
    st.table(pd.DataFrame(sentences.lengths_table(accuracy)).set_index("network"))
    st.caption(texts.lengths)
    with st.expander("Over 20 seeds, trained at each length", expanded=True):
        heads = [f"{length} words" for length in LENGTHS]
        for sentence, rows in STUDIES.items():
            st.markdown(sentence)
            st.table(pd.DataFrame.from_dict(rows, orient="index", columns=heads))
        st.markdown(texts.filled("lengths_study", **ASKED_AT_40_WORDS))
        st.code("python -m rnn_core successors", language="sh")
