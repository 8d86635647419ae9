"""How far back each cell remembers: the curves, which fill in while networks train, and their numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.components.jobs.sweeps import Sweep
from pages.lessons.long_memory import sentences, texts
from pages.lessons.long_memory.controls import Settings
from pages.lessons.long_memory.figures.accuracy_curves import accuracy_alt, accuracy_curves, accuracy_info
from pages.lessons.long_memory.networks import Networks, begun_sweep, networks_of, results_of
from rnn_core.experiments import memory

POLL = (1.0, 3.0)
"""Seconds between two looks at networks in training: for one visitor, and at most; each look draws the curves anew."""

_POLL_EACH = 0.1
"""The same for each of many visitors."""


def curves_section(settings: Settings, shown: bool) -> Networks | None:
    """The curves of the runs that have ended; while there are others, it looks again, and draws what has come.

    Returns the networks that are looked into, if they are trained.

    Parameters
    ----------
    shown : False for the training beside empty curves: the rules that need none
    """
    sweep = begun_sweep(settings)
    networks = networks_of(settings)
    pause = float(np.clip(_POLL_EACH * Sweep.count(), *POLL)) if sweep.live else None
    st.fragment(_curves, run_every=pause)(settings, sweep, sweep.live, networks is None, shown)
    return networks


def _curves(settings: Settings, sweep: Sweep, live: bool, waits_for_networks: bool, shown: bool) -> None:
    progress = st.empty()  # always there: what comes after it would otherwise be another element, and be drawn anew
    done = sweep.ask() if live else 1.0
    if sweep.live is not live or (waits_for_networks and networks_of(settings) is not None):
        st.rerun()  # the rest of the page gets what it waits for; this part looks again and again, or no more
    trained = f"{len(sweep.results)} of {len(sweep.configs)} networks"
    if live:
        with progress.container():
            st.progress(done, f"Training: {trained}")
            st.button("Stop", key="lm_stop", on_click=sweep.stop, icon="⏹️")
    elif sweep.error is not None:
        progress.error(f"Training failed: {sweep.error}.")
    elif sweep.stopped:
        with progress.container():
            st.info(f"Stopped after {trained}. These are shown.")
            st.button("Train on", key="lm_train_on", on_click=sweep.go_on, icon="▶️")
    results = results_of(settings.study) if shown else {}
    if shown:
        lines = sentences.curves_sentences(settings.study, results, settings.value)
        st.markdown("\n".join(f"- {line}" for line in lines))
    else:
        st.caption(texts.not_yet)
    infos = accuracy_info(settings.study, results, settings.measure)
    for column, info in zip(st.columns(3), infos, strict=False):
        alt = accuracy_alt(info) if shown else texts.not_yet
        column.plotly_chart(accuracy_curves(info), key=f"lm_accuracy_{info.cell}", alt=alt)


def table_section(settings: Settings) -> None:
    """The numbers of the curves, and how to get them without the page."""
    with st.expander("The numbers, and the command that gives the same"):
        st.markdown(memory.report(memory.summary(settings.study, results_of(settings.study), settings.measure)))
        st.code(sentences.command(settings.study), language="sh")
