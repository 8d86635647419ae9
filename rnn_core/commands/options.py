"""Options that commands share, and the `Config` that they make."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from rnn_core.config import DEFAULTS, SPECS, Config
from rnn_core.presets import PRESETS


def add_fields(sub: argparse.ArgumentParser, defaults: Mapping[str, Any] = DEFAULTS) -> None:
    """Add an option for each of these fields of `Config`; one that is not given is absent from what is parsed."""
    for field, default in defaults.items():
        spec = SPECS[field]
        unit = f" [{spec.unit}]" if spec.unit else ""
        sub.add_argument(
            "--" + field.replace("_", "-"),
            type=type(default),
            default=argparse.SUPPRESS,
            metavar=field.upper() if not spec.choices else "{" + ",".join(spec.choices) + "}",
            help=f"{spec.help}{unit}: {spec.allowed()} (default: {default})".replace("%", "%%"),
        )


def add_preset(sub: argparse.ArgumentParser) -> None:
    """Add --preset, which `config` reads."""
    sub.add_argument("--preset", choices=tuple(PRESETS), help="start from a preset; other options change it")


def add_seeds(sub: argparse.ArgumentParser, default: int) -> None:
    """Add --seeds, so many by default, and --workers."""
    sub.add_argument("--seeds", type=_positive, default=default, help="how many seeds, counted up from --seed")
    sub.add_argument("--workers", type=_positive, help="processes (default: one per core)")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return value


def given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of `Config` that were given."""
    return {name: value for name, value in vars(options).items() if name in SPECS}


def config(options: argparse.Namespace) -> Config:
    """The default `Config`, changed by the preset, if there is one, and then by the fields that were given."""
    preset = getattr(options, "preset", None)
    return Config.from_dict((PRESETS[preset].changes if preset else {}) | given(options))
