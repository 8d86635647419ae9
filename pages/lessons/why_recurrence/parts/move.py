"""The sentence is moved: words that tell nothing stand before it."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.components.predict import predict, reveal
from pages.lessons.why_recurrence import sentences, texts
from pages.lessons.why_recurrence.figures.right_bars import bars_alt, bars_info, right_bars
from pages.lessons.why_recurrence.figures.right_curves import curves_alt, curves_info, right_curves
from pages.lessons.why_recurrence.networks import Networks
from pages.lessons.why_recurrence.parts.verdicts import verdicts
from pages.lessons.why_recurrence.results import MOVED_OVER_SEEDS
from rnn_core.experiments.why_recurrence import KINDS, MOVED, OPENINGS, SHIFTS
from rnn_core.tasks.homograph import BEFORE, Reading, stretched


def move_section(networks: Networks, reading: Reading) -> bool:
    """Predict; then accuracy by kind of sentence, and over how many words stand before.

    Returns whether the answer is out.
    """
    st.markdown(texts.filled("move", before=BEFORE, moved=MOVED))
    question = texts.filled("move_question", moved=MOVED)
    prediction = predict("wr_moved", question, dict.fromkeys(sentences.ANSWERS, ""))
    before = widgets.slider("wr_before", "Words before your sentence", SHIFTS, 4, 0, SHIFTS[-1], texts.before_help)
    if prediction is None:
        return False
    right_answer = sentences.right_ones(sentences.moved_accuracy(networks))
    reveal("wr_moved", prediction, right_answer, sentences.moved_because(networks))
    left, right = st.columns(2)
    with left:
        verdicts("wr_moved_meanings", networks, stretched(reading.words, before, 0), reading.place + before)
    accuracy = {kind: networks[kind].order_tells for kind in KINDS}
    curves = curves_info("words before the core", SHIFTS, accuracy, OPENINGS[networks["rnn"].openings], before)
    right.markdown("Accuracy where order tells:")
    right.plotly_chart(right_curves(curves), key="wr_shifts", alt=curves_alt(curves))
    bars = bars_info(networks)
    st.plotly_chart(right_bars(bars), key="wr_bars", alt=bars_alt(bars))
    st.markdown(sentences.moved_fairness(networks))
    st.caption(texts.filled("moved_over_seeds", **MOVED_OVER_SEEDS))
    return True
