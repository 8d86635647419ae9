"""Results of the studies over 20 seeds that the page quotes."""

from __future__ import annotations

from pages.components.numbers import number
from pages.lessons.what_came_after.figures.models import NAMES
from rnn_core.experiments import forecasts, successors
from rnn_core.experiments.results import load
from rnn_core.experiments.successors import LENGTHS, TRAINED_AT
from rnn_core.experiments.table import count, median

_RUNS = successors.runs_of(load("successors").result)
_ROWS = {(row.model, row.trained_at, row.asked_at): row for row in successors.rows(_RUNS)}
_EARLY = successors.early_over_seeds(_RUNS)


def _solved(row: successors.Row) -> str:
    return f"{count(row.solved, len(row.accuracy))}, {median(row.accuracy)}"


def _two_digits(ratios: list[float]) -> str:
    return number(float(median(ratios, ".2g"))).replace("0·10", "·10")


SOLVED = {name: [_solved(_ROWS[model, length, length]) for length in LENGTHS] for model, name in NAMES.items()}
"""Seeds that solved the task, and median held-out accuracy, by network trained at each of LENGTHS."""

ARRIVES = {
    name: [" → ".join(map(_two_digits, _EARLY[model, length])) for length in LENGTHS] for model, name in NAMES.items()
}
"""Gradient at the subject ÷ at the last word, median before training → after it, likewise."""

ASKED_AT_40_WORDS = {model: median(_ROWS[model, TRAINED_AT, 40].accuracy) for model in ("gru", "lstm", "attention")} | {
    "attention_with_last_code": "99.8%",  # a test trains two of these networks
}
"""Median accuracy of networks trained at 14 words."""

FORECAST_ERRORS = {NAMES.get(name, name): cells[1:] for name, *cells in forecasts.cells(load("forecasts").result)}
"""By forecast, under FORECAST_HEADS."""

FORECAST_HEADS = (
    "mean absolute error in °C: median (lowest to highest)",
    "seeds better than linear",
    "the same on a station that warms by 3 °C a year, over 60 months",
)
