"""Results of the study over 20 seeds that the page quotes: accuracy where order tells."""

from __future__ import annotations

from collections.abc import Sequence

from rnn_core.experiments.results import load
from rnn_core.experiments.table import median
from rnn_core.experiments.why_recurrence import MOVED
from rnn_core.experiments.why_recurrence_study import EVERYWHERE, FIRST, accuracy_grown, networks_of

_NETWORKS = networks_of(load("why_recurrence").result["runs"])


def _range(shares: Sequence[float]) -> str:
    low, high = (f"{share:.0%}" for share in (min(shares), max(shares)))
    return low if low == high else f"{low} to {high}"


def _moved(openings: str, kind: str) -> str:
    return _range([run["order_tells"][MOVED] for run in _NETWORKS[openings, kind]])


def _grown(openings: str, kind: str, grows: str, cut: str = "end") -> list[float]:
    return [accuracy_grown(run, grows, cut, 20) for run in _NETWORKS[openings, kind]]


MOVED_OVER_SEEDS = {
    "rnn": _moved(FIRST, "rnn"),
    "fixed": _moved(FIRST, "fixed"),
    "bag": _moved(FIRST, "bag"),
    "fixed_everywhere": _moved(EVERYWHERE, "fixed"),
    "rnn_everywhere": _moved(EVERYWHERE, "rnn"),
}
"""With the sentence moved, by network; everywhere: trained at all positions."""

LONG_OVER_SEEDS = {
    name + suffix: value
    for openings, suffix in ((FIRST, ""), (EVERYWHERE, "_everywhere"))
    for name, value in {
        "rnn_after": _range(_grown(openings, "rnn", "after")),
        "rnn_after_median": median(_grown(openings, "rnn", "after"), ".0%"),
        "fixed_after": _range(_grown(openings, "fixed", "after")),
        "rnn_before": _range(_grown(openings, "rnn", "before")),
        "fixed_before_end": _range(_grown(openings, "fixed", "before")),
        "fixed_before_front": _range(_grown(openings, "fixed", "before", "front")),
    }.items()
}
"""At 20 words, by network, where the sentence grows, and what fixed positions lose; everywhere: as above."""
