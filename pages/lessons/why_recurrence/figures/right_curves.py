"""How often each network is right over where a sentence stands, or over how long it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_rule
from rnn_core.experiments.why_recurrence import KINDS

from .meanings import COLOURS, SYMBOLS


class CurvesInfo(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    over : what the horizontal axis counts
    values : its places
    accuracy : by network, at each place
    trained : the last place that occurs in training
    here : where the visitor's sentence is
    """

    over: str
    values: tuple[int, ...]
    accuracy: dict[str, tuple[float, ...]]
    trained: int
    here: int


def curves_info(
    over: str, values: Sequence[int], accuracy: Mapping[str, Sequence[float]], trained: int, here: int
) -> CurvesInfo:
    """Networks in the order of KINDS."""
    return CurvesInfo(over, tuple(values), {kind: tuple(accuracy[kind]) for kind in KINDS}, trained, here)


def right_curves(info: CurvesInfo) -> go.Figure:
    """A line a network; what occurs in training is shaded, and the visitor's place marked."""
    figure = go.Figure()
    first, last = info.values[0], info.values[-1]
    margin = 0.03 * (last - first)
    edge = info.trained + 0.5
    figure.add_vrect(x0=first - margin, x1=edge, fillcolor=style.GREY, opacity=0.15, line_width=0)
    figure.add_annotation(
        x=first, y=0.02, text="as in training", showarrow=False, xanchor="left", yanchor="bottom", yref="y"
    )
    for kind, shares in info.accuracy.items():
        name, colour, hover = KINDS[kind], COLOURS[kind], f"{KINDS[kind]}, {info.over} %{{x}}: %{{y:.1%}}"
        symbol = SYMBOLS[kind] + ("" if kind == "rnn" else "-open")
        marker = {"symbol": symbol, "size": _SIZES[kind], "color": colour, "line": {"color": colour, "width": 3}}
        marks: dict[str, Any] = {"mode": "lines+markers", "marker": marker, "cliponaxis": False}
        add_curve(figure, info.values, shares, name, colour, 3, hover, **marks)
    add_rule(figure, "chance", y=0.5, width=2.5)
    if first <= info.here <= last:
        add_rule(figure, "your sentence", x=info.here, colour=style.COLOUR_THRESHOLD, width=2.5, dash="dot")
    figure.update_xaxes(title_text=info.over, range=[first - margin, last + margin], tickvals=_ticks(info.values))
    figure.update_yaxes(title_text="accuracy", tickformat=".0%", range=[-0.03, 1.05], dtick=0.25)
    return style.finish(figure, 300, below=64, legend_rows=3)


_SIZES = {"bag": 14, "fixed": 15, "rnn": 8}
"""A small mark of one network does not hide the large open one of another."""

_MOST_TICKS = 6


def _ticks(values: tuple[int, ...]) -> list[int]:
    """Some of the places, so few that a phone has room for their numbers."""
    every = -(-len(values) // _MOST_TICKS)
    return list(values[::every])


def curves_alt(info: CurvesInfo) -> str:
    """The picture in words, for a screen reader."""
    parts = [f"Accuracy over {info.over}; up to {info.trained} as in training. Chance is 50%."]
    for kind, shares in info.accuracy.items():
        listed = ", ".join(f"{share:.0%} at {value}" for value, share in zip(info.values, shares, strict=True))
        parts.append(f"{KINDS[kind]}: {listed}.")
    return " ".join(parts)
