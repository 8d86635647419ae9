"""What each network says of one sentence: from noun to verb, with the undecided middle marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_rule
from rnn_core.experiments.why_recurrence import KINDS

COLOURS = {"bag": "#8A5FBF", "fixed": style.COLOUR_A, "rnn": style.COLOUR_B}
SYMBOLS = {"bag": "square", "fixed": "diamond", "rnn": "circle"}
"""Of each network, in all pictures of the page."""


class MeaningsInfo(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    word : the homograph
    p_verb : by network, the probability that it gives to a verb
    """

    word: str
    p_verb: dict[str, float]


def meanings_info(word: str, p_verb: Mapping[str, float]) -> MeaningsInfo:
    """Networks in the order of KINDS."""
    return MeaningsInfo(word, {kind: float(p_verb[kind]) for kind in KINDS})


def meanings(info: MeaningsInfo) -> go.Figure:
    """A line from the undecided middle to a mark, one a network."""
    figure = go.Figure()
    for kind, p in info.p_verb.items():
        name = KINDS[kind]
        figure.add_scatter(
            x=[0.5, p],
            y=[name, name],
            mode="lines+markers",
            line={"color": COLOURS[kind], "width": 5},
            marker={"color": COLOURS[kind], "size": [0, 18], "symbol": SYMBOLS[kind], "opacity": 1},
            cliponaxis=False,
            showlegend=False,
            hovertemplate=f"{name}: verb with probability {p:.3f}<extra></extra>",
        )
    add_rule(figure, x=0.5)
    figure.update_xaxes(
        title_text=f"probability that “{info.word}” is a verb",
        range=[-0.02, 1.02],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0<br>noun", "0.25", "0.5<br>undecided", "0.75", "1<br>verb"],
    )
    figure.update_yaxes(autorange="reversed")
    return style.finish(figure, 150, below=84)


def meanings_alt(info: MeaningsInfo) -> str:
    """The picture in words, for a screen reader."""
    shares = ", ".join(f"{KINDS[kind]} {p:.2f}" for kind, p in info.p_verb.items())
    return f"Probability that “{info.word}” is a verb: {shares}. 0.5 is undecided."
