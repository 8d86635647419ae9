"""What pictures of an unrolled network share: words below, states amid, outputs or losses on top, and arrows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from . import style
from .lines import add_legend_entry

COLOUR_WAY, COLOUR_IDLE = "#9E9E9E", "#757575"
"""Arrows and nodes that nothing is said about."""

WORD, STATE, LOSS = 0.0, 1.0, 2.0
"""How high each row stands; a loss, or the output that it is read from."""

DISC, ROOM = 38, 22
"""Pixels: across a node, and between its centre and the end of an arrow."""

Spot = tuple[float, float]
Drawn = dict[str, Any]
"""An annotation of a figure."""


def arrow(start: Spot, end: Spot, colour: str, width: float, room: int = ROOM) -> Drawn:
    """From one node to another."""
    return {
        "x": end[0],
        "y": end[1],
        "ax": start[0],
        "ay": start[1],
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1 if width < 2 else 0.7,
        "arrowwidth": width,
        "arrowcolor": colour,
        "standoff": room,
        "startstandoff": room,
    }


def label(x: float, y: float, text: str, xanchor: str, yanchor: str, colour: str | None = None, **more: Any) -> Drawn:
    """Text beside a node or an arrow."""
    anchors = {"xanchor": xanchor, "yanchor": yanchor}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"color": colour}} | anchors | more


def word_below(t: int, word: str) -> Drawn:
    """A word, where time step t begins."""
    return {"x": t, "y": WORD, "text": word, "showarrow": False, "yanchor": "top", "yshift": 14}


def nodes(
    times: range,
    y: float,
    letter: str,
    colours: Sequence[str],
    *,
    opacity: float | list[float] = 1,
    size: int = DISC,
    font_size: int = style.FONT_SIZE,
    **more: Any,
) -> go.Scatter:
    """A row of nodes with their names, such as h₀ … h_T; `more` of the trace."""
    return go.Scatter(
        x=list(times),
        y=[y] * len(times),
        mode="markers+text",
        marker={"size": size, "color": colours, "opacity": opacity},
        text=[f"{letter}<sub>{t}</sub>" for t in times],
        textfont={"color": style.COLOUR_OUTLINE, "size": font_size},
        showlegend=False,
        **more,
    )


def forward_edges(t: int) -> tuple[tuple[Spot, Spot], ...]:
    """From where to where the forward pass goes at time step t: word to state, state to state, state to output."""
    word, state, before, output = (t, WORD), (t, STATE), (t - 1, STATE), (t, LOSS)
    return (word, state), (before, state), (state, output)


def unrolled_figure(
    T: int, rows: list[go.Scatter], drawn: list[Drawn], legend: Sequence[tuple[str, str, float]]
) -> go.Figure:
    """Rows of nodes for h_0 and T time steps, with what is drawn between them; no axes to be seen.

    Parameters
    ----------
    legend : name, colour and width of each kind of arrow
    """
    figure = go.Figure(rows)
    figure.update_layout(annotations=drawn)
    for name, colour, width in legend:
        add_legend_entry(figure, name, colour, width)
    figure.update_xaxes(visible=False, range=[-0.45, T + 0.55])
    figure.update_yaxes(visible=False, range=[-0.2, 2.3])
    return style.finish(figure, 320, below=8, legend_rows=3)
