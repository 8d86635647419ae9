"""What three kinds of clipping leave of a gradient: its terms, its direction, its flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel, add_rule
from pages.components.figures.log_axis import log_axis, log_range
from rnn_core.clipping import Clipped
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.clip_limits import KINDS, EarlyToLate, Flow, Network, angles, clipped, early_to_late, flow
from rnn_core.types import Floats, Ints

THRESHOLDS = 10.0 ** np.linspace(-6, 2, 65)
"""At which the angles are drawn."""

KIND_COLOURS = {"norm": style.COLOUR_B, "value": style.COLOUR_A, "flow": style.COLOUR_C}
KIND_NAMES = {"norm": "by norm", "value": "by value", "flow": "inside the flow"}
COLOUR_FREE = style.COLOUR_ZERO


class LimitsInfo(NamedTuple):
    """What the pictures show; norms are over batch and units.

    Attributes
    ----------
    threshold : c, used by all three kinds
    free, cut : the backward pass as it is, and with ∂L/∂h_t shortened to c at each time step
    clipped : the gradient of all parameters, by kind
    angles : (N,) radians at THRESHOLDS, by kind
    terms : (T,) norms of the terms of ∂L/∂W_hh: "off", "norm" and "flow"; by value they are cut after they are summed
    ratios : early to late of "off", "norm" and "flow"
    """

    threshold: float
    free: Flow
    cut: Flow
    clipped: dict[str, Clipped]
    angles: dict[str, Floats]
    terms: dict[str, Floats]
    ratios: dict[str, EarlyToLate]


def limits_info(net: Network, threshold: float) -> LimitsInfo:
    """Everything about one gradient and one threshold."""
    free, cut = flow(net), flow(net, threshold)
    done = {kind: clipped(net, free, kind, threshold) for kind in KINDS}
    terms = {"off": free.term_norms, "norm": row_norms(free.terms * done["norm"].scale), "flow": cut.term_norms}
    states = {"off": free.dh, "norm": free.dh, "flow": cut.dh}
    ratios = {kind: early_to_late(states[kind], terms[kind]) for kind in terms}
    return LimitsInfo(threshold, free, cut, done, angles(net, free, THRESHOLDS), terms, ratios)


def terms(info: LimitsInfo) -> go.Figure:
    """The terms of ∂L/∂W_hh by time step."""
    t = np.arange(1, len(info.free.dh))
    lines = [
        Line("without clipping", info.terms["off"], COLOUR_FREE, 6.0),
        Line(f"clipped {KIND_NAMES['norm']}", info.terms["norm"], KIND_COLOURS["norm"], 3.0),
    ]
    return _over_time(t, lines, "‖term of time step t‖", 300, [])


def flows(info: LimitsInfo) -> go.Figure:
    """‖∂L/∂h_t‖ with and without clipping inside the flow, and the part of it that comes from the last loss."""
    t = np.arange(len(info.free.dh))
    lines = [
        Line("all losses, without clipping", info.free.dh, COLOUR_FREE, 6.0),
        Line("all losses, clipped inside the flow", info.cut.dh, KIND_COLOURS["flow"], 3.5),
        Line("last loss alone, without clipping", info.free.last, COLOUR_FREE, 3.0),
        Line("last loss alone, clipped inside the flow", info.cut.last, KIND_COLOURS["flow"], 2.5),
    ]
    return _over_time(t, lines, "‖∂L/∂h<sub>t</sub>‖", 340, [lines[2].name, lines[3].name], info.threshold)


def _over_time(
    t: Ints, lines: list[Line], title: str, plot: int, dashed: list[str], limit: float | None = None
) -> go.Figure:
    figure = make_subplots(rows=1, cols=1)
    ends = log_range(*(line.values for line in lines), [] if limit is None else [limit])
    add_panel(figure, t, 1, lines, ends, log=True, over="time step")
    figure.for_each_trace(lambda trace: trace.update(line_dash="dash") if trace.name in dashed else None)
    if limit is not None:
        add_rule(figure, f"threshold c = {limit:g}", y=limit, colour=style.COLOUR_THRESHOLD, width=2.5, dash="dot")
    last = int(t[-1])
    figure.update_xaxes(title_text="time step t: early words left, late words right", range=[-0.02 * last, 1.02 * last])
    figure.update_yaxes(title_text=title)
    return style.finish(figure, plot, below=60, legend_rows=len(lines) + (limit is not None))


def turns(info: LimitsInfo) -> go.Figure:
    """The angle between the clipped gradient and the raw one, over the threshold."""
    figure = go.Figure()
    for kind, width in zip(KINDS, (5.0, 3.0, 3.0), strict=True):
        figure.add_scatter(
            x=THRESHOLDS,
            y=np.degrees(info.angles[kind]),
            mode="lines",
            line={"color": KIND_COLOURS[kind], "width": width},
            name=f"clipped {KIND_NAMES[kind]}",
            hovertemplate=f"c = %{{x:.2g}}: turned by %{{y:.1f}}°<extra>{KIND_NAMES[kind]}</extra>",
        )
    figure.add_vline(
        x=info.threshold,
        line={"color": style.COLOUR_THRESHOLD, "width": 2.5, "dash": "dot"},
        name=f"threshold c = {info.threshold:g}",
        showlegend=True,
    )
    figure.update_xaxes(title_text="threshold c", **(log_axis((-6.0, 2.0)) | {"dtick": 2}))
    figure.update_yaxes(title_text="angle to the raw gradient", ticksuffix="°", range=[-3, 93], dtick=15)
    return style.finish(figure, 300, below=60, legend_rows=4)


def terms_alt(info: LimitsInfo) -> str:
    """The terms in words, for a screen reader."""
    return (
        "Two lines over the time step: norms of the terms of the gradient of W_hh, without clipping and clipped by "
        f"norm. Both fall or rise alike: early to late {info.ratios['off'].terms:.3g} and "
        f"{info.ratios['norm'].terms:.3g}."
    )


def flows_alt(info: LimitsInfo) -> str:
    """The flow in words, for a screen reader."""
    return (
        "Lines over the time step: norm of the gradient at each state, without clipping and clipped inside the flow, "
        f"of all losses and of the last alone. At time step 1 the last loss's is {info.free.last[1]:.3g} without and "
        f"{info.cut.last[1]:.3g} with clipping."
    )


def turns_alt(info: LimitsInfo) -> str:
    """The angles in words, for a screen reader."""
    said = ", ".join(f"{KIND_NAMES[kind]} {np.degrees(info.clipped[kind].angle):.1f} degrees" for kind in KINDS)
    return f"Lines over the threshold: the angle by which clipping turns the gradient. At {info.threshold:g}: {said}."
