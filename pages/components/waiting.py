"""What a page does until its runs are trained: wait, show progress, offer Stop."""

from __future__ import annotations

import time

import streamlit as st

from rnn_core.config import Config
from rnn_core.types import Record

from .runs import Job, Runs, TrainingError

PATIENCE = 1.5
"""Seconds after which a run counts as long and Stop appears."""

_POLL = 0.05


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """The one pool and cache of this server."""
    return Runs()


def trained(*configs: Config) -> list[Record]:
    """The records of some runs, trained now if they are not kept, or as far as they came if the visitor said Stop.

    Ends the script run with a sentence on the page where there is no record to show.
    """
    jobs: dict[Config, Job] = {}
    records: dict[Config, Record] = {}
    held: dict[Config, Job] = st.session_state.get("jobs", {})
    for config in configs:
        found = runs().request(config)
        if isinstance(found, Record):
            records[config] = found
        else:
            jobs[config] = held.get(config, found)
    st.session_state["jobs"] = jobs  # a stopped job stays with its visitor, who may go on with it
    if st.session_state.get("stopped") == configs:
        records |= _as_far_as_they_came(jobs)
    elif jobs:
        try:
            records |= _wait_for(jobs, configs)
        except TrainingError as error:
            st.error(f"Training failed: {error}.")
            st.stop()
    return [records[config] for config in configs]


def _wait_for(jobs: dict[Config, Job], configs: tuple[Config, ...]) -> dict[Config, Record]:
    """Wait with a progress bar; each drawing of it is where a visitor's next click ends this script run."""
    records: dict[Config, Record] = {}
    began = time.monotonic()
    place = st.empty()
    stop_shown = False
    with place.container():
        bar = st.progress(0.0, "Training …")
        button = st.empty()
    while len(records) < len(jobs):
        for config, job in jobs.items():
            record = None if config in records else job.wait(_POLL)
            if record is not None:
                records[config] = record
        done, total = sum(job.done for job in jobs.values()), sum(config.updates for config in jobs)
        bar.progress(done / total, f"Training: {done:,} of {total:,} updates")
        if not stop_shown and time.monotonic() - began > PATIENCE:
            button.button("Stop", key="stop", on_click=_say_stop, args=(configs,), icon="⏹️")
            stop_shown = True
    place.empty()
    return records


def _as_far_as_they_came(jobs: dict[Config, Job]) -> dict[Config, Record]:
    records = {config: record for config, job in jobs.items() if (record := job.stop()) is not None}
    reached = ", ".join(f"{job.done:,} of {config.updates:,}" for config, job in jobs.items())
    st.info(f"Stopped after {reached} updates. What was trained is shown.")
    st.button("Train on", key="train_on", on_click=_say_stop, args=(None,), icon="▶️")
    if len(records) < len(jobs):
        st.info("Stopped before the first updates were done, so there is nothing to show yet.")
        st.stop()
    return records


def _say_stop(configs: tuple[Config, ...] | None) -> None:
    st.session_state["stopped"] = configs
