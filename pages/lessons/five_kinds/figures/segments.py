"""A display of seven segments, drawn as it is lit."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.tasks.led import SEGMENTS
from rnn_core.types import Floats, Ints


class SegmentsInfo(NamedTuple):
    """Which segments are lit, in the order of SEGMENTS, and the digit that a network sees in them."""

    lit: tuple[bool, ...]
    digit: int


_ENDS = (((0, 2), (1, 2)), ((0, 1), (0, 2)), ((1, 1), (1, 2)), ((0, 1), (1, 1)), ((0, 0), (0, 1)), ((1, 0), (1, 1)),
         ((0, 0), (1, 0)))  # fmt: skip
_SHORT = 0.08
"""How far a segment keeps from its corners."""


def segments_info(lit: Ints, p: Floats) -> SegmentsInfo:
    """Segments (7,) and probabilities of the digits (10,)."""
    return SegmentsInfo(tuple(bool(on) for on in lit), int(p.argmax()))


def segments(info: SegmentsInfo) -> go.Figure:
    """Lit segments wide and orange, dark ones thin and grey."""
    figure = go.Figure()
    for name, lit, ((x0, y0), (x1, y1)) in zip(SEGMENTS, info.lit, _ENDS, strict=True):
        dx, dy = _SHORT * (x1 - x0), _SHORT * (y1 - y0)
        line = {"color": style.COLOUR_A, "width": 14} if lit else {"color": style.COLOUR_ZERO, "width": 3}
        figure.add_scatter(
            x=[x0 + dx, x1 - dx],
            y=[y0 + dy, y1 - dy],
            mode="lines",
            line=line,
            hovertemplate=f"{name}: {'lit' if lit else 'dark'}<extra></extra>",
            showlegend=False,
        )
    figure.update_xaxes(visible=False, range=[-0.3, 1.3])
    figure.update_yaxes(visible=False, range=[-0.2, 2.2], scaleanchor="x")
    return style.finish(figure, 200, below=10)


def segments_alt(info: SegmentsInfo) -> str:
    """The picture in words, for a screen reader."""
    lit = [name for name, on in zip(SEGMENTS, info.lit, strict=True) if on]
    return f"A seven-segment display; lit: {', '.join(lit) or 'none'}. The network sees a {info.digit}."
