"""One hidden unit under singular and plural subjects and attractors, and what losing each unit costs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_legend_entry, add_points, add_rule
from pages.components.figures.word_axis import name_positions, positions
from rnn_core.diagnostics.units import CONDITIONS, NumberUnits
from rnn_core.types import Floats, Ints

SLOT_WORDS = {
    "SUBJECT": "SUBJECT",
    "ATTRACTOR": "ATTRACTOR",
    "OTHER": "(other noun)",
    "RELATIVE": "that",
    "INTRANSITIVE": "(verb)",
    "TRANSITIVE": "(verb)",
    "ADVERB": "(adverb)",
    "AFTER_VERB": "(place)",
    "AFTER_NOUN": "(place)",
    "OPENER": "(place)",
}
"""What stands at a slot, for the axis; every other slot is a word itself."""

COLOURS = {"singular": style.COLOUR_B, "plural": style.COLOUR_A}
"""By the subject's number."""


class UnitInfo(NamedTuple):
    """What both pictures show.

    Attributes
    ----------
    unit : number of the unit
    labels : T names of what stands at each word's place
    curves : (4, T) the unit's mean state after each word, under each of `units.CONDITIONS`
    ranking : (H,) units, costliest first
    accuracy : of the whole network
    averaged, zeroed : (H,) accuracy with the unit held at its mean, or at 0; in the order of `ranking`
    together : (H,) accuracy with this unit and all before it in the ranking held at their means
    margin, margin_without : how far the right verb's output is above the other's, with all units and without this one
    """

    unit: int
    labels: tuple[str, ...]
    curves: Floats
    ranking: Ints
    accuracy: float
    averaged: Floats
    zeroed: Floats
    together: Floats
    margin: float
    margin_without: float


def unit_info(units: NumberUnits, rank: int) -> UnitInfo:
    """The unit at this place of the ranking, from 0."""
    unit = int(units.ranking[rank])
    return UnitInfo(
        unit=unit,
        labels=tuple(SLOT_WORDS.get(slot, slot) for slot in units.slots),
        curves=units.curves[:, 1:, unit],
        ranking=units.ranking,
        accuracy=float(units.whole.accuracy),
        averaged=units.averaged.accuracy[units.ranking],
        zeroed=units.zeroed.accuracy[units.ranking],
        together=units.together.accuracy[1:],
        margin=float(units.whole.margin),
        margin_without=float(units.averaged.margin[unit]),
    )


def unit_curves(info: UnitInfo) -> go.Figure:
    """Four curves: the colour is the subject's number, the dashes are the attractor's."""
    figure = go.Figure()
    for (subject, attractor), curve in zip(CONDITIONS, info.curves, strict=True):
        name = f"{subject} subject, {attractor} attractor"
        dash, symbol = ("solid", "circle") if attractor == "singular" else ("dot", "diamond")
        marks = {"mode": "lines+markers", "marker": {"size": 6, "symbol": symbol}, "customdata": info.labels}
        y, hover = np.where(np.isfinite(curve), curve, np.nan), f"{name}, after “%{{customdata}}”: %{{y:.3f}}"
        add_curve(figure, positions(info.labels), y, name, COLOURS[subject], 2.5, hover, dash=dash, **marks)
    size = style.FONT_SIZE - 3
    figure.update_yaxes(title_text=f"mean of h<sub>t</sub>, unit {info.unit}", range=[-1.05, 1.05])
    figure = style.finish(figure, 300, below=30 + int(0.6 * size * 12), legend_rows=4, title=f"Unit {info.unit}")
    name_positions(figure, info.labels, size, -90)
    return figure


def unit_costs(info: UnitInfo) -> go.Figure:
    """Accuracy without each unit, costliest first; the one looked at stands out."""
    H = len(info.ranking)
    figure = go.Figure()
    ranks = np.arange(1, H + 1)
    chosen = info.ranking == info.unit
    for values, name, colour, symbol in (
        (info.averaged, "held at its mean", style.COLOUR_B, "circle"),
        (info.zeroed, "held at 0", style.COLOUR_A, "diamond-open"),
    ):
        marker = {"color": colour, "symbol": symbol, "size": np.where(chosen, 16, 7), "opacity": 1}
        hover = f"unit %{{customdata}} {name}: %{{y:.1%}}"
        add_points(figure, ranks, values, name, marker, hover, customdata=info.ranking)
    name, hover = "it and all costlier ones held at their means", "the first %{x} units held at their means: %{y:.1%}"
    add_curve(figure, ranks, info.together, name, style.COLOUR_B, 2, hover)
    add_rule(figure, y=info.accuracy)
    add_legend_entry(figure, "all units", style.GREY, 2, "dash")
    low = float(min(info.averaged.min(), info.zeroed.min(), info.together.min(), info.accuracy))
    figure.update_xaxes(title_text="units, costliest first", range=[0, H + 1])
    figure.update_yaxes(title_text="accuracy without it", tickformat=".0%", range=[min(0.4, low) - 0.03, 1.03])
    return style.finish(figure, 300, below=64, legend_rows=4, title="What losing a unit costs")


def unit_curves_alt(info: UnitInfo) -> str:
    """The four curves in words, for a screen reader."""
    ends = ", ".join(
        f"{curve[-1]:.2f} after a {subject} subject with a {attractor} attractor"
        for (subject, attractor), curve in zip(CONDITIONS, info.curves, strict=True)
    )
    return f"Mean state of unit {info.unit} over the words of a sentence, four curves. At the end: {ends}."


def unit_costs_alt(info: UnitInfo) -> str:
    """The costs in words, for a screen reader."""
    return (
        f"Accuracy without each of {len(info.ranking)} units, from {info.averaged.min():.1%} to "
        f"{info.averaged.max():.1%} with the unit held at its mean; the whole network has {info.accuracy:.1%}."
    )
