"""How far back ∂L/∂W_hh comes from: its terms by the distance between loss and term."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import Line, add_curve, add_panel
from pages.components.figures.log_axis import log_range
from rnn_core.diagnostics.distances import shares
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Floats


class DistancesInfo(NamedTuple):
    """What the picture shows, by distance d = 0 ... T-1 in time steps; all arrays are (T,).

    Attributes
    ----------
    share : of G_d in ∂L/∂W_hh, see `diagnostics.distances.shares`
    up_to : the sum of the shares up to d
    norm : ‖G_d‖
    """

    share: Floats
    up_to: Floats
    norm: Floats


def distances_info(terms: Floats) -> DistancesInfo:
    """From `terms_by_distance`, (T, H, G·H)."""
    share = shares(terms)
    return DistancesInfo(share, np.cumsum(share), row_norms(terms))


def distances(info: DistancesInfo) -> go.Figure:
    """Shares as bars with their running sum above, norms below."""
    figure, plot = style.two_panels(240, 60, 180, ("share of the gradient", "norm of the term"))
    d = np.arange(len(info.share))
    hover = "%{x} time steps back: %{y:.1%}"
    of_one = {"name": "share of this distance", "hovertemplate": f"{hover}<extra></extra>"}
    figure.add_bar(x=d, y=info.share, marker={"color": style.COLOUR_B}, **of_one, row=1, col=1)
    name, mode = "all up to this distance", "lines+markers"
    add_curve(figure, d, info.up_to, name, style.COLOUR_A, 2.5, f"up to {hover}", mode=mode, row=1, col=1)
    norms = [Line("norm", info.norm, style.COLOUR_B, 3.0)]
    add_panel(figure, d, 2, norms, log_range(info.norm), log=True, over="distance")
    shown = np.nan_to_num(np.concatenate([[0.0, 1.0], info.share, info.up_to]))
    ends = [1.1 * shown.min() - 0.03, 1.1 * shown.max()]
    figure.update_yaxes(title_text="share", tickformat=".0%", range=ends, row=1)
    figure.update_yaxes(title_text="‖G<sub>d</sub>‖", row=2)
    figure.update_xaxes(title_text="distance d: time steps back from the loss", row=2)
    figure.update_xaxes(range=[-0.6, len(d) - 0.4], dtick=1 if len(d) <= 20 else 5)
    return style.finish(figure, plot, below=70, legend_rows=3)


def distances_alt(info: DistancesInfo) -> str:
    """The picture in words, for a screen reader."""
    near = ", ".join(f"{share:.1%} from {d}" for d, share in enumerate(info.share[:4]))
    return (
        "Bars: share of the gradient of W_hh by distance in time steps between loss and term: "
        f"{near}. Below: norms of the terms, {info.norm[0]:.3g} at distance 0 and {info.norm[-2:][0]:.3g} at distance "
        f"{max(0, len(info.norm) - 2)}."
    )
