"""What the tests of the page on long memory share: a tiny study, and the ends of runs made by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnn_core.experiments.memory import GridPoint, Study, Trained, grid_points, study_of
from rnn_core.tasks.agreement import DISAGREE, FRESH, HELD_OUT
from rnn_core.types import Divergence, Evaluation

TINY: dict[str, Any] = {"updates": 10, "hidden_size": 6}
STUDY = study_of("distance", (11, 14), 2, **TINY, clip_threshold=0.05, seed=3)
LINK = {"lm_updates": 10, "lm_hidden": 6, "lm_longest": 14, "lm_seeds": 2, "lm_seed": 3, "lm_threshold": 0.05}
"""The same study, as a link."""


def ended(accuracy: float, *, clipped: float = 0.5, diverged: bool = False) -> Trained:
    rules = {"majority": 0.5, "last noun": 0.51, "first noun": 0.74, "vote of nouns": 0.75}
    shares = {FRESH: accuracy, HELD_OUT: accuracy, DISAGREE: accuracy - 0.1}
    evaluation = {name: Evaluation(share, 1200, rules, math.nan, {}) for name, share in shares.items()}
    kind = "diverged" if diverged else "solved" if accuracy > 0.99 else "partly solved"
    divergence = Divergence(3, "loss", None) if diverged else None
    return Trained(kind, accuracy, evaluation, clipped, divergence, {"W_hh": np.zeros((2, 2), np.float32)})


def all_ended(study: Study = STUDY) -> dict[GridPoint, Trained]:
    """Vanilla never solves it without clipping, and at the shortest sentences with it; the others always do."""
    return {
        place: ended(1.0 if place.cell != "vanilla" or (place.clipped and place.value == study.values[0]) else 0.5)
        for place in grid_points(study)
    }
