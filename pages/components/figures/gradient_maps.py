"""Gradient norms of the twins, training update × time step, and where they part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from rnn_core.diagnostics import first_difference
from rnn_core.types import Floats, Ints, Record

from . import style

MOST_CELLS = 40_000
"""In one panel: three of them stay under the budget for drawing at once."""

COLOUR_RANGE = (-8.0, 2.0)
"""log₁₀ of the norms at the ends of the colour scale; the same for every run, so that pictures compare."""

RATIO_RANGE = (-3.0, 3.0)
"""log₁₀ of B to A at the ends of its colour scale."""


class NormMap(NamedTuple):
    """‖∂L/∂h_t‖ of one run as a picture: rows are time steps, columns are updates or groups of them.

    Attributes
    ----------
    log_norm : (T+1, C) log₁₀; nan where there is nothing to show or no logarithm
    zero, non_finite : (T+1, C) True where the norm is exactly 0, or inf or nan
    """

    log_norm: Floats
    zero: Floats
    non_finite: Floats


class GradientMapsInfo(NamedTuple):
    """What the three heatmaps show.

    Attributes
    ----------
    updates : (C,) first update of each column
    group : updates in a column; the column shows the largest norm among them
    a, b : the twins
    log_ratio : (T+1, C) log₁₀ of B's norm over A's, as shown; nan where either has none
    first_difference : first update whose applied gradient differs; None if the twins are identical
    readable_at : time steps at which the subject can stand, for the axis
    ended : of each twin, how many updates it has if those are fewer than the picture's; None if not
    """

    updates: Ints
    group: int
    a: NormMap
    b: NormMap
    log_ratio: Floats
    first_difference: int | None
    readable_at: tuple[int, ...]
    ended: tuple[int | None, int | None]


def grouped_maximum(norms: Floats, group: int) -> Floats:
    """The largest of each `group` rows, nan if one of them is; (U, N) → (ceil(U / group), N)."""
    return np.maximum.reduceat(norms, np.arange(0, len(norms), group), axis=0)


def _norm_map(norms: Floats, group: int, columns: int) -> NormMap:
    shown = np.full((columns, norms.shape[1]), np.nan)
    trained = grouped_maximum(norms, group)
    shown[: len(trained)] = trained
    non_finite = np.zeros(shown.shape, bool)
    non_finite[: len(trained)] = ~np.isfinite(trained)
    zero = shown == 0
    log_norm = np.full(shown.shape, np.nan)
    np.log10(shown, out=log_norm, where=~zero & ~non_finite)
    return NormMap(log_norm.T, zero.T, non_finite.T)


def gradient_maps_info(
    a: Record, b: Record, readable_at: tuple[int, ...] = (), window: int | None = None
) -> GradientMapsInfo:
    """The first `window` updates, or all; both twins' are grouped alike, so that columns of A and B compare."""
    updates, steps = max(a.updates, b.updates), a.dh_norm.shape[1]
    updates = min(updates, window or updates)
    group = -(-updates * steps // MOST_CELLS)
    columns = -(-updates // group)
    map_a, map_b = (_norm_map(r.dh_norm[:updates], group, columns) for r in (a, b))
    ratio = map_b.log_norm - map_a.log_norm
    ended = tuple(r.updates if r.updates < updates else None for r in (a, b))
    return GradientMapsInfo(
        np.arange(columns) * group,
        group,
        map_a,
        map_b,
        ratio,
        first_difference(a, b),
        readable_at,
        (ended[0], ended[1]),
    )


def gradient_maps(info: GradientMapsInfo, k: int) -> go.Figure:
    """The norms of twin A (k = 0) or B (k = 1); both look alike but for their numbers."""
    norm_map, name = ((info.a, style.NAME_A), (info.b, style.NAME_B))[k]
    plot, legend_rows = 300, 3
    ticks = list(range(int(COLOUR_RANGE[0]), int(COLOUR_RANGE[1]) + 1, 2))
    figure = go.Figure()
    figure.add_heatmap(
        x=_centres(info),
        z=norm_map.log_norm.astype(np.float32),
        colorscale=style.GRADIENT_SCALE,
        zmin=COLOUR_RANGE[0],
        zmax=COLOUR_RANGE[1],
        hovertemplate=f"{_HOVER}log₁₀ ‖∂L/∂h‖ = %{{z:.2f}}<extra></extra>",
    )
    style.bar_below(figure, "log₁₀ ‖∂L/∂h<sub>t</sub>‖", ticks, plot, legend_rows)
    _add_mark(figure, info, norm_map.zero, style.COLOUR_ZERO, "exactly zero")
    _add_mark(figure, info, norm_map.non_finite, style.COLOUR_NON_FINITE, "not finite")
    _add_parting(figure, info)
    _name_axes(figure, info)
    ended = info.ended[k]
    title = name if ended is None else f"{name} · ended at {ended - 1:,}"
    return style.finish(figure, plot, below=style.BAR, legend_rows=legend_rows, title=title)


def gradient_ratio(info: GradientMapsInfo) -> go.Figure:
    """The log-ratio of the twins' norms."""
    plot, legend_rows = 220, 2
    ticks = list(range(int(RATIO_RANGE[0]), int(RATIO_RANGE[1]) + 1))
    figure = go.Figure()
    figure.add_heatmap(
        x=_centres(info),
        z=info.log_ratio.astype(np.float32),
        colorscale=style.RATIO_SCALE,
        zmid=0,
        zmin=RATIO_RANGE[0],
        zmax=RATIO_RANGE[1],
        hovertemplate=f"{_HOVER}B is 10^%{{z:.2f}} times A<extra></extra>",
    )
    style.bar_below(figure, "log₁₀ of B's norm over A's", ticks, plot, legend_rows)
    # a gap would show the page, which on a light one is nearly the colour of equal norms
    _add_mark(figure, info, np.isnan(info.log_ratio), style.COLOUR_ZERO, "no ratio: zero, not finite or ended")
    _add_parting(figure, info)
    _name_axes(figure, info)
    title = "B over A: the twins are identical" if info.first_difference is None else "B over A"
    return style.finish(figure, plot, below=style.BAR, legend_rows=legend_rows, title=title)


_HOVER = "update %{x:.0f}, time step %{y}<br>"


def _add_mark(figure: go.Figure, info: GradientMapsInfo, mask: Floats, colour: str, meaning: str) -> None:
    """Cells of one colour, if there are any; their square in the legend is always there."""
    if mask.any():
        figure.add_heatmap(
            x=_centres(info),
            z=np.where(mask, 1, np.nan).astype(np.float32),
            colorscale=[[0, colour], [1, colour]],
            showscale=False,
            hovertemplate=f"{_HOVER}{meaning}<extra></extra>",
        )
    marker = {"symbol": "square", "size": 14, "color": colour}
    figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=meaning)


def _add_parting(figure: go.Figure, info: GradientMapsInfo) -> None:
    """A dashed line with a tip on top, which shows it at the very edge and makes its legend visible on any page."""
    if info.first_difference is None or info.first_difference >= info.updates[-1] + info.group:
        return
    x, y = [info.first_difference + 0.5] * 2, [info.a.log_norm.shape[0] - 0.5, -0.5]
    outline = {"color": style.COLOUR_OUTLINE, "width": 5}
    figure.add_scatter(x=x, y=y, mode="lines", line=outline, showlegend=False, hoverinfo="skip")
    tip = {
        "symbol": "triangle-down",
        "size": [15, 0],
        "opacity": 1,
        "color": style.COLOUR_PARTING,
        "line": {"color": style.COLOUR_OUTLINE, "width": 1.5},
    }
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": style.COLOUR_PARTING, "width": 2.5, "dash": "dash"},
        marker=tip,
        cliponaxis=False,
        name=f"the twins part (update {info.first_difference:,})",
        hoverinfo="name",
    )


