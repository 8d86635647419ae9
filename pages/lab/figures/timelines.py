"""What clipping did over the updates: norms before and after, the scale; and beside it loss and accuracy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel, add_rule, add_threshold
from pages.components.figures.log_axis import drawable, log_range
from rnn_core.types import Floats, Ints, Record

MOST_POINTS = 1000
"""In a line; longer runs are shown in groups of updates."""


class End(NamedTuple):
    """Why a run has fewer updates than it was asked for, and the last one it has."""

    why: str
    update: int


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
    ends : of A and B; None if the run came to its end, or ended after the updates shown
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
    ends: tuple[End | None, End | None]


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
        ends=(_end(a, updates), _end(b, updates)),
    )


def _end(record: Record, shown: int) -> End | None:
    last = record.updates - 1
    if last >= shown:
        return None
    if record.divergence is not None:
        return End("diverged", last)
    return End("was stopped", last) if record.updates < record.config.updates else None


_WIDE, _MIDDLE, _NARROW = 4.6, 3.0, 1.4
"""Pixels: what is drawn below is wider, so that it can be seen where lines are equal."""

_PLOT, _BELOW = 420, 70
"""Pixels; the same in both figures, whose panels stand side by side."""


def timelines(info: TimelinesInfo) -> go.Figure:
    """Norms above, and below them the scale that B applied."""
    norms = [
        Line("A", info.norm_a, style.COLOUR_A, _WIDE),
        Line("B before clipping", info.norm_b, style.COLOUR_B_BEFORE, _MIDDLE),
        Line("B after clipping", info.clipped_b, style.COLOUR_B, _NARROW),
    ]
    scale = Line("B: scale", info.scale_b, style.COLOUR_B, _NARROW)
    limit = [] if info.threshold is None else [info.threshold]
    figure = _panels("global gradient norm", "scale that B applied")
    norm_ends = log_range(*(line.values for line in norms), limit)
    add_panel(figure, info.updates, 1, norms, norm_ends, log=True)
    add_panel(figure, info.updates, 2, [scale], log_range(info.scale_b, top=0.0), log=True)
    if info.threshold is not None:
        add_threshold(figure, info.threshold, 1)
    figure.update_yaxes(title_text="‖∂L/∂θ‖", row=1)
    figure.update_yaxes(title_text="after ÷ before", row=2)
    return _finish(figure, info)


def learning(info: TimelinesInfo) -> go.Figure:
    """Loss above, and below it accuracy."""
    loss, accuracy = (
        [Line("A", of_a, style.COLOUR_A, _WIDE), Line("B", of_b, style.COLOUR_B, _NARROW)]
        for of_a, of_b in (info.loss, info.accuracy)
    )
    figure = _panels("loss of the batch", "accuracy on the batch")
    add_panel(figure, info.updates, 1, loss, log_range(*info.loss), log=True)
    add_panel(figure, info.updates, 2, accuracy, (-0.03, 1.03), log=False)
    figure.update_yaxes(title_text="loss (nats)", row=1)
    figure.update_yaxes(title_text="share right", tickformat=".0%", row=2)
    return _finish(figure, info)


def _panels(upper: str, lower: str) -> go.Figure:
    return make_subplots(
        rows=2, shared_xaxes=True, row_heights=[0.58, 0.42], vertical_spacing=0.13, subplot_titles=[upper, lower]
    )


def _finish(figure: go.Figure, info: TimelinesInfo) -> go.Figure:
    for name, colour, end in zip("AB", (style.COLOUR_A, style.COLOUR_B), info.ends, strict=True):
        if end is None:
            continue
        for row in (1, 2):
            entry = f"{name} {end.why} (update {end.update:,})" if row == 1 else ""
            add_rule(figure, entry, x=end.update, colour=colour, width=2.5, dash="dot", row=row, col=1)
    last = int(info.updates[-1]) + info.group - 1
    figure.update_xaxes(range=[-0.01 * last - 0.5, 1.01 * last + 0.5])
    figure.update_xaxes(title_text="training update", row=2)
    return style.finish(figure, _PLOT, below=_BELOW, legend_rows=3 + sum(end is not None for end in info.ends))


def timelines_alt(info: TimelinesInfo) -> str:
    """The picture in words, for a screen reader."""
    scale = drawable(info.scale_b)
    smallest = "none above zero" if np.isnan(scale).all() else f"{np.nanmin(scale):.3g}"
    return (
        f"Lines over training updates. Largest gradient norm: A {_largest(info.norm_a)}, B {_largest(info.norm_b)} "
        f"before clipping. Smallest scale that B applied: {smallest}.{_ends_alt(info)}"
    )


def learning_alt(info: TimelinesInfo) -> str:
    """The picture in words, for a screen reader."""
    loss = [f"{'AB'[k]} {_said(info.loss[k][-1], '.3g')}" for k in (0, 1)]
    share = [f"{'AB'[k]} {_said(info.accuracy[k][-1], '.1%')}" for k in (0, 1)]
    return (
        f"Lines over training updates. Loss at the end: {', '.join(loss)}. Accuracy on the last batch: "
        f"{', '.join(share)}.{_ends_alt(info)}"
    )


def _largest(values: Floats) -> str:
    finite = values[np.isfinite(values)]
    largest = f"{finite.max():.3g}" if len(finite) else "never finite"
    counts = ((values == 0).sum(), "exactly zero"), ((~np.isfinite(values)).sum(), "not finite")
    odd = ", ".join(f"{count} {meaning}" for count, meaning in counts if count)
    return f"{largest} ({odd})" if odd else largest


def _said(value: float, spec: str) -> str:
    return f"{value:{spec}}" if np.isfinite(value) else "not finite"


def _ends_alt(info: TimelinesInfo) -> str:
    return "".join(f" {'AB'[k]} {end.why} at update {end.update:,}." for k, end in enumerate(info.ends) if end)
