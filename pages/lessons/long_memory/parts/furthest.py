"""The question of the page: which cell reaches furthest with clipping; asked while the networks train."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components.predict import predict, reveal
from pages.lessons.long_memory.controls import Settings
from pages.lessons.long_memory.figures.accuracy_curves import NAMES
from pages.lessons.long_memory.networks import results_of
from pages.lessons.long_memory.sentences import reached
from rnn_core.experiments.memory import CELLS, GridPoint, Study, Trained, grid_points, points

NONE = "no single one"
ANSWERS = {NAMES[cell]: "" for cell in CELLS} | {NONE: ""}
MORE = {"distance": "the longest sentences", "attractors": "the most attractors"}


def furthest(study: Study, results: Mapping[GridPoint, Trained]) -> tuple[str, str]:
    """Which cell's networks with clipping solve the task furthest along the axis, and how far each does.

    A value counts where more than half of the seeds solve it.
    """
    clipped = [point for point in points(study, results) if point.clipped and point.accuracy]
    curves = {cell: [point for point in clipped if point.cell == cell] for cell in CELLS}
    ends = {
        cell: max((p.value for p in curve if 2 * p.solved > len(p.accuracy)), default=-1)
        for cell, curve in curves.items()
    }
    best = [cell for cell in CELLS if ends[cell] == max(ends.values())]
    reaches = ", ".join(f"{NAMES[cell]} {reached(study.axis, curve)}" for cell, curve in curves.items())
    return NAMES[best[0]] if len(best) == 1 else NONE, f"With clipping, most seeds solve the task: {reaches}."


def question_section(settings: Settings) -> str | None:
    """Ask; the visitor's prediction, None until then."""
    question = f"With clipping, which of the three cells solves the task up to {MORE[settings.study.axis]}?"
    return predict("lm_guess", question, ANSWERS)


def answer_section(settings: Settings, prediction: str) -> None:
    """The answer, once all networks are trained."""
    results = results_of(settings.study)
    if len(results) < len(grid_points(settings.study)):
        st.caption("Which cell reaches furthest will stand here when all networks are trained.")
    else:
        reveal("lm_guess", prediction, *furthest(settings.study, results))
