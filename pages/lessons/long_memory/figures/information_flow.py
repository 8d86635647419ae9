"""From each word an arrow to the last state, as wide as ‖∂h_T/∂h_t‖: what of the sentence still reaches its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from pages.components.figures import style
from pages.components.figures.word_axis import room_for
from rnn_core.diagnostics.retention import LOST
from rnn_core.types import Floats

from .accuracy_curves import NAMES
from .word_panels import add_colour_bar, word_panels

LOG_RANGE = (math.log10(LOST), 1.0)
"""log₁₀ of the norms at the ends of colours and widths, the same in all panels."""

WIDTHS = (0.8, 6.0)
SIDE_BY_SIDE = 20
"""Words that fit under a panel of a third of the page's width."""

STAGES = ("before training", "after training without clipping", "after training with clipping")


class FlowInfo(NamedTuple):
    """What the arrows of one cell show; the last word has no arrow.

    Attributes
    ----------
    cell : as in `Config.cell`
    words : T words
    reach : (3, T) ‖∂h_T/∂h_t‖₂, t = 1 ... T, at each of STAGES
    log_norms : (3, T) log₁₀ of it; nan where it is zero or not finite
    lost : (3, T) True where it is below `retention.LOST`
    non_finite : (3, T)
    """

    cell: str
    words: tuple[str, ...]
    jacobian_norms: Floats
    log_norms: Floats
    lost: NDArray[np.bool]
    non_finite: NDArray[np.bool]


def flow_info(cell: str, words: tuple[str, ...], reached: Sequence[Floats]) -> FlowInfo:
    """From `retention.jacobian_norms`, (T+1,) at each of STAGES; the state before the first word is left out."""
    jacobian_norms = np.stack([of_stage[1:] for of_stage in reached])
    finite = np.isfinite(jacobian_norms)
    log_norms = np.full(jacobian_norms.shape, np.nan)
    np.log10(jacobian_norms, out=log_norms, where=finite & (jacobian_norms > 0))
    return FlowInfo(cell, words, jacobian_norms, log_norms, finite & (jacobian_norms < LOST), ~finite)


def information_flow(info: FlowInfo) -> go.Figure:
    """Panels over the same words: before training, and after it without and with clipping."""
    figure, plot = word_panels(150, STAGES)
    n = len(STAGES)
    figure.update_layout(shapes=[arrow for row in range(1, n + 1) for arrow in _add_arrows(figure, info, row)])
    _add_legend(figure, info)
    T = len(info.words)
    steep = T > 9
    size = style.FONT_SIZE - (2 if T <= 26 else 5)
    figure.update_xaxes(range=[0.4, T + 0.6], showgrid=False, zeroline=False, tickvals=list(range(1, T + 1)))
    figure.update_xaxes(ticktext=list(info.words), tickangle=-90 if steep else -45, tickfont_size=size, row=n)
    figure.update_yaxes(visible=False, range=[-0.09, 1.08])
    below = room_for(info.words, size)
    figure = style.finish(figure, plot, below=96 + below, legend_rows=2, title=NAMES[info.cell])
    low, high = (int(end) for end in LOG_RANGE)
    ticks = {float(tick): str(tick) for tick in range(low, high)} | {float(high): f"≥ {high}"}
    add_colour_bar(figure, COLOURS, ticks, 2 * style.LEGEND_ROW + 4)
    figure.add_annotation(
        text="log₁₀ ‖∂h<sub>T</sub>/∂h<sub>t</sub>‖",
        font_size=style.FONT_SIZE,
        x=0.5,
        y=0,
        xref="paper",
        yref="paper",
        yanchor="top",
        yshift=-(12 + below),
        showarrow=False,
    )
    return figure


_STOPS = (0.0, 0.75, 1.0)
_RGB = ((167, 180, 192), (20, 120, 190), (142, 68, 173))
COLOURS = [[stop, f"rgb{rgb}"] for stop, rgb in zip(_STOPS, _RGB, strict=True)]
"""Pale where little arrives, blue where a change arrives as large as it was, purple where it grows."""


def width_of(log_norms: float) -> float:
    """Pixels of an arrow."""
    low, high = LOG_RANGE
    return float(np.interp(log_norms, [low, high], WIDTHS))


def colour_of(log_norms: float) -> str:
    """The arrow's place on the colour scale."""
    low, high = LOG_RANGE
    share = float(np.clip((log_norms - low) / (high - low), 0, 1))
    rgb = tuple(int(np.interp(share, _STOPS, channel)) for channel in zip(*_RGB, strict=True))
    return f"rgb{rgb}"


