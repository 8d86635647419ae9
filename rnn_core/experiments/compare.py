"""Many runs: the same configuration over seeds, per clipping setting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.diagnostics import outcome, probe, saturation_onset
from rnn_core.recording import train
from rnn_core.tasks import TASKS
from rnn_core.types import Record

from .workers import worker_pool


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


def compare(
    config: Config, settings: Sequence[Setting], seeds: Sequence[int], workers: int | None = None
) -> Iterator[tuple[int, int, list[SettingResult]]]:
    """Train `config` with every clipping setting and every seed, in processes of their own.

    Yields
    ------
    (done, total, results) after each run; `results` is empty until the last, then has one entry a setting
    """
    jobs = [(k, seed) for seed in seeds for k in range(len(settings))]
    results: dict[tuple[int, int], RunResult] = {}
    pool = worker_pool(workers)
    try:
        futures = {pool.submit(run, settings[k].of(config.replace(seed=seed))): (k, seed) for k, seed in jobs}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            if len(results) < len(jobs):
                yield len(results), len(jobs), []
    finally:
        pool.shutdown(cancel_futures=True)
    off = next((k for k, setting in enumerate(settings) if setting.clip == "off"), None)
    yield len(jobs), len(jobs), [_summary(k, setting, off, seeds, results) for k, setting in enumerate(settings)]


def _summary(
    k: int, setting: Setting, off: int | None, seeds: Sequence[int], results: dict[tuple[int, int], RunResult]
) -> SettingResult:
    own = [results[k, seed] for seed in seeds]
    kinds = [r.outcome for r in own]
    identical = (
        None if off is None else sum(r.digest == results[off, s].digest for r, s in zip(own, seeds, strict=True))
    )
    return SettingResult(
        setting=setting,
        solved=kinds.count("solved"),
        partly=kinds.count("partly solved"),
        chance=kinds.count("at chance"),
        diverged=kinds.count("diverged"),
        pair=sum(r.pair for r in own),
        fallen=sum(r.fell for r in own),
        identical=identical,
        accuracy=[r.accuracy for r in own],
    )
