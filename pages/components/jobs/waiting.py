"""What a page does until its results are there: wait, show progress, offer Stop."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_core.config import Config
from rnn_core.experiments.memory import Trained
from rnn_core.types import Record

from .cache import ResultCache
from .job import Job, TrainingError
from .pool import Pool
from .sweeps import Sweep
from .tasks import Call, FullRun

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

RECORD_BYTES = 512 * 2**20
"""Finished records are kept up to this size together."""

SUMMARY_BYTES = 128 * 2**20
"""The same of ends of runs: some thousand of them."""

QUIET = 0.8
"""Seconds without a progress bar: a run this short would only make the page jump."""

PATIENCE = 1.5
"""Seconds after which a run counts as long and Stop appears."""

_POLL = 0.1
"""Seconds between two drawings of the progress bar, in which each job is asked once."""


@dataclasses.dataclass
class PageRuns:
    """What a visitor's session keeps from one script run to the next, as long as the page shows the same runs.

    Attributes
    ----------
    configs : the runs of the page
    jobs : of the runs that are not finished; who holds a stopped job may go on with it
    stopped : True from Stop to Train on
    partial_jobs : jobs that make the records to show since Stop
    shown : these records, once all of them are made
    """

    configs: tuple[Config, ...]
    jobs: dict[Config, Job[Record]] = dataclasses.field(default_factory=dict)
    stopped: bool = False
    partial_jobs: dict[Config, Job[Record]] = dataclasses.field(default_factory=dict)
    shown: dict[Config, Record] = dataclasses.field(default_factory=dict)

    def stop(self) -> None:
        self.stopped = True

    def go_on(self) -> None:
        self.stopped, self.partial_jobs, self.shown = False, {}, {}


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The processes of this server."""
    return Pool()


@st.cache_resource(show_spinner=False)
def records() -> ResultCache[Config, Record]:
    """The records of finished runs."""
    return ResultCache(pool().send, RECORD_BYTES)


@st.cache_resource(show_spinner=False)
def summaries() -> ResultCache[Config, Trained]:
    """The ends of the runs that pages with many of them asked for."""
    return ResultCache(pool().send, SUMMARY_BYTES)


def sweep_of(key: str, configs: Sequence[Config], first: Sequence[Config] = ()) -> Sweep:
    """The session's sweep over these runs, kept under `key` until the page asks for others.

    Parameters
    ----------
    first : those of them that the page needs before the others
    """
    sweep: Sweep | None = st.session_state.get(key)
    if sweep is None or sweep.configs != set(configs):
        sweep = st.session_state[key] = Sweep(summaries(), configs)
    sweep.first(first)
    return sweep


