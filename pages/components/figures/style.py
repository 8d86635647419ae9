"""Colours, sizes and scales that all figures share; safe for colour-blind readers, readable on a projector."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.twins import TWINS

COLOUR_A, COLOUR_B = "#D55E00", "#1478BE"
"""Twin A (without clipping) and twin B (with): orange and blue, told apart by every kind of eye, on light and dark."""

COLOUR_B_BEFORE = "#7CC4F2"
"""B before clipping: far lighter than B, because a projector keeps lightness and loses hue."""

COLOUR_C, COLOUR_THRESHOLD = "#009E73", "#CC79A7"
"""A third kind beside A and B; the threshold."""

GREY = "#888888"
"""Rules that say what to compare with: guessing, before the update."""

COLOUR_ZERO, COLOUR_NON_FINITE = "#9E9E9E", "#E6007E"
"""Marks for entries that a logarithm cannot show; neither colour occurs in Viridis, and the grey not in PuOr."""

COLOUR_PARTING, COLOUR_OUTLINE = "#000000", "#FFFFFF"
"""A black line outlined in white stands out from every colour of every scale, on light and dark."""

NAME_A, NAME_B = TWINS
FONT_SIZE = 15
TOP, BAR, LEGEND_ROW = 44, 150, 24
"""Pixels of the title; of an axis with a colour bar below it; of each row of the legend."""

GRADIENT_SCALE = "Viridis"
HIDDEN_SCALE = "RdBu"
RATIO_SCALE = "PuOr"


def finish(figure: go.Figure, plot: int, *, below: int, legend_rows: int = 0, title: str = "") -> go.Figure:
    """The frame that all figures share; all lengths are in pixels, so that nothing overlaps at any width.

    Parameters
    ----------
    plot : height of the panels
    below : what axis labels and a colour bar under the panels need
    legend_rows : rows of the legend, at the very bottom, on a phone
    """
    bottom = below + legend_rows * LEGEND_ROW
    figure.update_layout(
        height=TOP + plot + bottom,
        font={"size": FONT_SIZE},
        margin={"l": 10, "r": 24, "t": TOP, "b": bottom},
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": FONT_SIZE - 1},
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    if title:
        figure.update_layout(title={"text": title, "font": {"size": FONT_SIZE + 1}, "y": 1, "yanchor": "top"})
        figure.update_layout(title_pad={"t": 12})
    figure.update_annotations(font_size=FONT_SIZE + 1)
    figure.update_xaxes(automargin=True, tickfont_size=FONT_SIZE - 1, title_font_size=FONT_SIZE)
    figure.update_yaxes(automargin=True, tickfont_size=FONT_SIZE - 1, title_font_size=FONT_SIZE)
    figure.update_traces(colorbar_tickfont_size=FONT_SIZE - 1, selector={"type": "heatmap"})
    return figure


def bar_below(figure: go.Figure, title: str, tickvals: list[int], plot: int, legend_rows: int) -> None:
    """A flat colour bar between axis and legend, for the first trace; its ends stand for all that lies beyond them."""
    legend = legend_rows * LEGEND_ROW
    figure.data[0].colorbar = ticks_of(tickvals) | {
        "orientation": "h",
        "x": 0.5,
        "len": 0.9,
        "xpad": 0,
        "ypad": 0,
        "y": (legend + 10) / (TOP + plot + BAR + legend),
        "yref": "container",
        "yanchor": "bottom",
    }
    # the bar's own title would lie on the bar
    figure.add_annotation(
        text=title, x=0.5, y=0, xref="paper", yref="paper", yanchor="top", yshift=-70, showarrow=False
    )


def ticks_of(tickvals: list[int]) -> dict[str, object]:
    """Ticks of a colour bar whose ends stand for all that lies beyond them, and its thickness."""
    text = [f"{tick}" for tick in tickvals]
    text[0], text[-1] = f"≤ {tickvals[0]}", f"≥ {tickvals[-1]}"
    return {"tickvals": tickvals, "ticktext": text, "thickness": 14}


def two_panels(upper: int, gap: int, lower: int, titles: tuple[str, str]) -> tuple[go.Figure, int]:
    """Two panels over one axis, and the height of both with the gap between; all lengths in pixels."""
    plot = upper + gap + lower
    figure = make_subplots(
        rows=2,
        row_heights=[upper, lower],
        vertical_spacing=gap / plot,
        shared_xaxes=True,
        subplot_titles=list(titles),
    )
    return figure, plot
