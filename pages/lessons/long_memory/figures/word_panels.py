"""Panels over the words of one sentence, all on one colour scale whose bar lies below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style

GAP = 40
_ROOM = 18
"""Pixels: between panels, and between the figure's title and that of its first panel."""


def word_panels(height: int, titles: Sequence[str]) -> tuple[go.Figure, int]:
    """One panel of this height below the other, and the height of all with the gaps between; in pixels."""
    n = len(titles)
    plot = n * height + (n - 1) * GAP
    figure = make_subplots(
        rows=n, row_heights=[height] * n, vertical_spacing=GAP / plot, shared_xaxes=True, subplot_titles=list(titles)
    )
    return figure, plot


def add_colour_bar(figure: go.Figure, scale: Any, ticks: dict[float, str], above: int) -> None:
    """The colour scale of all panels, once the figure is finished.

    Parameters
    ----------
    ticks : names of values on the bar, from one end of the scale to the other
    above : pixels from the figure's lower edge
    """
    height = figure.layout.height + _ROOM
    values = list(ticks)
    bar = {
        "orientation": "h",
        "tickvals": values,
        "ticktext": list(ticks.values()),
        "thickness": 12,
        "len": 0.9,
        "y": above / height,
        "yref": "container",
        "yanchor": "bottom",
    }
    figure.update_layout(
        coloraxis={"colorscale": scale, "cmin": values[0], "cmax": values[-1], "colorbar": bar},
        margin_r=10,
        margin_t=style.TOP + _ROOM,
        height=height,
    )
