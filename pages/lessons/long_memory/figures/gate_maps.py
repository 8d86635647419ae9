"""Gates over a sentence, unit × word, from 0 (shut) to 1 (open)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from rnn_core.diagnostics.retention import KEEP_GATES
from rnn_core.types import Floats, Ints

from .accuracy_curves import NAMES

TITLES = {
    "r": "r: reset gate (1: the old state is heard)",
    "z": "z: update gate (1: the old state is kept)",
    "i": "i: input gate (1: the new is written)",
    "f": "f: forget gate (1: the old is kept)",
    "o": "o: output gate (1: the cell is shown)",
}


class GatesInfo(NamedTuple):
    """What the heatmaps of one cell show.

    Attributes
    ----------
    cell : as in `Config.cell`
    words : T words
    gates : (H, T) by the gate's name; rows as in `units`
    units : (H,) numbers of the units, those whose keep gate is most open on average last
    """

    cell: str
    words: tuple[str, ...]
    gates: dict[str, Floats]
    units: Ints


def gates_info(cell: str, words: tuple[str, ...], gates: dict[str, Floats]) -> GatesInfo:
    """From `retention.gates`, (T, H)."""
    units = np.argsort(gates[KEEP_GATES[cell]].mean(axis=0), kind="stable")
    return GatesInfo(cell, words, {name: gate.T[units] for name, gate in gates.items()}, units)


def gate_maps(info: GatesInfo) -> go.Figure:
    """A heatmap for each gate over the same words, all on one scale."""
    height, gap, n = 190, 40, len(info.gates)
    plot = n * height + (n - 1) * gap
    figure = make_subplots(
        rows=n,
        row_heights=[height] * n,
        vertical_spacing=gap / plot,
        shared_xaxes=True,
        subplot_titles=[TITLES[name] for name in info.gates],
    )
    T = len(info.words)
    for row, (name, gate) in enumerate(info.gates.items(), 1):
        figure.add_heatmap(
            x=[str(t) for t in range(T)],
            z=gate.astype(np.float32),
            coloraxis="coloraxis",
            customdata=np.broadcast_to(info.units[:, None], gate.shape),
            hovertemplate=f"{name} of unit %{{customdata}} at “%{{x}}”: %{{z:.3f}}<extra></extra>",
            row=row,
            col=1,
        )
        figure.update_yaxes(
            title_text="units, sorted", range=[-0.5, len(gate) - 0.5], showticklabels=False, ticks="", row=row
        )
    size = style.FONT_SIZE - 2
    longest = max(len(word) for word in info.words)
    figure = style.finish(figure, plot, below=70 + int(0.6 * size * longest), title=NAMES[info.cell])
    figure.update_xaxes(type="category", range=[-0.5, T - 0.5])
    figure.update_xaxes(
        labelalias={str(t): word for t, word in enumerate(info.words)},
        tickangle=-90 if T > 14 else -60,
        tickfont_size=size,
        row=n,
    )
    figure.update_layout(
        coloraxis={
            "colorscale": style.GRADIENT_SCALE,
            "cmin": 0,
            "cmax": 1,
            "colorbar": {
                "orientation": "h",
                "tickvals": [0, 0.5, 1],
                "ticktext": ["0 shut", "½", "1 open"],
                "thickness": 12,
                "len": 0.9,
                "y": 4 / (figure.layout.height + _ROOM),
                "yref": "container",
                "yanchor": "bottom",
            },
        },
        margin_r=10,
        margin_t=style.TOP + _ROOM,
        height=figure.layout.height + _ROOM,
    )
    return figure


_ROOM = 18
"""Pixels between the figure's title and that of its first panel."""


def gates_alt(info: GatesInfo) -> str:
    """The picture in words, for a screen reader."""
    means = ", ".join(f"{name} {float(gate.mean()):.2f}" for name, gate in info.gates.items())
    units = len(next(iter(info.gates.values())))
    return f"{NAMES[info.cell]}: heatmaps of gates, {units} units by {len(info.words)} words; means {means}."
