"""Accuracy over distance, or over attractors: every seed's dot, the median and the range, without and with clipping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_points
from rnn_core.experiments.memory import GridPoint, Point, Study, Trained, baselines, points
from rnn_core.types import Floats, Ints

NAMES = {"vanilla": "Vanilla RNN", "gru": "GRU", "lstm": "LSTM"}
AXIS_TITLES = {"distance": "words before the verb", "attractors": "attractors"}

RULES = {
    "majority": ("chance", "dash"),
    "vote of nouns": ("rule: vote of nouns", "dot"),
    "last noun": ("rule: last noun", "longdashdot"),
}
"""The rules that are drawn: name of the line, and its dashes."""


class Curve(NamedTuple):
    """The runs of one cell without, or with, clipping.

    Attributes
    ----------
    values : (n,) places on the axis at which a run has ended
    median, low, high : (n,) of the accuracy there
    dots : (m, 3) a row for each run: value, seed, accuracy
    """

    values: Ints
    median: Floats
    low: Floats
    high: Floats
    dots: Floats


class AccuracyInfo(NamedTuple):
    """What the picture of one cell shows.

    Attributes
    ----------
    cell : as in `Config.cell`
    axis : a key of `memory.AXES`
    measure : which accuracy
    values : all places on the axis
    without, with_clipping : the curves
    rules : accuracy of each rule that needs no training, by value, where it is known
    """

    cell: str
    axis: str
    measure: str
    values: tuple[int, ...]
    without: Curve
    with_clipping: Curve
    rules: dict[str, dict[int, float]]


def accuracy_info(study: Study, results: Mapping[GridPoint, Trained], measure: str) -> list[AccuracyInfo]:
    """One for each cell, from the runs that have ended."""
    all_points = points(study, results, measure)
    by_value = baselines(results, measure)
    rules = {rule: {value: of_value[rule] for value, of_value in by_value.items()} for rule in RULES}
    values = tuple(sorted({point.value for point in all_points}))

    def curve(cell: str, clipped: bool) -> Curve:
        return _curve([p for p in all_points if (p.cell, p.clipped) == (cell, clipped)])

    return [
        AccuracyInfo(cell, study.axis, measure, values, curve(cell, False), curve(cell, True), rules)
        for cell in dict.fromkeys(point.cell for point in all_points)
    ]


def _curve(of_curve: list[Point]) -> Curve:
    ended = [point for point in of_curve if point.accuracy]
    dots = [(p.value, seed, accuracy) for p in ended for seed, accuracy in zip(p.seeds, p.accuracy, strict=True)]
    return Curve(
        values=np.array([p.value for p in ended], int),
        median=np.array([p.median for p in ended]),
        low=np.array([p.low for p in ended]),
        high=np.array([p.high for p in ended]),
        dots=np.array(dots).reshape(-1, 3),
    )


def accuracy_curves(info: AccuracyInfo) -> go.Figure:
    """One cell: orange without clipping, blue with it."""
    figure = go.Figure()
    gap = float(np.diff(info.values).min()) if len(info.values) > 1 else 1.0
    for rule, by_value in info.rules.items():
        name, dash = RULES[rule]
        figure.add_scatter(
            x=list(by_value),
            y=list(by_value.values()),
            mode="lines" if len(by_value) > 1 else "markers",
            line={"color": style.GREY, "width": 2, "dash": dash},
            marker={"symbol": "line-ew-open", "size": 14},
            name=name,
            hovertemplate=f"{name}: %{{y:.1%}}<extra></extra>",
        )
    for curve, colour, name, side in (
        (info.without, style.COLOUR_A, "without clipping", -1),
        (info.with_clipping, style.COLOUR_B, "with clipping", +1),
    ):
        _add_curve(figure, curve, colour, name, side * 0.13 * gap)
    margin = 0.45 * gap
    figure.update_xaxes(
        title_text=AXIS_TITLES[info.axis],
        tickvals=list(info.values),
        range=[info.values[0] - margin, info.values[-1] + margin],
    )
    figure.update_yaxes(title_text="accuracy", tickformat=".0%", range=[-0.03, 1.05], dtick=0.25)
    return style.finish(figure, 300, below=64, legend_rows=5, title=NAMES[info.cell])


def _add_curve(figure: go.Figure, curve: Curve, colour: str, name: str, shift: float) -> None:
    """Band, line and dots; the dots stand aside, so that those of two curves do not hide each other."""
    if len(curve.values) > 1:
        figure.add_scatter(
            x=[*curve.values, *curve.values[::-1]],
            y=[*curve.low, *curve.high[::-1]],
            fill="toself",
            fillcolor=colour,
            opacity=0.18,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    value, seed, accuracy = curve.dots.T
    marker = {"color": colour, "size": 9, "opacity": 0.6, "symbol": "circle-open" if shift < 0 else "circle"}
    hover = f"{name}, at %{{customdata[0]}}, seed %{{customdata[1]}}: %{{y:.1%}}"
    aside = {"customdata": np.stack([value, seed], axis=1), "showlegend": False}
    add_points(figure, value + shift, accuracy, f"{name}: each seed", marker, hover, **aside)
    named, hover = f"{name}: median, range, each seed", f"{name}, at %{{x}}: median %{{y:.1%}}"
    x, y = curve.values, curve.median
    add_curve(figure, x, y, named, colour, 3, hover, mode="lines+markers", marker={"size": 5})


def accuracy_alt(info: AccuracyInfo) -> str:
    """The picture in words, for a screen reader."""
    parts = [f"{NAMES[info.cell]}: {info.measure} over {AXIS_TITLES[info.axis]}."]
    for curve, name in ((info.without, "Without clipping"), (info.with_clipping, "With clipping")):
        shares = ", ".join(f"{m:.0%} at {v}" for v, m in zip(curve.values, curve.median, strict=True))
        parts.append(f"{name}, median: {shares}." if shares else f"{name}: no run has ended yet.")
    return " ".join(parts)
