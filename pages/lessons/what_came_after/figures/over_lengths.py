"""Accuracy at lengths that were never trained, of four networks."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style

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
        figure.add_scatter(
            x=list(of),
            y=list(of.values()),
            mode="lines+markers",
            line={"color": COLOURS[model], "width": 7.0 - 1.5 * k},
            marker={"size": 9},
            name=NAMES[model],
            hovertemplate=f"{NAMES[model]}, %{{x}} words: %{{y:.1%}}<extra></extra>",
        )
    grey = {"color": "#888888", "width": 2}
    figure.add_hline(y=CHANCE, line=grey | {"dash": "dot"}, name="a coin", showlegend=True)
    trained = f"trained at {info.trained_at} words"
    figure.add_vline(x=info.trained_at, line=grey | {"dash": "dash"}, name=trained, showlegend=True)
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
