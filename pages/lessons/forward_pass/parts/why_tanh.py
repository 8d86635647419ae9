"""Why tanh stands between pre-activation and state: what other functions make of the states of a long text."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.predict import predict, reveal
from pages.lessons.forward_pass import sentences, texts
from pages.lessons.forward_pass.controls import LongReading, long_controls
from pages.lessons.forward_pass.figures.activation_curves import (
    NAMES,
    activation_curves,
    activation_curves_alt,
    curves_info,
)
from pages.lessons.forward_pass.figures.state_sizes import SizesInfo, sizes_info, state_sizes, state_sizes_alt
from pages.lessons.forward_pass.networks import Small
from pages.lessons.forward_pass.results import GROWTH
from rnn_core.toy_models.forward_pass import long_reading, small_params


def why_tanh(small: Small) -> None:
    """The activations' ranges, then what they make of the states of a long text, after a prediction."""
    st.markdown(texts.why_tanh)
    reading = long_controls()
    activation = reading.activation
    curves = curves_info(activation, small.done.a.ravel())
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.plotly_chart(activation_curves(curves), key="fp_curves", alt=activation_curves_alt(curves))
    right.markdown(f"**{NAMES[activation]}** {texts.options('ranges')[activation]}.")
    right.markdown(sentences.curve_sentence(curves))
    st.markdown(texts.long)
    numbers = {"activation": NAMES[activation], "gain": f"{reading.gain:g}", "units": reading.hidden, "T": reading.T}
    silence = ", all but the first sentence of them silence" if reading.silence else ""
    question = texts.filled("long_question", silence=silence, **numbers)
    prediction = predict("fp_growth", question, dict.fromkeys(sentences.SIZES, ""))
    with st.container():
        if prediction is None:
            return
        info = _sizes(small, reading)
        right_answer = sentences.size_name(float(info.largest[activation][-1]))
        reveal("fp_growth", prediction, right_answer, sentences.growth_because(info))
        st.plotly_chart(state_sizes(info), key="fp_sizes", alt=state_sizes_alt(info))
        st.latex(texts.long_equation)
        st.caption(texts.long_symbols)
        st.table(pd.DataFrame(sentences.growth_table(info)).set_index("activation"))
        st.markdown(texts.filled("seeds", **GROWTH))


def _sizes(small: Small, reading: LongReading) -> SizesInfo:
    """All four activations with the same weights."""
    params = small_params(len(small.rows), reading.hidden, reading.gain, small.seed, bias_std=0)
    states = {name: long_reading(params, small.inputs, reading.T, name, reading.silence) for name in NAMES}
    return sizes_info(states, reading.activation, len(small.words) if reading.silence else None)
