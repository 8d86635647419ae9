"""`kinds`: what the five kinds of RNN learn, beside rules and rivals, and which way their gradient goes."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence

from rnn_core.config import DEFAULTS, Config
from rnn_core.experiments import kinds

from .options import add_fields, add_seeds
from .printing import last, show, table

NAME = "kinds"
HELP = "the five kinds of RNN, from one-to-one to encoder-decoder: accuracy, baselines, and ‖∂L/∂h_1‖ over ‖∂L/∂h_T‖"
SEEDS = 20


def add_options(sub: argparse.ArgumentParser) -> None:
    """Which kinds, and which seeds."""
    sub.add_argument("--kinds", nargs="+", choices=tuple(kinds.KINDS), default=list(kinds.KINDS), help="which of them")
    add_fields(sub, {"seed": DEFAULTS["seed"]})
    add_seeds(sub, SEEDS)


def run(config: Config, options: argparse.Namespace) -> int:
    """Train every kind with every seed."""
    seeds = range(config.seed, config.seed + options.seeds)
    results = last(kinds.compare(options.kinds, seeds, options.workers))
    found = kinds.rows(results)
    show(options, {"seeds": list(seeds), "rows": [row._asdict() for row in found]}, report(found))
    return 0


HEAD = (
    "kind",
    "loss read at",
    "held out",
    "accuracy: median (lowest to highest)",
    "baselines: mean",
    "‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ in training: median (lowest to highest)",
)


def report(rows: Sequence[kinds.Row]) -> str:
    """The table over seeds, as Markdown."""
    lines = []
    for r in rows:
        rules = ", ".join(f"{rule} {share:.1%}" for rule, share in r.baselines.items())
        accuracy = f"{statistics.median(r.accuracy):.1%} ({r.accuracy[0]:.1%} to {r.accuracy[-1]:.1%})"
        ratio = f"{statistics.median(r.first_to_last):.3g} ({r.first_to_last[0]:.3g} to {r.first_to_last[-1]:.3g})"
        lines.append((r.kind, f"{r.read} of {r.T} time steps", r.slice, accuracy, rules, ratio))
    return table(HEAD, lines)
