"""Hidden states of the twins on one sentence, unit × word, and what they would answer after every word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from rnn_core.diagnostics import Probe
from rnn_core.types import Floats

from . import style

WERE = 1
"""Index of "were" among the answers."""


class HiddenMapsInfo(NamedTuple):
    """What the heatmaps and the lines show.

    Attributes
    ----------
    words : T labels, in reading order; two equal words are two labels
    pair_words : the same for the minimal pair; None if there is none
    h : (H, T+1) of each twin; column 0 is the state before the first word
    difference : (H, T+1) of each twin: sentence minus its minimal pair; None without a pair
    p_were : (T+1,) of each twin
    pair_p_were : the same for the minimal pair; None without one
    """

    words: tuple[str, ...]
    pair_words: tuple[str, ...] | None
    h: tuple[Floats, Floats]
    difference: tuple[Floats, Floats] | None
    p_were: tuple[Floats, Floats]
    pair_p_were: tuple[Floats, Floats] | None


def hidden_maps_info(
    words: tuple[str, ...],
    probes: tuple[Probe, Probe],
    pair_words: tuple[str, ...] | None = None,
    pairs: tuple[Probe, Probe] | None = None,
) -> HiddenMapsInfo:
    """Arrange what A and B made of a sentence, and of its minimal pair if there is one."""
    a, b = probes
    difference = pair_p = None
    if pairs is not None:
        difference = ((a.h - pairs[0].h).T, (b.h - pairs[1].h).T)
        pair_p = (pairs[0].p[:, WERE], pairs[1].p[:, WERE])
    return HiddenMapsInfo(words, pair_words, (a.h.T, b.h.T), difference, (a.p[:, WERE], b.p[:, WERE]), pair_p)


def hidden_maps(info: HiddenMapsInfo) -> go.Figure:
    """A left, B right: states, the pair's difference if there is one, and P(were) after every word."""
    rows = 2 if info.difference is None else 3
    heights = [0.62, 0.38] if rows == 2 else [0.38, 0.38, 0.24]
    titles = [style.NAME_A, style.NAME_B] + (
        [] if rows == 2 else ["A: difference to the pair", "B: difference to the pair"]
    )
    figure = make_subplots(
        rows=rows,
        cols=2,
        row_heights=heights,
        horizontal_spacing=0.04,
        vertical_spacing=0.09,
        shared_xaxes=True,
        shared_yaxes=True,
        subplot_titles=[*titles, "", ""],
    )
    length = len(info.words)
    for k in (0, 1):
        bar = {"title": "h<sub>t</sub>", "y": 1 - heights[0] / 2, "len": heights[0]}
        _add_states(figure, info.h[k], 1.0, bar if k else None, 1, k + 1)
        if info.difference is not None:
            bar = {"title": "Δh<sub>t</sub>", "y": heights[2] + heights[1] / 2, "len": heights[1]}
            _add_states(figure, info.difference[k], 2.0, bar if k else None, 2, k + 1)
        _add_answers(figure, info, k, rows)
    figure.update_xaxes(tickvals=list(range(length + 1)), ticktext=["(start)", *info.words], tickangle=-60, row=rows)
    figure.update_xaxes(range=[-0.5, length + 0.5])
    for row in range(1, rows):
        figure.update_yaxes(range=[-0.5, len(info.h[0]) - 0.5], row=row)
        figure.update_yaxes(title_text="hidden unit", row=row, col=1)
    figure.update_yaxes(range=[-0.04, 1.04], tickvals=[0, 0.5, 1], ticktext=["was", "even", "were"], row=rows)
    figure.update_yaxes(title_text="P(were)", row=rows, col=1)
    figure = style.finish(figure, 640 if rows == 2 else 900)
    figure.update_layout(legend={"y": -0.22 if rows == 2 else -0.16})
    return figure


def _add_states(
    figure: go.Figure, states: Floats, limit: float, bar: dict[str, object] | None, row: int, col: int
) -> None:
    figure.add_heatmap(
        z=states.astype(np.float32),
        colorscale=style.HIDDEN_SCALE,
        reversescale=True,
        zmid=0,
        zmin=-limit,
        zmax=limit,
        showscale=bar is not None,
        colorbar=bar,
        hovertemplate="unit %{y} after word %{x}: %{z:.3f}<extra></extra>",
        row=row,
        col=col,
    )


def _add_answers(figure: go.Figure, info: HiddenMapsInfo, k: int, row: int) -> None:
    colour = (style.COLOUR_A, style.COLOUR_B)[k]
    place = {"row": row, "col": k + 1}
    x = list(range(len(info.words) + 1))
    hover = "after “%{customdata}”: P(were) = %{y:.4f}<extra></extra>"
    figure.add_scatter(
        x=x,
        y=info.p_were[k],
        customdata=["(start)", *info.words],
        mode="lines+markers",
        line={"color": colour, "width": 3},
        name=f"{'AB'[k]}: this sentence",
        hovertemplate=hover,
        **place,
    )
    if info.pair_p_were is not None and info.pair_words is not None:
        figure.add_scatter(
            x=x,
            y=info.pair_p_were[k],
            customdata=["(start)", *info.pair_words],
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": "dot"},
            marker={"symbol": "diamond-open", "size": 9},
            name=f"{'AB'[k]}: its minimal pair",
            hovertemplate=hover,
            **place,
        )
    figure.add_hline(y=0.5, line={"color": "#888888", "width": 1, "dash": "dash"}, **place)


def hidden_maps_alt(info: HiddenMapsInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = " ".join(f"Twin {'AB'[k]} ends at P(were) = {info.p_were[k][-1]:.3f}." for k in (0, 1))
    pair = ""
    if info.difference is not None:
        sizes = [float(np.abs(d[:, -1]).max()) for d in info.difference]
        pair = f" After the last word the pair's states differ by at most {sizes[0]:.3f} in A, {sizes[1]:.3f} in B."
    return f"Heatmaps of hidden states, unit by word, for “{' '.join(info.words)}”. {ends}{pair}"
