"""The three networks of the page, trained in the processes, and kept for who asks for the same."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs import waiting
from pages.components.jobs.job import TrainingError
from pages.components.jobs.tasks import Call
from rnn_core.experiments.why_recurrence import KINDS, Trained, config_of, trained

Networks = dict[str, Trained]
"""By kind."""


@st.cache_resource(show_spinner=False, max_entries=60)
def _networks(seed: int, openings: str) -> Networks:
    configs = {kind: config_of(kind, seed) for kind in KINDS}
    return waiting.all_computed(
        {kind: Call(config, trained, kind, config, openings) for kind, config in configs.items()}
    )


def networks(seed: int, openings: str) -> Networks | None:
    """All three, trained now if they are not kept; None, with a sentence on the page, if training failed."""
    try:
        with st.spinner("Training three networks …"):
            return _networks(seed, openings)
    except TrainingError as error:
        st.error(f"Training failed: {error}.")
        return None
