"""How often each network is right on each kind of sentence, beside chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_rule
from rnn_core.experiments.why_recurrence import KINDS, MOVED, Trained

from .meanings import COLOURS

SLICES = (
    "other words tell",
    "order tells",
    "other words tell, moved",
    "order tells, moved",
)
"""Kinds of sentences, from the top."""


class BarsInfo(NamedTuple):
    """Accuracies on SLICES, by network."""

    accuracy: dict[str, tuple[float, ...]]


def bars_info(networks: Mapping[str, Trained]) -> BarsInfo:
    """Networks in the order of KINDS."""
    return BarsInfo(
        {
            kind: (*networks[kind].fresh, networks[kind].words_tell[MOVED], networks[kind].order_tells[MOVED])
            for kind in KINDS
        }
    )


def right_bars(info: BarsInfo) -> go.Figure:
    """Groups of bars, one bar a network."""
    figure = go.Figure()
    for kind, shares in info.accuracy.items():
        figure.add_bar(
            x=shares,
            y=[name.replace(", ", ",<br>").replace("other words", "other<br>words") for name in SLICES],
            orientation="h",
            marker_color=COLOURS[kind],
            name=KINDS[kind],
            text=[f"{share:.0%}" for share in shares],
            textposition="auto",  # beside a bar that has no room for it
            insidetextanchor="end",
            textangle=0,
            hovertemplate=f"{KINDS[kind]}: %{{x:.1%}}<extra></extra>",
        )
    add_rule(figure, "chance", x=0.5, width=2.5)
    figure.update_xaxes(title_text="accuracy", tickformat=".0%", range=[0, 1], dtick=0.25)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(barmode="group", bargap=0.25)
    return style.finish(figure, 400, below=64, legend_rows=2)


def bars_alt(info: BarsInfo) -> str:
    """The picture in words, for a screen reader."""
    parts = []
    for k, name in enumerate(SLICES):
        shares = ", ".join(f"{KINDS[kind]} {of_kind[k]:.0%}" for kind, of_kind in info.accuracy.items())
        parts.append(f"{name}: {shares}.")
    return "Accuracy where " + " ".join(parts) + " Chance is 50%."
