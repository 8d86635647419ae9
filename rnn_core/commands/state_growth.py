"""`state-growth`: what tanh, ReLU, sigmoid and identity make of the states of an untrained network."""

from __future__ import annotations

import argparse

from rnn_core.config import Config
from rnn_core.experiments import state_growth
from rnn_core.experiments.state_growth import COLLAPSED, GROWN, Ends, Row

from .printing import show, table

NAME = "state-growth"
HELP = (
    "let untrained networks read on and on, or fall silent after a sentence: over seeds, count by activation and "
    "recurrent gain where the states stay, collapse, grow or overflow"
)


def add_options(sub: argparse.ArgumentParser) -> None:
    """Gains, units, time steps and seeds; the networks are not those of a `Config`."""
    gains = list(state_growth.GAINS)
    sub.add_argument("--gains", type=float, nargs="+", default=gains, metavar="G", help="spectral radii of W_hh")
    sub.add_argument("--hidden-size", dest="units", type=int, default=state_growth.HIDDEN_SIZE, help="hidden units H")
    sub.add_argument("--time-steps", type=int, default=state_growth.T, help="how long to read")
    sub.add_argument("--seeds", type=int, default=20, help="how many seeds, counted up from --first-seed")
    sub.add_argument("--first-seed", type=int, default=0, help="where the first weights come from")


def run(config: Config, options: argparse.Namespace) -> int:
    """Count, and print the table."""
    if options.seeds < 1 or options.first_seed < 0:
        raise ValueError(f"seeds is {options.seeds} from {options.first_seed}; allowed: at least 1, from 0 or more")
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    rows = state_growth.study(options.gains, seeds, options.units, options.time_steps)
    asked = {"hidden_size": options.units, "time_steps": options.time_steps, "seeds": list(seeds)}
    show(options, asked | {"rows": state_growth.plain(rows)}, report(rows, len(seeds)))
    return 0


HEAD = (
    "activation",
    "gain",
    f"reading on: above {GROWN:,.0f}",
    "reading on: ∞ or NaN",
    "reading on, largest state: median (lowest to highest)",
    f"silence: below {COLLAPSED:g}",
    f"silence: above {GROWN:,.0f}",
    "silence, largest state: median (lowest to highest)",
)


def report(rows: list[Row], seeds: int) -> str:
    """The table over seeds, as Markdown."""
    lines = []
    for row in rows:
        on, still = row.reading, row.silence
        counts = f"{on.grown} of {seeds}", f"{on.overflowed} of {seeds}"
        after = f"{still.collapsed} of {seeds}", f"{still.grown} of {seeds}"
        lines.append((row.activation, f"{row.gain:g}", *counts, _spread(on), *after, _spread(still)))
    return table(HEAD, lines)


def _spread(ends: Ends) -> str:
    median, low, high = (f"{value:.3g}".replace("inf", "∞") for value in (ends.median, ends.low, ends.high))
    return f"{median} ({low} to {high})"
