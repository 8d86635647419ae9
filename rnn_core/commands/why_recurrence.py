"""`why-recurrence`: a bag of words, fixed positions and an RNN tell nouns from verbs, over seeds."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence

from rnn_core.config import Config
from rnn_core.experiments.why_recurrence import (
    BASE,
    GROWN,
    GROWS,
    KINDS,
    LENGTHS,
    MOVED,
    OPENINGS,
    RATES,
    SLOTS,
    Trained,
    size,
)
from rnn_core.experiments.why_recurrence_study import Run, best_rates, mean_losses, runs, summary, sweep, tuning
from rnn_core.models.feedforward import CUTS

from .options import add_fields, add_seeds, given
from .printing import last, show, table

NAME = "why-recurrence"
HELP = (
    "train a bag of words, fixed positions and an RNN of equal size to tell nouns from verbs, and ask them about "
    "sentences that are moved or grown"
)

_FIELDS = ("seed", "updates", "batch_size", "clip_threshold")
"""Fields that mean the same for all three networks."""


def add_options(sub: argparse.ArgumentParser) -> None:
    """Seeds, what the networks share, and the search for learning rates."""
    sub.add_argument("--tune", action="store_true", help="try every learning rate, on seeds of its own, instead")
    add_seeds(sub, 20)
    add_fields(sub, {field: getattr(BASE, field) for field in _FIELDS})
    sub.set_defaults(config=lambda options: BASE.replace(**given(options)))


def run(config: Config, options: argparse.Namespace) -> int:
    """Train every network with every seed."""
    asked = tuning(options.seeds) if options.tune else runs(options.seeds, config.seed)
    results = last(sweep(config, asked, options.workers))
    show(options, summary(config, results), tuning_report(results) if options.tune else report(results))
    return 0


def report(results: Mapping[Run, Trained]) -> str:
    """Two tables over seeds: by where the sentence stands, and by how long it is."""
    groups: dict[tuple[str, str], list[Trained]] = {}
    for openings in OPENINGS:
        for kind in KINDS:
            of = [result for run, result in sorted(results.items()) if (run.openings, run.kind) == (openings, kind)]
            groups |= {(openings, kind): of} if of else {}
    return "\n".join(
        (
            f"Accuracy: median (lowest to highest) over seeds; chance is 50%. Moved: {MOVED} words before the core.",
            "",
            _by_position(groups),
            "",
            f"The same where order tells, for sentences that grow before or after their core; {SLOTS} words fit in.",
            "",
            _by_length(groups),
        )
    )


_Groups = Mapping[tuple[str, str], Sequence[Trained]]


def _by_position(groups: _Groups) -> str:
    head = ("network", "weights", "trained on", "words tell", "order tells", "words tell, moved", "order tells, moved")
    rows = [
        (
            KINDS[kind],
            f"{size(of[0].params):,}",
            openings,
            _spread([result.fresh[0] for result in of]),
            _spread([result.fresh[1] for result in of]),
            _spread([result.words_tell[MOVED] for result in of]),
            _spread([result.order_tells[MOVED] for result in of]),
        )
        for (openings, kind), of in groups.items()
    ]
    return table(head, rows)


def _by_length(groups: _Groups) -> str:
    places = [(grows, length) for grows in GROWS for length in GROWN]
    head = ("network", "trained on", "cut at the", *(f"{length} words, grown {grows}" for grows, length in places))
    rows = [
        (
            KINDS[kind],
            openings,
            cut if kind == "fixed" else "–",
            *(_spread([r.lengths[grows, cut][LENGTHS.index(length)] for r in of]) for grows, length in places),
        )
        for (openings, kind), of in groups.items()
        for cut in (CUTS if kind == "fixed" else CUTS[:1])
    ]
    return table(head, rows)


def _spread(shares: Sequence[float]) -> str:
    return f"{statistics.median(shares):.1%} ({min(shares):.1%} to {max(shares):.1%})"


def tuning_report(results: Mapping[Run, Trained]) -> str:
    """The losses by learning rate, the lowest in bold."""
    best, seeds = best_rates(results), len({run.seed for run in results})
    rows = [
        (KINDS[kind], *(f"**{loss:.2g}**" if rate == best[kind] else f"{loss:.2g}" for rate, loss in losses.items()))
        for kind, losses in mean_losses(results).items()
    ]
    title = f"Mean loss on fresh sentences, in nats, over {seeds} seeds, by learning rate."
    return f"{title}\n\n{table(('network', *(f'{rate:g}' for rate in RATES)), rows)}"
