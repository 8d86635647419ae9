"""Part 3: what the four networks make of lengths that they were not trained on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.models import NAMES
from pages.lessons.what_came_after.figures.over_lengths import LengthsInfo, lengths, lengths_alt
from rnn_core.experiments.successors import LENGTHS, TRAINED_AT

ASKED = 20
"""The length that is predicted."""


def part(seed: int) -> None:
    """Predict, then accuracy over length."""
    options = {NAMES[model]: caption for model, caption in texts.CAPTIONS.items()}
    said = predict("ca_predict_lengths", sentences.lengths_question(TRAINED_AT, ASKED), options)
    if said is None:
        return
    accuracy = networks.asked_at_lengths(seed, networks.trained(seed))
    worst = min(accuracy, key=lambda model: accuracy[model][ASKED])
    shares = ", ".join(f"{NAMES[model]} {of[ASKED]:.1%}" for model, of in accuracy.items())
    reveal("ca_predict_lengths", said, NAMES[worst], f"Right verbs at {ASKED} words: {shares}.")
    info = LengthsInfo(TRAINED_AT, accuracy)
    st.plotly_chart(lengths(info), key="ca_lengths", alt=lengths_alt(info))
    st.markdown("**What just happened**")
    st.markdown("\n".join(f"- {line}" for line in sentences.lengths_sentences(accuracy, TRAINED_AT)))
    st.table(pd.DataFrame(sentences.lengths_table(accuracy)).set_index("network"))
    st.caption(texts.LENGTHS)
    with st.expander(texts.STUDY_TITLE, expanded=True):
        heads = [f"{length} words" for length in LENGTHS]
        for sentence, rows in ((texts.STUDY_ACCURACY, texts.SOLVED), (texts.STUDY_GRADIENT, texts.ARRIVES)):
            st.markdown(sentence)
            st.table(pd.DataFrame.from_dict(rows, orient="index", columns=heads))
        st.markdown(texts.STUDY)
        st.code(texts.COMMAND, language="sh")
