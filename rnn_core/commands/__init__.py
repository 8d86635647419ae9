"""The commands of `python -m rnn_core`, one module each."""

from __future__ import annotations

import argparse
from typing import Protocol

from rnn_core.config import Config

from . import (
    bottleneck,
    check,
    compare,
    faults,
    forecasts,
    kinds,
    memory,
    state_growth,
    successors,
    temporal_order,
    train,
    why_recurrence,
)


class Command(Protocol):
    """What the module of a command has.

    Attributes
    ----------
    NAME : what is typed
    HELP : what it does, in a sentence without a full stop
    """

    NAME: str
    HELP: str

    def add_options(self, sub: argparse.ArgumentParser) -> None:
        """Add what the command can be told, besides --json.

        Its `Config` is that of `options.config`, unless the command sets another function as default of "config".
        """

    def run(self, config: Config, options: argparse.Namespace) -> int:
        """Do it and print what came of it; returns the exit status. A ValueError means: these options make no run."""


COMMANDS: tuple[Command, ...] = (
    *(train, compare, temporal_order, memory),
    *(state_growth, kinds, bottleneck, faults, successors, forecasts),
    why_recurrence,
    check,
)
"""In the order of the help."""
