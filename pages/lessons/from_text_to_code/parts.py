"""Parts of the page that draw more than one element."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages.components.jobs import waiting
from pages.components.jobs.runs import TrainingError
from pages.components.numbers import number
from pages.components.predict import predict, reveal
from pages.lessons.from_text_to_code.figures.attempt_losses import attempt_losses, attempt_losses_alt, losses_info
from pages.lessons.from_text_to_code.figures.gradient_errors import errors_info, gradient_errors, gradient_errors_alt
from rnn_core.checking import TOLERANCE
from rnn_core.config import Config
from rnn_core.toy_models.first_attempt.attempt import Sizes, Stop
from rnn_core.toy_models.first_attempt.check import check
from rnn_core.toy_models.first_attempt.faults import FAULTS, mended, source
from rnn_core.toy_models.first_attempt.learning import ALPHA, GROUP, Learning, guessing, learn

from . import networks, sentences, texts
from .controls import Wanted, fault_control, mend_controls


@st.cache_data(show_spinner=False, max_entries=500)
def _checked(faults: tuple[str, ...], sizes: Sizes, seed: int) -> sentences.Found:
    return check(faults, sizes, seed)


@st.cache_data(show_spinner=False, max_entries=500)
def _learnt(faults: tuple[str, ...], sizes: Sizes, seed: int) -> Learning | Stop:
    """Trained in a process, while others draw."""
    found: Learning | Stop = waiting.computed(Config(), learn, faults, sizes, seed)
    return found


def one_fault(wanted: Wanted) -> None:
    """The lines of one fault, a prediction, and what the check says of it."""
    st.markdown(texts.ONE)
    fault = fault_control()
    with st.container():
        st.markdown(texts.TITLE.format(title=FAULTS[fault].title))
        for column, name, text in zip(st.columns(2), texts.SNIPPETS, sentences.snippet(fault), strict=True):
            column.caption(name)
            column.code(text, language="python", wrap_lines=True)
    key = f"tc_predict_{fault}"
    said = predict(key, texts.QUESTION, dict.fromkeys(texts.ANSWERS, ""))
    with st.container():
        if said is None:
            return
        found = _checked((fault,), wanted.sizes, wanted.seed)
        reveal(key, said, sentences.answer(found), sentences.because(found))
        left, right_column = st.columns(2, vertical_alignment="center")
        with left:
            _found(found, (fault,), "tc_errors_one")
        with right_column:
            st.markdown(f"**Why.** {texts.WHY[fault]}")
            st.markdown(f"**What NumPy does.** {texts.NUMPY[fault]}")
            if seeds := sentences.seeds_sentence(fault):
                st.markdown(seeds)
    st.latex(texts.CHECK_EQUATION)
    st.caption(texts.CHECK_SYMBOLS.format(tolerance=number(TOLERANCE).removeprefix("1.00·")))


def _found(found: sentences.Found, faults: tuple[str, ...], key: str) -> None:
    """The error that stops the class, or the picture of its gradients' errors."""
    if isinstance(found, Stop):
        st.error(f"{sentences.stop_sentence(found)} {sentences.shows_elsewhere(faults, found)}", icon="🛑")
        return
    info = errors_info(found)
    st.plotly_chart(gradient_errors(info), key=key, alt=gradient_errors_alt(info))


def mending(wanted: Wanted) -> None:
    """All switches, the check of the class as it stands, and how its loss goes."""
    st.markdown(texts.MEND)
    faults = mend_controls()
    found = _checked(faults, wanted.sizes, wanted.seed)
    left, right = st.columns(2)
    with left:
        st.markdown(sentences.standing_sentence(faults, found))
        _found(found, faults, "tc_errors")
    with st.expander("The class as it stands"):
        st.caption(sentences.numbered(faults))
        st.code(source(faults), language="python", line_numbers=True)
    with right:
        _loss(faults, wanted, found)
    st.latex(texts.UPDATE_EQUATION)
    st.caption(texts.LEARN.format(alpha=ALPHA, group=GROUP))


def _loss(faults: tuple[str, ...], wanted: Wanted, found: sentences.Found) -> None:
    try:
        whole = _learnt((), *wanted)
        attempt = found if isinstance(found, Stop) else _learnt(faults, *wanted)
    except TrainingError as error:
        st.error(f"Training failed: {error}.")
        return
    assert isinstance(whole, Learning), "without a fault, nothing stops it"
    guess = guessing(wanted.sizes)
    st.markdown(sentences.learning_sentence(faults, attempt, whole, guess))
    info = losses_info(attempt if faults and isinstance(attempt, Learning) else None, whole, guess)
    st.plotly_chart(attempt_losses(info), key="tc_losses", alt=attempt_losses_alt(info))


def forty(wanted: Wanted) -> None:
    """The class without a fault, to read, to keep, and beside the project's own network."""
    st.markdown(texts.FORTY)
    st.code(mended(), language="python", line_numbers=True)
    download: dict[str, Any] = {"file_name": "forty_lines.py", "mime": "text/x-python", "on_click": "ignore"}
    st.download_button("Download the class", mended(), key="tc_download", icon="⬇️", type="primary", **download)
    st.markdown("So it is used:")
    st.code(texts.USE, language="python")
    st.markdown(texts.TWIN)
    st.table(pd.DataFrame(texts.TWIN_TABLE).set_index("forty lines"))
    both = networks.compare(wanted.sizes, wanted.seed)
    st.markdown(networks.sentence(both))