def computed(config: Config, function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function returns, computed in a process, while this thread waits and others draw.

    Raises
    ------
    TrainingError
        If it fails.
    """
    return all_computed({0: Call(config, function, *arguments)})[0]


def all_computed(calls: Mapping[Key, Call]) -> dict[Key, Any]:
    """The same of several calls at once, in their order."""
    results: dict[Key, Any] = {}
    for _ in _rounds({key: Job(pool().send, call) for key, call in calls.items()}, results):
        pass
    return {key: results[key] for key in calls}


def awaited(requests: Mapping[Key, Result | Job[Result]], doing: str) -> dict[Key, Result] | None:
    """Results that are kept or in work, once all are there; None, with a sentence on the page, if a process failed.

    Parameters
    ----------
    doing : what is said where it takes long
    """
    place = st.empty()
    results = {key: result for key, result in requests.items() if not isinstance(result, Job)}
    began = time.monotonic()
    try:
        for _ in _rounds({key: job for key, job in requests.items() if isinstance(job, Job)}, results):
            st.session_state.get("page_runs")  # looking here is enough for a click to end this script run
            if time.monotonic() - began > QUIET:
                place.caption(doing)
    except TrainingError as error:
        place.error(f"{doing} This failed: {error}.")
        return None
    place.empty()
    return results


def _rounds(jobs: Mapping[Key, Job[Result]], results: dict[Key, Result]) -> Iterator[None]:
    """Ask each job, again and again, until all have their results; each round that leaves one without is a turn.

    Also the last is asked soon: who is not asked is forgotten.
    """
    for job in jobs.values():
        job.go_on()
    while True:
        for key, job in jobs.items():
            result = None if key in results else job.wait(_POLL / len(jobs))
            if result is not None:
                results[key] = result
        if results.keys() >= jobs.keys():
            return
        yield


def trained(*configs: Config) -> list[Record]:
    """The records of some runs, trained now if they are not kept, or as far as they came if the visitor said Stop.

    Ends the script run with a sentence on the page where there is no record to show.
    """
    place = st.empty()  # always there: what comes after it would otherwise be another element, and be drawn anew
    page_runs: PageRuns | None = st.session_state.get("page_runs")
    if page_runs is None or page_runs.configs != configs:
        page_runs = PageRuns(configs)
    shown = page_runs.shown
    if not shown:
        requests = {config: records().request(config, FullRun(config)) for config in configs}
        shown = {config: record for config, record in requests.items() if isinstance(record, Record)}
        page_runs.jobs = {config: job for config, job in requests.items() if isinstance(job, Job)}
    st.session_state["page_runs"] = page_runs  # only now: jobs that the page asked for before go with who holds them
    try:
        if page_runs.stopped and page_runs.jobs:
            shown = _as_far_as_they_came(page_runs, shown, place)
        elif page_runs.jobs:
            shown |= _wait_for(page_runs.jobs, place, page_runs)
            page_runs.jobs = {}  # an idle session would hold their records
    except TrainingError as error:
        page_runs.go_on()
        st.error(f"Training failed: {error}.")
        st.stop()
    return [shown[config] for config in configs]


def _wait_for(jobs: dict[Config, Job[Record]], place: DeltaGenerator, page_runs: PageRuns) -> dict[Config, Record]:
    """Wait, soon with a progress bar; each turn is where a visitor's next click ends this script run."""
    results: dict[Config, Record] = {}
    began = time.monotonic()
    stop_shown = page_runs.stopped  # nothing is trained then, and what is missing comes soon
    bar = button = None
    for _ in _rounds(jobs, results):
        waited = time.monotonic() - began
        if bar is None or button is None:
            if waited < QUIET:
                _ = st.session_state["page_runs"]  # looking here is enough for a click to end this script run
                continue
            with place.container():
                bar, button = st.empty(), st.empty()
        done, total = sum(job.done for job in jobs.values()), sum(config.updates for config in jobs)
        bar.progress(done / total, f"Training: {done:,} of {total:,} updates")
        if not stop_shown and waited > PATIENCE:
            button.button("Stop", key="stop", on_click=page_runs.stop, icon="⏹️")
            stop_shown = True
    place.empty()
    return results


def _as_far_as_they_came(
    page_runs: PageRuns, finished: dict[Config, Record], place: DeltaGenerator
) -> dict[Config, Record]:
    """The records at Stop, made once; who trains the same runs on meanwhile changes nothing here."""
    if not page_runs.shown:
        stopped = {config: job.stop() for config, job in page_runs.jobs.items()}
        partial = {config: job for config, job in stopped.items() if job is not None}
        page_runs.partial_jobs = page_runs.partial_jobs or partial
        if len(page_runs.partial_jobs) == len(page_runs.jobs):
            page_runs.shown = finished | _wait_for(page_runs.partial_jobs, place, page_runs)
        page_runs.partial_jobs = {}
    if page_runs.shown:
        reached = ", ".join(f"{page_runs.shown[config].updates:,} of {config.updates:,}" for config in page_runs.jobs)
        st.info(f"Stopped after {reached} updates. What was trained is shown.")
    else:
        st.info("Stopped before the first updates were done, so there is nothing to show yet.")
    st.button("Train on", key="train_on", on_click=page_runs.go_on, icon="▶️")
    if not page_runs.shown:
        st.stop()
    return page_runs.shown
