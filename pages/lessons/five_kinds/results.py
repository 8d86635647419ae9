"""Results of the study over 20 seeds that the page quotes."""

from __future__ import annotations

from rnn_core.experiments.bottleneck import SIZES
from rnn_core.experiments.results import entry_of, load
from rnn_core.experiments.table import median


def _whole(name: str, size: int) -> str:
    return median(entry_of(load(name).result["rows"], size=size, digits=8)["whole"], ".1%").replace("%", " %")


EIGHT_DIGITS = {
    "small_longer": _whole("bottleneck_long", SIZES[0]),
    "small": _whole("bottleneck", SIZES[0]),
    "large": _whole("bottleneck", SIZES[1]),
}
"""Answers to 8 digits that are right as a whole, median, by number of units; longer: four times as many updates."""
