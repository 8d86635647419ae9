"""Options that commands share, and the `Config` that they make."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from rnn_core.config import DEFAULTS, SPECS, Config
from rnn_core.experiments import results
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
    """Add --seeds, so many by default."""
    sub.add_argument("--seeds", type=_positive, default=default, help="how many seeds, counted up from --seed")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add --json: like the options of `add_work`, it does not change what comes of a command."""
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output, nothing else")


def add_work(parser: argparse.ArgumentParser, name: str) -> None:
    """Add --workers, and --save, which gives a file this name unless it is given another."""
    parser.add_argument("--workers", type=_positive, help="processes (default: one per core)")
    parser.add_argument(
        "--save",
        nargs="?",
        const=name,
        type=_file_name,
        metavar="NAME",
        help=f"also write {results.FOLDER.name}/NAME.json beside the experiments, for the README there (NAME: {name})",
    )


def _file_name(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"{text} is not a name of letters, digits and _")
    return text


def that_count(arguments: Sequence[str]) -> list[str]:
    """Arguments without those that do not change what comes of a command."""
    others = argparse.ArgumentParser(add_help=False)
    add_output(others)
    add_work(others, "any_name")
    return others.parse_known_args(arguments)[1]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return value


def config(options: argparse.Namespace) -> Config:
    """The default `Config`, changed by the preset, if there is one, and then by the fields that were given."""
    changes = PRESETS[options.preset].changes if options.preset else {}
    return Config.from_dict(changes | {name: value for name, value in vars(options).items() if name in SPECS})
