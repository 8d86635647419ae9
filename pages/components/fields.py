"""The fields of `Config` that a visitor may change, each with its label and where its control stops."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rnn_core.config import DEFAULTS, SPECS

from .markdown import escape_markdown
from .widgets import Control

_PER_DECADE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def _decades(low: int, high: int) -> tuple[float, ...]:
    """Ten stops a decade from 10^low to 10^high."""
    return (*(round(m * 10.0**e, 8) for e in range(low, high) for m in _PER_DECADE), 10.0**high)


CAPTIONS = {
    "norm": "Global norm: the whole gradient is shortened to the threshold.",
    "param_norm": "Each parameter's gradient is shortened to the threshold by itself.",
    "value": "Elementwise: each entry is cut at ± the threshold.",
    "adaptive": "Each hidden unit's gradient is shortened to the threshold times the norm of its weights.",
    "autoclip": "The whole gradient is shortened to a percentile of the norms so far; the threshold is not used.",
    "flow": "∂L/∂h_t is shortened to the threshold at every time step on its way back.",
}
"""What each kind of clipping does, in a line."""


def _of(field: str, label: str, stops: Sequence[Any] = (), options: Mapping[str, str] | None = None) -> Control[Any]:
    """The control of a field: default, bounds, options and help are those of `Config`."""
    spec, default = SPECS[field], DEFAULTS[field]
    if spec.choices:
        options = options or dict.fromkeys(spec.choices, "")
        return Control(field, label, default, spec.help, options=options, menu=True)
    low, high = (type(default)(bound) for bound in (spec.low, spec.high))
    return Control(field, label, default, spec.help, low, high, stops)


FIELDS = {
    control.key: control
    for control in (
        _of("clip", "Clipping", options=CAPTIONS),
        _of("clip_threshold", "Clipping threshold", _decades(-4, 3)),
        _of(
            "clip_percentile",
            "Percentile of the norms so far",
            (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0),
        ),
        _of("cell", "Cell"),
        _of("hidden_size", "Hidden units H", (4, 8, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256)),
        _of(
            "spectral_radius",
            "Recurrent gain (spectral radius of W_hh)",
            tuple(round(0.1 * k, 1) for k in range(1, 41)),
        ),
        _of("optimizer", "Optimiser"),
        _of("learning_rate", "Learning rate α", _decades(-4, 1)),
        _of(
            "updates",
            "Updates U",
            (100, 200, 300, 500, 1000, 1500, 2000, 3000, 4000, 5000, 10_000, 20_000, 50_000),
        ),
        _of("batch_size", "Batch size B", (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)),
        _of("dtype", "Precision"),
        _of("seed", "Seed"),
        _of("sentence_length", "Words before the verb T", (*range(8, 41), 50, 60, 80, 100)),
        _of("attractors", "Attractors", tuple(range(7))),
    )
}
"""Their controls in the order of the lab, whose keys are the names of the fields."""


def seed(key: str, help: str) -> Control[int]:
    """The seed of a lesson."""
    return FIELDS["seed"]._replace(key=key, help=help)


def recurrent_gain(key: str, default: float, help: str, label: str = "Recurrent gain") -> Control[float]:
    """The recurrent gain of a lesson's network: the spectral radius of its W_hh before training."""
    return FIELDS["spectral_radius"]._replace(key=key, label=label, default=default, help=help)


def in_labels(message: str) -> str:
    """A message of `Config` with its fields' names as they stand on the controls; for Markdown."""

    def label(name: re.Match[str]) -> str:
        return f"“{FIELDS[name[0]].label if name[0] in FIELDS else name[0]}”"

    return escape_markdown(re.sub(r"\b[a-z]+_[a-z_]+\b", label, message))
