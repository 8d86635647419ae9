"""Forecast: T monthly temperatures of a made-up weather station are read; after the last, say the next.

Each sequence is a station of its own: a level, a yearly season with an amplitude and a phase, a trend, and weather that
is a little like last month's. All values are in units of 10 °C, so that they suit tanh.

    x_t = level + trend · t + amplitude · sin(2π (t + phase) / 12) + n_t,   n_t = φ n_{t-1} + ε_t

ε_t is what nobody can know: it is drawn after all that is read. Its mean |ε| is NOISE √(2/π), 0.8 °C, and no forecast
has a smaller mean absolute error. But for the amplitude, all parts are normal, and a season of known period follows a
linear rule, x_{t+1} = 2 cos(2π/12) x_t - x_{t-1}: this series is made for linear autoregression, and that is what a
recurrent network is to be measured against.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import Loss, share_within, squared_error, values
from rnn_core.types import Batch, EvaluationSet, Floats

from .task import Task

PERIOD = 12
"""Months in a season."""

DEGREES = 10.0
"""°C in a unit."""

LEVEL, TREND, NOISE, KEPT = 0.3, 0.01, 0.1, 0.5
"""Standard deviations of level, trend (per month) and ε_t; and φ, what is kept of last month's weather."""

AMPLITUDE = (0.5, 1.1)
"""Least and most; each between as likely."""

TOLERANCE = 0.3
"""A forecast is right if it is off by less than this, 3 °C: three standard deviations of ε_t."""

FRESH = "fresh stations"
CHANCE, LAST, SEASON = "always 0 °C", "last month", "a year before"

LOSS = Loss(squared_error, share_within(TOLERANCE), values)

FLOOR = NOISE * float(np.sqrt(2 / np.pi))
"""Mean |ε_t|."""


class Stations(NamedTuple):
    """What tells stations apart: arrays of one shape, or numbers."""

    level: Floats | float
    trend: Floats | float
    amplitude: Floats | float
    phase: Floats | float


def stations(rng: np.random.Generator, shape: tuple[int, ...]) -> Stations:
    """Draw stations."""
    level, trend = LEVEL * rng.standard_normal(shape), TREND * rng.standard_normal(shape)
    return Stations(level, trend, rng.uniform(*AMPLITUDE, shape), rng.uniform(0, PERIOD, shape))


def climate(of: Stations, months: int) -> Floats:
    """(months, ...) the series without weather."""
    t = np.arange(months).reshape(-1, *np.ones(np.ndim(of.level), int))
    return np.asarray(of.level + of.trend * t + of.amplitude * np.sin(2 * np.pi * (t + of.phase) / PERIOD))


def weather(rng: np.random.Generator, months: int, shape: tuple[int, ...]) -> Floats:
    """(months, ...) n_t, from its stationary distribution on."""
    n = NOISE * rng.standard_normal((months, *shape))
    n[0] /= np.sqrt(1 - KEPT**2)
    for t in range(1, months):
        n[t] += KEPT * n[t - 1]
    return n


def series(rng: np.random.Generator, months: int, shape: tuple[int, ...]) -> Floats:
    """(months, ...) temperatures, each of a station of its own."""
    return climate(stations(rng, shape), months) + weather(rng, months, shape)


def as_batch(drawn: Floats, dtype: str) -> Batch:
    """N series (T+1, N) as a batch: T values are read, and the loss is the mean squared error of the next."""
    T, N = len(drawn) - 1, drawn.shape[1]
    targets, weights = np.zeros((T, N), dtype), np.zeros((T, N), dtype)
    targets[-1], weights[-1] = drawn[-1], 1 / N
    return Batch(drawn[:-1, :, None].astype(dtype), targets, weights)


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    drawn = series(rng, config.sentence_length + 1, (count, config.batch_size))
    return [as_batch(drawn[:, k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh stations, drawn as in training, and what three rules get on them."""
    drawn = series(rng, config.sentence_length + 1, (count,))
    error = {rule: said - drawn[-1] for rule, said in rules(drawn[:-1]).items()}
    right = {rule: float((np.abs(e) < TOLERANCE).mean()) for rule, e in error.items()}
    loss = {rule: float((e**2).mean()) for rule, e in error.items()}
    return {FRESH: EvaluationSet(as_batch(drawn, config.dtype), right, loss)}


def rules(read: Floats) -> dict[str, Floats]:
    """What rules that need no training say after the values read (T, ...), T of at least a year."""
    return {CHANCE: np.zeros(read.shape[1:]), LAST: read[-1], SEASON: read[-PERIOD]}


def probe(config: Config) -> Floats:
    """(T, 1) a mild climate without weather, from its warmest month."""
    return climate(Stations(0.0, 0.0, 1.0, PERIOD / 4), config.sentence_length)[:, None].astype(config.dtype)


TASK = Task(
    inputs=1,
    outputs=1,
    loss=LOSS,
    batches=batches,
    slices=slices,
    right=f"forecasts off by less than {TOLERANCE * DEGREES:g} °C",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
)
