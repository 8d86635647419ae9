"""`successors`: the simple RNN, GRU, LSTM and attention, over distance and seeds."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from typing import Any

from rnn_core.config import Config
from rnn_core.diagnostics.gradient_paths import MODELS
from rnn_core.experiments import successors

from .options import add_fields, add_seeds, given
from .printing import last, show, table

NAME = "successors"
HELP = "vanilla RNN, GRU, LSTM and attention: accuracy over distance, and the gradient's way back, over seeds"

_OWN = {"task", "sentence_length", "cell", "activation", "omega", "bptt_window", "clip", "clip_percentile"}
_OWN |= {"learning_rate", "initializer", "init_std"}  # varied by the study, or without a meaning for every model


def add_options(sub: argparse.ArgumentParser) -> None:
    """Lengths, seeds, and the fields that the study does not vary."""
    lengths = list(successors.LENGTHS)
    sub.add_argument("--lengths", type=int, nargs="+", default=lengths, metavar="T", help="words before the verb")
    add_seeds(sub, successors.SEEDS)
    add_fields(sub, {field: value for field, value in successors.BASE.to_dict().items() if field not in _OWN})
    sub.set_defaults(config=lambda options: successors.BASE.replace(**given(options)))


def run(config: Config, options: argparse.Namespace) -> int:
    """Choose the learning rates, train, and print the tables."""
    for length in options.lengths:  # what is out of bounds is told before the work
        config.replace(sentence_length=length, seed=config.seed + options.seeds - 1)
    runs = last(successors.study(config, options.lengths, options.seeds, options.workers))
    show(options, summary(config, runs), report(config, runs))
    return 0


def summary(config: Config, runs: Sequence[successors.Run]) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "config": config.to_dict(),
        "weights": {model: successors.weights_of(model, config) for model in MODELS},
        "runs": [r._asdict() for r in runs],
    }


def report(config: Config, runs: Sequence[successors.Run]) -> str:
    """Three tables, as Markdown: trained at each length, trained at one and asked at others, and the gradient."""
    rows = successors.rows(runs)
    at = successors.TRAINED_AT
    own = {(r.model, r.asked_at): r for r in rows if r.trained_at == r.asked_at}
    elsewhere = {(r.model, r.asked_at): r for r in rows if r.trained_at == at}
    early = successors.early_over_seeds(runs)
    lengths = sorted({length for _, length in own})
    heads = [f"{length} words" for length in lengths]
    parts = [
        "Trained and asked at the same length: seeds that solved the task, held-out accuracy: median (lowest to "
        "highest), and the learning rate α that was chosen.",
        table(
            ["model", "weights", *heads],
            [
                [model, f"{successors.weights_of(model, config):,}", *(_solved(own[model, n]) for n in lengths)]
                for model in MODELS
            ],
        ),
        "The gradient at the subject, the second word, relative to that at the last word: median before training → "
        "after it.",
        table(["model", *heads], [[model, *(_early(early[model, n]) for n in lengths)] for model in MODELS]),
    ]
    if at in lengths:
        cells = [[model, *(_accuracy(elsewhere[model, n]) for n in lengths)] for model in MODELS]
        parts += [
            f"Trained at {at} words, asked at other lengths: held-out accuracy.",
            table(["model", *heads], cells),
        ]
    return "\n\n".join(parts)


def _solved(row: successors.Row) -> str:
    return f"{row.solved} of {len(row.accuracy)}, {_accuracy(row)}, α {row.rate:g}"


def _accuracy(row: successors.Row) -> str:
    return f"{statistics.median(row.accuracy):.1%} ({min(row.accuracy):.1%} to {max(row.accuracy):.1%})"


def _early(ratios: tuple[list[float], list[float]]) -> str:
    before, after = (statistics.median(of) for of in ratios)
    return f"{before:.2g} → {after:.2g}"
