"""The commands of `python -m rnn_core`: a run, the check of its gradients, and the experiments."""

from __future__ import annotations

import argparse
from typing import Protocol

from rnn_core.experiments import (
    bottleneck,
    compare,
    faults,
    forecasts,
    kinds,
    memory,
    state_growth,
    successors,
    temporal_order,
    why_recurrence_study,
)
from rnn_core.experiments.experiment import Experiment

from . import check, train
from .experiment import ExperimentCommand


class Command(Protocol):
    """What a command has, a module or an object.

    Attributes
    ----------
    NAME : what is typed
    HELP : what it does, in a sentence without a full stop
    """

    NAME: str
    HELP: str

    def add_options(self, sub: argparse.ArgumentParser) -> None:
        """Add what the command can be told, besides --json."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and print what came of it; returns the exit status. A ValueError means: these options make no run."""


EXPERIMENTS: tuple[Experiment, ...] = (
    *(compare, temporal_order, memory, state_growth, kinds),
    *(bottleneck, faults, successors, forecasts, why_recurrence_study),
)

COMMANDS: tuple[Command, ...] = (train, *map(ExperimentCommand, EXPERIMENTS), check)
"""In the order of the help."""
