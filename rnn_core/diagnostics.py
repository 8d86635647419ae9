"""What a record says, in numbers with names: outcome, how clipping engaged, where twins part, what a threshold cuts.

The thresholds of these verdicts stand here and nowhere else.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .config import DEFAULTS, Config
from .losses import log_softmax
from .norms import global_norm
from .tasks import TASKS
from .types import Floats, Ints, Record

SOLVED_ABOVE = 0.99
"""Held-out accuracy above which a run has solved its task."""

CHANCE_ERRORS = 3.0
"""Standard errors above the majority baseline up to which an accuracy counts as chance."""

FROZEN_MOVE = 0.05
"""A run is frozen if, in the end, its weights have moved by less than this share of their initial norm ..."""

FROZEN_SHARE = 0.95
"""... and at least this share of its updates was clipped."""

LIMITER_SHARE = 0.5
"""From this share of clipped updates on, clipping is no safety net but sets the length of the typical update."""

SATURATED = 0.99
"""A hidden state beyond ± this is saturated: 1 - h², which the gradient is multiplied with, is below 0.02."""

FALL_FROM, FALL_TO = 0.1, 0.5
"""A run falls where the share of saturated states goes from below the first to above the second."""

OUTCOMES = {
    "solved": f"held-out accuracy above {SOLVED_ABOVE:.0%}",
    "partly solved": "better than chance, but not solved",
    "at chance": f"held-out accuracy at most {CHANCE_ERRORS:g} standard errors above always giving the same answer",
    "diverged": "a loss, state, gradient or weight became infinite or not a number, and the run stopped there",
}
"""What each outcome means."""

ENGAGEMENTS = {
    "off": "this run does not clip",
    "never": "no update reached the threshold: this run is the run without clipping, bit for bit",
    "safety net": f"less than {LIMITER_SHARE:.0%} of the updates were clipped",
    "step limiter": f"at least {LIMITER_SHARE:.0%} of the updates were clipped: the threshold, not the gradient, sets "
    "the length of a typical update",
    "frozen": f"at least {FROZEN_SHARE:.0%} of the updates were clipped, and so far that in the end the weights had "
    f"moved by less than {FROZEN_MOVE:.0%} of their initial norm",
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
    moved : distance of the weights at the end from those at the start, in units of the norm of those at the start
    """

    kind: str
    share: float
    median_scale: float
    smallest_scale: float
    moved: float


def engagement(record: Record) -> Engagement:
    """Never, safety net, step limiter or frozen."""
    scales = record.clip_scale[record.clip_scale < 1]
    share = len(scales) / record.updates
    moved = _distance_moved(record)
    if record.config.clip == "off":
        kind = "off"
    elif share == 0:
        kind = "never"
    elif share >= FROZEN_SHARE and moved < FROZEN_MOVE:
        kind = "frozen"
    else:
        kind = "step limiter" if share >= LIMITER_SHARE else "safety net"
    median, smallest = (float(np.median(scales)), float(scales.min())) if len(scales) else (1.0, 1.0)
    return Engagement(kind, share, median, smallest, moved)


def _distance_moved(record: Record) -> float:
    """‖θ_end - θ_0‖ / ‖θ_0‖ over all parameters together."""
    ends = [(W[0].astype(np.float64), W[-1].astype(np.float64)) for W in record.probe_params.values()]
    return global_norm([end - start for start, end in ends]) / global_norm([start for start, _ in ends])


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
    """Share of hidden states (T+1, H) after the first input that are saturated; nan if one is not a number."""
    return float((np.abs(h[1:]) > SATURATED).mean()) if np.isfinite(h).all() else math.nan


def flow(record: Record, first: int = 0, last: int | None = None) -> float:
    """How much of the gradient gets from the last time step back to the first: median of ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖.

    Over the updates from `first` up to, not including, `last`; nan where no such ratio is a number.
    """
    h_1, h_T = record.dh_norm[first:last, 1], record.dh_norm[first:last, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = h_1 / h_T
    ratio = ratio[~np.isnan(ratio)]
    return float(np.median(ratio)) if len(ratio) else math.nan


class Fall(NamedTuple):
    """The updates in which a run's hidden states were thrown into saturation.

    Attributes
    ----------
    start, end : numbers of updates: before the update `start` few states were saturated, before `end` most
    saturated : share of saturated states on the task's probe at those two
    largest_norm : largest gradient norm in the updates from `start` up to `end`
    usual_norm : median of the gradient norm before `start`
    recurrent_share : median of ‖∂L/∂W_hh‖ / ‖∂L/∂θ‖ in those updates
    flow_after : `flow` from `end` on
    """

    start: int
    end: int
    saturated: tuple[float, float]
    largest_norm: float
    usual_norm: float
    recurrent_share: float
    flow_after: float


def fall(record: Record) -> Fall | None:
    """Find a run's fall in its snapshots; None if it never fell, or was saturated from the start."""
    shares = np.array([saturation(h) for h in record.probe_h])
    above = np.flatnonzero(shares > FALL_TO)
    below = np.flatnonzero(shares[: above[0]] < FALL_FROM) if len(above) else above
    if not len(below):
        return None
    k, n = int(below[-1]), int(above[0])
    start, end = int(record.probe_updates[k]), int(record.probe_updates[n])
    norms, recurrent = record.grad_norm[start:end], record.param_norm["W_hh"][start:end]
    return Fall(
        start=start,
        end=end,
        saturated=(float(shares[k]), float(shares[n])),
        largest_norm=float(norms.max()),
        usual_norm=float(np.median(record.grad_norm[: max(1, start)])),
        recurrent_share=float(np.median(recurrent / norms)),
        flow_after=flow(record, end),
    )


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
