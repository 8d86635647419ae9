"""`bottleneck`: how many digits an encoder-decoder can hold in one state, by its size."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence

from rnn_core.config import Config
from rnn_core.experiments import bottleneck
from rnn_core.experiments.bottleneck import BASE, SIZES, Row

from .options import add_fields, add_seeds, given
from .printing import last, show, table

NAME = "bottleneck"
HELP = (
    "train encoder-decoders of several sizes to write digits backwards, and count over seeds how many digits each can "
    "hold, with teacher forcing and free running"
)
SEEDS = 20


def add_options(sub: argparse.ArgumentParser) -> None:
    """Sizes and seeds, and what changes all runs alike."""
    sub.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="H", help="hidden units")
    add_fields(sub, {name: getattr(BASE, name) for name in ("sentence_length", "cell", "updates", "seed")})
    add_seeds(sub, SEEDS)
    sub.set_defaults(config=lambda options: BASE.replace(**given(options)))


def run(config: Config, options: argparse.Namespace) -> int:
    """Train every size with every seed."""
    seeds = range(config.seed, config.seed + options.seeds)
    found = bottleneck.rows(last(bottleneck.compare(options.sizes, seeds, config, options.workers)))
    show(options, {"config": config.to_dict(), "rows": [row._asdict() for row in found]}, report(found))
    return 0


HEAD = (
    "hidden units",
    "digits",
    "answers right as a whole: median (lowest to highest)",
    "right digits, teacher forcing: median",
    "right digits, free running: median",
    "first, last digit to write, teacher forcing: median",
)


def report(rows: Sequence[Row]) -> str:
    """The table over seeds, as Markdown."""
    lines = []
    for r in rows:
        whole = f"{statistics.median(r.whole):.1%} ({r.whole[0]:.1%} to {r.whole[-1]:.1%})"
        lines.append((r.size, r.digits, whole, f"{r.forced:.1%}", f"{r.free:.1%}", f"{r.first:.1%}, {r.last:.1%}"))
    return table(HEAD, lines)
