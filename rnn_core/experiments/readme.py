"""`README.md` beside this file: what each experiment claims, with the figures of its file, and its table."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import bottleneck, compare, faults, forecasts, kinds, memory, state_growth, successors, temporal_order
from . import why_recurrence_study as why
from .experiment import Experiment, Result
from .results import entry_of, load, names
from .table import count, median

PATH = Path(__file__).with_name("README.md")
CLAIMS = Path(__file__).with_name("claims.md")
"""The page without figures and tables: below each head, which has the name of a file, its claim."""


def _settings(result: Result) -> dict[str, Any]:
    return {"seeds": result["seeds"]} | dict(zip(("off", "on", "tiny"), result["settings"], strict=False))


def _solved(result: Result) -> dict[str, str]:
    return {
        f"{p['cell']}_{p['value']}_{'on' if p['clipped'] else 'off'}": count(p["solved"], len(p["seeds"]))
        for p in result["points"]
    }


def _why(result: Result) -> dict[str, str]:
    networks = why.networks_of(result["runs"])
    moved, after = {}, {}
    for kind in ("fixed", "rnn"):
        runs = networks[why.FIRST, kind]
        moved[f"{kind}_moved"] = median([run["order_tells"][result["moved"]] for run in runs])
        after[f"{kind}_after"] = median([why.accuracy_grown(run, "after", "end", 28) for run in runs])
    return moved | after


def _grown(result: Result) -> dict[str, str]:
    return {
        f"{row['activation']}_{10 * row['gain']:02.0f}": count(row["reading"]["grown"], len(result["seeds"]))
        for row in result["rows"]
    }


def _kinds(result: Result) -> dict[str, str]:
    row = entry_of(result["rows"], kind="one-to-many", slice="pairs never heard")
    return {"unheard": median(row["accuracy"]), "commonest": f"{row['baselines']['key and time step']:.1%}"}


def _eight_digits(result: Result) -> dict[str, str]:
    return {f"whole_{row['size']}": median(row["whole"]) for row in result["rows"] if row["digits"] == 8}


def _below_guessing(result: Result) -> dict[str, str]:
    rows = [row for row in result["rows"] if len(row["faults"]) == 1]
    counts: dict[str, list[str]] = {}
    for row in rows:
        counts.setdefault(row["faults"][0], []).append(count(row["below_guessing"], len(row["losses"])))
    return {fault: " and ".join(of_sizes) for fault, of_sizes in counts.items()}


def _successors(result: Result) -> dict[str, str]:
    rows = [row for row in successors.rows(successors.runs_of(result)) if row.trained_at == row.asked_at]
    solved = {model: ", ".join(str(row.solved) for row in rows if row.model == model) for model in result["weights"]}
    lengths = ", ".join(str(row.asked_at) for row in rows if row.model == "gru")
    return solved | {"lengths": lengths, "seeds": str(len(rows[0].accuracy))}


def _forecasts(result: Result) -> dict[str, str]:
    errors = {row["name"]: statistics.median(row["errors"]) for row in result["rows"]}
    best = min(forecasts.CELLS, key=errors.__getitem__)
    return {"linear": f"{errors[forecasts.LINEAR]:.3f}", "best": best, "error": f"{errors[best]:.3f}"}


def _temporal_order(result: Result) -> dict[str, str]:
    rows = result["rows"]
    solved = {
        name: ", ".join(str(row["solved"]) for row in rows if row["setting"] == setting)
        for name, setting in zip(("plain_sgd", "clipping", "both"), temporal_order.SETTINGS, strict=True)
    }
    lengths = ", ".join(str(row["length"]) for row in rows if row["setting"] == "clipping")
    return solved | {"lengths": lengths, "seeds": str(rows[0]["seeds"])}


EXPERIMENTS: dict[str, tuple[Experiment, Callable[[Result], dict[str, Any]]]] = {
    "compare": (compare, _settings),
    "compare_vanishing": (compare, _settings),
    "compare_calm": (compare, _settings),
    "compare_small_steps": (compare, _settings),
    "memory": (memory, _solved),
    "memory_adam": (memory, _solved),
    "why_recurrence": (why, _why),
    "why_recurrence_tune": (why, lambda result: {"seeds": len({run["seed"] for run in result["runs"]})}),
    "state_growth": (state_growth, _grown),
    "kinds": (kinds, _kinds),
    "bottleneck": (bottleneck, _eight_digits),
    "bottleneck_long": (bottleneck, _eight_digits),
    "faults": (faults, _below_guessing),
    "successors": (successors, _successors),
    "forecasts": (forecasts, _forecasts),
    "temporal_order": (temporal_order, _temporal_order),
}
"""By the name of a file: what it is a result of, and the figures of its claim."""


def readme() -> str:
    """The page, with a section for each file that there is."""
    introduction, *parts = re.split(r"^## (\w+): ", CLAIMS.read_text(encoding="utf-8"), flags=re.M)
    claims = dict(zip(parts[::2], parts[1::2], strict=True))
    return introduction + "\n".join(_section(name, claim) for name, claim in claims.items() if name in names())


def _section(name: str, claim: str) -> str:
    (experiment, figures), saved = EXPERIMENTS[name], load(name)
    return (
        f"## {claim.format(**figures(saved.result)).strip()}\n\n```sh\n{saved.command}\n```\n\n"
        f"Version {saved.version}, NumPy {saved.numpy}, {saved.date}.\n\n{experiment.report(saved.result)}\n"
    )
