"""What the tests of the pages share: records made by hand, and short runs that the tests may keep."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from rnn_core.config import Config
from rnn_core.recording import train
from rnn_core.tasks.agreement import DISAGREE, FRESH, HELD_OUT
from rnn_core.types import Divergence, Evaluation, Record

SHORT = {"updates": 100, "hidden_size": 8}
"""A run of some hundredths of a second."""


@functools.cache
def run(**changes: Any) -> Record:
    """The record of a short run."""
    return train(Config(**(SHORT | changes)))


def evaluation(fresh: float = 0.5, held_out: float = 0.5, disagree: float = 0.5) -> dict[str, Evaluation]:
    baselines = {"majority": 0.5, "last noun": 0.51, "first noun": 0.52, "vote of nouns": 0.53}
    slices = {FRESH: fresh, HELD_OUT: held_out, DISAGREE: disagree}
    return {name: Evaluation(accuracy, 1200, baselines) for name, accuracy in slices.items()}


def made(
    norms: Any,
    *,
    scale: Any = None,
    dh: Any = None,
    loss: Any = None,
    accuracy: Any = None,
    divergence: Divergence | None = None,
    results: dict[str, Evaluation] | None = None,
    hidden: float = 0.0,
    **config: Any,
) -> Record:
    """A record with these global norms before clipping, by update; 4 weights, all 1, so their norm is 2.

    Parameters
    ----------
    scale : of each update; 1 everywhere if None
    dh : (U, T+1); ones if None
    hidden : every hidden state of the probe
    """
    norm = np.array(norms, float)
    U = len(norm)
    factor = np.ones(U) if scale is None else np.array(scale, float)
    return Record(
        config=Config(**({"updates": max(U, 1)} | config)),
        loss=np.full(U, 0.7) if loss is None else np.array(loss, float),
        accuracy=np.full(U, 0.5) if accuracy is None else np.array(accuracy, float),
        grad_norm=norm,
        grad_norm_clipped=norm * factor,
        clip_scale=factor,
        clip_angle=np.zeros_like(factor),
        dh_norm=np.ones((U, 3)) if dh is None else np.array(dh, float),
        param_norm={"W_hh": norm},
        probe_updates=np.array([0, U]),
        probe_params={"W_hh": np.ones((2, 2, 2), np.float32)},
        probe_h=np.full((2, 4, 2), hidden),
        evaluation=evaluation() if results is None else results,
        divergence=divergence,
    )
