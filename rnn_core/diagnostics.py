"""What a record says, in numbers with names: outcome, how clipping engaged, where twins part, what a threshold cuts.

The thresholds of these verdicts stand here and nowhere else.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .config import DEFAULTS, Config
from .losses import log_softmax
from .tasks import TASKS
from .types import Floats, Ints, Record

SOLVED_ABOVE = 0.99
"""Held-out accuracy above which a run has solved its task."""

CHANCE_ERRORS = 3.0
"""Standard errors above the majority baseline up to which an accuracy counts as chance."""

FROZEN_TRAVEL = 0.1
"""A run is frozen if clipping let its weights travel less than this share of their initial norm ..."""

FROZEN_SHARE = 0.95
"""... while it clipped at least this share of the updates."""

LIMITER_SHARE = 0.5
"""From this share of clipped updates on, clipping is no safety net but sets the length of the typical update."""

OUTCOMES = {
    "solved": f"held-out accuracy above {SOLVED_ABOVE:.0%}",
    "partly solved": "better than chance, but not solved",
    "at chance": f"held-out accuracy within {CHANCE_ERRORS:g} standard errors of always giving the same answer",
    "diverged": "a loss, state, gradient or weight became infinite or not a number, and the run stopped there",
}
"""What each outcome means."""

ENGAGEMENTS = {
    "off": "this run does not clip",
    "never": "no update reached the threshold: this run is the run without clipping, bit for bit",
    "safety net": f"less than {LIMITER_SHARE:.0%} of the updates were clipped",
    "step limiter": f"at least {LIMITER_SHARE:.0%} of the updates were clipped: the threshold, not the gradient, sets "
    "the length of a typical update",
    "frozen": f"at least {FROZEN_SHARE:.0%} of the updates were clipped, and so far that the weights travelled less "
    f"than {FROZEN_TRAVEL:.0%} of their initial norm",
}
"""What each kind of clipping's engagement means."""


class Outcome(NamedTuple):
    """How a run ended.

    Attributes
    ----------
    kind : a key of OUTCOMES
    accuracy : held-out accuracy: the lowest of the slices that the task must be solved on
    """

    kind: str
    accuracy: float


def outcome(record: Record) -> Outcome:
    """Solved, partly solved, at chance or diverged."""
    slices = [record.evaluation[name] for name in TASKS[record.config.task].solved_on]
    worst = min(slices, key=lambda s: s.accuracy)
    majority = worst.baselines["majority"]
    chance = majority + CHANCE_ERRORS * math.sqrt(majority * (1 - majority) / worst.asked)
    if record.divergence is not None:
        kind = "diverged"
    elif worst.accuracy > SOLVED_ABOVE:
        kind = "solved"
    else:
        kind = "at chance" if worst.accuracy <= chance else "partly solved"
    return Outcome(kind, worst.accuracy)


class Engagement(NamedTuple):
    """How often clipping engaged, and by how much.

    Attributes
    ----------
    kind : a key of ENGAGEMENTS
    share : of the updates that were clipped
    median_scale, smallest_scale : of `clip_scale` over the clipped updates; 1 if there are none
    travel : length of the weights' path over all updates, in units of their initial norm
    """

    kind: str
    share: float
    median_scale: float
    smallest_scale: float
    travel: float


def engagement(record: Record) -> Engagement:
    """Never, safety net, step limiter or frozen."""
    scales = record.clip_scale[record.clip_scale < 1]
    share = len(scales) / record.updates
    start = math.sqrt(sum(float(np.square(W[0], dtype=np.float64).sum()) for W in record.probe_params.values()))
    path = record.config.learning_rate * float(record.grad_norm_clipped.sum())  # an SGD update is α g long
    travel = path / start
    if record.config.clip == "off":
        kind = "off"
    elif share == 0:
        kind = "never"
    elif share >= FROZEN_SHARE and travel < FROZEN_TRAVEL:
        kind = "frozen"
    else:
        kind = "step limiter" if share >= LIMITER_SHARE else "safety net"
    median, smallest = (float(np.median(scales)), float(scales.min())) if len(scales) else (1.0, 1.0)
    return Engagement(kind, share, median, smallest, travel)


