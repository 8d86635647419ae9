"""`temporal-order`: how soon plain descent, clipping, and clipping with Ω solve the temporal-order problem."""

from __future__ import annotations

import argparse
import statistics
from typing import Any

from rnn_core.config import Config
from rnn_core.experiments import temporal_order as replication

from .options import add_fields, add_seeds, given
from .printing import show, table
from .progress import Progress

NAME = "temporal-order"
HELP = (
    "the temporal-order problem of Pascanu et al. (2013): over seeds and lengths, count how often plain SGD, "
    "clipping, and clipping with Ω solve it, and how soon"
)

_OWN = {"task", "sentence_length", "attractors"}  # the experiment's own, or without a meaning in it


def add_options(sub: argparse.ArgumentParser) -> None:
    """The lengths, seeds, and the fields that the experiment does not vary."""
    lengths = list(replication.LENGTHS)
    sub.add_argument("--lengths", type=int, nargs="+", default=lengths, metavar="L", help="symbols L to read")
    add_seeds(sub, 10)
    add_fields(sub, {field: value for field, value in replication.BASE.to_dict().items() if field not in _OWN})
    sub.set_defaults(config=lambda options: replication.BASE.replace(**given(options)))


def run(config: Config, options: argparse.Namespace) -> int:
    """Train every setting at every length with every seed."""
    seeds = range(config.seed, config.seed + options.seeds)
    with Progress("runs") as progress:
        for ended, total, note in replication.compare(config, options.lengths, seeds, options.workers):
            progress(len(ended), total, note)
            runs = ended
    show(options, summary(config, runs), report(replication.rows(runs)))
    return 0


def summary(config: Config, runs: list[replication.Run]) -> dict[str, Any]:
    """What `--json` prints: the table's rows, and every run by itself."""
    return {
        "config": config.to_dict(),
        "settings": replication.SETTINGS,
        "rows": [row._asdict() for row in replication.rows(runs)],
        "runs": [{**run._asdict(), "ending": run.ending._asdict()} for run in sorted(runs)],
    }


HEAD = (
    "setting",
    "L",
    "solved",
    "updates until solved: median (lowest to highest)",
    "errors of the others: median",
    "diverged",
)


def report(rows: list[replication.Row]) -> str:
    """The table over seeds, as Markdown."""
    lines = []
    for r in rows:
        took = f"{statistics.median(r.updates):,.0f} ({r.updates[0]:,} to {r.updates[-1]:,})" if r.updates else "–"
        errors = f"{statistics.median(r.errors_unsolved):.1%}" if r.errors_unsolved else "–"
        lines.append((r.setting, r.length, f"{r.solved} of {r.seeds}", took, errors, r.diverged))
    return table(HEAD, lines)
