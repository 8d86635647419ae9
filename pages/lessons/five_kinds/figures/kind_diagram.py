"""Which inputs and outputs a kind of RNN has, where its loss is read, and what gradient arrives at each state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.types import Batch, Floats

from .flow_map import COLOUR_RANGE, bar

INPUT, STATE, OUTPUT = 0, 1, 2
"""Heights of the three rows."""


class KindDiagramInfo(NamedTuple):
    """What the picture shows, of the first sequence of a batch; T time steps.

    Attributes
    ----------
    inputs, outputs : T names; "" where there is nothing to name
    given : (T,) bool, whether something is read at this time step
    read : (T,) bool, whether the loss is read there
    log_share : (T+1,) log₁₀ of ‖∂L/∂h_t‖ over the largest of them, nan where it is 0 or not finite; None where
        gradients are not shown
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    given: tuple[bool, ...]
    read: tuple[bool, ...]
    log_share: Floats | None


def kind_diagram_info(
    batch: Batch,
    inputs: Sequence[str],
    outputs: Sequence[str],
    shares: Floats | None = None,
    *,
    nothing: int | None = None,
) -> KindDiagramInfo:
    """Read from a batch what there is.

    Parameters
    ----------
    inputs, outputs : T names of what is read and said
    shares : (T+1,) ‖∂L/∂h_t‖ over the largest of them, to colour the states with; None for no colours
    nothing : the token id that stands for no input; inputs that are values are none where all of them are 0
    """
    first = batch.inputs[:, 0]
    given = [bool(np.any(x)) if first.ndim == 2 else nothing is None or int(x) != nothing for x in first]
    log_share = None
    if shares is not None:
        log_share = np.full(len(shares), np.nan)
        np.log10(shares, out=log_share, where=np.isfinite(shares) & (shares > 0))
    read = batch.weights[:, 0] > 0
    return KindDiagramInfo(tuple(inputs), tuple(outputs), tuple(given), tuple(read.tolist()), log_share)


_PLOT = 250
_NODE, _SMALL_NODE = 20, 13
"""Pixels; small ones have room side by side on a phone."""


