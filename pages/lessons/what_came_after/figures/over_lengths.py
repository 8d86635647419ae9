"""Accuracy at lengths that were never trained, of four networks."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_rule

from .models import COLOURS, NAMES

CHANCE = 0.5


class LengthsInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    trained_at : words before the verb in training
    accuracy : held-out accuracy by length, by network
    """

    trained_at: int
    accuracy: dict[str, dict[int, float]]


def lengths(info: LengthsInfo) -> go.Figure:
    """A line for each network; a dashed one where it was trained, a dotted one for a coin."""
    figure = go.Figure()
    for k, (model, of) in enumerate(info.accuracy.items()):
        name, hover = NAMES[model], f"{NAMES[model]}, %{{x}} words: %{{y:.1%}}"
        x, y, width = list(of), list(of.values()), 7.0 - 1.5 * k
        add_curve(figure, x, y, name, COLOURS[model], width, hover, mode="lines+markers", marker={"size": 9})
    add_rule(figure, "a coin", y=CHANCE, dash="dot")
    add_rule(figure, f"trained at {info.trained_at} words", x=info.trained_at)
    all_lengths = sorted({length for of in info.accuracy.values() for length in of})
    figure.update_xaxes(title_text="words before the verb", tickvals=all_lengths)
    figure.update_yaxes(title_text="accuracy", tickformat=".0%", range=[-0.03, 1.05], dtick=0.25)
    return style.finish(figure, 320, below=60, legend_rows=6)


def lengths_alt(info: LengthsInfo) -> str:
    """The lines in words, for a screen reader."""
    shares = "; ".join(
        f"{NAMES[model]}: " + ", ".join(f"{share:.0%} at {length}" for length, share in of.items())
        for model, of in info.accuracy.items()
    )
    return f"Held-out accuracy over sentence length, trained at {info.trained_at} words. {shares}."
