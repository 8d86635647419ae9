"""What the weights share, and how positions read a word."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.lessons.why_recurrence import sentences, texts
from pages.lessons.why_recurrence.figures.position_cosines import cosines_alt, cosines_info, position_cosines
from pages.lessons.why_recurrence.networks import Networks
from rnn_core.experiments.why_recurrence import BASE, BEST, KINDS, OPENINGS, RATES, SLOTS
from rnn_core.models.feedforward import by_position
from rnn_core.tasks import homograph

READ_WORDS = dict.fromkeys(("to", "the", "judge", "lie", "never", "him"), "")


def sharing_section(networks: Networks, revealed: bool) -> None:
    """The networks' own shapes and equations; once the answer is out, what follows, and how positions read a word."""
    st.latex(texts.networks_equation)
    st.caption(texts.networks_symbols)
    st.table(pd.DataFrame(sentences.shapes_table(networks)).set_index("network"))
    rates = ", ".join(f"{KINDS[kind]} {rate:g}" for kind, rate in BEST.items())
    updates, tried = f"{BASE.updates:,}", len(RATES)
    st.caption(texts.filled("fair", updates=updates, batch_size=BASE.batch_size, tried=tried, rates=rates))
    word = widgets.choice("wr_word", "A word to read at every position", READ_WORDS, "to", texts.word_help, menu=True)
    if not revealed:
        st.caption(texts.not_yet)
        return
    st.markdown(texts.filled("sharing", slots=SLOTS))
    fixed = networks["fixed"]
    seen = homograph.positions(word, OPENINGS[fixed.openings])
    cosines = cosines_info(word, by_position(fixed.params, homograph.TOKEN[word]), seen)
    left, right = st.columns(2, vertical_alignment="center")
    left.plotly_chart(position_cosines(cosines), key="wr_cosines", alt=cosines_alt(cosines))
    right.markdown(sentences.cosines_sentence(cosines))
    right.latex(texts.cosines_equation)
