"""Why recurrence? The three networks over seeds, and the search for their learning rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnn_core.config import Config
from rnn_core.models.feedforward import CUTS

from . import why_recurrence
from .experiment import Result
from .grid import Point, Running, over_seeds, results_of
from .table import NONE, spread, table
from .tuning import best_rates, mean_scores, tried
from .why_recurrence import (
    BEST,
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
    trained,
)

BASE = why_recurrence.BASE

TUNING_SEED = 1000
"""The first of the seeds on which learning rates are tried: apart from those of the tables."""

FIRST, EVERYWHERE = OPENINGS


def run(config: Config, kind: str, openings: str) -> Trained:
    """Train one network, and ask it."""
    return trained(kind, config, openings)


def runs(config: Config, seeds: int) -> dict[Point, tuple[Any, ...]]:
    """Every network, each with its best learning rate; those that can use it also trained on all positions.

    By kind, openings, learning rate and seed: what `run` is given.
    """
    networks = [(kind, FIRST) for kind in KINDS] + [(kind, EVERYWHERE) for kind in ("fixed", "rnn")]
    points = {
        (kind, openings, BEST[kind]): [config.replace(learning_rate=BEST[kind]), kind, openings]
        for kind, openings in networks
    }
    return over_seeds(points, seeds)


def tuning(config: Config, seeds: int) -> dict[Point, tuple[Any, ...]]:
    """Every network with every learning rate, likewise."""
    return tried({(kind, FIRST): [config, kind, FIRST] for kind in KINDS}, RATES, seeds, TUNING_SEED)


def study(changes: Mapping[str, Any], seeds: int, workers: int | None = None, tune: bool = False) -> Running[Result]:
    """Train every network with every seed, or try every learning rate instead: what they share, and every run."""
    config = BASE.replace(**changes)
    jobs = tuning(config, seeds) if tune else runs(config, seeds)
    results = yield from results_of(run, jobs, workers)
    return summary(config, results)


def summary(config: Config, results: Mapping[Point, Trained]) -> dict[str, Any]:
    """Plain values; results by the keys of `runs`."""
    ended = [
        dict(zip(("kind", "openings", "rate", "seed"), key, strict=True)) | _plain(result)
        for key, result in sorted(results.items(), key=lambda item: item[0])
    ]
    return {"config": config.to_dict(), "slots": SLOTS, "moved": MOVED, "lengths": LENGTHS, "runs": ended}


def _plain(result: Trained) -> dict[str, Any]:
    lengths = [{"grows": grows, "cut": cut, "accuracy": shares} for (grows, cut), shares in result.lengths.items()]
    fields = result._asdict() | {"parameters": size(result.params), "lengths": lengths}
    return {name: value for name, value in fields.items() if name not in ("params", "kind", "openings")}


def report(result: Result) -> str:
    """Two tables over seeds, or that of the learning rates where several were tried."""
    rates = {(run["kind"], run["rate"]) for run in result["runs"]}
    return _tuning_report(result["runs"]) if len(rates) > len(KINDS) else _report(result["runs"])


Runs = Sequence[Mapping[str, Any]]


def networks_of(runs: Runs) -> dict[tuple[str, str], Runs]:
    """By openings and kind, in their order: the runs of all seeds."""
    networks = {
        (openings, kind): [run for run in runs if (run["openings"], run["kind"]) == (openings, kind)]
        for openings in OPENINGS
        for kind in KINDS
    }
    return {network: of_network for network, of_network in networks.items() if of_network}


def accuracy_grown(run: Mapping[str, Any], grows: str, cut: str, length: int) -> float:
    """Of one run, where order tells, on sentences that grow there to so many words."""
    [shares] = [of["accuracy"] for of in run["lengths"] if (of["grows"], of["cut"]) == (grows, cut)]
    return float(shares[LENGTHS.index(length)])


def _report(runs: Runs) -> str:
    networks = networks_of(runs)
    head = ("network", "weights", "trained on", "words tell", "order tells", "words tell, moved", "order tells, moved")
    by_position = [
        (
            KINDS[kind],
            f"{of[0]['parameters']:,}",
            openings,
            *(spread([run["fresh"][order] for run in of]) for order in (False, True)),
            *(spread([run[tell][MOVED] for run in of]) for tell in ("words_tell", "order_tells")),
        )
        for (openings, kind), of in networks.items()
    ]
    grown = [(grows, length) for grows in GROWS for length in GROWN]
    grown_head = ("network", "trained on", "cut at the", *(f"{length} words, grown {grows}" for grows, length in grown))
    by_length = [
        (
            KINDS[kind],
            openings,
            cut if kind == "fixed" else NONE,
            *(spread([accuracy_grown(run, grows, cut, length) for run in of]) for grows, length in grown),
        )
        for (openings, kind), of in networks.items()
        for cut in (CUTS if kind == "fixed" else CUTS[:1])
    ]
    return "\n\n".join(
        (
            f"Accuracy: median (lowest to highest) over seeds; chance is 50%. Moved: {MOVED} words before the core.",
            table(head, by_position),
            f"The same where order tells, for sentences that grow before or after their core; {SLOTS} words fit in.",
            table(grown_head, by_length),
        )
    )


def _tuning_report(runs: Runs) -> str:
    """The losses by learning rate, the lowest in bold."""
    losses = {(run["kind"], run["rate"], run["seed"]): float(run["loss"]) for run in runs}
    means, best, seeds = mean_scores(losses, float), best_rates(losses, float), len({seed for *_, seed in losses})
    rows = []
    for kind in KINDS:
        marks = {rate: "**" if rate == best[kind,] else "" for rate in RATES}
        rows.append((KINDS[kind], *(f"{marks[rate]}{loss:.2g}{marks[rate]}" for rate, loss in means[kind,].items())))
    title = f"Mean loss on fresh sentences, in nats, over {seeds} seeds, by learning rate."
    return f"{title}\n\n{table(('network', *(f'{rate:g}' for rate in RATES)), rows)}"


NAME = "why-recurrence"
HELP = (
    "train a bag of words, fixed positions and an RNN of equal size to tell nouns from verbs, and ask them about "
    "sentences that are moved or grown"
)
SEEDS = 20
FIELDS = ("seed", "updates", "batch_size", "clip_threshold")
"""Those that mean the same for all three networks."""
OPTIONS = {"tune": {"action": "store_true", "help": "try every learning rate, on seeds of its own, instead"}}
