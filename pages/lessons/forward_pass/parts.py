"""Parts of the page that draw more than one element."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.predict import predict, reveal
from pages.lessons.forward_pass.figures.activation_curves import (
    NAMES,
    activation_curves,
    activation_curves_alt,
    curves_info,
)
from pages.lessons.forward_pass.figures.embedding_rows import embedding_info, embedding_rows, embedding_rows_alt
from pages.lessons.forward_pass.figures.next_words import next_info, next_words, next_words_alt
from pages.lessons.forward_pass.figures.state_parts import parts_info, state_parts, state_parts_alt
from pages.lessons.forward_pass.figures.state_sizes import SizesInfo, sizes_info, state_sizes, state_sizes_alt
from pages.lessons.forward_pass.figures.unrolled_forward import forward_info, unrolled_forward, unrolled_forward_alt
from rnn_core.toy_models.forward_pass import long_reading, small_params

from . import equations, sentences, texts
from .controls import Long, entry_control, long_controls, time_step_control, word_control
from .networks import Small, without_past


def word_by_word(small: Small) -> None:
    """The unrolled network at one time step, the equations with their numbers, and one entry taken apart."""
    t = time_step_control(len(small.words))
    info = forward_info(small.done, small.words, small.rows, t)
    st.plotly_chart(unrolled_forward(info), key="fp_unrolled", alt=unrolled_forward_alt(info))
    with st.container():
        _bullets(sentences.step_sentences(small, t))
    st.latex(equations.EQUATION)
    st.caption(texts.SYMBOLS)
    pictures = st.container()
    vector, place = entry_control(len(small.params["b_h"]), len(small.rows))
    of_entry = equations.unit_equations if vector == "h" else equations.word_equations
    with st.container():
        _equations(of_entry(small, t, place))
    with pictures:
        _state_at(small, t, place if vector == "h" else None)
        _output_at(small, t)
        st.caption(f"{texts.HOVER} {sentences.vocabulary(small)}.")


def _state_at(small: Small, t: int, unit: int | None) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        _equations(equations.state_equations(small, t))
    parts = parts_info(small.done, small.params, small.words[t - 1], t, unit)
    right.plotly_chart(state_parts(parts), key="fp_parts", alt=state_parts_alt(parts))


def _output_at(small: Small, t: int) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        _equations(equations.output_equations(small, t))
    bars = next_info(small.done, small.params, small.words, small.rows, t)
    right.plotly_chart(next_words(bars), key="fp_next_words", alt=next_words_alt(bars))


def embedding(small: Small) -> None:
    """A word picked, and its row."""
    st.markdown(texts.EMBEDDING)
    word = word_control(small.rows)
    info = embedding_info(small.params["W_xh"], small.rows, word)
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.plotly_chart(embedding_rows(info), key="fp_rows", alt=embedding_rows_alt(info))
    right.latex(equations.row_equation(small, info.chosen))
    right.markdown(sentences.row_sentence(small, word))


def no_past(small: Small) -> None:
    """W_hh = 0: a prediction, then both states of every word."""
    st.markdown(texts.ZERO)
    question = texts.ZERO_QUESTION.format(word=small.words[1])
    said = predict("fp_zero", question, dict.fromkeys((texts.NOTHING, texts.SAME, texts.ALONE), ""))
    with st.container():
        if said is None:
            return
        without = without_past(small)
        reveal("fp_zero", said, texts.ALONE, sentences.zero_because(small, without))
        st.latex(texts.ZERO_EQUATION)
        st.table(pd.DataFrame(sentences.zero_table(small, without)).set_index("t"))
        st.markdown(sentences.repeated_sentence(small, without))


def why_tanh(small: Small) -> None:
    """The activations' ranges, then what they make of the states of a long text, after a prediction."""
    st.markdown(texts.WHY_TANH)
    wanted = long_controls()
    curves = curves_info(wanted.activation, small.done.a.ravel())
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.plotly_chart(activation_curves(curves), key="fp_curves", alt=activation_curves_alt(curves))
    right.markdown(f"**{NAMES[wanted.activation]}** {texts.RANGES[wanted.activation]}.")
    right.markdown(sentences.curve_sentence(wanted.activation, curves.at, curves.value))
    st.markdown(texts.LONG)
    silence = ", all but the first sentence of them silence" if wanted.silence else ""
    question = texts.GROWTH_QUESTION.format(
        activation=NAMES[wanted.activation], gain=wanted.gain, units=wanted.hidden, T=wanted.T, silence=silence
    )
    said = predict("fp_growth", question, dict.fromkeys(sentences.SIZES, ""))
    with st.container():
        if said is None:
            return
        info = _sizes(small, wanted)
        right_answer = sentences.size_name(float(info.largest[wanted.activation][-1]))
        reveal("fp_growth", said, right_answer, sentences.growth_because(info))
        st.plotly_chart(state_sizes(info), key="fp_sizes", alt=state_sizes_alt(info))
        st.latex(texts.LONG_EQUATION)
        st.caption(texts.LONG_SYMBOLS)
        st.table(pd.DataFrame(sentences.growth_table(info)).set_index("activation"))
        st.markdown(texts.SEEDS)


def _sizes(small: Small, wanted: Long) -> SizesInfo:
    """All four activations with the same weights."""
    params = small_params(len(small.rows), wanted.hidden, wanted.gain, small.seed, bias_std=0)
    states = {name: long_reading(params, small.inputs, wanted.T, name, wanted.silence) for name in NAMES}
    return sizes_info(states, wanted.activation, len(small.words) if wanted.silence else None)


def _equations(lines: list[str]) -> None:
    for line in lines:
        st.latex(line)


def _bullets(sentences: list[str]) -> None:
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
