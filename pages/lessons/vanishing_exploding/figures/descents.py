"""Two descents over the cliff of one unit as lines over updates."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel, add_threshold
from pages.components.figures.log_axis import log_range

from .cliff import COLOURS, NAMES, CliffInfo


def descents(info: CliffInfo) -> go.Figure:
    """E over the updates above, the norm of the gradient below."""
    figure, plot = style.two_panels(200, 60, 200, ("error E", "norm of the gradient, before clipping"))
    longest = max(len(path.error) for path in info.paths)
    x = np.arange(longest)
    errors, norms = (
        [Line(*line) for line in zip(NAMES, values, COLOURS, (4.6, 2.0), strict=True)]
        for values in ([path.error for path in info.paths], [path.norm for path in info.paths])
    )
    add_panel(figure, x, 1, errors, log_range(*(line.values for line in errors)), log=True)
    limits = log_range(*(line.values for line in norms), [info.threshold])
    add_panel(figure, x, 2, norms, limits, log=True)
    add_threshold(figure, info.threshold, 2)
    figure.update_yaxes(title_text="E", row=1)
    figure.update_yaxes(title_text="‖∂E/∂(w, b)‖", row=2)
    figure.update_xaxes(title_text="updates", row=2)
    figure.update_xaxes(range=[-0.01 * longest - 0.5, 1.01 * longest])
    return style.finish(figure, plot, below=60, legend_rows=3)


def descents_alt(info: CliffInfo) -> str:
    """The lines in words, for a screen reader."""
    ends = [
        f"{name}: error {path.error[0]:.3g} at the start, {path.error[-1]:.3g} at the end, largest gradient norm "
        f"{path.norm.max():.3g}"
        for name, path in zip(NAMES, info.paths, strict=True)
    ]
    return f"Lines over updates. {'; '.join(ends)}."
