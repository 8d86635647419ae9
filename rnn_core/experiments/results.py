"""Results as files: what an experiment came to, with the command, the version and the date.

Whatever quotes a number of an experiment reads it from here; `README.md` beside this file is made of them.
"""

from __future__ import annotations

import datetime
import functools
import importlib.metadata
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FOLDER = Path(__file__).parent / "results"

_NOT_FINITE = {str(value): value for value in (math.inf, -math.inf, math.nan)}


class Saved(NamedTuple):
    """One file.

    Attributes
    ----------
    command : what was typed
    version, numpy : of this project, and of NumPy
    date : day, as in 2026-11-28
    result : plain values, as `--json` prints them; numbers that are not finite are floats again
    """

    command: str
    version: str
    numpy: str
    date: str
    result: dict[str, Any]


def names() -> list[str]:
    """The files there are."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@functools.cache
def load(name: str) -> Saved:
    """One of `names`."""
    return Saved(**_restored(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))))


def save(name: str, arguments: Sequence[str], result: dict[str, Any]) -> Path:
    """Write a file, over one of this name; returns where.

    Parameters
    ----------
    arguments : of `python -m rnn_core`
    """
    saved = Saved(
        command=" ".join(("python -m rnn_core", *arguments)),
        version=importlib.metadata.version("rnn-gradient-flow"),
        numpy=np.__version__,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        result=result,
    )
    lines = [f"{json.dumps(key)}: {json.dumps(finite(value))}" for key, value in saved._asdict().items()]
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def finite(value: Any) -> Any:
    """The same with "inf", "-inf" and "nan" as text: JSON has no such numbers, and null would hide them."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """A result as it would come back from a file."""
    restored: dict[str, Any] = _restored(json.loads(json.dumps(finite(result))))
    return restored


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _restored(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_restored(v) for v in value]
    return _NOT_FINITE.get(value, value) if isinstance(value, str) else value


def entry_of(entries: Sequence[dict[str, Any]], **fields: object) -> dict[str, Any]:
    """The one entry of a result's rows, points or settings with these values."""
    [entry] = [entry for entry in entries if all(entry[name] == value for name, value in fields.items())]
    return entry
