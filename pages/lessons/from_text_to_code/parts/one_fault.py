"""One fault at a time: its lines, a prediction, and what the check says of it."""

from __future__ import annotations

import streamlit as st

from pages.components.numbers import power_of_ten
from pages.components.predict import predict, reveal
from pages.lessons.from_text_to_code import sentences, texts
from pages.lessons.from_text_to_code.controls import Settings, fault_control
from rnn_core.checking import TOLERANCE
from rnn_core.toy_models.first_attempt.faults import FAULTS

from .checked import checked, show_outcome

SNIPPETS = ("As typed in", "As it is meant")
ANSWERS = ("W_hh alone", "b_h and b_y", "W_xh, W_hh and b_h", sentences.ALL, sentences.NONE, sentences.STOPS)


def one_fault(settings: Settings) -> None:
    """The lines of one fault, a prediction, and what the check says of it."""
    st.markdown(texts.one_fault)
    fault = fault_control()
    with st.container():
        st.markdown(texts.filled("faulty_lines", title=FAULTS[fault].title))
        for column, name, text in zip(st.columns(2), SNIPPETS, sentences.snippet(fault), strict=True):
            column.caption(name)
            column.code(text, language="python", wrap_lines=True)
    key = f"tc_predict_{fault}"
    prediction = predict(key, texts.question, dict.fromkeys(ANSWERS, ""))
    with st.container():
        if prediction is None:
            return
        outcome = checked((fault,), settings)
        reveal(key, prediction, sentences.answer(outcome), sentences.because(outcome))
        left, right = st.columns(2, vertical_alignment="center")
        with left:
            show_outcome(outcome, (fault,), "tc_errors_one")
        right.markdown(f"**Why.** {texts.options('why')[fault]}")
        right.markdown(f"**What NumPy does.** {texts.options('numpy')[fault]}")
        if seeds := sentences.seeds_sentence(fault):
            right.markdown(seeds)
    st.latex(texts.check_equation)
    st.caption(texts.filled("check_symbols", tolerance=power_of_ten(TOLERANCE)))
