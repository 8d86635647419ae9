"""Recurrent forecasts beside rules and linear autoregression: mean absolute errors, over seeds and on one station.

The linear model is given every advantage that the network has: it is fitted, by least squares, to the very windows that
the network was trained on, and reads as many months.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.batches import EVALUATION, batch_of_update, random_stream
from rnn_core.bptt import forward
from rnn_core.cells import cell_of
from rnn_core.config import SPECS, Config
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks import forecast
from rnn_core.tasks.forecast import CHANCE, DEGREES, Stations
from rnn_core.training import iterate
from rnn_core.types import Floats, Params

from .experiment import Result
from .grid import Point, Running, by_point
from .table import NONE, count, spread, table
from .tuning import tuned

BASE = Config(
    task="forecast", sentence_length=24, hidden_size=32, optimizer="adam", learning_rate=0.003, updates=1000
)  # fmt: skip
"""What the runs of the study share: two years are read."""

CELLS = SPECS["cell"].choices
ASKED = 4000
"""Fresh stations, of one month each."""

FAR_MONTHS, FAR_WARMING = 60, 3.0
"""A stretch that leaves what was trained: months, and °C a year; about one in a hundred training stations has
such a trend or a steeper one, up or down, and none for so long."""

LINEAR, NETWORK = "linear autoregression", "RNN"


@one_blas_thread()
def fitted(config: Config) -> Floats:
    """(T+1,) coefficients of the T months read and a constant: least squares over all batches of the run."""
    T = config.sentence_length
    squares, products = np.zeros((T + 1, T + 1)), np.zeros(T + 1)
    for update in range(config.updates):
        batch = batch_of_update(config, update)
        rows = _with_constant(batch.inputs[..., 0].astype(np.float64))
        squares += rows.T @ rows
        products += rows.T @ batch.targets[-1].astype(np.float64)
    return np.linalg.solve(squares, products)


def _with_constant(read: Floats) -> Floats:
    """(N, T+1) from (T, N)."""
    return np.vstack([read, np.ones(read.shape[1])]).T


@one_blas_thread()
def forecasts(config: Config, params: Params, coefficients: Floats, read: Floats) -> dict[str, Floats]:
    """(N,) what each says of the month after those read (T, N), by name; the rule that always says 0 is left out."""
    by_rule = {rule: values for rule, values in forecast.rules(read).items() if rule != CHANCE}
    batch = forecast.as_batch(np.vstack([read, read[-1:]]), config.dtype)  # any target will do
    outputs = forward(params, batch, cell_of(config)).logits[0, :, 0].astype(np.float64)
    return by_rule | {LINEAR: _with_constant(read) @ coefficients, NETWORK: outputs}


def mean_absolute_errors(forecast_values: dict[str, Floats], true: Floats) -> dict[str, float]:
    """In °C, by name."""
    return {name: DEGREES * float(np.abs(values - true).mean()) for name, values in forecast_values.items()}


def errors_on_fresh_stations(
    config: Config, params: Params, coefficients: Floats, stations: int = ASKED
) -> dict[str, float]:
    """Mean absolute errors, in °C, on stations that no batch had."""
    drawn = forecast.series(random_stream(config, EVALUATION), config.sentence_length + 1, (stations,))
    return mean_absolute_errors(forecasts(config, params, coefficients, drawn[:-1]), drawn[-1])


class StationForecast(NamedTuple):
    """One station, month by month.

    Attributes
    ----------
    true : (M,) what came, in °C
    said : (M,) what each forecast said one month before, in °C, by name
    errors : mean absolute errors over the stretch, in °C
    """

    true: Floats
    said: dict[str, Floats]
    errors: dict[str, float]


def station_forecast(
    config: Config, params: Params, coefficients: Floats, months: int, warming: float
) -> StationForecast:
    """A fresh station that begins at a mean of 0 °C; each month is forecast from the T before it.

    Parameters
    ----------
    warming : °C a year
    """
    T, rng = config.sentence_length, random_stream(config, EVALUATION, 1)
    station = Stations(0.0, warming / DEGREES / forecast.PERIOD, float(np.mean(forecast.AMPLITUDE)), rng.uniform(0, 12))
    drawn = forecast.climate(station, T + months) + forecast.weather(rng, T + months, ())
    read = np.stack([drawn[t : t + months] for t in range(T)])
    forecast_values, true = forecasts(config, params, coefficients, read), drawn[T:]
    in_degrees = {name: DEGREES * values for name, values in forecast_values.items()}
    return StationForecast(DEGREES * true, in_degrees, mean_absolute_errors(forecast_values, true))


class Run(NamedTuple):
    """One network, and the mean absolute errors of all forecasts, in °C.

    Attributes
    ----------
    errors : on fresh stations
    far : on one that goes on warming by FAR_WARMING, over FAR_MONTHS
    """

    cell: str
    seed: int
    rate: float
    errors: dict[str, float]
    far: dict[str, float]


def run(config: Config) -> Run:
    """Train once and ask."""
    *_, last = iterate(config)
    coefficients = fitted(config)
    errors = errors_on_fresh_stations(config, last.params, coefficients)
    far = station_forecast(config, last.params, coefficients, FAR_MONTHS, FAR_WARMING).errors
    return Run(config.cell, config.seed, config.learning_rate, errors, far)


def own_error(run: Run) -> float:
    """The network's own mean absolute error on fresh stations, by which its learning rate is chosen."""
    return run.errors[NETWORK]


