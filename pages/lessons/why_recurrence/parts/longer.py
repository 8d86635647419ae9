"""The sentence is made longer, before or after its core."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.components.predict import predict, reveal
from pages.lessons.why_recurrence import sentences, texts
from pages.lessons.why_recurrence.figures.right_curves import curves_alt, curves_info, right_curves
from pages.lessons.why_recurrence.networks import Networks
from pages.lessons.why_recurrence.parts.verdicts import verdicts
from pages.lessons.why_recurrence.results import LONG_OVER_SEEDS
from rnn_core.experiments.why_recurrence import KINDS, LENGTHS, SLOTS
from rnn_core.tasks.homograph import Reading, stretched

GROWS = {"before": "the core moves", "after": "the core stays where it is"}
CUTS = {"end": f"the first {SLOTS} words are kept", "front": f"the last {SLOTS} words are kept"}
ASKED_LENGTH = 20
"""Words of the sentences that are asked about, one of LENGTHS."""

_MOST_ADDED = 24


def longer_section(networks: Networks, reading: Reading) -> None:
    """Predict; then accuracy over the length of sentences that grow before or after their core."""
    st.markdown(texts.filled("long", slots=SLOTS))
    question = texts.filled("long_question", length=ASKED_LENGTH, slots=SLOTS)
    prediction = predict("wr_longer", question, dict.fromkeys(sentences.ANSWERS, ""))
    left, middle, right = st.columns(3)
    with left:
        stops = range(0, _MOST_ADDED + 1, 2)
        added = widgets.slider("wr_added", "Words added", stops, 14, 0, _MOST_ADDED, texts.added_help)
    with middle:
        grows = widgets.choice("wr_grows", "Where the sentence grows", GROWS, "after", "before or after its core")
    with right:
        cut = widgets.choice("wr_cut", "What fixed positions lose", CUTS, "end", "of a sentence that is too long")
    if prediction is None:
        return
    right_answer = sentences.right_ones(sentences.long_accuracy(networks, "after", "end", ASKED_LENGTH))
    reveal("wr_longer", prediction, right_answer, sentences.long_because(networks, ASKED_LENGTH))
    before, after = (added, 0) if grows == "before" else (0, added)
    words, position = stretched(reading.words, before, after), reading.place + before
    left, right = st.columns(2)
    with left:
        verdicts("wr_long_meanings", networks, words, position, cut)
        st.markdown(sentences.slots_sentence(words, position, cut))
    accuracy = {kind: networks[kind].lengths[grows, cut] for kind in KINDS}
    curves = curves_info("words of the sentence", LENGTHS, accuracy, SLOTS, len(words))
    right.markdown("Accuracy where order tells:")
    right.plotly_chart(right_curves(curves), key="wr_lengths", alt=curves_alt(curves))
    st.markdown(sentences.long_comparison(networks, ASKED_LENGTH))
    st.caption(texts.filled("long_over_seeds", **LONG_OVER_SEEDS))
