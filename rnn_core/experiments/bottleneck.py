"""What one state can hold: an encoder-decoder reverses digits, by their number and by the number of hidden units.

Everything that the decoder knows of the digits is the one state after the last of them. So each hidden size is asked
for more and more digits, and for each symbol that it writes: with the right symbols before it (teacher forcing, as in
training), and with its own (free running, as in use).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.models.decoding import Recall, recall
from rnn_core.recording import advance
from rnn_core.tasks import dates, reversal
from rnn_core.types import Params

from .workers import results_of

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
    return recalls(config, advance(config).params)


Results = dict[tuple[int, int], dict[int, Recall]]
"""By hidden size and seed."""


def compare(
    sizes: Sequence[int], seeds: Sequence[int], base: Config = BASE, workers: int | None = None
) -> Iterator[tuple[int, int, Results]]:
    """Train every size with every seed, in processes of their own; yields (done, total, results) after each run."""
    jobs = {(size, seed): (base.replace(hidden_size=size, seed=seed),) for seed in seeds for size in sizes}
    yield from results_of(run, jobs, workers)


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


def rows(results: Mapping[tuple[int, int], Mapping[int, Recall]]) -> list[Row]:
    """The table, by size and then by number of digits."""
    found = []
    for size in sorted({size for size, _ in results}):
        of_size = [by_digits for (of, _), by_digits in sorted(results.items()) if of == size]
        for n in of_size[0]:
            asked = [by_digits[n] for by_digits in of_size]
            forced = np.median([r.forced for r in asked], axis=0)
            right = float(np.median([r.forced[:n].mean() for r in asked]))
            own = float(np.median([r.free[:n].mean() for r in asked]))
            found.append(
                Row(size, n, sorted(r.whole for r in asked), right, own, float(forced[0]), float(forced[n - 1]))
            )
    return found
