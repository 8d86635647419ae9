"""`memory`: how far back each cell remembers, with and without clipping."""

from __future__ import annotations

import argparse

from rnn_core.config import Config
from rnn_core.experiments import memory

from .options import add_fields, add_seeds, given
from .printing import last, show

NAME = "memory"
HELP = "accuracy over distance, or over attractors, for each cell with and without clipping, over seeds"

_OWN = {"task", "cell", "activation", "omega"}  # varied by the study, or without a meaning for every cell


def add_options(sub: argparse.ArgumentParser) -> None:
    """What varies, seeds, and the fields that the study does not vary."""
    sub.add_argument("--axis", choices=tuple(memory.AXES), default="distance", help="what varies")
    default = "; ".join(f"{axis}: {' '.join(map(str, of))}" for axis, of in memory.VALUES.items())
    sub.add_argument("--values", type=int, nargs="+", help=f"its values (default: {default})")
    add_seeds(sub, memory.SEEDS)
    add_fields(sub, {field: value for field, value in memory.BASE.to_dict().items() if field not in _OWN})
    sub.set_defaults(config=_config)


def _config(options: argparse.Namespace) -> Config:
    return memory.study_of(options.axis, options.values, options.seeds, **given(options)).base


def run(config: Config, options: argparse.Namespace) -> int:
    """Train all runs of the study."""
    study = memory.Study(config, options.axis, tuple(options.values or memory.VALUES[options.axis]), options.seeds)
    results = last(memory.sweep(study, options.workers))
    show(options, memory.summary(study, results), memory.report(study, results))
    return 0
