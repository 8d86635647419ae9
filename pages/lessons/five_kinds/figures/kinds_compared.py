"""The gradient's way in several kinds of RNN, side by side: how large it is at each state, first to last."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve
from rnn_core.experiments.kinds import GradientFlow
from rnn_core.types import Floats


class KindsComparedInfo(NamedTuple):
    """What the lines show; each of its own T time steps.

    Attributes
    ----------
    names : of the kinds
    place : by kind, (T,) 0 for h_1 and 1 for h_T; 1 where T = 1
    share : by kind, (T,) median ‖∂L/∂h_t‖ over that at h_T
    """

    names: tuple[str, ...]
    place: tuple[Floats, ...]
    share: tuple[Floats, ...]


def kinds_compared_info(ways: dict[str, GradientFlow]) -> KindsComparedInfo:
    """Medians over a run's updates, by name of the kind; h_0 is left out."""
    place = tuple(np.linspace(0, 1, len(flow.norm) - 1) if len(flow.norm) > 2 else np.ones(1) for flow in ways.values())
    share = tuple(flow.norm[1:] / flow.norm[-1] for flow in ways.values())
    return KindsComparedInfo(tuple(ways), place, share)


COLOURS = (style.COLOUR_ZERO, style.COLOUR_A, style.COLOUR_B, style.COLOUR_C, style.COLOUR_THRESHOLD)
SYMBOLS = ("star", "circle", "square", "diamond", "triangle-up")
"""Told apart by shape as well as by colour."""


def kinds_compared(info: KindsComparedInfo) -> go.Figure:
    """A line a kind; above 1 the gradient is larger than at the last state."""
    figure = go.Figure()
    for k, name in enumerate(info.names):
        marker = {"symbol": SYMBOLS[k % len(SYMBOLS)], "size": 15 if len(info.place[k]) == 1 else 8}
        more: dict[str, Any] = {"mode": "lines+markers", "marker": marker}
        more["customdata"] = np.arange(1, len(info.place[k]) + 1)
        hover = f"{name}, h<sub>%{{customdata}}</sub>: %{{y:.3g}} times h<sub>T</sub>"
        add_curve(figure, info.place[k], info.share[k], name, COLOURS[k % len(COLOURS)], 2.5, hover, **more)
    figure.update_xaxes(
        title_text="state",
        tickvals=[0, 0.5, 1],
        ticktext=["h<sub>1</sub>", "half way", "h<sub>T</sub>"],
        range=[-0.05, 1.05],
    )
    figure.update_yaxes(title_text="‖∂L/∂h<sub>t</sub>‖ / ‖∂L/∂h<sub>T</sub>‖", type="log", dtick=1)
    return style.finish(figure, 320, below=60, legend_rows=4)


def kinds_compared_alt(info: KindsComparedInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = "; ".join(
        f"{name}: {share[0]:.3g} at h_1, at most {share.max():.3g}"
        for name, share in zip(info.names, info.share, strict=True)
    )
    return f"Lines: the norm of the gradient at each state over that at the last state. {ends}."
