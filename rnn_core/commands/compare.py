"""`compare`: several clipping settings over many seeds."""

from __future__ import annotations

import argparse
from typing import Any

from rnn_core.config import Config
from rnn_core.experiments import compare as sweeps
from rnn_core.presets import PRESETS

from .options import add_fields, add_preset, add_seeds
from .printing import last, show, table

NAME = "compare"
HELP = "train with several clipping settings over many seeds and count how they end"

STANDSTILL = float(PRESETS["standstill"].changes["clip_threshold"])


def add_options(sub: argparse.ArgumentParser) -> None:
    """A preset, the thresholds, seeds, and every field."""
    add_preset(sub)
    sub.add_argument(
        "--thresholds",
        type=float,
        nargs="+",
        help=f"thresholds to compare, beside no clipping (default: that of the run, and {STANDSTILL:g})",
    )
    add_seeds(sub, 10)
    add_fields(sub)


def run(config: Config, options: argparse.Namespace) -> int:
    """Train without clipping and with each threshold."""
    kind = "norm" if config.clip == "off" else config.clip
    thresholds = options.thresholds or sorted({config.clip_threshold, STANDSTILL}, reverse=True)
    if kind == "autoclip":
        if options.thresholds:
            raise ValueError("thresholds are given, but clip autoclip reads none; allowed: clip_percentile")
        thresholds = [None]
    settings = [sweeps.Setting("off", None), *(sweeps.Setting(kind, threshold) for threshold in thresholds)]
    seeds = range(config.seed, config.seed + options.seeds)
    for setting in settings:
        setting.of(config.replace(seed=seeds[-1]))  # a threshold or seed out of bounds is told before the work
    results = last(sweeps.compare(config, settings, seeds, options.workers))
    show(options, summary(results), report(results))
    return 0


def summary(results: list[sweeps.SettingResult]) -> dict[str, Any]:
    """What `--json` prints."""
    settings = [{**r.setting._asdict(), **{k: v for k, v in r._asdict().items() if k != "setting"}} for r in results]
    return {"seeds": len(results[0].accuracy), "settings": settings}


HEAD = (
    "clipping",
    "threshold",
    "solved",
    "partly",
    "at chance",
    "diverged",
    "fell into saturation",
    "artists and artist both right",
    "same as without, bit for bit",
    "held-out accuracy: median (lowest to highest)",
)


def report(results: list[sweeps.SettingResult]) -> str:
    """The table over seeds, as Markdown."""
    rows = []
    for r in results:
        ordered = sorted(r.accuracy)
        middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        threshold = "–" if r.setting.clip_threshold is None else f"{r.setting.clip_threshold:g}"
        spread = f"{middle:.1%} ({ordered[0]:.1%} to {ordered[-1]:.1%})"
        counts = (r.solved, r.partly, r.chance, r.diverged, r.fallen, r.pair, r.identical)
        rows.append((r.setting.clip, threshold, *counts, spread))
    return table(HEAD, rows)
