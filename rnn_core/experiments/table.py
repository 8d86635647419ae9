"""Tables as Markdown, and how they say what came of several seeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

Row = TypeVar("Row")

NONE = "–"
"""Where there is nothing to say."""


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    cells = ["| " + " | ".join(map(str, line)) + " |" for line in (head, *lines)]
    return "\n".join([cells[0], "|---" * len(head) + "|", *cells[1:]])


def table_of(columns: Mapping[str, Callable[[Row], object]], rows: Iterable[Row]) -> str:
    """A table with, below each head, what its column shows of each row."""
    return table(list(columns), [[cell(row) for cell in columns.values()] for row in rows])


def median(values: Sequence[float], number: str = ".1%") -> str:
    """The median in this format, "∞" where it is infinite; NONE if there are no values."""
    return f"{statistics.median(values):{number}}".replace("inf", "∞") if values else NONE


def spread(values: Sequence[float], number: str = ".1%") -> str:
    """ "median (lowest to highest)", each in this format; NONE if there are no values."""
    low, high = (median(sorted(values)[end:][:1], number) for end in (0, -1))
    return f"{median(values, number)} ({low} to {high})" if values else NONE


def count(how_many: int, of: int) -> str:
    """ "3 of 20"; NONE of none."""
    return f"{how_many} of {of}" if of else NONE
