"""The three networks of the page, trained in the processes, and kept for who asks for the same."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs import waiting
from pages.components.jobs.runs import Once, TrainingError
from rnn_core.experiments.why_recurrence import KINDS, Trained, config_of, trained

Networks = dict[str, Trained]
"""By kind."""

_WAIT = 0.1


@st.cache_resource(show_spinner=False, max_entries=60)
def _networks(seed: int, openings: str) -> Networks:
    jobs = {}
    for kind in KINDS:
        config = config_of(kind, seed)
        jobs[kind] = Once(config, waiting.runs(), (trained, (kind, config, openings)))
    for job in jobs.values():
        job.go_on()
    results: Networks = {}
    while len(results) < len(jobs):
        for kind, job in jobs.items():  # each is asked again and again, also the last: who is not asked is forgotten
            result = job.wait(_WAIT)
            if result is not None:
                results[kind] = result
    return {kind: results[kind] for kind in KINDS}


def networks(seed: int, openings: str) -> Networks | None:
    """All three, trained now if they are not kept; None, with a sentence on the page, if training failed."""
    try:
        with st.spinner("Training three networks …"):
            return _networks(seed, openings)
    except TrainingError as error:
        st.error(f"Training failed: {error}.")
        return None
