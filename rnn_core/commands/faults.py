"""`faults`: what each fault of a first attempt at the class does to its gradients and to learning."""

from __future__ import annotations

import argparse

from rnn_core.config import DEFAULTS, Config
from rnn_core.experiments import faults as study

from .options import add_fields, add_seeds
from .printing import last, show, table

NAME = "faults"
HELP = (
    "a class typed in with one fault at a time: which gradients the fault makes wrong, and whether the loss still falls"
)


def add_options(sub: argparse.ArgumentParser) -> None:
    """Which seeds."""
    add_fields(sub, {"seed": DEFAULTS["seed"]})
    add_seeds(sub, study.SEEDS)


def run(config: Config, options: argparse.Namespace) -> int:
    """Check and train every class."""
    seeds = range(config.seed, config.seed + options.seeds)
    outcomes = last(study.sweep(seeds=seeds, workers=options.workers), "classes")
    rows = study.rows(outcomes)
    show(options, study.summary(outcomes), table(study.HEAD, map(study.cells, rows)))
    return 0
