"""The question of the page: which cell reaches furthest with clipping; asked while the networks train."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components.jobs.sweeping import Sweep
from pages.components.predict import predict, reveal
from pages.lessons.long_memory.controls import Asked
from pages.lessons.long_memory.figures.accuracy_curves import NAMES
from pages.lessons.long_memory.sentences import reached
from rnn_core.experiments.memory import CELLS, Place, Study, Trained, places, points

from .sections import results_of

NONE = "no single one"
ANSWERS = {NAMES[cell]: "" for cell in CELLS} | {NONE: ""}
MORE = {"distance": "the longest sentences", "attractors": "the most attractors"}


def furthest(study: Study, results: Mapping[Place, Trained]) -> tuple[str, str]:
    """Which cell's networks with clipping solve the task furthest along the axis, and how far each does.

    A value counts where more than half of the seeds solve it.
    """
    found = [point for point in points(study, results) if point.clipped and point.accuracy]
    curves = {cell: [point for point in found if point.cell == cell] for cell in CELLS}
    ends = {
        cell: max((p.value for p in curve if 2 * p.solved > len(p.accuracy)), default=-1)
        for cell, curve in curves.items()
    }
    best = [cell for cell in CELLS if ends[cell] == max(ends.values())]
    said = ", ".join(f"{NAMES[cell]} {reached(study.axis, curve)}" for cell, curve in curves.items())
    return NAMES[best[0]] if len(best) == 1 else NONE, f"With clipping, most seeds solve the task: {said}."


def question_section(asked: Asked) -> str | None:
    """Ask; what was said, None until then."""
    question = f"With clipping, which of the three cells solves the task up to {MORE[asked.study.axis]}?"
    return predict("lm_guess", question, ANSWERS)


def answer_section(asked: Asked, said: str) -> None:
    """The answer, once all networks are trained."""
    sweep: Sweep = st.session_state["lm_sweep"]
    results = results_of(asked, sweep)
    if len(results) < len(places(asked.study)):
        st.caption("Which cell reaches furthest will stand here when all networks are trained.")
    else:
        reveal("lm_guess", said, *furthest(asked.study, results))