def kind_diagram(info: KindDiagramInfo) -> go.Figure:
    """Inputs below, states in the middle, outputs above; where the loss is read, a ring around the output."""
    T = len(info.inputs)
    steps = range(1, T + 1)
    node = _NODE if T <= _FEW else _SMALL_NODE
    figure = go.Figure()
    arrows = [(t - 1, STATE, t, STATE) for t in steps]
    arrows += [(t, INPUT, t, STATE) for t in steps if info.given[t - 1]]
    arrows += [(t, STATE, t, OUTPUT) for t in steps if info.read[t - 1]]
    figure.add_scatter(
        x=[x for x_from, _, x_to, _ in arrows for x in (x_from, x_to, None)],
        y=[y for _, y_from, _, y_to in arrows for y in (y_from, y_to, None)],
        mode="lines",
        line={"color": style.COLOUR_ZERO, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    given, not_given = ([t for t in steps if info.given[t - 1] is there] for there in (True, False))
    _add_row(figure, INPUT, given, node, "an input", "circle", style.COLOUR_B)
    _add_row(figure, INPUT, not_given, node, "nothing is read", "circle-open", style.COLOUR_ZERO)
    _add_states(figure, info, node + 4)
    read = [t for t in steps if info.read[t - 1]]
    _add_row(figure, OUTPUT, read, node, "an output, where the loss is read", "circle", style.COLOUR_A)
    size = style.FONT_SIZE - (2 if T <= _FEW else 4)
    figure.update_xaxes(
        range=[-0.6, T + 0.6], showgrid=False, zeroline=False, tickangle=0 if T <= _FEW else -60, tickfont_size=size
    )
    names = ("h<sub>0</sub>", *(name or " " for name in info.inputs))
    figure.update_layout(
        xaxis={"tickvals": list(range(T + 1)), "ticktext": names, "title": {"text": "time step t, and what is read"}},
    )
    for t, name in enumerate(info.outputs, 1):
        if name:
            figure.add_annotation(
                x=t, y=OUTPUT, text=name, yshift=26, showarrow=False, textangle=0 if T <= _FEW else -60
            )
    rows = {INPUT: "x<sub>t</sub>", STATE: "h<sub>t</sub>", OUTPUT: "y<sub>t</sub>"}
    figure.update_yaxes(
        range=[-0.4, OUTPUT + 0.9], tickvals=list(rows), ticktext=list(rows.values()), showgrid=False, zeroline=False
    )
    below = 70 + (0 if T <= _FEW else int(0.6 * size * max(map(len, info.inputs))))
    figure = style.finish(figure, _PLOT, below=below, legend_rows=3)
    figure.update_xaxes(tickfont_size=size)
    figure.update_annotations(font_size=size)
    return figure


_FEW = 6
"""Time steps whose names have room side by side, on a phone too."""


def _add_row(figure: go.Figure, y: int, at: list[int], size: int, name: str, symbol: str, colour: str) -> None:
    """Nodes of one meaning; no entry in the legend where there are none."""
    if at:
        marker = {"symbol": symbol, "size": size, "color": colour, "line": {"width": 2, "color": colour}}
        hover = f"{name}, t = %{{x}}<extra></extra>"
        figure.add_scatter(x=at, y=[y] * len(at), mode="markers", marker=marker, name=name, hovertemplate=hover)


def _add_states(figure: go.Figure, info: KindDiagramInfo, size: int) -> None:
    """States as squares, coloured like a column of the heatmap if there are norms."""
    norms = np.zeros(len(info.inputs) + 1) if info.log_share is None else info.log_share
    at, nowhere = (np.flatnonzero(mask).tolist() for mask in (np.isfinite(norms), ~np.isfinite(norms)))
    marker: dict[str, object] = {"symbol": "square", "size": size, "line": {"width": 1, "color": style.COLOUR_ZERO}}
    if info.log_share is None:
        marker |= {"color": style.COLOUR_OUTLINE}
        hover = "state h<sub>%{x}</sub><extra></extra>"
        name = "a state"
    else:
        low, high = COLOUR_RANGE
        marker |= {"color": norms[at].tolist(), "colorscale": style.GRADIENT_SCALE, "cmin": low, "cmax": high}
        marker |= {"colorbar": bar(_PLOT)}
        hover = "log₁₀ of ‖∂L/∂h<sub>%{x}</sub>‖ over the largest = %{marker.color:.2f}<extra></extra>"
        name = "a state; colour: ‖∂L/∂h<sub>t</sub>‖ over the largest"
    figure.add_scatter(x=at, y=[STATE] * len(at), mode="markers", marker=marker, name=name, hovertemplate=hover)
    _add_row(
        figure,
        STATE,
        nowhere,
        size,
        "a state without a drawable gradient: 0 or not finite",
        "square",
        style.COLOUR_ZERO,
    )


def kind_diagram_alt(info: KindDiagramInfo) -> str:
    """The picture in words, for a screen reader."""
    T = len(info.inputs)
    given, read = (_times([t for t in range(1, T + 1) if of[t - 1]]) for of in (info.given, info.read))
    layout = f"A network over {T} time step{'s' * (T > 1)}. Something is read at {given}; the loss is read at {read}."
    if info.log_share is None:
        return layout
    norms = ", ".join(f"{value:.1f} at h_{t}" for t, value in enumerate(info.log_share))
    return f"{layout} log10 of the gradient's norm over the largest: {norms}."


def _times(steps: list[int]) -> str:
    if not steps:
        return "no time step"
    if steps == list(range(steps[0], steps[-1] + 1)) and len(steps) > 2:
        return f"time steps {steps[0]} to {steps[-1]}"
    return f"time step{'s' * (len(steps) > 1)} {', '.join(map(str, steps))}"
