"""Where the gradient of one run goes: ‖∂L/∂h_t‖ by time step, over its updates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.gradient_maps import NormMap, gradient_maps_info
from pages.components.figures.lines import add_points
from rnn_core.types import Ints, Record

COLOUR_RANGE = (-5.0, 0.0)
"""log₁₀ of the norms at the ends of the colour scale; the same for all five kinds, so that they compare."""


class FlowMapInfo(NamedTuple):
    """What the heatmap shows.

    Attributes
    ----------
    updates : (C,) first update of each column
    group : updates in a column; the column shows the largest norm among them
    norms : rows are time steps 0 ... T
    read : time steps, from 1, at which the loss is read
    """

    updates: Ints
    group: int
    norms: NormMap
    read: tuple[int, ...]


def flow_map_info(record: Record, read: tuple[int, ...]) -> FlowMapInfo:
    """All updates of a run; `read` as in `kinds.GradientFlow`."""
    maps = gradient_maps_info(record, record)
    return FlowMapInfo(maps.updates, maps.group, maps.a, read)


def bar(plot: int) -> dict[str, object]:
    """An upright colour bar; its ends stand for all that lies beyond them."""
    ticks = list(range(int(COLOUR_RANGE[0]), int(COLOUR_RANGE[1]) + 1))
    return style.ticks_of(ticks) | {
        "title": {"text": "log₁₀", "font": {"size": style.FONT_SIZE - 1}},
        "tickfont": {"size": style.FONT_SIZE - 1},
        "x": 1,
        "xpad": 14,
        "y": 0.5,
        "len": plot,
        "lenmode": "pixels",
    }


def flow_map(info: FlowMapInfo) -> go.Figure:
    """Rows are time steps, the last on top; triangles at the right edge mark where the loss is read."""
    T = len(info.norms.log_norm) - 1
    plot = min(340, max(120, 26 * (T + 1)))
    hover = "update %{x:.0f}, time step %{y}<br>"
    centres = info.updates + info.group / 2
    figure = go.Figure()
    figure.add_heatmap(
        x=centres,
        z=info.norms.log_norm.astype(np.float32),
        colorscale=style.GRADIENT_SCALE,
        zmin=COLOUR_RANGE[0],
        zmax=COLOUR_RANGE[1],
        colorbar=bar(plot),
        hovertemplate=f"{hover}log₁₀ ‖∂L/∂h<sub>t</sub>‖ = %{{z:.2f}}<extra></extra>",
        hoverongaps=False,
    )
    for mask, colour, meaning in (
        (info.norms.zero, style.COLOUR_ZERO, "exactly zero"),
        (info.norms.non_finite, style.COLOUR_NON_FINITE, "not finite"),
    ):
        if mask.any():
            z = np.where(mask, 1, np.nan).astype(np.float32)
            scale = [[0, colour], [1, colour]]
            figure.add_heatmap(
                x=centres, z=z, colorscale=scale, showscale=False, hovertemplate=f"{hover}{meaning}<extra></extra>"
            )
            marker = {"symbol": "square", "size": 14, "color": colour}
            figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=meaning)
    end = info.updates[-1] + info.group
    marker = {"symbol": "triangle-left", "size": 13, "color": style.COLOUR_A}
    name, hover = "the loss is read here", "time step %{y}: the loss is read here"
    add_points(figure, [end] * len(info.read), list(info.read), name, marker, hover, cliponaxis=False)
    figure.update_xaxes(title_text="training update", range=[0, end])
    every = 1 if T <= 8 else 2 if T <= 16 else 5
    figure.update_yaxes(title_text="time step t", range=[-0.5, T + 0.5], tickvals=list(range(0, T + 1, every)))
    figure.update_layout(showlegend=True)
    return style.finish(figure, plot, below=60, legend_rows=1 + bool(len(figure.data) > 2))


def flow_map_alt(info: FlowMapInfo) -> str:
    """The picture in words, for a screen reader."""
    norms = info.norms.log_norm
    first, last = (_level(norms[t]) for t in (1, -1))
    return (
        f"Heatmap of gradient norms, training update by time step, {len(norms) - 1} time steps. The loss is read at "
        f"{len(info.read)} of them. At the last time step {last}; at the first {first}."
    )


def _level(norms: np.ndarray) -> str:
    shown = norms[~np.isnan(norms)]
    return f"the median log10 norm is {np.median(shown):.1f}" if len(shown) else "there is none to draw"
