"""The clip timeline: norms before and after, the scale, loss and accuracy; and the histogram the threshold cuts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from rnn_core.diagnostics import Replay, replay
from rnn_core.types import Floats, Ints, Record

from . import style

MOST_POINTS = 1000
"""In a line; longer runs are shown in groups of updates."""


class TimelinesInfo(NamedTuple):
    """Lines over updates; all arrays are (C,), and those of a run that ended early are shorter.

    Attributes
    ----------
    updates : first update of each group
    group : updates in a point: norms show the largest among them, the scale the smallest, loss and accuracy the mean
    norm_a : of A's gradient
    norm_b, clipped_b, scale_b : of B's gradient before clipping and after it, and the factor between
    loss, accuracy : of the batch, for A and for B
    threshold : None where clipping is elementwise: no line in the plot of norms is its limit
    """

    updates: Ints
    group: int
    norm_a: Floats
    norm_b: Floats
    clipped_b: Floats
    scale_b: Floats
    loss: tuple[Floats, Floats]
    accuracy: tuple[Floats, Floats]
    threshold: float | None


def timelines_info(a: Record, b: Record, window: int | None = None) -> TimelinesInfo:
    """The first `window` updates, or all; both twins' are grouped alike."""
    updates = max(a.updates, b.updates)
    updates = min(updates, window or updates)
    group = -(-updates // MOST_POINTS)

    def grouped(values: Floats, ufunc: np.ufunc) -> Floats:
        values = values[:updates]
        starts = np.arange(0, len(values), group)
        reduced = ufunc.reduceat(values, starts)
        return reduced / np.diff(np.append(starts, len(values))) if ufunc is np.add else reduced

    return TimelinesInfo(
        updates=np.arange(0, updates, group),
        group=group,
        norm_a=grouped(a.grad_norm, np.maximum),
        norm_b=grouped(b.grad_norm, np.maximum),
        clipped_b=grouped(b.grad_norm_clipped, np.maximum),
        scale_b=grouped(b.clip_scale, np.minimum),
        loss=(grouped(a.loss, np.add), grouped(b.loss, np.add)),
        accuracy=(grouped(a.accuracy, np.add), grouped(b.accuracy, np.add)),
        threshold=b.config.clip_threshold if b.config.clip == "norm" else None,
    )


def timelines(info: TimelinesInfo) -> go.Figure:
    """Norm and scale on the left, loss and accuracy on the right, over one axis of updates."""
    figure = make_subplots(
        rows=2,
        cols=2,
        shared_xaxes=True,
        row_heights=[0.6, 0.4],
        horizontal_spacing=0.09,
        vertical_spacing=0.1,
        subplot_titles=["global gradient norm", "loss of the batch", "scale that B applied", "accuracy on the batch"],
    )
    lines = (
        ("A: norm", info.norm_a, style.COLOUR_A, "solid", 1, 1, True),
        ("B: norm before clipping", info.norm_b, "#56B4E9", "solid", 1, 1, True),
        ("B: norm after clipping", info.clipped_b, style.COLOUR_B, "solid", 1, 1, True),
        ("B: scale", info.scale_b, style.COLOUR_B, "solid", 2, 1, False),
        ("A", info.loss[0], style.COLOUR_A, "solid", 1, 2, False),
        ("B", info.loss[1], style.COLOUR_B, "solid", 1, 2, False),
        ("A", info.accuracy[0], style.COLOUR_A, "solid", 2, 2, False),
        ("B", info.accuracy[1], style.COLOUR_B, "solid", 2, 2, False),
    )
    for name, values, colour, dash, row, col, legend in lines:
        figure.add_scatter(
            x=info.updates[: len(values)],
            y=np.where(np.isfinite(values), values, np.nan).astype(np.float32),
            mode="lines",
            line={"color": colour, "width": 1.5, "dash": dash},
            name=name,
            showlegend=legend,
            hovertemplate=f"{name}, update %{{x}}: %{{y:.4g}}<extra></extra>",
            row=row,
            col=col,
        )
    if info.threshold is not None:
        figure.add_hline(
            y=info.threshold,
            line={"color": style.COLOUR_THRESHOLD, "width": 2, "dash": "dash"},
            annotation_text=f"threshold {info.threshold:g}",
            annotation_position="top right",
            row=1,
            col=1,
        )
    figure.update_yaxes(type="log", title_text="‖∂L/∂θ‖", exponentformat="power", row=1, col=1)
    figure.update_yaxes(type="log", title_text="after ÷ before", exponentformat="power", row=2, col=1)
    figure.update_yaxes(type="log", title_text="loss (nats)", exponentformat="power", row=1, col=2)
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%", title_text="share right", row=2, col=2)
    figure.update_xaxes(title_text="training update", row=2)
    return style.finish(figure, 620)


def timelines_alt(info: TimelinesInfo) -> str:
    """The picture in words, for a screen reader."""
    return (
        f"Lines over training updates. Largest gradient norm: A {info.norm_a.max():.3g}, B {info.norm_b.max():.3g} "
        f"before clipping. Smallest scale that B applied: {info.scale_b.min():.3g}. Loss at the end: "
        f"A {info.loss[0][-1]:.3g}, B {info.loss[1][-1]:.3g}."
    )


class HistogramInfo(NamedTuple):
    """A's gradient norms, and where a threshold cuts them.

    Attributes
    ----------
    edges, counts : (N+1,), (N,) of log₁₀ of the finite norms above zero
    percentiles : norm at the 50th, 90th and 99th percentile of all finite norms
    threshold : of B
    below : share of the finite norms at or below the threshold: the percentile at which it stands
    replay : share of A's updates that the threshold would have clipped, were their gradients still these
    left_out : norms that are zero or not finite and have no place on the axis
    """

    edges: Floats
    counts: Floats
    percentiles: tuple[float, float, float]
    threshold: float
    below: float
    replay: Replay
    left_out: int


def histogram_info(a: Record, b: Record, bins: int = 60) -> HistogramInfo:
    """Count A's norms on a log scale; the threshold and the kind of clipping are B's."""
    finite = a.grad_norm[np.isfinite(a.grad_norm)]
    positive = finite[finite > 0]
    logs = np.log10(positive) if len(positive) else np.zeros(1)
    counts, edges = np.histogram(logs, bins=bins)
    p50, p90, p99 = np.percentile(finite, [50, 90, 99]) if len(finite) else (0.0, 0.0, 0.0)
    threshold = b.config.clip_threshold
    return HistogramInfo(
        edges,
        counts if len(positive) else np.zeros_like(counts),
        (float(p50), float(p90), float(p99)),
        threshold,
        float((finite <= threshold).mean()) if len(finite) else 0.0,
        replay(a, b.config.clip, threshold),
        a.updates - len(positive),
    )


def histogram(info: HistogramInfo) -> go.Figure:
    """Bars, three percentiles, and the threshold's line."""
    centres = (info.edges[1:] + info.edges[:-1]) / 2
    figure = go.Figure()
    figure.add_bar(
        x=10.0**centres,
        y=info.counts,
        width=10.0 ** info.edges[1:] - 10.0 ** info.edges[:-1],
        marker={"color": style.COLOUR_A},
        name="A's updates",
        hovertemplate="norm about %{x:.3g}: %{y} updates<extra></extra>",
    )
    for name, value, level in zip(("50 %", "90 %", "99 %"), info.percentiles, (0.99, 0.9, 0.81), strict=True):
        if value > 0:
            figure.add_vline(x=value, line={"color": "#888888", "width": 1.5, "dash": "dot"})
            figure.add_annotation(
                x=np.log10(value), y=level, yref="paper", text=name, showarrow=False, xanchor="left", xshift=3
            )
    figure.add_vline(x=info.threshold, line={"color": style.COLOUR_THRESHOLD, "width": 3, "dash": "dash"})
    figure.add_annotation(
        x=np.log10(info.threshold),
        y=1.09,
        yref="paper",
        text=f"threshold {info.threshold:g}",
        showarrow=False,
        font={"color": style.COLOUR_THRESHOLD},
    )
    figure.update_xaxes(type="log", title_text="global gradient norm of A, before any clipping", exponentformat="power")
    figure.update_yaxes(title_text="updates of A")
    figure.update_layout(bargap=0, showlegend=False)
    return style.finish(figure, 380)


def histogram_alt(info: HistogramInfo) -> str:
    """The picture in words, for a screen reader."""
    p50, p90, p99 = info.percentiles
    return (
        f"Histogram of twin A's gradient norms. Median {p50:.3g}, 90th percentile {p90:.3g}, 99th {p99:.3g}. "
        f"The threshold {info.threshold:g} stands above {info.below:.1%} of them."
    )
