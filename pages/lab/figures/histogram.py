"""The histogram of A's gradient norms, and where a threshold cuts it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_rule
from pages.components.figures.log_axis import log_axis, log_range
from rnn_core.diagnostics import Replay, replay
from rnn_core.types import Floats, Record


class HistogramInfo(NamedTuple):
    """A's gradient norms, and where a threshold cuts them.

    Attributes
    ----------
    edges, counts : (N+1,), (N,) of log₁₀ of the finite norms above zero
    percentiles : norm at the 50th, 90th and 99th percentile of all finite norms
    threshold : of B; None where no one norm is B's limit
    below : share of the finite norms at or below the threshold: the percentile at which it stands; None without one
    replay : share of A's updates that B's clipping would have clipped, were their gradients still these; None where
        norms cannot tell
    left_out : norms that are zero or not finite and have no place on the axis
    """

    edges: Floats
    counts: Floats
    percentiles: tuple[float, float, float]
    threshold: float | None
    below: float | None
    replay: Replay | None
    left_out: int


def histogram_info(a: Record, b: Record, bins: int = 60) -> HistogramInfo:
    """Count A's norms on a log scale; the threshold and the kind of clipping are B's."""
    finite = a.grad_norm[np.isfinite(a.grad_norm)]
    positive = finite[finite > 0]
    logs = np.log10(positive) if len(positive) else np.zeros(1)
    counts, edges = np.histogram(logs, bins=bins)
    p50, p90, p99 = np.percentile(finite, [50, 90, 99]) if len(finite) else (0.0, 0.0, 0.0)
    threshold = b.config.clip_threshold if b.config.clip in ("norm", "value") else None
    below = None if threshold is None else float((finite <= threshold).sum()) / max(1, len(finite))
    return HistogramInfo(
        edges,
        counts if len(positive) else np.zeros_like(counts),
        (float(p50), float(p90), float(p99)),
        threshold,
        below,
        replay(a, b.config),
        a.updates - len(positive),
    )


_CLOSE = 0.2
"""Share of the axis within which two labels would touch on a phone."""


def histogram(info: HistogramInfo) -> go.Figure:
    """Bars, three percentiles, and the threshold's line; all names stand above the bars."""
    centres = (info.edges[1:] + info.edges[:-1]) / 2
    ends = log_range(10.0**info.edges, [] if info.threshold is None else [info.threshold])
    figure = go.Figure()
    figure.add_bar(
        x=10.0**centres,
        y=info.counts,
        width=10.0 ** info.edges[1:] - 10.0 ** info.edges[:-1],
        marker={"color": style.COLOUR_A},
        name="A's updates",
        hovertemplate="norm about %{x:.3g}: %{y} updates<extra></extra>",
    )
    shown = [(name, value) for name, value in zip(("50%", "90%", "99%"), info.percentiles, strict=True) if value > 0]
    for _, value in shown:
        add_rule(figure, x=value, width=1.5, dash="dot")
    for text, at in _merged([(name, float(np.log10(value))) for name, value in shown], _CLOSE * (ends[1] - ends[0])):
        _add_label(figure, text, at, ends, 0)
    if info.threshold is not None:
        label = f"threshold {info.threshold:g}"
        add_rule(figure, x=info.threshold, colour=style.COLOUR_THRESHOLD, width=3)
        _add_label(figure, label, float(np.log10(info.threshold)), ends, 1)
        figure.update_annotations(font_color=style.COLOUR_THRESHOLD, selector={"text": label})
    figure.update_xaxes(title_text="gradient norm of A, before any clipping", **log_axis(ends))
    figure.update_yaxes(title_text="updates of A")
    figure.update_layout(bargap=0, showlegend=False)
    return style.finish(figure, 270, below=70)


def _merged(labels: list[tuple[str, float]], close: float) -> list[tuple[str, float]]:
    """Labels by rising position; those closer than `close` to the one before share one label, amid them."""
    groups: list[list[tuple[str, float]]] = []
    for label in labels:
        if groups and label[1] - groups[-1][-1][1] < close:
            groups[-1].append(label)
        else:
            groups.append([label])
    return [(", ".join(name for name, _ in group), (group[0][1] + group[-1][1]) / 2) for group in groups]


def _add_label(figure: go.Figure, text: str, at: float, ends: tuple[float, float], row: int) -> None:
    """A label in one of the rows above the plot; near its sides it grows inwards."""
    share = (at - ends[0]) / (ends[1] - ends[0])
    anchor = "left" if share < _CLOSE else "right" if share > 1 - _CLOSE else "center"
    figure.add_annotation(
        x=at, y=1, yref="paper", yanchor="bottom", yshift=20 * row, text=text, xanchor=anchor, showarrow=False
    )


def histogram_alt(info: HistogramInfo) -> str:
    """The picture in words, for a screen reader."""
    p50, p90, p99 = info.percentiles
    stands = "" if info.below is None else f" The threshold {info.threshold:g} stands above {info.below:.1%} of them."
    return f"Histogram of twin A's gradient norms. Median {p50:.3g}, 90th percentile {p90:.3g}, 99th {p99:.3g}.{stands}"