_QUARTER = 0.5523
"""How far out a cubic curve's handles lie so that it looks like a quarter of an ellipse."""


def _height(t: int, T: int) -> float:
    return ((T - t) / (T - 1)) ** 0.7 if T > 1 else 0.0


def _arc(t: int, T: int, row: int, line: dict[str, object]) -> dict[str, object]:
    """Half an ellipse from word t to word T, the higher the farther: a shape, because so many traces take long."""
    middle, radius, top = (t + T) / 2, (T - t) / 2, _height(t, T)
    left, right, up = middle - _QUARTER * radius, middle + _QUARTER * radius, _QUARTER * top
    path = f"M {t},0 C {t},{up} {left},{top} {middle},{top} C {right},{top} {T},{up} {T},0"
    axis = "" if row == 1 else str(row)
    return {"type": "path", "path": path, "line": line, "layer": "below", "xref": f"x{axis}", "yref": f"y{axis}"}


class _Style(NamedTuple):
    """How an arrow is drawn, and its size in words."""

    line: dict[str, object]
    symbol: str
    size: float
    words: str


def _style_of(info: FlowInfo, k: int, t: int) -> _Style:
    norm = float(info.jacobian_norms[k, t - 1])
    if info.non_finite[k, t - 1]:
        return _Style({"color": style.COLOUR_NON_FINITE, "width": 3, "dash": "dot"}, "star-diamond", 12, "not finite")
    if info.lost[k, t - 1]:
        return _Style({"color": style.COLOUR_ZERO, "width": 1.2, "dash": "dash"}, "x-thin", 9, f"{norm:.2g}: lost")
    log_norm = float(info.log_norms[k, t - 1])
    width = width_of(log_norm)
    return _Style({"color": colour_of(log_norm), "width": width}, "triangle-right", 6 + width, f"{norm:.3g}")


def _add_arrows(figure: go.Figure, info: FlowInfo, row: int) -> list[dict[str, object]]:
    """The arrows' heads and the words; returns the arrows themselves, as shapes."""
    T, panel = len(info.words), {"row": row, "col": 1}
    styles = [_style_of(info, row - 1, t) for t in range(1, T)]
    colours = [drawn.line["color"] for drawn in styles]
    figure.add_scatter(
        x=[(t + T) / 2 for t in range(1, T)],
        y=[_height(t, T) for t in range(1, T)],
        mode="markers",
        marker={
            "symbol": [drawn.symbol for drawn in styles],
            "size": [drawn.size for drawn in styles],
            "color": colours,
            "line": {"width": [2 if drawn.symbol == "x-thin" else 0 for drawn in styles], "color": colours},
            "opacity": 1,
        },
        hoverinfo="text",
        hovertext=[
            f"from “{word}” (word {t}) to the end: {drawn.words}"
            for t, (word, drawn) in enumerate(zip(info.words, styles, strict=False), 1)
        ],
        showlegend=False,
        **panel,
    )
    figure.add_scatter(
        x=list(range(1, T + 1)),
        y=[0.0] * T,
        mode="markers",
        marker={"color": _WORDS, "size": [7] * (T - 1) + [13], "opacity": 1},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        **panel,
    )
    return [_arc(t, T, row, drawn.line) for t, drawn in enumerate(styles, 1)]


_WORDS = "#777777"


def _add_legend(figure: go.Figure, info: FlowInfo) -> None:
    """What the marks mean, and a point without a place that brings the colour bar."""
    figure.add_scatter(
        x=[None], y=[None], mode="markers", marker={"color": [0.0], "coloraxis": "coloraxis"}, showlegend=False
    )
    marks = [(f"lost: below {LOST:g}", style.COLOUR_ZERO, "dash", "x-thin-open")]
    if info.non_finite.any():
        marks.append(("not finite", style.COLOUR_NON_FINITE, "dot", "star-diamond"))
    for name, colour, dash, symbol in marks:
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": dash},
            marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
            name=name,
        )


def flow_alt(info: FlowInfo) -> str:
    """The picture in words, for a screen reader."""
    T = len(info.words)
    stages = []
    for k, stage in enumerate(STAGES):
        reached = info.log_norms[k, :-1]
        shown = reached[~np.isnan(reached)]
        ends = f"log10 norms from {shown.min():.1f} to {shown.max():.1f}" if len(shown) else "no norm to draw"
        lost, broken = int(info.lost[k, :-1].sum()), int(info.non_finite[k, :-1].sum())
        stages.append(f"{stage}: {ends}, {lost} of {T - 1} words lost, {broken} not finite")
    return f"{NAMES[info.cell]}, arrows from each of {T} words to the last state. {'; '.join(stages)}."
