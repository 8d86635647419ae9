"""What the gradient check says of a class, for the parts that show it."""

from __future__ import annotations

import streamlit as st

from pages.lessons.from_text_to_code import sentences
from pages.lessons.from_text_to_code.controls import Settings
from pages.lessons.from_text_to_code.figures.gradient_errors import errors_info, gradient_errors, gradient_errors_alt
from rnn_core.toy_models.first_attempt.attempt import Stop
from rnn_core.toy_models.first_attempt.check import check


@st.cache_data(show_spinner=False, max_entries=500)
def checked(faults: tuple[str, ...], settings: Settings) -> sentences.Outcome:
    """What the check comes to; it takes a moment, and every control of the page reruns all of it."""
    return check(faults, *settings)


def show_outcome(outcome: sentences.Outcome, faults: tuple[str, ...], key: str) -> None:
    """The error that stops the class, or the picture of its gradients' errors."""
    if isinstance(outcome, Stop):
        st.error(f"{sentences.stop_sentence(outcome)} {sentences.shows_elsewhere(faults, outcome)}", icon="🛑")
        return
    info = errors_info(outcome)
    st.plotly_chart(gradient_errors(info), key=key, alt=gradient_errors_alt(info))
