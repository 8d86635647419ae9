"""Forecasts side by side: the linear model, what is averaged, and one station month by month."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.experiments import forecasts as forecasting
from rnn_core.experiments.forecasts import BASE, CELLS, LINEAR, NETWORK, Run, fitted, forecasts, station_forecast
from rnn_core.experiments.grid import outcome_of
from rnn_core.recording import train
from rnn_core.tasks import forecast
from rnn_core.training import starting_params

SMALL = BASE.replace(hidden_size=6, updates=40, dtype="float64")


def test_the_linear_model_is_the_least_squares_fit_to_the_windows_of_the_run() -> None:
    batches = [batch_of_update(SMALL, update) for update in range(SMALL.updates)]
    read = np.concatenate([batch.inputs[..., 0] for batch in batches], axis=1)
    after = np.concatenate([batch.targets[-1] for batch in batches])
    expected = np.linalg.lstsq(np.vstack([read, np.ones(len(after))]).T, after, rcond=None)[0]
    np.testing.assert_allclose(fitted(SMALL), expected, rtol=1e-6, atol=1e-9)


def test_without_weather_the_linear_model_forecasts_any_climate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "weather", lambda rng, months, shape: np.zeros((months, *shape)))
    coefficients = forecasting._with_constant(np.zeros((24, 1)))[0]
    coefficients[:24] = 0
    coefficients[[23, 22, 12, 11, 10]] = 1, 0, 1, -1, 0  # x_t + x_{t-11} - x_{t-12}: a trend and a year's season
    found = station_forecast(SMALL, starting_params(SMALL), coefficients - np.eye(25)[24], 30, 1.2)
    assert found.errors[LINEAR] == pytest.approx(0, abs=1e-10)
    assert found.errors[forecast.SEASON] == pytest.approx(1.2, rel=1e-9)  # °C in a year


def test_every_forecast_reads_the_months_before_and_none_after() -> None:
    params, coefficients = starting_params(SMALL), fitted(SMALL)
    read = forecast.series(np.random.default_rng(3), 24, (5,))
    said = forecasts(SMALL, params, coefficients, read)
    assert list(said) == [forecast.LAST, forecast.SEASON, LINEAR, NETWORK]
    np.testing.assert_array_equal(said[forecast.LAST], read[-1])
    np.testing.assert_allclose(said[LINEAR], coefficients[:24] @ read + coefficients[24])
    alone = forecasts(SMALL, params, coefficients, read[:, :1])
    np.testing.assert_allclose(said[NETWORK][:1], alone[NETWORK], rtol=1e-12)


def test_a_stretch_forecasts_each_month_from_the_24_before_it() -> None:
    found = station_forecast(SMALL, starting_params(SMALL), fitted(SMALL), 50, 0.5)
    assert found.true.shape == (50,)
    np.testing.assert_allclose(found.said[forecast.LAST][1:], found.true[:-1])
    np.testing.assert_allclose(found.said[forecast.SEASON][12:], found.true[:-12])
    for name, said in found.said.items():
        assert found.errors[name] == pytest.approx(np.abs(said - found.true).mean())
    warmer = station_forecast(SMALL, starting_params(SMALL), fitted(SMALL), 50, 1.5).true - found.true
    np.testing.assert_allclose(warmer, (np.arange(50) + 24) / 12, rtol=1e-9)


def test_a_network_learns_to_be_better_than_both_rules_but_not_than_what_nobody_can_know() -> None:
    config = BASE.replace(updates=400, learning_rate=0.01)
    record = train(config)
    errors = forecasting.errors_on_fresh_stations(
        config, {name: W[-1] for name, W in record.probe_params.items()}, fitted(config)
    )
    floor = forecast.DEGREES * forecast.FLOOR
    assert floor < errors[LINEAR] < errors[NETWORK] < errors[forecast.SEASON] < errors[forecast.LAST]


def test_a_run_is_asked_on_fresh_stations_and_far_from_what_it_was_trained_on() -> None:
    found = forecasting.run(SMALL)
    record = train(SMALL)
    params, coefficients = {name: W[-1] for name, W in record.probe_params.items()}, fitted(SMALL)
    assert found.errors == pytest.approx(forecasting.errors_on_fresh_stations(SMALL, params, coefficients), rel=1e-9)
    assert found.far == pytest.approx(station_forecast(SMALL, params, coefficients, 60, 3.0).errors, rel=1e-9)


def runs() -> dict[tuple[str, int], Run]:
    rules = {forecast.LAST: 2.8, forecast.SEASON: 1.6, LINEAR: 0.9}
    errors = {"vanilla": (0.95, 1.0), "gru": (0.85, 0.95), "lstm": (0.8, 0.8)}
    far = {name: 2 * error for name, error in rules.items()} | {NETWORK: 4.0}
    return {
        (cell, seed): Run(cell, seed, 0.003, rules | {NETWORK: errors[cell][seed]}, far)
        for cell in CELLS
        for seed in (0, 1)
    }


def test_rows_say_in_how_many_seeds_each_was_better_than_the_linear_model() -> None:
    found = {row.name: row for row in forecasting.rows(runs())}
    assert list(found) == [forecast.LAST, forecast.SEASON, LINEAR, *CELLS]
    assert [found[name].better for name in (forecast.SEASON, LINEAR, *CELLS)] == [0, 0, 0, 1, 2]
    assert found["gru"].errors == (0.85, 0.95)
    assert (found["gru"].far, found[LINEAR].far) == ((4.0, 4.0), (1.8, 1.8))
    said = forecasting.report({"floor": 0.798, "rows": [row._asdict() for row in found.values()]})
    assert "| gru | 0.003 | 0.900 (0.850 to 0.950) | 1 of 2 | 4.000 (4.000 to 4.000) |" in said
    assert "| linear autoregression | – | 0.900 (0.900 to 0.900) | – | 1.800 (1.800 to 1.800) |" in said
    assert "| no forecast can be better than | – | 0.798 | – | – |" in said


def test_the_study_chooses_each_cell_s_rate_on_seeds_of_its_own_by_the_network_s_own_error() -> None:
    found = outcome_of(forecasting.study({"updates": 2, "hidden_size": 3, "seed": 5}, 1, 1))
    assert found["floor"] == pytest.approx(0.798, abs=1e-3)
    assert Config(**found["config"]) == BASE.replace(updates=2, hidden_size=3, seed=5)
    rates = {row["name"]: row["rate"] for row in found["rows"]}
    for cell in CELLS:
        tried = {
            rate: [
                forecasting.run(BASE.replace(cell=cell, updates=2, hidden_size=3, learning_rate=rate, seed=seed))
                for seed in range(10_000, 10_003)
            ]
            for rate in (0.001, 0.003, 0.01)
        }
        assert rates[cell] == min(tried, key=lambda rate: sum(r.errors[NETWORK] for r in tried[rate]))
