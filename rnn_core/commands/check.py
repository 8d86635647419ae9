"""`check`: every gradient beside central differences."""

from __future__ import annotations

import argparse
import math
from typing import Any

from rnn_core import checking

from .options import add_fields, add_preset, config
from .printing import show

NAME = "check"
HELP = "compare every gradient with central differences; exit status 1 if one is off"


def add_options(sub: argparse.ArgumentParser) -> None:
    """The model, a preset, and every field."""
    sub.add_argument(
        "--model",
        choices=tuple(checking.MODELS),
        default=checking.RECURRENT,
        help="the network whose gradients are compared: the run's own, or one without recurrence that learns the same "
        "task: attention, words at fixed positions (feed_forward), a bag of words; these do not read what only a "
        f"recurrent network has (default: {checking.RECURRENT})",
    )
    add_preset(sub)
    add_fields(sub)


def run(options: argparse.Namespace) -> int:
    """Check the gradients of the network of this run, or of another that learns its task."""
    checks = checking.check_gradients(config(options), options.model)
    worst = max((check.error for check in checks), key=lambda error: (math.isnan(error), error))  # nan is the worst
    passed = worst <= checking.TOLERANCE
    show(options, summary(checks, worst, passed), report(checks, worst, passed))
    return 0 if passed else 1


def summary(checks: list[checking.TensorCheck], worst: float, passed: bool) -> dict[str, Any]:
    """What `--json` prints."""
    tensors = [check._asdict() for check in checks]
    return {"passed": passed, "largest_error": worst, "tolerance": checking.TOLERANCE, "tensors": tensors}


def report(checks: list[checking.TensorCheck], worst: float, passed: bool) -> str:
    """The same for a person."""
    lines = []
    for check in checks:
        name = f"∂L/∂{check.name}_t, all t" if check.name in ("h", "c") else f"∂L/∂{check.name}"
        left_out = f" ({check.kinks} left out: too near a kink)" if check.kinks else ""
        lines.append(f"{name:16} {check.entries:4} entries, largest relative error {check.error:.1e}{left_out}")
    told = "ok" if passed else "WRONG"
    lines.append(f"{told}: largest relative error {worst:.1e}, allowed {checking.TOLERANCE:.0e}")
    return "\n".join(lines)
