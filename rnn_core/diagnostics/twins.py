"""Twins, one run with clipping and one without: how to make them, where they part, what a threshold would cut."""

from __future__ import annotations

import bisect
import math
from typing import NamedTuple

import numpy as np

from rnn_core.clipping.autoclip import percentile
from rnn_core.config import DEFAULTS, Config
from rnn_core.types import Floats, Record


def twin(config: Config) -> Config:
    """The run without clipping that has the same seed, initial weights and batches, whatever the threshold."""
    of_clipping = ("clip_threshold", "clip_percentile")
    return config.replace(clip="off", **{name: DEFAULTS[name] for name in of_clipping})


def first_difference(a: Record, b: Record) -> int | None:
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
    at_least, at_most : share of updates; equal for clipping by norms, bounds for clipping by value
    """

    at_least: float
    at_most: float


def replay(record: Record, clipping: Config) -> Replay | None:
    """Replay a run's recorded norms against the clipping of another config.

    For clipping by value the record has no entries, but norms bound them: ‖g‖/√n ≤ max|g_i| ≤ ‖g‖ for n entries. None
    for the kinds of which norms say nothing: adaptive, flow.
    """
    finite = np.isfinite(record.grad_norm)
    norms, threshold = record.grad_norm[finite], clipping.clip_threshold
    if clipping.clip in ("adaptive", "flow"):
        return None
    if clipping.clip == "off" or not len(norms):
        return Replay(0.0, 0.0)
    if clipping.clip == "value":
        entries = sum(W[0].size for W in record.probe_params.values())
        return Replay(float((norms > threshold * math.sqrt(entries)).mean()), float((norms > threshold).mean()))
    match clipping.clip:
        case "param_norm":
            longest = np.max([of_one[finite] for of_one in record.param_norm.values()], axis=0)
            share = float((longest > threshold).mean())
        case "autoclip":
            share = float((norms > _percentiles_so_far(norms, clipping.clip_percentile)).mean())
        case _:
            share = float((norms > threshold).mean())
    return Replay(share, share)


def _percentiles_so_far(norms: Floats, percent: float) -> Floats:
    """(U,) The percentile of the norms up to and including each."""
    so_far: list[float] = []
    found = np.empty(len(norms))
    for u, norm in enumerate(norms.tolist()):
        bisect.insort(so_far, norm)
        found[u] = percentile(so_far, percent)
    return found
