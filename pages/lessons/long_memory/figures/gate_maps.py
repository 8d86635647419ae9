"""Gates over a sentence, unit × word, from 0 (shut) to 1 (open)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.word_axis import name_positions, positions, room_for
from rnn_core.diagnostics.retention import KEEP_GATES
from rnn_core.types import Floats, Ints

from .accuracy_curves import NAMES
from .word_panels import add_colour_bar, word_panels

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
    figure, plot = word_panels(190, [TITLES[name] for name in info.gates])
    for row, (name, gate) in enumerate(info.gates.items(), 1):
        figure.add_heatmap(
            x=positions(info.words),
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
    size, angle = style.FONT_SIZE - 2, -90 if len(info.words) > 14 else -60
    figure = style.finish(figure, plot, below=70 + room_for(info.words, size), title=NAMES[info.cell])
    name_positions(figure, info.words, size, angle, row=len(info.gates))
    add_colour_bar(figure, style.GRADIENT_SCALE, {0: "0 shut", 0.5: "½", 1: "1 open"}, 4)
    return figure


def gates_alt(info: GatesInfo) -> str:
    """The picture in words, for a screen reader."""
    means = ", ".join(f"{name} {float(gate.mean()):.2f}" for name, gate in info.gates.items())
    units = len(next(iter(info.gates.values())))
    return f"{NAMES[info.cell]}: heatmaps of gates, {units} units by {len(info.words)} words; means {means}."
