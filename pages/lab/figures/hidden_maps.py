"""Hidden states of the twins on one sentence, unit × word, and what they would answer after every word."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import add_rule
from pages.components.figures.word_axis import name_positions, positions, room_for
from rnn_core.diagnostics import Probe
from rnn_core.types import Floats

WERE = 1
"""Index of "were" among the answers."""

SIDE_BY_SIDE = 26
"""Words that fit under a figure of half the page's width; longer sentences need its whole width."""


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


def hidden_maps(info: HiddenMapsInfo, k: int) -> go.Figure:
    """Twin A (k = 0) or B (k = 1): states, the pair's difference if there is one, and P(were) after every word."""
    maps = [(info.h[k], 1.0, "h<sub>t</sub>")]
    if info.difference is not None:
        maps.append((info.difference[k], 2.0, "Δh<sub>t</sub>"))
    heights, gap = [300] * len(maps) + [150], 40
    plot = sum(heights) + gap * len(maps)
    titles = ["", *["difference to the pair"] * (len(maps) - 1), "what it would answer after each word"]
    figure = make_subplots(
        rows=len(heights),
        row_heights=heights,
        vertical_spacing=gap / plot,
        shared_xaxes=True,
        subplot_titles=titles,
    )
    for row, (states, limit, name) in enumerate(maps, 1):
        top = 1 - (row - 1) * (heights[0] + gap) / plot
        bar = {"title": name, "y": top, "yanchor": "top", "len": heights[0] / plot, "tickvals": [-limit, 0, limit]}
        bar |= {"x": 1, "xpad": 6, "thickness": 14}  # narrow, for the sake of phones
        _add_states(figure, states, limit, bar, row)
        figure.update_yaxes(title_text="hidden unit", range=[-0.5, len(states) - 0.5], row=row)
    _add_answers(figure, info, k, len(heights))
    figure.update_yaxes(
        title_text="P(were)",
        range=[-0.08, 1.08],
        tickvals=[0, 0.5, 1],
        ticktext=["was", "even", "were"],
        row=len(heights),
    )
    words = ("(start)", *info.words)
    steep = len(words) > _SLANTED
    size = style.FONT_SIZE - (4 if steep else 3)
    figure = style.finish(
        figure,
        plot,
        below=20 + room_for(words, size),
        legend_rows=2 if info.pair_p_were is None else 3,
        title=(style.NAME_A, style.NAME_B)[k],
    )
    figure.update_layout(margin_r=4)
    figure.update_yaxes(title_standoff=2)
    figure.update_yaxes(title_standoff=22, row=len(heights))
    name_positions(figure, words, size, -90 if steep else -60, row=len(heights))
    return figure


_SLANTED = 20
"""Labels that leave room to lean."""


def _add_states(figure: go.Figure, states: Floats, limit: float, bar: dict[str, object], row: int) -> None:
    figure.add_heatmap(
        x=[str(t) for t in range(states.shape[1])],
        z=states.astype(np.float32),
        colorscale=style.HIDDEN_SCALE,
        reversescale=True,
        zmid=0,
        zmin=-limit,
        zmax=limit,
        colorbar=bar,
        hovertemplate="unit %{y} after “%{x}”: %{z:.3f}<extra></extra>",
        row=row,
        col=1,
    )


def _add_answers(figure: go.Figure, info: HiddenMapsInfo, k: int, row: int) -> None:
    """Faint lines over all words, and strong points at the end, where alone the network was trained to choose."""
    colour = (style.COLOUR_A, style.COLOUR_B)[k]
    panel: dict[str, Any] = {"row": row, "col": 1}
    curves = [("this sentence", info.words, info.p_were[k], "solid", "circle")]
    if info.pair_p_were is not None and info.pair_words is not None:
        curves.append(("its minimal pair", info.pair_words, info.pair_p_were[k], "dot", "diamond-open"))
    hover = "after “%{customdata}”: P(were) = %{y:.4f}<extra></extra>"
    add_rule(figure, y=0.5, width=1, **panel)
    x = positions(("(start)", *info.words))
    for name, words, p_were, dash, symbol in curves:
        figure.add_scatter(
            x=x,
            y=p_were,
            customdata=["(start)", *words],
            mode="lines+markers",
            line={"color": colour, "width": 1.5, "dash": dash},
            marker={"symbol": symbol, "size": 5},
            opacity=FAINT,
            name=name,
            hovertemplate=hover,
            **panel,
        )
    figure.add_scatter(
        x=[x[-1]] * len(curves),
        y=[p_were[-1] for _, _, p_were, _, _ in curves],
        customdata=[words[-1] for _, words, _, _, _ in curves],
        mode="markers",
        marker={
            "symbol": [symbol for *_, symbol in curves],
            "size": 15,
            "color": colour,
            "line": {"color": colour, "width": 3},
        },
        cliponaxis=False,
        name="the end: where it was trained to choose",
        hovertemplate=hover,
        **panel,
    )


FAINT = 0.65
"""Opacity of what the network would answer where nobody ever asked it."""


def hidden_maps_alt(info: HiddenMapsInfo, k: int) -> str:
    """The picture of twin A (k = 0) or B (k = 1) in words, for a screen reader."""
    name, end = f"Twin {'AB'[k]}", float(info.p_were[k][-1])
    ends = f"{name} ends at P(were) = {end:.3f}." if np.isfinite(end) else f"{name} ends without an answer."
    pair = ""
    if info.difference is not None:
        size = float(np.abs(info.difference[k][:, -1]).max())
        differ = f"differ by at most {size:.3f}" if np.isfinite(size) else "are not finite"
        pair = f" After the last word the pair's states {differ}."
    return f"Heatmap of hidden states, unit by word, for “{' '.join(info.words)}”. {ends}{pair}"