def _name_axes(figure: go.Figure, info: GradientMapsInfo) -> None:
    ticks = _time_ticks(info)
    figure.update_xaxes(title_text="training update", range=[0, info.updates[-1] + info.group])
    figure.update_yaxes(
        title_text="time step t",
        range=[-0.5, info.a.log_norm.shape[0] - 0.5],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
    )


def _centres(info: GradientMapsInfo) -> Floats:
    return info.updates + info.group / 2


def _time_ticks(info: GradientMapsInfo) -> dict[int, str]:
    """Labels by time step: start, loss, where the subject can stand, and round numbers that keep clear of those."""
    last = info.a.log_norm.shape[0] - 1
    labels = {0: "0 start", last: f"{last} loss"}
    clear = max(1, last // 9)  # time steps that a label needs to itself
    subjects = info.readable_at
    if subjects and clear > 1:  # too close together, and to the start, to be told apart
        labels = {(subjects[0] + subjects[-1]) // 2: f"{subjects[0]}–{subjects[-1]} subject", last: f"{last} loss"}
    else:
        labels |= {t: f"{t} subject" for t in subjects}
    every = 5 * max(1, last // 25)
    return labels | {t: str(t) for t in range(every, last, every) if min(abs(t - k) for k in labels) > clear}


def gradient_maps_alt(info: GradientMapsInfo, k: int) -> str:
    """The picture of twin A (k = 0) or B (k = 1) in words, for a screen reader."""
    norm_map = (info.a, info.b)[k]
    ended = info.ended[k]
    return (
        f"Heatmap of twin {'AB'[k]}'s gradient norms, training update by time step. "
        f"At the last time step {_level(norm_map, -1)}; at the first {_level(norm_map, 0)}. In the whole picture "
        f"{_count(norm_map.zero)} exactly zero and {_count(norm_map.non_finite)} not finite."
        + ("" if ended is None else f" The run ended after {ended:,} updates.")
    )


def gradient_ratio_alt(info: GradientMapsInfo) -> str:
    """The picture in words, for a screen reader."""
    about = "Heatmap of B's gradient norms over A's, training update by time step."
    if info.first_difference is None:
        return f"{about} The twins are identical."
    ratios = info.log_ratio[~np.isnan(info.log_ratio)]
    ends = f" The log10 ratio lies between {ratios.min():.1f} and {ratios.max():.1f}." if len(ratios) else ""
    without = _count(np.isnan(info.log_ratio))
    return f"{about} The twins part at update {info.first_difference:,}.{ends} {without} without one."


def _level(norm_map: NormMap, t: int) -> str:
    """How large the norms at one time step are."""
    norms = norm_map.log_norm[t]
    shown = norms[~np.isnan(norms)]
    if len(shown):
        return f"the median log10 norm is {np.median(shown):.1f}"
    return f"there is none to draw: {_count(norm_map.zero[t])} zero, {_count(norm_map.non_finite[t])} not finite"


def _count(mask: Floats) -> str:
    return "1 cell is" if (n := int(mask.sum())) == 1 else f"{n:,} cells are"