def parting(a: Record, b: Record) -> int | None:
    """The first update that changes the weights of the twins differently; None if they stay identical.

    Up to it, both have the same weights, so its gradients are still the same; only what is applied differs.
    """
    shared = min(a.updates, b.updates)
    same = np.ones(shared, bool)
    for name in ("loss", "grad_norm", "grad_norm_clipped"):
        x, y = getattr(a, name)[:shared], getattr(b, name)[:shared]
        same &= (x == y) | (np.isnan(x) & np.isnan(y))
    different = np.flatnonzero(~same)
    if len(different):
        return int(different[0])
    return None if a.updates == b.updates else shared


class Replay(NamedTuple):
    """What a threshold would have clipped in a run that did not clip.

    An estimate: clipping the first of these updates would have changed every gradient after it.

    Attributes
    ----------
    at_least, at_most : share of updates; equal for clipping by norm, bounds for clipping by value
    """

    at_least: float
    at_most: float


def replay(record: Record, clip: str, threshold: float) -> Replay:
    """Replay a run's recorded norms against a threshold.

    For clipping by value the record has no entries, but norms bound them: ‖g‖/√n ≤ max|g_i| ≤ ‖g‖ for n entries.
    """
    norms = record.grad_norm[np.isfinite(record.grad_norm)]
    if clip == "off" or not len(norms):
        return Replay(0.0, 0.0)
    entries = 1 if clip == "norm" else sum(W[0].size for W in record.probe_params.values())
    return Replay(float((norms > threshold * math.sqrt(entries)).mean()), float((norms > threshold).mean()))


class Probe(NamedTuple):
    """One sentence, read by a run's network at one of its snapshots.

    Attributes
    ----------
    h : (T+1, H) hidden states, h[0] before the first word
    p : (T+1, O) probability of each answer after so many words
    """

    h: Floats
    p: Floats


def probe(record: Record, tokens: Ints, snapshot: int) -> Probe:
    """Read a sentence with the weights of `record.probe_updates[snapshot]`."""
    params = {name: W[snapshot] for name, W in record.probe_params.items()}
    h = np.zeros((len(tokens) + 1, len(params["W_hh"])), params["W_hh"].dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # weights on their way to divergence may overflow here
        for t, token in enumerate(tokens):
            h[t + 1] = np.tanh(params["W_xh"][token] + h[t] @ params["W_hh"] + params["b_h"])
        p = np.exp(log_softmax(h @ params["W_hy"] + params["b_y"]))
    return Probe(h, p)


def saturation(h: Floats) -> float:
    """Share of hidden states (T+1, H) after the first input that lie beyond ±0.99, where 1 - h² is below 0.02."""
    return float((np.abs(h[1:]) > 0.99).mean())


def snapshot_at(record: Record, update: int) -> int:
    """Index of the last snapshot taken after at most so many updates."""
    return int(np.searchsorted(record.probe_updates, update, side="right")) - 1


def verdict(record: Record) -> str:
    """One sentence about a run: its outcome, its held-out accuracy, and how clipping engaged."""
    result, clipping = outcome(record), engagement(record)
    where = f" ({record.divergence})" if record.divergence else ""
    how = "clipping is off" if clipping.kind == "off" else f"clipping: {clipping.kind}, {clipping.share:.1%} of updates"
    return f"{result.kind}{where}: held-out accuracy {result.accuracy:.1%}; {how}"


def twin(config: Config) -> Config:
    """The run without clipping that has the same seed, initial weights and batches, whatever the threshold."""
    return config.replace(clip="off", clip_threshold=DEFAULTS["clip_threshold"])
