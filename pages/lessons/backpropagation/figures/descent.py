"""The loss along the negative gradient: what one update with each learning rate α would make of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_points, add_rule
from rnn_core.numerics.norms import global_norm
from rnn_core.toy_models.chain_rule import ChainRule, losses_along
from rnn_core.types import Batch, Floats, Params


class DescentInfo(NamedTuple):
    """What the picture shows; losses in nats.

    Attributes
    ----------
    alphas, losses : (A,) learning rates, and the loss measured after one update with each
    squared_norm : ‖g‖² of the gradient over all weights together
    alpha : the learning rate that is chosen
    before, after : the loss before and after the update with it
    """

    alphas: Floats
    losses: Floats
    squared_norm: float
    alpha: float
    before: float
    after: float

    @property
    def promised(self) -> float:
        """The loss that the slope at the start promises for the chosen α: L - α ‖g‖²."""
        return self.before - self.alpha * self.squared_norm


POINTS = 120
"""Learning rates at which the curve is measured."""


def descent_info(params: Params, rule: ChainRule, batch: Batch, alpha: float) -> DescentInfo:
    """Measure the loss of `batch` after one update with each α from 0 to beyond the chosen one."""
    alphas = np.linspace(0, max(2.5, 1.25 * alpha), POINTS)
    *losses, after = losses_along(params, rule.gradients, batch, np.append(alphas, alpha)).tolist()
    squared = global_norm(rule.gradients.values()) ** 2
    return DescentInfo(alphas, np.array(losses), squared, alpha, rule.loss, after)


def descent(info: DescentInfo) -> go.Figure:
    """The measured curve, the promised line, and the chosen update on the curve."""
    highest = float(np.max(info.losses, where=np.isfinite(info.losses), initial=info.before))
    figure = go.Figure()
    ends = np.array([0, info.alphas[-1]])
    line = info.before - ends * info.squared_norm
    name, hover = "promised by the slope: L − α ‖g‖²", "α = %{x:.3g}: promised %{y:.4g}"
    add_curve(figure, ends, line, name, style.COLOUR_A, 2.5, hover, dash="dash")
    name, hover = "measured after the update", "α = %{x:.3g}: measured %{y:.4g}"
    add_curve(figure, info.alphas, info.losses, name, style.COLOUR_B, 3.5, hover)
    add_rule(figure, "before the update", y=info.before, width=1.5, dash="dot")
    outline = {"color": style.COLOUR_OUTLINE, "width": 2}
    mark = {"color": style.COLOUR_THRESHOLD, "size": 16, "line": outline, "opacity": 1}
    name, hover = f"the update with α = {info.alpha:g}", "α = %{x:.3g}: %{y:.4g}"
    add_points(figure, [info.alpha], [info.after], name, mark, hover)
    figure.update_xaxes(title_text="learning rate α", range=[-0.02 * info.alphas[-1], 1.02 * info.alphas[-1]])
    figure.update_yaxes(title_text="loss L (nats)", range=[0, 1.08 * highest])
    return style.finish(figure, 320, below=70, legend_rows=4)


def descent_alt(info: DescentInfo) -> str:
    """The picture in words, for a screen reader."""
    best = int(np.nanargmin(info.losses))
    return (
        f"Curve of the loss after one update over the learning rate. Before: {info.before:.4g} nats. After the update "
        f"with learning rate {info.alpha:g}: {info.after:.4g}. Lowest: {info.losses[best]:.4g} at "
        f"{info.alphas[best]:.3g}."
    )
