"""What a page does until its runs are trained: wait, show progress, offer Stop."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.config import Config
from rnn_core.experiments.memory import Trained
from rnn_core.types import Record

from .runs import Job, Once, Runs, TrainingError
from .shelf import Shelf
from .sweeping import Brief, Sweep, shelf_of

QUIET = 0.8
"""Seconds without a progress bar: a run this short would only make the page jump."""

PATIENCE = 1.5
"""Seconds after which a run counts as long and Stop appears."""

_POLL = 0.1
"""Seconds between two drawings of the progress bar, in which each job is asked once."""


@dataclasses.dataclass
class Visit:
    """What a visitor's session keeps from one script run to the next, as long as the page shows the same runs.

    Attributes
    ----------
    configs : the runs of the page
    jobs : of the runs that are not finished; who holds a stopped job may go on with it
    stopped : True from Stop to Train on
    endings : jobs that make the records to show since Stop
    shown : these records, once all of them are made
    """

    configs: tuple[Config, ...]
    jobs: dict[Config, Job] = dataclasses.field(default_factory=dict)
    stopped: bool = False
    endings: dict[Config, Job] = dataclasses.field(default_factory=dict)
    shown: dict[Config, Record] = dataclasses.field(default_factory=dict)

    def stop(self) -> None:
        self.stopped = True

    def go_on(self) -> None:
        self.stopped, self.endings, self.shown = False, {}, {}


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """The one pool and cache of this server."""
    return Runs()


@st.cache_resource(show_spinner=False)
def ends() -> Shelf[Brief, Trained]:
    """The ends of the runs that pages with many of them asked for."""
    return shelf_of(runs())


def sweep_of(key: str, configs: Sequence[Config], first: Sequence[Config] = ()) -> Sweep:
    """The session's sweep over these runs, kept under `key` until the page asks for others.

    Parameters
    ----------
    first : those of them that the page needs before the others
    """
    sweep: Sweep | None = st.session_state.get(key)
    if sweep is None or sweep.configs != set(configs):
        sweep = st.session_state[key] = Sweep(ends(), configs)
    sweep.first(first)
    return sweep


def computed(config: Config, function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns, computed in a process, while this thread waits and others draw.

    Raises
    ------
    TrainingError
        If it fails.
    """
    job = Once(config, runs(), (function, arguments))
    while (result := job.wait(_POLL)) is None:
        pass
    return result


def trained(*configs: Config) -> list[Record]:
    """The records of some runs, trained now if they are not kept, or as far as they came if the visitor said Stop.

    Ends the script run with a sentence on the page where there is no record to show.
    """
    place = st.empty()  # always there: what comes after it would otherwise be another element, and be drawn anew
    visit: Visit | None = st.session_state.get("visit")
    if visit is None or visit.configs != configs:
        visit = Visit(configs)
    records = visit.shown
    if not records:
        found = {config: runs().request(config) for config in configs}
        records = {config: record for config, record in found.items() if isinstance(record, Record)}
        visit.jobs = {config: job for config, job in found.items() if isinstance(job, Job)}
    st.session_state["visit"] = visit  # only now: jobs that it shares with the last visit go with who holds them
    try:
        if visit.stopped and visit.jobs:
            records = _as_far_as_they_came(visit, records, place)
        elif visit.jobs:
            records |= _wait_for(visit.jobs, place, visit)
            visit.jobs = {}  # an idle session would hold their records
    except TrainingError as error:
        visit.go_on()
        st.error(f"Training failed: {error}.")
        st.stop()
    return [records[config] for config in configs]


def _wait_for(jobs: dict[Config, Job], place: DeltaGenerator, visit: Visit) -> dict[Config, Record]:
    """Wait, soon with a progress bar; each turn is where a visitor's next click ends this script run."""
    records: dict[Config, Record] = {}
    began = time.monotonic()
    stop_shown = visit.stopped  # nothing is trained then, and what is missing comes soon
    bar = button = None
    while len(records) < len(jobs):
        for config, job in jobs.items():
            record = None if config in records else job.wait(_POLL / len(jobs))
            if record is not None:
                records[config] = record
        waited = time.monotonic() - began
        if bar is None or button is None:
            if waited < QUIET:
                _ = st.session_state["visit"]  # looking here is enough for a click to end this script run
                continue
            with place.container():
                bar, button = st.empty(), st.empty()
        done, total = sum(job.done for job in jobs.values()), sum(config.updates for config in jobs)
        bar.progress(done / total, f"Training: {done:,} of {total:,} updates")
        if not stop_shown and waited > PATIENCE:
            button.button("Stop", key="stop", on_click=visit.stop, icon="⏹️")
            stop_shown = True
    place.empty()
    return records


def _as_far_as_they_came(visit: Visit, finished: dict[Config, Record], place: DeltaGenerator) -> dict[Config, Record]:
    """The records at Stop, made once; who trains the same runs on meanwhile changes nothing here."""
    if not visit.shown:
        visit.endings = visit.endings or {c: end for c, job in visit.jobs.items() if (end := job.stop()) is not None}
        if len(visit.endings) == len(visit.jobs):
            visit.shown = finished | _wait_for(visit.endings, place, visit)
        visit.endings = {}
    if visit.shown:
        reached = ", ".join(f"{visit.shown[config].updates:,} of {config.updates:,}" for config in visit.jobs)
        st.info(f"Stopped after {reached} updates. What was trained is shown.")
    else:
        st.info("Stopped before the first updates were done, so there is nothing to show yet.")
    st.button("Train on", key="train_on", on_click=visit.go_on, icon="▶️")
    if not visit.shown:
        st.stop()
    return visit.shown
