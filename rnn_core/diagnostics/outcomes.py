"""How a run ended and how its clipping engaged. The thresholds of both stand here and nowhere else."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnn_core.config import Config
from rnn_core.numerics.norms import global_norm
from rnn_core.tasks import SOLVED_ABOVE, TASKS
from rnn_core.types import Divergence, Evaluation, Record

CHANCE_ERRORS = 3.0
"""Standard errors above the baseline that knows nothing, `Task.chance`, up to which an accuracy counts as chance."""

FROZEN_MOVE = 0.05
"""A run is frozen if, in the end, its weights have moved by less than this share of their initial norm ..."""

FROZEN_SHARE = 0.95
"""... and at least this share of its updates was clipped."""

LIMITER_SHARE = 0.5
"""From this share of clipped updates on, clipping is no safety net but sets the length of the typical update."""

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
    "step limiter": f"at least {LIMITER_SHARE:.0%} of the updates were clipped: in plain descent with clipping by "
    "norm, the threshold, not the gradient, then sets the length of a typical update",
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
    return outcome_of(record.config, record.evaluation, record.divergence)


def outcome_of(config: Config, evaluation: dict[str, Evaluation], divergence: Divergence | None) -> Outcome:
    """The same without the record."""
    task = TASKS[config.task]
    worst = min((evaluation[name] for name in task.solved_on), key=lambda s: s.accuracy)
    guess = worst.baselines[task.chance]
    chance = guess + CHANCE_ERRORS * math.sqrt(guess * (1 - guess) / worst.asked)
    if divergence is not None:
        kind = "diverged"
    elif worst.accuracy > task.solved_above:
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


def clipped_updates(record: Record) -> NDArray[np.bool_]:
    """(U,) True where clipping changed the gradient: made it shorter, or turned it."""
    return (record.clip_scale < 1) | (record.clip_angle > 0)


def engagement(record: Record) -> Engagement:
    """Never, safety net, step limiter or frozen."""
    scales = record.clip_scale[clipped_updates(record)]
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


def summary(record: Record) -> str:
    """One sentence about a run: its outcome, its held-out accuracy, and how clipping engaged."""
    result, clipping = outcome(record), engagement(record)
    where = f" ({record.divergence})" if record.divergence else ""
    how = "clipping is off" if clipping.kind == "off" else f"clipping: {clipping.kind}, {clipping.share:.1%} of updates"
    return f"{result.kind}{where}: held-out accuracy {result.accuracy:.1%}; {how}"
