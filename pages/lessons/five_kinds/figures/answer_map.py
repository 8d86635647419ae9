"""What a network says at several places in a row: the probability of each answer, and marks on some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_points
from rnn_core.types import Floats, Ints


class Mark(NamedTuple):
    """A row at each place, and how it is marked.

    Attributes
    ----------
    rows : K rows, counted from 0; -1 where there is none
    """

    name: str
    rows: tuple[int, ...]
    symbol: str
    colour: str
    size: int


class AnswerMapInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    places, answers : K names of places, side by side, and O names of answers, one above the other
    p : (K, O) probabilities
    marks : what the network says, what is right, and perhaps what a rule says
    over : what the places are
    """

    places: tuple[str, ...]
    answers: tuple[str, ...]
    p: Floats
    marks: tuple[Mark, ...]
    over: str


def answer_map_info(
    places: Sequence[str],
    answers: Sequence[str],
    p: Floats,
    right: Sequence[int] | Ints,
    over: str,
    rules: dict[str, Ints] | None = None,
) -> AnswerMapInfo:
    """Of K places and O answers; `right` (K,) is -1 where nothing is right, `rules` are other answers by their name."""
    marks = [
        Mark("the network's answer", tuple(np.argmax(p, axis=1).tolist()), "square-open", style.COLOUR_A, 22),
        Mark("the right answer", tuple(int(row) for row in right), "circle", style.COLOUR_OUTLINE, 11),
    ]
    for name, rows in (rules or {}).items():
        marks.append(Mark(name, tuple(int(row) for row in rows), "x", style.COLOUR_THRESHOLD, 10))
    return AnswerMapInfo(tuple(places), tuple(answers), p, tuple(marks), over)


def answer_map(info: AnswerMapInfo) -> go.Figure:
    """A column for each place, a row for each answer."""
    K, answers = info.p.shape
    x, plot = [str(k) for k in range(K)], 26 * answers
    figure = go.Figure()
    figure.add_heatmap(
        x=x,
        z=info.p.T.astype(np.float32),
        colorscale=style.GRADIENT_SCALE,
        zmin=0,
        zmax=1,
        colorbar={
            "title": {"text": "p"},
            "tickvals": [0, 0.5, 1],
            "ticktext": ["0", "½", "1"],
            "thickness": 14,
            "xpad": 6,
        },
        customdata=[[(place, answer) for place in info.places] for answer in info.answers],
        hovertemplate="%{customdata[0]}: %{customdata[1]} with probability %{z:.3f}<extra></extra>",
    )
    for mark in info.marks:
        at = [k for k in range(K) if mark.rows[k] >= 0]
        if not at:
            continue
        line = {"width": 4} if mark.symbol.endswith("open") else {"width": 1.5, "color": style.COLOUR_PARTING}
        marker = {"symbol": mark.symbol, "size": mark.size, "color": mark.colour, "line": line}
        columns, rows = [x[k] for k in at], [mark.rows[k] for k in at]
        names = [(info.places[k], info.answers[mark.rows[k]]) for k in at]
        hover = f"%{{customdata[0]}}: {mark.name} is %{{customdata[1]}}"
        add_points(figure, columns, rows, mark.name, marker, hover, customdata=names)
    size = style.FONT_SIZE - 2
    longest = max(map(len, info.places))
    steep = longest > 3
    figure.update_yaxes(
        tickvals=list(range(answers)), ticktext=list(info.answers), range=[answers - 0.5, -0.5], showgrid=False
    )
    figure.update_xaxes(
        type="category",
        range=[-0.5, K - 0.5],
        tickvals=x,
        ticktext=list(info.places),
        tickangle=-60 if steep else 0,
        title_text=info.over,
        showgrid=False,
    )
    figure = style.finish(
        figure, plot, below=50 + (int(0.6 * size * longest) if steep else 10), legend_rows=len(info.marks)
    )
    figure.update_xaxes(tickfont_size=size)
    return figure


def answer_map_alt(info: AnswerMapInfo) -> str:
    """The picture in words, for a screen reader."""
    answered, right, *_ = info.marks
    told = ", ".join(
        f"{place}: {info.answers[row]} ({info.p[k, row]:.0%})"
        + (f", right is {info.answers[right.rows[k]]}" if right.rows[k] not in (row, -1) else "")
        for k, (place, row) in enumerate(zip(info.places, answered.rows, strict=True))
    )
    return f"Heatmap of the probability of each answer over {info.over}. The likeliest at each: {told}."
