"""Colours, sizes and scales that all figures share; safe for colour-blind readers, readable on a projector."""

from __future__ import annotations

import plotly.graph_objects as go

COLOUR_A, COLOUR_B = "#D55E00", "#2187C9"
"""Twin A (without clipping) and twin B (with): orange and blue, told apart by every kind of eye, on light and dark."""

COLOUR_THRESHOLD = "#CC79A7"
COLOUR_ZERO, COLOUR_NON_FINITE = "#9E9E9E", "#E6007E"
"""Marks for entries that a logarithm cannot show; neither colour occurs in Viridis."""

NAME_A, NAME_B = "A · without clipping", "B · with clipping"
FONT_SIZE = 15

GRADIENT_SCALE = "Viridis"
HIDDEN_SCALE = "RdBu"
RATIO_SCALE = "PuOr"


def finish(figure: go.Figure, height: int) -> go.Figure:
    """The frame that all figures share."""
    figure.update_layout(
        height=height,
        font={"size": FONT_SIZE},
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        legend={"orientation": "h", "y": -0.12, "x": 0, "yanchor": "top", "font": {"size": FONT_SIZE}},
    )
    figure.update_annotations(font_size=FONT_SIZE + 1)
    figure.update_xaxes(automargin=True, tickfont_size=FONT_SIZE - 1, title_font_size=FONT_SIZE)
    figure.update_yaxes(automargin=True, tickfont_size=FONT_SIZE - 1, title_font_size=FONT_SIZE)
    figure.update_traces(colorbar_tickfont_size=FONT_SIZE - 1, selector={"type": "heatmap"})
    return figure
