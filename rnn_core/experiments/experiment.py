"""What the module of an experiment has; the command line and the README of all results are made from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from rnn_core.config import Config

from .grid import Running

Result = dict[str, Any]
"""What `--json` prints, as it comes back from a file of `results`."""


class Experiment(Protocol):
    """A study over seeds: what it varies, what it keeps, and how it shows it.

    Attributes
    ----------
    NAME : of its command
    HELP : what it does, in a sentence without a full stop
    SEEDS : how many, unless it is asked for otherwise
    BASE : what its runs share, unless it is asked for otherwise
    FIELDS : of `Config` that can be asked for; the others it varies itself, or they have no meaning in it
    OPTIONS : what it varies, by name: what argparse wants to know of it
    study : of changes to fields, how many seeds, how many processes (None: one a core) and, by name, its options: does
        the work and returns what `--json` prints. A ValueError means: these make no run
    report : a `Result` as Markdown
    """

    NAME: str
    HELP: str
    SEEDS: int
    BASE: Config
    OPTIONS: Result
    study: Callable[..., Running[Result]]

    @property
    def FIELDS(self) -> Collection[str]: ...  # noqa: N802 - a constant of the module, as the others are

    def report(self, result: Result) -> str: ...


def several(default: Sequence[object] | None, help: str, metavar: str | None = None, kind: type = int) -> Result:
    """An option of several values, for `OPTIONS`."""
    return {"nargs": "+", "type": kind, "default": default and list(default), "metavar": metavar, "help": help}
