"""The question of the page: how much of the last loss arrives at the first word."""

from __future__ import annotations

import math

import streamlit as st

from pages.components.figures.itemised_map import ItemisedInfo, itemised_map, itemised_map_alt
from pages.components.predict import predict, reveal
from pages.lessons.backpropagation import sentences, texts

MUCH = 1000.0
"""From this factor on a gradient has grown or shrunk by much."""

ANSWERS = {
    "vanished": f"less than 1/{MUCH:,.0f} of it is left",
    "shrunk": f"down to 1/{MUCH:,.0f} of it",
    "grown": f"up to {MUCH:,.0f} times",
    "exploded": f"more than {MUCH:,.0f} times",
}


def answer(info: ItemisedInfo) -> str:
    """One of ANSWERS, or that it is none of them, if a norm on the way is no number."""
    last = info.read[-1] - 1
    own, first = float(info.log_norm[last, last + 1]), float(info.log_norm[last, 1])
    if info.zero[last, 1]:
        return "vanished"
    if not (math.isfinite(own) and math.isfinite(first)):
        return "none of these"
    grown, limit = first - own, math.log10(MUCH)
    if abs(grown) > limit:
        return "exploded" if grown > 0 else "vanished"
    return "grown" if grown > 0 else "shrunk"


def matrix_section(info: ItemisedInfo, right: tuple[str, ...]) -> None:
    """The question, then the picture of which loss sends what where, and its sentences; `right` after each word."""
    prediction = predict("bp_guess", texts.filled("question", factors=info.read[-1] - 1), ANSWERS)
    because, *others = sentences.itemised_sentences(info, right)
    with st.container():
        if prediction is not None:
            reveal("bp_guess", prediction, answer(info), because)
            st.plotly_chart(itemised_map(info), key="itemised", alt=itemised_map_alt(info))
            st.markdown("\n".join(f"- {sentence}" for sentence in others))
