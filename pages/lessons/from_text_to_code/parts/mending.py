"""All faults at once, mended one after another: the check of the class as it stands, and how its loss goes."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs import waiting
from pages.components.jobs.job import TrainingError
from pages.lessons.from_text_to_code import sentences, texts
from pages.lessons.from_text_to_code.controls import Settings, mend_controls
from pages.lessons.from_text_to_code.figures.attempt_losses import attempt_losses, attempt_losses_alt, losses_info
from rnn_core.config import Config
from rnn_core.toy_models.first_attempt.attempt import Stop
from rnn_core.toy_models.first_attempt.faults import source
from rnn_core.toy_models.first_attempt.learning import ALPHA, GROUP, Learning, guessing, learn

from .checked import checked, show_outcome


@st.cache_data(show_spinner=False, max_entries=500)
def _learnt(faults: tuple[str, ...], settings: Settings) -> Learning | Stop:
    """Trained in a process, while others draw."""
    learnt: Learning | Stop = waiting.computed(Config(), learn, faults, *settings)
    return learnt


def mending(settings: Settings) -> None:
    """All switches, the check of the class as it stands, and how its loss goes."""
    st.markdown(texts.mending)
    faults = mend_controls()
    outcome = checked(faults, settings)
    left, right = st.columns(2)
    with left:
        st.markdown(sentences.standing_sentence(faults, outcome))
        show_outcome(outcome, faults, "tc_errors")
    with st.expander("The class as it stands"):
        st.caption(sentences.numbered(faults))
        st.code(source(faults), language="python", line_numbers=True)
    with right:
        _loss(faults, settings, outcome)
    st.latex(texts.update_equation)
    st.caption(texts.filled("learning", alpha=f"{ALPHA:g}", group=GROUP))


def _loss(faults: tuple[str, ...], settings: Settings, outcome: sentences.Outcome) -> None:
    try:
        mended = _learnt((), settings)
        attempt = outcome if isinstance(outcome, Stop) else _learnt(faults, settings)
    except TrainingError as error:
        st.error(f"Training failed: {error}.")
        return
    assert isinstance(mended, Learning), "without a fault, nothing stops it"
    guess = guessing(settings.sizes)
    st.markdown(sentences.learning_sentence(faults, attempt, mended, guess))
    info = losses_info(attempt if faults and isinstance(attempt, Learning) else None, mended, guess)
    st.plotly_chart(attempt_losses(info), key="tc_losses", alt=attempt_losses_alt(info))
