"""What a run or a network says about its gradient, in numbers with names.

Here: what is read off a `Record`. What is computed from weights and one pass stands in modules of its own, imported by
their names: `itemised`, `terms`, `jacobians`, `spectra`, `nonnormal`, `lyapunov`, `saliency`, `units`.
"""

from __future__ import annotations

from rnn_core.tasks import SOLVED_ABOVE

from .histories import History, history
from .onset import FALL_FROM, FALL_TO, SATURATED, SaturationOnset, flow, saturation, saturation_onset
from .outcomes import (
    CHANCE_ERRORS,
    ENGAGEMENTS,
    FROZEN_MOVE,
    FROZEN_SHARE,
    LIMITER_SHARE,
    OUTCOMES,
    Engagement,
    Outcome,
    clipped_updates,
    engagement,
    outcome,
    outcome_of,
    summary,
)
from .probes import Probe, probe, snapshot_at
from .twins import Replay, first_difference, replay, twin
from .verdicts import VERDICTS, Verdict, verdict

__all__ = [
    "CHANCE_ERRORS",
    "ENGAGEMENTS",
    "FALL_FROM",
    "FALL_TO",
    "FROZEN_MOVE",
    "FROZEN_SHARE",
    "LIMITER_SHARE",
    "OUTCOMES",
    "SATURATED",
    "SOLVED_ABOVE",
    "VERDICTS",
    "Engagement",
    "History",
    "Outcome",
    "Probe",
    "Replay",
    "SaturationOnset",
    "Verdict",
    "clipped_updates",
    "engagement",
    "first_difference",
    "flow",
    "history",
    "outcome",
    "outcome_of",
    "probe",
    "replay",
    "saturation",
    "saturation_onset",
    "snapshot_at",
    "summary",
    "twin",
    "verdict",
]
