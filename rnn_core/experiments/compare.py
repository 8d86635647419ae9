"""Many runs: the same configuration over seeds, per clipping setting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.config import SPECS, Config
from rnn_core.diagnostics import outcome, probe, saturation_onset
from rnn_core.presets import PRESETS
from rnn_core.recording import train
from rnn_core.tasks import TASKS
from rnn_core.types import Record

from .experiment import Result, several
from .grid import Running, by_point, over_seeds, results_of
from .table import NONE, spread, table_of

STANDSTILL = float(PRESETS["standstill"].changes["clip_threshold"])


class Setting(NamedTuple):
    """A kind of clipping and its threshold (None where clipping is off)."""

    clip: str
    clip_threshold: float | None

    def of(self, config: Config) -> Config:
        """That run with this clipping."""
        changes = {} if self.clip_threshold is None else {"clip_threshold": self.clip_threshold}
        return config.replace(clip=self.clip, **changes)


class RunResult(NamedTuple):
    """What a sweep keeps of a run.

    Attributes
    ----------
    outcome : a key of `diagnostics.OUTCOMES`
    accuracy : held-out accuracy, as in `diagnostics.Outcome`
    pair : True if the task's probe and its minimal pair are both answered right
    fell : True if its hidden states were thrown into saturation (`diagnostics.saturation_onset`)
    digest : as in `digest`, below
    """

    outcome: str
    accuracy: float
    pair: bool
    fell: bool
    digest: str


class SettingResult(NamedTuple):
    """One row of the table over seeds.

    Attributes
    ----------
    solved, partly, chance, diverged : how many seeds ended so
    pair : how many seeds answer both the task's probe and its minimal pair right
    fallen : how many seeds fell into saturation
    identical : how many seeds gave, bit for bit, the run without clipping; None if that was not among the settings
    accuracy : (seeds,) held-out accuracy by seed
    """

    setting: Setting
    solved: int
    partly: int
    chance: int
    diverged: int
    pair: int
    fallen: int
    identical: int | None
    accuracy: list[float]


def digest(record: Record) -> str:
    """Fingerprint of a run's losses, accuracies, gradient norms and final weights, without its config.

    Two runs have the same if and only if all of these are equal bit for bit.
    """
    hasher = hashlib.sha256()
    for column in (record.loss, record.accuracy, record.grad_norm, record.grad_norm_clipped, record.dh_norm):
        hasher.update(np.ascontiguousarray(column).tobytes())
    for name in sorted(record.probe_params):
        hasher.update(np.ascontiguousarray(record.probe_params[name][-1]).tobytes())
    return hasher.hexdigest()


def run(config: Config) -> RunResult:
    """Train once and keep what a sweep needs."""
    record = train(config)
    result = outcome(record)
    pair, choice = TASKS[config.task].pair or (), list(TASKS[config.task].answers)
    both = bool(pair) and all(
        choice[probe(record, tokens, -1).p[-1, choice].argmax()] == answer for tokens, answer in pair
    )
    return RunResult(result.kind, result.accuracy, both, saturation_onset(record) is not None, digest(record))


def settings_of(config: Config, thresholds: Sequence[float] | None = None) -> list[Setting]:
    """No clipping, and the kind of this run at each threshold: if there are none, at the run's own and a tiny one.

    Raises
    ------
    ValueError
        If there are thresholds, but the kind of clipping reads none.
    """
    kind = "norm" if config.clip == "off" else config.clip
    if kind == "autoclip":
        if thresholds:
            raise ValueError("thresholds are given, but clip autoclip reads none; allowed: clip_percentile")
        return [Setting("off", None), Setting(kind, None)]
    thresholds = thresholds or sorted({config.clip_threshold, STANDSTILL}, reverse=True)
    return [Setting("off", None), *(Setting(kind, threshold) for threshold in thresholds)]


def compare(
    config: Config, settings: Sequence[Setting], seeds: int, workers: int | None = None
) -> Running[list[SettingResult]]:
    """Train `config` with every clipping setting and every seed; one entry a setting."""
    points = {(k,): [setting.of(config)] for k, setting in enumerate(settings)}
    results = by_point((yield from results_of(run, over_seeds(points, seeds), workers)))
    off = next((results[k,] for k, setting in enumerate(settings) if setting.clip == "off"), None)
    return [_summary(setting, results[k,], off) for k, setting in enumerate(settings)]


def _summary(setting: Setting, own: list[RunResult], off: list[RunResult] | None) -> SettingResult:
    kinds = [r.outcome for r in own]
    return SettingResult(
        setting=setting,
        solved=kinds.count("solved"),
        partly=kinds.count("partly solved"),
        chance=kinds.count("at chance"),
        diverged=kinds.count("diverged"),
        pair=sum(r.pair for r in own),
        fallen=sum(r.fell for r in own),
        identical=None if off is None else sum(r.digest == other.digest for r, other in zip(own, off, strict=True)),
        accuracy=[r.accuracy for r in own],
    )


def study(
    changes: Mapping[str, Any],
    seeds: int,
    workers: int | None = None,
    thresholds: Sequence[float] | None = None,
    preset: str | None = None,
) -> Running[Result]:
    """Train without clipping and with each threshold."""
    config = Config.from_dict((PRESETS[preset].changes if preset else {}) | dict(changes))
    results = yield from compare(config, settings_of(config, thresholds), seeds, workers)
    settings = [r.setting._asdict() | {k: v for k, v in r._asdict().items() if k != "setting"} for r in results]
    return {"seeds": seeds, "settings": settings}


COLUMNS: dict[str, Callable[[Result], object]] = {
    "clipping": lambda r: r["clip"],
    "threshold": lambda r: NONE if r["clip_threshold"] is None else f"{r['clip_threshold']:g}",
    "solved": lambda r: r["solved"],
    "partly": lambda r: r["partly"],
    "at chance": lambda r: r["chance"],
    "diverged": lambda r: r["diverged"],
    "fell into saturation": lambda r: r["fallen"],
    "artists and artist both right": lambda r: r["pair"],
    "same as without, bit for bit": lambda r: r["identical"],
    "held-out accuracy: median (lowest to highest)": lambda r: spread(r["accuracy"]),
}


def report(result: Result) -> str:
    """The table over seeds."""
    return table_of(COLUMNS, result["settings"])


NAME = "compare"
HELP = "train with several clipping settings over many seeds and count how they end"
SEEDS = 10
BASE = Config()
FIELDS = SPECS.keys()
OPTIONS = {
    "preset": {"choices": tuple(PRESETS), "help": "start from a preset; other options change it"},
    "thresholds": several(
        None, f"thresholds to compare, beside no clipping (default: that of the run, and {STANDSTILL:g})", kind=float
    ),
}
