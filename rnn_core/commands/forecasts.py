"""`forecasts`: recurrent forecasts of a weather-like series beside rules and linear autoregression."""

from __future__ import annotations

import argparse
import statistics
from typing import Any

from rnn_core.config import Config
from rnn_core.experiments import forecasts as forecasting
from rnn_core.tasks import forecast

from .options import add_fields, add_seeds, given
from .printing import last, show, table

NAME = "forecasts"
HELP = "mean absolute error of each cell's forecasts, beside rules and linear autoregression, over seeds"

_OWN = {"task", "attractors", "cell", "activation", "omega", "learning_rate"}  # varied, or without a meaning here


def add_options(sub: argparse.ArgumentParser) -> None:
    """Seeds, and the fields that the study does not vary."""
    add_seeds(sub, forecasting.SEEDS)
    add_fields(sub, {field: value for field, value in forecasting.BASE.to_dict().items() if field not in _OWN})
    sub.set_defaults(config=lambda options: forecasting.BASE.replace(**given(options)))


def run(config: Config, options: argparse.Namespace) -> int:
    """Choose the learning rates, train, and print the table."""
    config.replace(seed=config.seed + options.seeds - 1)  # a seed out of bounds is told before the work
    rows = forecasting.rows(last(forecasting.study(config, options.seeds, options.workers)))
    show(options, summary(config, rows), report(rows))
    return 0


def summary(config: Config, rows: list[forecasting.Row]) -> dict[str, Any]:
    """What `--json` prints."""
    floor = forecast.DEGREES * forecast.FLOOR
    return {"config": config.to_dict(), "floor": floor, "rows": [row._asdict() for row in rows]}


def report(rows: list[forecasting.Row]) -> str:
    """The table over seeds, as Markdown."""
    lines = []
    for r in rows:
        spread, far = (f"{statistics.median(of):.3f} ({min(of):.3f} to {max(of):.3f})" for of in (r.errors, r.far))
        rate = "–" if r.rate is None else f"{r.rate:g}"
        better = "–" if r.name == forecasting.LINEAR else f"{r.better} of {len(r.errors)}"
        lines.append((r.name, rate, spread, better, far))
    lines.append(("no forecast can be better than", "–", f"{forecast.DEGREES * forecast.FLOOR:.3f}", "–", "–"))
    head = (
        "forecast",
        "α",
        "mean absolute error in °C: median (lowest to highest)",
        "seeds better than linear",
        f"the same where it warms by {forecasting.FAR_WARMING:g} °C a year, over {forecasting.FAR_MONTHS} months",
    )
    return table(head, lines)
