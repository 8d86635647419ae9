"""What one state can hold: an encoder-decoder reverses digits, by their number and by the number of hidden units.

Everything that the decoder knows of the digits is the one state after the last of them. So each hidden size is asked
for more and more digits, and for each symbol that it writes: with the right symbols before it (teacher forcing, as in
training), and with its own (free running, as in use).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.models.decoding import Recall, recall
from rnn_core.recording import advance
from rnn_core.tasks import dates, reversal
from rnn_core.types import Params

from .experiment import Result, several
from .grid import Point, Running, by_point, over_seeds, results_of
from .table import spread, table_of

BASE = Config(
    task="reversal",
    sentence_length=17,
    cell="gru",
    hidden_size=64,
    initializer="orthogonal",
    spectral_radius=1.0,
    optimizer="adam",
    learning_rate=0.01,
    updates=1500,
)
"""What the networks share: a GRU with one vector as its state, trained on 2 to 8 digits."""

SIZES = (16, 64)
"""Hidden units, unless it is asked for otherwise."""

DIGITS = tuple(range(reversal.SHORTEST, 12))
"""How many digits are asked for: as in training, and some more."""

ASKED = 300
"""Sequences of each number of digits, and dates."""


def recalls(config: Config, params: Params, digits: Sequence[int] = DIGITS) -> dict[int, Recall]:
    """What a network remembers of so many digits, by their number; the same sequences whatever its size."""
    cell = cell_of(config)
    return {
        n: recall(params, cell, reversal.SYMBOLS, reversal.of_length(n, random_stream(config, EVALUATION, n), ASKED))
        for n in digits
    }


def recall_of_dates(config: Config, params: Params) -> Recall:
    """What a network gets right of days that it was never trained on."""
    held_out = dates.slices(config, random_stream(config, EVALUATION), ASKED)[dates.NEVER_TRAINED]
    return recall(params, cell_of(config), dates.SYMBOLS, held_out.batch)


def run(config: Config) -> dict[int, Recall]:
    """Train one network, and ask it."""
    return recalls(config, advance(config, keeps_snapshots=False).params)


def study(
    changes: Mapping[str, Any], seeds: int, workers: int | None = None, sizes: Sequence[int] = SIZES
) -> Running[Result]:
    """Train every size with every seed."""
    config = BASE.replace(**changes)
    points = {(size,): [config.replace(hidden_size=size)] for size in sizes}
    results = yield from results_of(run, over_seeds(points, seeds), workers)
    return {"config": config.to_dict(), "rows": [row._asdict() for row in rows(results)]}


class Row(NamedTuple):
    """All seeds of one size and one number of digits.

    Attributes
    ----------
    whole : share of answers that are right as a whole, by seed, ascending
    forced, free : share of right digits, median over the seeds; END does not count
    first, last : share of right first and last digits to write under teacher forcing, median over the seeds
    """

    size: int
    digits: int
    whole: list[float]
    forced: float
    free: float
    first: float
    last: float


def rows(results: Mapping[Point, Mapping[int, Recall]]) -> list[Row]:
    """The table, by size and then by number of digits; results by size and seed."""
    lines = []
    for (size,), of_size in sorted(by_point(results).items()):
        for n in of_size[0]:
            recalled = [by_digits[n] for by_digits in of_size]
            forced = np.median([r.forced for r in recalled], axis=0)
            right = float(np.median([r.forced[:n].mean() for r in recalled]))
            own = float(np.median([r.free[:n].mean() for r in recalled]))
            lines.append(
                Row(size, n, sorted(r.whole for r in recalled), right, own, float(forced[0]), float(forced[n - 1]))
            )
    return lines


COLUMNS: dict[str, Callable[[Row], object]] = {
    "hidden units": lambda r: r.size,
    "digits": lambda r: r.digits,
    "answers right as a whole: median (lowest to highest)": lambda r: spread(r.whole),
    "right digits, teacher forcing: median": lambda r: f"{r.forced:.1%}",
    "right digits, free running: median": lambda r: f"{r.free:.1%}",
    "first, last digit to write, teacher forcing: median": lambda r: f"{r.first:.1%}, {r.last:.1%}",
}


def report(result: Result) -> str:
    """The table over seeds."""
    return table_of(COLUMNS, [Row(**row) for row in result["rows"]])


NAME = "bottleneck"
HELP = (
    "train encoder-decoders of several sizes to write digits backwards, and count over seeds how many digits each can "
    "hold, with teacher forcing and free running"
)
SEEDS = 20
FIELDS = ("sentence_length", "cell", "updates", "seed")
OPTIONS = {"sizes": several(SIZES, "hidden units", "H")}
