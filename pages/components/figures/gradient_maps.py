"""Gradient norms of the twins, training update × time step, and where they part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from rnn_core.diagnostics import parting
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
    parting : first update whose applied gradient differs; None if the twins are identical
    readable_at : time steps at which the subject can stand, for the axis
    """

    updates: Ints
    group: int
    a: NormMap
    b: NormMap
    log_ratio: Floats
    parting: int | None
    readable_at: tuple[int, ...]


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
    return GradientMapsInfo(np.arange(columns) * group, group, map_a, map_b, ratio, parting(a, b), readable_at)


def gradient_maps(info: GradientMapsInfo) -> go.Figure:
    """A and B side by side on one fixed scale, and below them the log-ratio."""
    figure = make_subplots(
        rows=2,
        cols=2,
        specs=[[{}, {}], [{"colspan": 2}, None]],
        row_heights=[0.58, 0.42],
        horizontal_spacing=0.04,
        vertical_spacing=0.17,
        shared_yaxes=True,
        subplot_titles=[style.NAME_A, style.NAME_B, _ratio_title(info)],
    )
    for column, norm_map in ((1, info.a), (2, info.b)):
        _add_norms(figure, info, norm_map, column)
    figure.add_heatmap(
        x=_centres(info),
        z=info.log_ratio.astype(np.float32),
        colorscale=style.RATIO_SCALE,
        zmid=0,
        zmin=RATIO_RANGE[0],
        zmax=RATIO_RANGE[1],
        colorbar={"title": "log₁₀ B/A", "y": 0.16, "len": 0.38, "tickvals": [-3, -2, -1, 0, 1, 2, 3]},
        hovertemplate="update %{x:.0f}, time step %{y}<br>B is 10^%{z:.2f} times A<extra></extra>",
        row=2,
        col=1,
    )
    _add_marks_legend(figure)
    if info.parting is not None and info.parting < info.updates[-1] + info.group:
        figure.add_vline(
            x=info.parting + 0.5,
            line={"color": style.COLOUR_NON_FINITE, "width": 3, "dash": "dash"},
        )
    ticks = _time_ticks(info)
    figure.update_xaxes(title_text="training update", range=[0, info.updates[-1] + info.group])
    figure.update_yaxes(title_text="time step t", tickvals=list(ticks), ticktext=list(ticks.values()))
    figure.update_yaxes(title_text="", col=2)
    return style.finish(figure, 760)


def _ratio_title(info: GradientMapsInfo) -> str:
    if info.parting is None:
        return "B over A: the twins are identical"
    return f"B over A: dashed, the update at which they part ({info.parting:,})"


def _add_norms(figure: go.Figure, info: GradientMapsInfo, norm_map: NormMap, column: int) -> None:
    place = {"row": 1, "col": column}
    ticks = list(range(int(COLOUR_RANGE[0]), int(COLOUR_RANGE[1]) + 1, 2))
    text = [f"{tick}" for tick in ticks]
    text[0], text[-1] = f"≤ {ticks[0]}", f"≥ {ticks[-1]}"
    figure.add_heatmap(
        x=_centres(info),
        z=norm_map.log_norm.astype(np.float32),
        colorscale=style.GRADIENT_SCALE,
        zmin=COLOUR_RANGE[0],
        zmax=COLOUR_RANGE[1],
        showscale=column == 2,
        colorbar={"title": "log₁₀ ‖∂L/∂h<sub>t</sub>‖", "y": 0.74, "len": 0.56, "tickvals": ticks, "ticktext": text},
        hovertemplate="update %{x:.0f}, time step %{y}<br>log₁₀ ‖∂L/∂h‖ = %{z:.2f}<extra></extra>",
        **place,
    )
    for mask, colour, meaning in (
        (norm_map.zero, style.COLOUR_ZERO, "exactly zero"),
        (norm_map.non_finite, style.COLOUR_NON_FINITE, "not finite"),
    ):
        if mask.any():
            figure.add_heatmap(
                x=_centres(info),
                z=np.where(mask, 1, np.nan).astype(np.float32),
                colorscale=[[0, colour], [1, colour]],
                showscale=False,
                hovertemplate=f"update %{{x:.0f}}, time step %{{y}}<br>{meaning}<extra></extra>",
                **place,
            )


def _add_marks_legend(figure: go.Figure) -> None:
    for name, colour in (("exactly zero", style.COLOUR_ZERO), ("not finite (inf or nan)", style.COLOUR_NON_FINITE)):
        marker = {"symbol": "square", "size": 14, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, row=1, col=1)


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


def gradient_maps_alt(info: GradientMapsInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = []
    for name, norm_map in (("A", info.a), ("B", info.b)):
        medians = [np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in norm_map.log_norm]
        ends.append(
            f"Twin {name}: median log10 norm {medians[-1]:.1f} at the last time step, {medians[0]:.1f} at the first; "
            f"{int(norm_map.zero.sum())} cells exactly zero, {int(norm_map.non_finite.sum())} not finite."
        )
    parted = "The twins are identical." if info.parting is None else f"The twins part at update {info.parting}."
    return f"Heatmaps of gradient norms, training update by time step. {' '.join(ends)} {parted}"
