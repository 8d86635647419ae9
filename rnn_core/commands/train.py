"""`train`: one run, and how it went."""

from __future__ import annotations

import argparse
from typing import Any

from rnn_core import diagnostics, recording
from rnn_core.experiments.workers import worker_pool
from rnn_core.tasks import TASKS
from rnn_core.types import Record

from .options import add_fields, add_preset, config
from .printing import show
from .progress import Progress

NAME = "train"
HELP = "train one run and say how it went"

_SECONDS_BETWEEN_REPORTS = 0.1


def add_options(sub: argparse.ArgumentParser) -> None:
    """A preset, and every field."""
    add_preset(sub)
    add_fields(sub)


def run(options: argparse.Namespace) -> int:
    """Train, and show how far it is."""
    run_config = config(options)
    chunks: list[recording.Chunk] = []
    with worker_pool(1) as pool, Progress("updates") as progress:  # as the app does: a worker has one BLAS thread
        while not chunks or chunks[-1].evaluation is None:
            start = chunks[-1].as_start if chunks else None
            chunks.append(pool.submit(recording.advance, run_config, start, _SECONDS_BETWEEN_REPORTS).result())
            progress(chunks[-1].end, run_config.updates, f"loss {chunks[-1].columns['loss'][-1]:.3f}")
    record = recording.to_record(run_config, chunks)
    show(options, summary(record), report(record))
    return 0


def summary(record: Record) -> dict[str, Any]:
    """What `--json` prints of a run; non-finite numbers are still floats here."""
    result, clipping = diagnostics.outcome(record), diagnostics.engagement(record)
    return {
        "config": record.config.to_dict(),
        "final_loss": float(record.loss[-1]),
        "held_out_accuracy": result.accuracy,
        "verdict": result.kind,
        "gradient": diagnostics.verdict(record).kind,
        "largest_grad_norm": float(record.grad_norm.max()),
        "diverged_at": record.diverged_at,
        "diverged_first": None if record.divergence is None else str(record.divergence),
        "clipping": clipping.kind,
        "clipped_share": clipping.share,
        "accuracy": {name: s.accuracy for name, s in record.evaluation.items()},
        "baselines": {name: s.baselines for name, s in record.evaluation.items()},
        "loss": {name: s.loss for name, s in record.evaluation.items()},
        "loss_baselines": {name: s.loss_baselines for name, s in record.evaluation.items()},
    }


def report(record: Record) -> str:
    """The same for a person."""
    gradient = diagnostics.verdict(record)
    lines = [
        diagnostics.summary(record),
        f"  gradient {gradient.kind}: {gradient.reason}",
        f"  share of {TASKS[record.config.task].right}:",
    ]
    for name, s in record.evaluation.items():
        baselines = ", ".join(f"{rule} {share:.1%}" for rule, share in s.baselines.items())
        lines.append(f"  {name} ({s.asked}): {s.accuracy:.1%}; baselines: {baselines}")
        if s.loss_baselines:
            baselines = ", ".join(f"{rule} {loss:.4g}" for rule, loss in s.loss_baselines.items())
            lines.append(f"    loss {s.loss:.4g}; baselines: {baselines}")
    lines.append(f"  final loss {record.loss[-1]:.4g}, largest gradient norm {record.grad_norm.max():.4g}")
    return "\n".join(lines)
