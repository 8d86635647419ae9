"""Lines: curves, rules across a panel, and panels over updates with marks for values that have no place on the axis."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from rnn_core.types import Floats, Ints

from . import style
from .log_axis import drawable, log_axis


class Line(NamedTuple):
    """One line of a panel."""

    name: str
    values: Floats
    colour: str
    width: float


def add_panel(
    figure: go.Figure,
    updates: Ints,
    row: int,
    lines: list[Line],
    ends: tuple[float, float],
    *,
    log: bool,
    over: str = "update",
) -> None:
    """Lines, and at the panel's edges a mark for each value that has no place on its axis.

    Parameters
    ----------
    updates : where the values stand on the horizontal axis
    over : what this axis counts
    """
    for line in lines:
        mode = "lines" if len(line.values) > 1 else "markers"
        x, y = updates[: len(line.values)], drawable(line.values, log=log)
        hover = f"{line.name}, {over} %{{x}}: %{{y:.4g}}"
        name, colour, width = line.name, line.colour, line.width
        add_curve(figure, x, y, name, colour, width, hover, mode=mode, showlegend=row == 1, row=row, col=1)
    inside = _INSIDE * (ends[1] - ends[0])
    bottom, top = (10.0 ** (ends[0] + inside), 10.0 ** (ends[1] - inside)) if log else ends
    _add_marks(figure, updates, row, lines, [~np.isfinite(line.values) for line in lines], _NOT_FINITE, top, over)
    if log:
        _add_marks(figure, updates, row, lines, [line.values == 0 for line in lines], _ZERO, bottom, over)
    figure.update_yaxes(**(log_axis(ends) if log else {"range": list(ends)}), row=row)


_INSIDE = 1e-6
"""Share of a log axis by which marks keep inside: rounded to its other side, they would not be drawn at all."""

_NOT_FINITE = ("not finite", "triangle-up", style.COLOUR_NON_FINITE)
_ZERO = ("exactly zero", "triangle-down", style.COLOUR_ZERO)


def _add_marks(
    figure: go.Figure,
    updates: Ints,
    row: int,
    lines: list[Line],
    masks: list[Floats],
    mark: tuple[str, str, str],
    y: float,
    over: str,
) -> None:
    """Marks of one kind in one panel, each with its line's colour around it; nothing if there are none."""
    meaning, symbol, colour = mark
    x = np.concatenate([updates[: len(mask)][mask] for mask in masks])
    if not len(x):
        return
    of = [line for line, mask in zip(lines, masks, strict=True) for _ in range(int(mask.sum()))]
    figure.add_scatter(
        x=x,
        y=np.full(len(x), y),
        customdata=[line.name for line in of],
        mode="markers",
        marker={
            "symbol": symbol,
            "size": 12,
            "color": colour,
            "line": {"color": [line.colour for line in of], "width": 1.5},
        },
        cliponaxis=False,
        name=meaning,
        showlegend=not any(trace.name == meaning for trace in figure.data),
        hovertemplate=f"%{{customdata}}, {over} %{{x}}: {meaning}<extra></extra>",
        row=row,
        col=1,
    )


def add_curve(
    figure: go.Figure, x: Any, y: Any, name: str, colour: str, width: float, hover: str, *, dash: str = "", **more: Any
) -> None:
    """One line, or whatever `mode` says instead.

    Parameters
    ----------
    hover : what it tells where it is pointed at; Plotly's template
    more : of the trace
    """
    line = {"color": colour, "width": width, "dash": dash or None}
    look = {"mode": "lines", "line": line, "name": name, "hovertemplate": f"{hover}<extra></extra>"}
    figure.add_scatter(x=x, y=y, **look | more)


def add_points(figure: go.Figure, x: Any, y: Any, name: str, marker: dict[str, Any], hover: str, **more: Any) -> None:
    """Marks; `hover` is what they tell where they are pointed at, `more` of the trace."""
    look = {"mode": "markers", "marker": marker, "name": name, "hovertemplate": f"{hover}<extra></extra>"}
    figure.add_scatter(x=x, y=y, **look | more)


def add_legend_entry(figure: go.Figure, name: str, colour: str, width: float, dash: str = "") -> None:
    """A line in the legend alone, for what is drawn without a trace."""
    line = {"color": colour, "width": width, "dash": dash or None}
    figure.add_scatter(x=[None], y=[None], mode="lines", line=line, name=name)


def add_rule(
    figure: go.Figure,
    name: str = "",
    *,
    x: float | None = None,
    y: float | None = None,
    colour: str = style.GREY,
    width: float = 2.0,
    dash: str = "dash",
    **panel: Any,
) -> None:
    """A line across a panel, upright at `x` or level at `y`, that stands in the legend if it has a name."""
    look: dict[str, Any] = {"line": {"color": colour, "width": width, "dash": dash}}
    look |= {"name": name, "showlegend": True} if name else {}
    if x is None:
        figure.add_hline(y=y, **look, **panel)
    else:
        figure.add_vline(x=x, **look, **panel)


def add_threshold(figure: go.Figure, threshold: float, row: int) -> None:
    """The threshold as a dashed line across a panel."""
    add_rule(figure, f"threshold {threshold:g}", y=threshold, colour=style.COLOUR_THRESHOLD, width=2.5, row=row, col=1)
