"""All five kinds in one picture: in which the gradient grows on its way back, and in which it shrinks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.components.jobs.waiting import trained
from pages.components.predict import predict, reveal
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.kinds_compared import kinds_compared, kinds_compared_alt, kinds_compared_info
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.batches import batch_of_update
from rnn_core.experiments.kinds import KINDS, GradientFlow, gradient_flow

KEY = "fk_side_by_side"
QUESTION = "In which kind does the gradient grow most on its way from the last state to the first?"


def controls(notices: Any) -> None:
    """None: nothing is chosen here."""
    st.markdown(texts.side_by_side_lead)


def show(settings: None, seed: int) -> None:
    """All five, once the visitor has committed."""
    answer = predict(KEY, QUESTION, dict.fromkeys(KINDS, ""))
    if answer is None:
        return
    configs = {name: kind.config.replace(seed=seed) for name, kind in KINDS.items()}
    records = trained(*configs.values())
    flows: dict[str, GradientFlow] = {
        name: gradient_flow(record, batch_of_update(configs[name], 0))
        for name, record in zip(configs, records, strict=True)
    }
    right = max(flows, key=lambda name: flows[name].first_to_last)
    reveal(KEY, answer, right, sentences.steepest_sentence(right, flows[right]))
    info = kinds_compared_info(flows)
    st.plotly_chart(kinds_compared(info), key="fk_ways", alt=kinds_compared_alt(info))
    st.markdown("**What just happened**\n\n" + "\n".join(f"- {line}" for line in sentences.ways_sentences(flows)))
    st.table(pd.DataFrame(sentences.ways_table(flows)).set_index("kind"))
