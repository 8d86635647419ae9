"""What commands print: one JSON object or a report, Markdown tables, and how far they are."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from .progress import Progress

Results = TypeVar("Results")


def show(options: argparse.Namespace, summary: dict[str, Any], report: str) -> None:
    """Print the summary as JSON if it was asked for, else the report."""
    print(json.dumps(finite(summary)) if options.json else report)


def finite(value: Any) -> Any:
    """The same with "inf", "-inf" and "nan" as text: JSON has no such numbers, and null would hide them."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, *rows]
    cells = ["| " + " | ".join(map(str, line)) + " |" for line in lines]
    return "\n".join([cells[0], "|---" * len(head) + "|", *cells[1:]])


def last(reports: Iterable[tuple[int, int, Results]], what: str = "runs") -> Results:
    """Follow (done, total, results so far) on the terminal; returns the last results."""
    with Progress(what) as progress:
        for done, total, so_far in reports:
            progress(done, total)
            results = so_far
    return results
