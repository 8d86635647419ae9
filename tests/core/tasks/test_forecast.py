"""The forecast task: what its series are made of, and what its rules get."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.tasks import forecast
from rnn_core.tasks.forecast import CHANCE, FRESH, KEPT, LAST, NOISE, SEASON, Stations, climate, series, weather

N = 20_000
CONFIG = Config(task="forecast", sentence_length=24, batch_size=7, dtype="float64")


def test_a_climate_is_level_trend_and_a_yearly_season() -> None:
    found = climate(Stations(0.2, 0.03, 0.7, 3.0), 40)
    t = np.arange(40)
    np.testing.assert_allclose(found, 0.2 + 0.03 * t + 0.7 * np.sin(np.pi * (t + 3) / 6), rtol=1e-12)
    np.testing.assert_allclose(found[12:] - found[:-12], 0.36, rtol=1e-10)  # a year repeats but for the trend
    assert np.isclose(found[0], 0.9)  # phase 3: the first month is the warmest


def test_stations_differ_in_level_trend_amplitude_and_phase() -> None:
    of = forecast.stations(np.random.default_rng(0), (N,))
    for values, spread in ((of.level, forecast.LEVEL), (of.trend, forecast.TREND)):
        assert abs(values.mean()) < 5 * spread / np.sqrt(N)
        assert values.std() == pytest.approx(spread, rel=0.03)
    for values, low, high in ((of.amplitude, *forecast.AMPLITUDE), (of.phase, 0, 12)):
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < values.max() <= high


def test_weather_is_a_little_like_last_month_s_from_the_first_month_on() -> None:
    n = weather(np.random.default_rng(1), 6, (N,))
    for t in range(6):
        assert n[t].std() == pytest.approx(NOISE / np.sqrt(1 - KEPT**2), rel=0.03)
    for t in range(5):
        assert np.corrcoef(n[t], n[t + 1])[0, 1] == pytest.approx(KEPT, abs=0.03)
    unknown = n[1:] - KEPT * n[:-1]
    assert unknown.std() == pytest.approx(NOISE, rel=0.02)
    assert np.abs(unknown).mean() == pytest.approx(forecast.FLOOR, rel=0.02)


def test_the_month_after_the_last_is_the_target_and_is_not_read() -> None:
    batch = batch_of_update(CONFIG, 0)
    assert batch.inputs.shape == (24, 7, 1)
    np.testing.assert_array_equal(batch.weights[-1], 1 / 7)
    np.testing.assert_array_equal(batch.weights[:-1], 0)
    drawn = np.arange(5 * 3, dtype=float).reshape(5, 3)
    made = forecast.as_batch(drawn, "float64")
    np.testing.assert_array_equal(made.inputs[..., 0], drawn[:4])
    np.testing.assert_array_equal(made.targets[-1], drawn[4])


def test_the_rules_say_0_the_last_month_and_the_same_month_a_year_before() -> None:
    read = np.arange(24.0)[:, None] + [0, 100]
    said = forecast.rules(read)
    assert list(said) == [CHANCE, LAST, SEASON]
    np.testing.assert_array_equal(said[CHANCE], [0, 0])
    np.testing.assert_array_equal(said[LAST], [23, 123])
    np.testing.assert_array_equal(said[SEASON], [12, 112])  # the next would be month 24


def test_the_slices_say_what_each_rule_gets() -> None:
    batch, right, loss = forecast.slices(CONFIG, np.random.default_rng(0), N)[FRESH]
    drawn = series(np.random.default_rng(0), 25, (N,))
    np.testing.assert_array_equal(batch.targets[-1], drawn[-1])
    assert right[LAST] == pytest.approx((np.abs(drawn[-1] - drawn[-2]) < 0.3).mean())
    assert loss[SEASON] == pytest.approx(((drawn[-1] - drawn[-13]) ** 2).mean())
    assert loss[SEASON] < loss[LAST] < loss[CHANCE]
    # a year before: a year's trend, and two independent weathers but for what is kept over 12 months
    expected = (12 * forecast.TREND) ** 2 + 2 * NOISE**2 / (1 - KEPT**2) * (1 - KEPT**12)
    assert loss[SEASON] == pytest.approx(expected, rel=0.05)


def test_the_probe_is_a_year_s_season_from_its_warmest_month() -> None:
    probe = forecast.probe(CONFIG)
    assert probe.shape == (24, 1)
    np.testing.assert_allclose(probe[:, 0], np.cos(np.pi * np.arange(24) / 6), atol=1e-12)
