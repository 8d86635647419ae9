"""One station month by month: what came, and what each forecast had said."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.experiments.forecasts import LINEAR, NETWORK, StationForecast
from rnn_core.tasks.forecast import LAST, SEASON

COLOURS = {LAST: style.COLOUR_THRESHOLD, SEASON: "#009E73", LINEAR: style.COLOUR_A, NETWORK: style.COLOUR_B}
DASHES = {LAST: "dot", SEASON: "dash", LINEAR: "dashdot", NETWORK: "solid"}


class ForecastsInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    station : the station
    shown : names of the forecasts that are drawn
    """

    station: StationForecast
    shown: tuple[str, ...]


def forecasts(info: ForecastsInfo) -> go.Figure:
    """Lines over the months."""
    figure = go.Figure()
    months = np.arange(1, len(info.station.true) + 1)
    figure.add_scatter(
        x=months,
        y=info.station.true,
        mode="lines+markers",
        line={"color": style.GREY, "width": 5},
        marker={"size": 6},
        name="what came",
        hovertemplate="month %{x}: %{y:.1f} °C<extra>what came</extra>",
    )
    for name in info.shown:
        figure.add_scatter(
            x=months,
            y=info.station.said[name],
            mode="lines",
            line={"color": COLOURS[name], "width": 2.5, "dash": DASHES[name]},
            name=name,
            hovertemplate=f"month %{{x}}: %{{y:.1f}} °C<extra>{name}</extra>",
        )
    figure.update_xaxes(title_text="month of the held-out stretch", dtick=12, tick0=0)
    figure.update_yaxes(title_text="°C")
    return style.finish(figure, 340, below=60, legend_rows=1 + len(info.shown))


def forecasts_alt(info: ForecastsInfo) -> str:
    """The lines in words, for a screen reader."""
    errors = ", ".join(f"{name} {info.station.errors[name]:.2f}" for name in info.shown)
    return (
        f"Lines over {len(info.station.true)} months: temperature between {info.station.true.min():.1f} and "
        f"{info.station.true.max():.1f} °C, and forecasts one month ahead. Mean absolute errors in °C: {errors}."
    )
