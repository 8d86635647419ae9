"""Names and colours of the four networks that are compared."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from pages.components.figures import style

NAMES = {"vanilla": "Vanilla RNN", "gru": "GRU", "lstm": "LSTM", "attention": "Attention"}
COLOURS = {
    "vanilla": style.COLOUR_A,
    "gru": style.COLOUR_B,
    "lstm": "#009E73",
    "attention": style.COLOUR_THRESHOLD,
}
"""Told apart by every kind of eye."""


_MANY = 25
"""Words beyond which their names are small."""


def name_words(figure: go.Figure, words: tuple[str, ...], title: str, **axis: Any) -> None:
    """Words below the positions 1 ... T, as an axis whose labels stand steep where there are many.

    Parameters
    ----------
    axis : what else the axis is told, such as its row
    """
    T = len(words)
    figure.update_xaxes(range=[0.4, T + 0.6])
    figure.update_xaxes(
        title_text=title,
        tickvals=list(range(1, T + 1)),
        ticktext=list(words),
        tickangle=-90 if T > 8 else -60,
        tickfont_size=style.FONT_SIZE - (2 if T <= _MANY else 6),
        **axis,
    )
