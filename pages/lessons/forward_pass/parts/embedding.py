"""A word is a row of W_xh."""

from __future__ import annotations

import streamlit as st

from pages.lessons.forward_pass import equations, sentences, texts
from pages.lessons.forward_pass.controls import word_control
from pages.lessons.forward_pass.figures.embedding_rows import embedding_info, embedding_rows, embedding_rows_alt
from pages.lessons.forward_pass.networks import Small


def embedding(small: Small) -> None:
    """A word picked, and its row."""
    st.markdown(texts.embedding)
    word = word_control(small.rows)
    info = embedding_info(small.params["W_xh"], small.rows, word)
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.plotly_chart(embedding_rows(info), key="fp_rows", alt=embedding_rows_alt(info))
    right.latex(equations.row_equation(small, info.chosen))
    right.markdown(sentences.row_sentence(small, word))