def study(changes: Mapping[str, Any], seeds: int, workers: int | None = None) -> Running[Result]:
    """Choose each cell's learning rate, then train it with every seed."""
    config = BASE.replace(**changes)
    points = {(cell,): [config.replace(cell=cell)] for cell in CELLS}
    runs = yield from tuned(run, points, seeds, own_error, workers)
    floor = DEGREES * forecast.FLOOR
    return {"config": config.to_dict(), "floor": floor, "rows": [row._asdict() for row in rows(runs)]}


class Row(NamedTuple):
    """One forecast over seeds.

    Attributes
    ----------
    rate : the learning rate; None for what is not trained by descent
    errors, far : mean absolute error by seed, in °C, as in `Run`
    better : in how many seeds it was better than linear autoregression
    """

    name: str
    rate: float | None
    errors: tuple[float, ...]
    far: tuple[float, ...]
    better: int


def rows(runs: Mapping[Point, Run]) -> list[Row]:
    """The rules, the linear model, then the cells; runs by cell and seed."""
    by_cell = by_point(runs)
    first = by_cell[CELLS[0],]
    others = [_row(name, None, name, first) for name in first[0].errors if name != NETWORK]
    return others + [_row(cell, by_cell[cell,][0].rate, NETWORK, by_cell[cell,]) for cell in CELLS]


def _row(name: str, rate: float | None, key: str, of: Sequence[Run]) -> Row:
    errors = tuple(r.errors[key] for r in of)
    far = tuple(r.far[key] for r in of)
    return Row(name, rate, errors, far, sum(r.errors[key] < r.errors[LINEAR] for r in of))


COLUMNS: dict[str, Callable[[Row], str]] = {
    "forecast": lambda r: r.name,
    "α": lambda r: NONE if r.rate is None else f"{r.rate:g}",
    "mean absolute error in °C: median (lowest to highest)": lambda r: spread(r.errors, ".3f"),
    "seeds better than linear": lambda r: NONE if r.name == LINEAR else count(r.better, len(r.errors)),
    f"the same where it warms by {FAR_WARMING:g} °C a year, over {FAR_MONTHS} months": lambda r: spread(r.far, ".3f"),
}


def cells(result: Result) -> list[list[str]]:
    """Line by line below COLUMNS; the last is the bound that no forecast can be below."""
    rows = [Row(**row) for row in result["rows"]]
    floor = ["no forecast can be better than", NONE, f"{result['floor']:.3f}", NONE, NONE]
    return [*([cell(row) for cell in COLUMNS.values()] for row in rows), floor]


def report(result: Result) -> str:
    """The table over seeds."""
    return table(list(COLUMNS), cells(result))


NAME = "forecasts"
HELP = "mean absolute error of each cell's forecasts, beside rules and linear autoregression, over seeds"
SEEDS = 20
FIELDS = SPECS.keys() - {"task", "attractors", "cell", "activation", "omega", "learning_rate"}
OPTIONS: Result = {}
