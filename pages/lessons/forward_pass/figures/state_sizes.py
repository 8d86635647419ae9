"""The largest state over a long text, for each activation: bounded, collapsed, grown or overflowed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel, add_rule
from pages.components.figures.log_axis import log_range
from rnn_core.experiments.state_growth import sizes
from rnn_core.types import Floats

from .activation_curves import COLOURS, FAINT, NAMES, WIDTHS


class SizesInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    chosen : the activation to look at
    largest : (T,) the largest |state| after time step 1 ... T by activation; inf or nan where it is that
    last : (H,) the state after time step T, by activation
    sentence_end : the time step after which there is silence; None if the sentence goes on and on
    """

    chosen: str
    largest: dict[str, Floats]
    last: dict[str, Floats]
    sentence_end: int | None


def sizes_info(states: dict[str, Floats], chosen: str, sentence_end: int | None = None) -> SizesInfo:
    """The largest |state| of (T+1, H) states, by activation."""
    largest, last = {name: sizes(h) for name, h in states.items()}, {name: h[-1] for name, h in states.items()}
    return SizesInfo(chosen, largest, last, sentence_end)


def state_sizes(info: SizesInfo) -> go.Figure:
    """Lines over the time steps on a logarithmic axis, the chosen one full; marks for zero and what is not finite."""
    figure = make_subplots(rows=1, cols=1)
    T = len(next(iter(info.largest.values())))
    lines = [Line(NAMES[name], info.largest[name], COLOURS[name], WIDTHS[name]) for name in reversed(info.largest)]
    ends = log_range(*info.largest.values(), [1.0])
    add_panel(figure, np.arange(1, T + 1), 1, lines, ends, log=True, over="time step")
    others = {NAMES[name] for name in info.largest if name != info.chosen}
    figure.for_each_trace(lambda trace: trace.update(opacity=FAINT), lambda trace: trace.name in others)
    add_rule(figure, y=1, colour=style.COLOUR_ZERO)
    if info.sentence_end is not None and info.sentence_end < T:
        end = info.sentence_end + 0.5
        add_rule(figure, x=end, colour=style.COLOUR_ZERO, dash="dot")
        anchors = {"xanchor": "left", "yanchor": "bottom"}
        figure.add_annotation(x=end, y=1, yref="paper", text="silence", showarrow=False, **anchors)
    figure.update_xaxes(title_text="time step t (words read)", range=[0, T + 1])
    figure.update_yaxes(title_text="largest |h<sub>t</sub>|")
    return style.finish(figure, 300, below=60, legend_rows=4)


def state_sizes_alt(info: SizesInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = "; ".join(f"{NAMES[name]} ends at {values[-1]:.3g}" for name, values in info.largest.items())
    T = len(next(iter(info.largest.values())))
    return f"Lines of the largest state over {T} time steps, for four activations: {ends}."
