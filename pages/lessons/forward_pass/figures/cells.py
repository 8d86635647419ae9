"""A small matrix as a table in colours, each cell with its number; colours end at ±1, the range of tanh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.types import Floats


def cells(values: Floats, rows: Sequence[str], hover: str, sums: Any = None) -> go.Figure:
    """The table, its first row on top; columns are hidden units, counted from 1.

    Parameters
    ----------
    values : (rows, H)
    hover : Plotly's template of a cell; `%{customdata}` is the cell's entry of `sums`
    """
    units = [str(j) for j in range(1, values.shape[1] + 1)]
    figure = go.Figure(
        go.Heatmap(
            x=units,
            y=list(rows),
            z=values,
            text=[[f"{value:.3g}" for value in row] for row in values],
            texttemplate="%{text}",
            textfont_size=style.FONT_SIZE,
            customdata=sums,
            hovertemplate=f"{hover}<extra></extra>",
            colorscale=style.HIDDEN_SCALE,
            reversescale=True,
            zmin=-1,
            zmax=1,
            xgap=3,
            ygap=3,
            showscale=False,
        )
    )
    figure.update_xaxes(title_text="hidden unit", type="category")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def frame(figure: go.Figure, columns: tuple[int, int], rows: tuple[int, int]) -> None:
    """A frame around cells from the first to the last column and row, counted from 0."""
    (left, right), (top, bottom) = columns, rows
    corners = {"x0": left - 0.5, "x1": right + 0.5, "y0": top - 0.5, "y1": bottom + 0.5}
    figure.add_shape(type="rect", **corners, line={"width": 3, "color": style.COLOUR_A})


def products(left: Floats, right: Floats) -> str:
    """The terms of a product of a row and a column, to be read."""
    return " + ".join(f"{bracketed(a)}·{bracketed(b)}" for a, b in zip(left, right, strict=True))


def bracketed(value: float) -> str:
    """A number as it stands within a sum: a negative one in brackets."""
    return f"({value:.3g})" if value < 0 else f"{value:.3g}"
