"""Part 4: a forecast of a weather-like series, beside rules and linear autoregression."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.jobs import waiting
from pages.components.layout import story
from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.forecasts import ForecastsInfo, forecasts, forecasts_alt
from pages.lessons.what_came_after.results import FORECAST_ERRORS, FORECAST_HEADS
from rnn_core.experiments import forecasts as forecasting
from rnn_core.experiments.forecasts import CELLS, LINEAR, NETWORK
from rnn_core.tasks.forecast import DEGREES, FLOOR

MONTHS = 60
"""Of the stretch in the picture."""

QUESTION = "Which forecast of the next month has the smallest mean absolute error, on stations that no batch had?"
_WARMINGS = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 2.0, 3.0)


class Settings(NamedTuple):
    """What the controls say.

    Attributes
    ----------
    cell : of the network
    warming : of the station in the picture, in °C a year
    other : the forecast that is drawn beside the network's
    """

    cell: str
    warming: float
    other: str


def controls(notices: Any) -> Settings:
    """The network, the station, and what is drawn."""
    left, middle, right = st.columns(3)
    with left:
        cell = widgets.choice("ca_cell", "Cell", dict.fromkeys(CELLS, ""), "vanilla", texts.cell_help, place=notices)
    with middle:
        warming = widgets.slider(
            "ca_warming", "Warming (°C a year)", _WARMINGS, 0.3, -3.0, 3.0, texts.warming_help, place=notices
        )  # fmt: skip
    with right:
        names = {name: caption for name, caption in texts.options("rules").items() if name != NETWORK}
        other = widgets.choice("ca_other", "Other forecast", names, LINEAR, texts.other_help, menu=True, place=notices)
    return Settings(cell, warming, other)


def part(settings: Settings, seed: int) -> None:
    """Predict, then one station month by month, and the errors."""
    st.markdown(texts.forecast)
    prediction = predict("ca_predict_forecast", QUESTION, texts.options("rules"))
    if prediction is None:
        return
    config = networks.forecast_config(settings.cell, seed)
    [record] = waiting.trained(config)
    params = {name: W[-1] for name, W in record.probe_params.items()}
    coefficients = networks.linear_model(seed)
    errors = forecasting.errors_on_fresh_stations(config, params, coefficients, networks.ASKED)
    reveal("ca_predict_forecast", prediction, sentences.best(errors), sentences.forecast_because(errors, settings.cell))
    station = forecasting.station_forecast(config, params, coefficients, MONTHS, settings.warming)
    info = ForecastsInfo(station, (settings.other, NETWORK))
    picture, equation = st.columns([3, 2], vertical_alignment="center")
    picture.plotly_chart(forecasts(info), key="ca_forecasts", alt=forecasts_alt(info))
    equation.latex(texts.forecast_equation)
    equation.latex(texts.loss_equation)
    equation.caption(texts.filled("forecast_symbols", degrees=f"{DEGREES:g}", floor=f"{DEGREES * FLOOR:.2f}"))
    story(sentences.forecast_sentences(errors, station))
    st.table(pd.DataFrame(sentences.forecast_table(errors, station)).set_index("forecast"))
    with st.expander("All cells over 20 seeds", expanded=True):
        st.table(pd.DataFrame.from_dict(FORECAST_ERRORS, orient="index", columns=FORECAST_HEADS))
        st.markdown(texts.forecast_study)
        st.code("python -m rnn_core forecasts", language="sh")
