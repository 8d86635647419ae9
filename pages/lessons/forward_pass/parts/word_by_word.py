"""One time step of the small network: the picture, the equations with their numbers, and one entry taken apart."""

from __future__ import annotations

import streamlit as st

from pages.lessons.forward_pass import equations, sentences, texts
from pages.lessons.forward_pass.controls import entry_control, time_step_control
from pages.lessons.forward_pass.figures.next_words import next_info, next_words, next_words_alt
from pages.lessons.forward_pass.figures.state_parts import parts_info, state_parts, state_parts_alt
from pages.lessons.forward_pass.figures.unrolled_forward import forward_info, unrolled_forward, unrolled_forward_alt
from pages.lessons.forward_pass.networks import Small


def word_by_word(small: Small) -> None:
    """The unrolled network at one time step, the equations with their numbers, and one entry taken apart."""
    t = time_step_control(len(small.words))
    info = forward_info(small.done, small.words, small.rows, t)
    st.plotly_chart(unrolled_forward(info), key="fp_unrolled", alt=unrolled_forward_alt(info))
    with st.container():
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences.step_sentences(small, t)))
    st.latex(texts.equation)
    st.caption(texts.symbols)
    pictures = st.container()
    vector, entry = entry_control(len(small.params["b_h"]), len(small.rows))
    of_entry = equations.unit_equations if vector == "h" else equations.word_equations
    with st.container():
        _equations(of_entry(small, t, entry))
    with pictures:
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            _equations(equations.state_equations(small, t))
        parts = parts_info(small.done, small.params, small.words[t - 1], t, entry if vector == "h" else None)
        right.plotly_chart(state_parts(parts), key="fp_parts", alt=state_parts_alt(parts))
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            _equations(equations.output_equations(small, t))
        bars = next_info(small.done, small.params, small.words, small.rows, t)
        right.plotly_chart(next_words(bars), key="fp_next_words", alt=next_words_alt(bars))
        st.caption(f"{texts.hover} {sentences.vocabulary(small)}.")


def _equations(lines: list[str]) -> None:
    for line in lines:
        st.latex(line)
