"""The verdict on the twins: how each ended, how clipping engaged, and how that compares with simple rules."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.figures.style import NAME_A, NAME_B
from pages.components.layout import story
from pages.components.markdown import escape_markdown
from pages.lab import sentences, texts
from rnn_core.diagnostics import (
    CHANCE_ERRORS,
    ENGAGEMENTS,
    OUTCOMES,
    SOLVED_ABOVE,
    VERDICTS,
    engagement,
    outcome,
    verdict,
)
from rnn_core.types import Record

_ICONS = {
    "solved": ":material/check_circle:",
    "partly solved": ":material/adjust:",
    "at chance": ":material/casino:",
    "diverged": ":material/error:",
}

HELD_OUT_HELP = texts.filled("held_out_help", solved=f"{SOLVED_ABOVE:.0%}", errors=f"{CHANCE_ERRORS:g}")


def verdict_section(a: Record, b: Record) -> None:
    """Two cards side by side, the story in words, and the table of accuracies."""
    for column, name, record in zip(st.columns(2), (NAME_A, NAME_B), (a, b), strict=True):
        with column.container(border=True, height="stretch"):
            _card(name, record)
    with st.container(border=True):
        story(sentences.what_happened(a, b))
    st.markdown("**Accuracy beside rules that need no training**")
    st.table(pd.DataFrame(sentences.accuracy_table(a, b)))
    st.caption(texts.table_note)


def _card(name: str, record: Record) -> None:
    result, clipping, gradient = outcome(record), engagement(record), verdict(record)
    st.markdown(f"**{name}**")
    with st.container(horizontal=True):
        if result.kind == "solved":
            st.badge(result.kind, color="green", icon=_ICONS[result.kind], help=OUTCOMES[result.kind])
        else:
            st.badge(result.kind, color="orange", icon=_ICONS[result.kind], help=OUTCOMES[result.kind])
        st.badge(f"gradient: {gradient.kind}", color="violet", help=VERDICTS[gradient.kind])
        st.badge(f"clipping: {clipping.kind}", color="blue", help=ENGAGEMENTS[clipping.kind])
    st.metric("held-out accuracy", f"{result.accuracy:.1%}", help=HELD_OUT_HELP)
    st.markdown(" ".join([sentences.divergence_sentence(record), sentences.accuracy_sentence(record)]))
    st.markdown(escape_markdown(gradient.reason))
    st.markdown(sentences.engagement_sentence(record))
