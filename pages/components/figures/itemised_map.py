"""Which loss sent what to which state of a sentence, and below it what arrives at each state in total."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from rnn_core.types import Floats

from . import style
from .gradient_maps import COLOUR_RANGE
from .lines import Line, add_panel
from .log_axis import log_range


class ItemisedInfo(NamedTuple):
    """What the picture shows; T words, rows are losses s = 1 ... T, columns are states t = 0 ... T.

    Attributes
    ----------
    words : T words
    read : time steps, from 1, at which a loss is read
    log_norm : (T, T+1) log₁₀ ‖∂L_s/∂h_t‖; nan where there is no path from h_t to L_s, or no logarithm
    zero, non_finite : (T, T+1) bool, True where there is a path and the norm is exactly 0, or inf or nan
    total, direct : (T+1,) ‖∂L/∂h_t‖ along every path, and of it what comes from L_t alone
    """

    words: tuple[str, ...]
    read: tuple[int, ...]
    log_norm: Floats
    zero: NDArray[np.bool_]
    non_finite: NDArray[np.bool_]
    total: Floats
    direct: Floats


def itemised_info(
    words: tuple[str, ...], read: tuple[int, ...], itemised: Floats, total: Floats, direct: Floats
) -> ItemisedInfo:
    """Arrange `diagnostics.itemised` (T, T+1) and the norms of `dh` (T+1,) and `dh_direct` (T,)."""
    T = len(words)
    steps = np.arange(1, T + 1)[:, None]
    path = (np.arange(T + 1) <= steps) & np.isin(steps, read)
    zero, non_finite = path & (itemised == 0), path & ~np.isfinite(itemised)
    log_norm = np.full(itemised.shape, np.nan)
    np.log10(itemised, out=log_norm, where=path & ~zero & ~non_finite)
    return ItemisedInfo(words, read, log_norm, zero, non_finite, total, np.append(0.0, direct))


_GAP, _LINES = 50, 200
_SLANTED = 20
"""Words that leave room for labels to lean."""


def itemised_map(info: ItemisedInfo) -> go.Figure:
    """The matrix above, the totals below, over the same words."""
    T = len(info.words)
    matrix = min(max(60, 26 * len(info.read)), 620)
    titles = "row: loss Lₛ after the word", "what arrives at each state"
    figure, plot = style.two_panels(matrix, _GAP, _LINES, titles)
    states, losses = [str(t) for t in range(T + 1)], [str(s) for s in info.read]
    of_read = np.array(info.read) - 1
    hover = "loss after word %{y}, state after word %{x}<br>"
    cells = {"x": states, "y": losses, "hoverongaps": False, "row": 1, "col": 1}
    figure.add_heatmap(
        z=info.log_norm[of_read].astype(np.float32),
        colorscale=style.GRADIENT_SCALE,
        zmin=COLOUR_RANGE[0],
        zmax=COLOUR_RANGE[1],
        colorbar=_bar(matrix, plot),
        hovertemplate=f"{hover}log₁₀ ‖∂L<sub>s</sub>/∂h<sub>t</sub>‖ = %{{z:.2f}}<extra></extra>",
        **cells,
    )
    for mask, colour, meaning in (
        (info.zero, style.COLOUR_ZERO, "exactly zero"),
        (info.non_finite, style.COLOUR_NON_FINITE, "not finite"),
    ):
        figure.add_heatmap(
            z=np.where(mask[of_read], 1, np.nan).astype(np.float32),
            colorscale=[[0, colour], [1, colour]],
            showscale=False,
            hovertemplate=f"{hover}{meaning}<extra></extra>",
            **cells,
        )
        marker = {"symbol": "square", "size": 14, "color": colour}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=meaning)
    lines = [
        Line("total ∂L/∂h<sub>t</sub>", info.total, style.COLOUR_B, 3.5),
        Line("direct: from the loss after this word alone", info.direct, style.COLOUR_A, 2.5),
    ]
    add_panel(figure, np.array(states), 2, lines, log_range(info.total, info.direct), log=True, over="word")
    figure.update_traces(showlegend=True, selector=lambda trace: trace.name in [line.name for line in lines])
    figure.update_traces(mode="lines+markers", marker_size=7, selector={"name": lines[1].name})  # it may be one point
    _name_axes(figure, info)
    below = 44 + int(0.6 * (style.FONT_SIZE - 3) * max(map(len, info.words)))
    return style.finish(figure, plot, below=below, legend_rows=4)


def _bar(matrix: int, plot: int) -> dict[str, object]:
    ticks = list(range(int(COLOUR_RANGE[0]), int(COLOUR_RANGE[1]) + 1, 2))
    return style.ticks_of(ticks) | {
        "title": {"text": "log₁₀", "font": {"size": style.FONT_SIZE - 1}},
        "x": 1,
        "xpad": 6,
        "y": 1,
        "yanchor": "top",
        "len": max(matrix, 200) / plot,
    }


def _name_axes(figure: go.Figure, info: ItemisedInfo) -> None:
    """Positions as categories with words for names, so that equal words stay apart."""
    T = len(info.words)
    steep, size = T > _SLANTED, style.FONT_SIZE - 3
    names = {str(t): word for t, word in enumerate(("(start)", *info.words))}
    figure.update_layout(margin_r=4)
    figure.update_xaxes(type="category", range=[-0.5, T + 0.5], labelalias=names)
    angle = -90 if steep else -60
    figure.update_xaxes(title_text="state hₜ after the word", tickangle=angle, tickfont_size=size, row=2)
    figure.update_yaxes(type="category", range=[len(info.read) - 0.5, -0.5], labelalias=names, showgrid=False, row=1)
    figure.update_yaxes(title_text="norm", row=2)


def itemised_map_alt(info: ItemisedInfo) -> str:
    """The picture in words, for a screen reader."""
    last = info.log_norm[info.read[-1] - 1]
    shown = last[~np.isnan(last)]
    ends = f"from {shown[-1]:.1f} at its own word to {shown[0]:.1f} at the start" if len(shown) else "nowhere drawable"
    return (
        f"Matrix of gradient norms, loss by state, over {len(info.words)} words. In the row of the last loss the log10 "
        f"norm goes {ends}. {int(info.zero.sum())} entries are exactly zero, {int(info.non_finite.sum())} not finite. "
        f"Below, lines: the total norm at the last word is {info.total[-1]:.3g}, at the first {info.total[1]:.3g}."
    )
