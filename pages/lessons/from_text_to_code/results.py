"""Results of the study over 20 seeds that the page quotes."""

from __future__ import annotations

from rnn_core.experiments.faults import RUNNING, SIZES
from rnn_core.experiments.results import entry_of, load


def _below(fault: str) -> list[int | None]:
    """By size; None where the class is stopped."""
    rows = [entry_of(load("faults").result["rows"], faults=[fault], sizes=sizes._asdict()) for sizes in SIZES]
    return [row["below_guessing"] if row["losses"] else None for row in rows]


BELOW = {fault: _below(fault) for fault in ("bias", *RUNNING)}
"""In how many of 20 seeds the class with this fault alone ended below guessing, by its sizes; without one: in all."""
