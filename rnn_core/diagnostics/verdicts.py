"""What became of the gradient in a run: vanishing, exploding, rescued, frozen or healthy, from its record alone.

A gradient is judged by what it would do, not by its norm: the norm is large wherever much is left to learn, and
harmless if the learning rate is small. A *burst* is BURST updates in a row whose gradients, before clipping, would
together move the recurrent weights by LEAP of their norm; only gradients count that have grown on their way back, by
GROWTH. What would have happened without clipping no record can tell; for that there is the twin.

The thresholds stand here, in `outcomes` (solved, chance, frozen) and in `falls` (saturation). Over 60 seeds of the
presets and their twins, the largest such move within BURST updates was 0.19 to 0.46 in runs of "calm", 0.77 to 2.2 in
runs of "rescued" and 0.71 and more in the twins of those.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rnn_core.batches import batch_of_update
from rnn_core.config import Config
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Floats, Record

from .onset import saturation, saturation_onset
from .outcomes import engagement, outcome

BURST = 5
"""Updates in a row that a burst is measured over: most falls into saturation take about as many."""

LEAP = 0.6
"""A burst moves W_hh by at least this share of its norm: the sum over its updates of α ‖∂L/∂W_hh‖ / ‖W_hh‖, times
1 / (1 - momentum) for all that momentum makes of it in later updates ..."""

GROWTH = 2.0
"""... counting those updates alone whose ∂L/∂h_t grows at least so many times from where the first loss is read."""

FLOW = 0.01
"""The gradient vanishes if less than this share of it gets from where the first loss is read back to h_1 (median)."""

VERDICTS = {
    "exploding": "a value became non-finite; or the gradient burst, and the states fell into saturation, the bursts "
    "were applied and the task is not solved, or the run ended at chance; or the states fell without a burst that is "
    "known, and the task is not solved (with rmsprop and adam, whose bursts cannot be known, whatever gets back then)",
    "frozen": "clipping cut nearly every update, and so far that the weights hardly moved",
    "vanishing": f"less than {FLOW:.0%} of the gradient gets back to the first time step, and the task is not solved",
    "rescued": "the gradient burst, clipping shortened all bursts, and the run is better than chance",
    "healthy": "none of these; a run that learns nothing all the same has another reason than its gradient's norm",
}
"""What each verdict means."""


class Numbers(NamedTuple):
    """What led to a verdict.

    Attributes
    ----------
    outcome, accuracy : `outcomes.Outcome`
    bursts : how many updates end a burst, before clipping
    bursts_applied : how many still do after clipping
    largest_burst : by which share of its norm the gradients of BURST updates would have moved W_hh, at most; nan for
        optimisers that set the length of an update themselves (rmsprop, adam), whose gradients cannot burst
    largest_applied : the same after clipping; for other clips than "norm", by `clip_scale` of all parameters together
    growth : how many times the gradient grew on its way back, at most: in bursts; if there are none, in any update
    flow : the share that got back to h_1, median over updates
    fell : (start, end) of `onset.saturation_onset`, or None
    saturated : share of saturated states on the task's probe, in the end
    clipped, moved : share of clipped updates, and how far the weights moved, see `outcomes.Engagement`

    growth and flow are nan where a loss is read at the first time step: nothing has to come back there from far.
    """

    outcome: str
    accuracy: float
    bursts: int
    bursts_applied: int
    largest_burst: float
    largest_applied: float
    growth: float
    flow: float
    fell: tuple[int, int] | None
    saturated: float
    clipped: float
    moved: float


class Verdict(NamedTuple):
    """What became of the gradient.

    Attributes
    ----------
    kind : a key of VERDICTS
    numbers : what led to it
    reason : the same in a sentence
    """

    kind: str
    numbers: Numbers
    reason: str


def verdict(record: Record) -> Verdict:
    """Judge a run by its record; one that met non-finite values is judged, too."""
    numbers, frozen = measured(record), engagement(record).kind == "frozen"
    kind = kind_of(numbers, record.divergence is not None, frozen)
    return Verdict(kind, numbers, _reason(kind, numbers, record))


def kind_of(n: Numbers, diverged: bool, frozen: bool) -> str:
    """The verdict on these numbers."""
    solved, at_chance = n.outcome == "solved", n.outcome == "at chance"
    if diverged or (n.bursts and n.fell) or (n.bursts_applied and not solved):
        return "exploding"
    if frozen:
        return "frozen"
    if math.isnan(n.largest_burst) and n.fell and not solved:
        return "exploding"
    if n.flow < FLOW and not solved:
        return "vanishing"
    if (n.bursts and at_chance) or (n.fell and not solved):
        return "exploding"
    return "rescued" if n.bursts and not n.bursts_applied else "healthy"


def measured(record: Record) -> Numbers:
    """The numbers of a verdict."""
    ended, clipping, fell = outcome(record), engagement(record), saturation_onset(record)
    (growth, flow), moves = _ways_back(record), recurrent_moves(record)
    counted = np.where((growth < GROWTH) & ~np.isnan(moves), 0.0, moves)  # an unknown growth does not excuse a move
    raw, applied = _in_a_row(counted), _in_a_row(counted * record.clip_scale)
    bursts = raw >= LEAP
    in_bursts = np.convolve(bursts, np.ones(BURST))[BURST - 1 :] > 0
    return Numbers(
        outcome=ended.kind,
        accuracy=ended.accuracy,
        bursts=int(bursts.sum()),
        bursts_applied=int((applied >= LEAP).sum()),
        largest_burst=_largest(raw),
        largest_applied=_largest(applied),
        growth=_largest(growth[in_bursts] if bursts.any() else growth),
        flow=flow,
        fell=None if fell is None else (fell.start, fell.end),
        saturated=saturation(record.probe_h[-1], record.config.activation),
        clipped=clipping.share,
        moved=clipping.moved,
    )


def _in_a_row(moves: Floats) -> Floats:
    """(U,) Sum of the moves of the last BURST updates."""
    return np.convolve(moves, np.ones(BURST))[: len(moves)]


def recurrent_moves(record: Record) -> Floats:
    """(U,) By which share of its norm each update's gradient, before clipping, would move W_hh in plain descent.

    W_hh is that of the last snapshot. With momentum, all that an update's gradient does in the updates after it counts.
    """
    config = record.config
    if config.optimizer not in ("sgd", "momentum"):
        return np.full(record.updates, np.nan)
    repeated = 1 / (1 - config.momentum) if config.optimizer == "momentum" else 1.0
    norms = row_norms(record.probe_params["W_hh"])
    at = np.searchsorted(record.probe_updates, np.arange(record.updates), side="right") - 1
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return config.learning_rate * repeated * record.param_norm["W_hh"] / norms[at]


def first_read(config: Config) -> int:
    """The first time step t, from 1, at which the run's task reads a loss."""
    return int(batch_of_update(config.replace(batch_size=1), 0).read_at[0]) + 1


def _ways_back(record: Record) -> tuple[Floats, float]:
    """Growth of each update's gradient (U,), and the median share of it that gets back to h_1."""
    read = first_read(record.config)
    if read == 1:
        return np.full(record.updates, np.nan), math.nan
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        ratios = record.dh_norm[:, 1 : read + 1] / record.dh_norm[:, read : read + 1]
    known = ~np.isnan(ratios).any(axis=1)
    growth = np.where(known, ratios.max(axis=1), np.nan)
    return growth, float(np.median(ratios[known, 0])) if known.any() else math.nan


def _largest(values: Floats) -> float:
    """The largest of them that is a number; nan if none is."""
    numbers = values[~np.isnan(values)]
    return float(numbers.max()) if len(numbers) else math.nan


def _reason(kind: str, n: Numbers, record: Record) -> str:
    """Everything that speaks for the verdict, and how the run ended."""
    facts = []
    if record.divergence is not None:
        facts.append(f"{record.divergence}.")
    if n.bursts:
        grown = "" if math.isnan(n.growth) else f" and had grown up to {n.growth:.2g} times on their way back"
        facts.append(
            f"The gradient burst: within {BURST} updates, gradients would have moved W_hh by up to "
            f"{n.largest_burst:.2g} times its norm{grown}."
        )
        if record.config.clip != "off":
            facts.append(f"Clipped, they moved it by at most {n.largest_applied:.2g} times its norm.")
    if n.fell is not None:
        facts.append(f"Between updates {n.fell[0]} and {n.fell[1]} the states fell into saturation.")
    if kind == "frozen":
        facts.append(f"{n.clipped:.0%} of the updates were clipped; the weights moved by {n.moved:.2g} of their norm.")
    if kind == "healthy" and math.isnan(n.flow):
        why = "a loss is read there already" if first_read(record.config) == 1 else "it is zero"
        facts.append(f"What gets back to the first time step from far cannot be told from the gradient: {why}.")
    elif kind in ("vanishing", "healthy"):
        facts.append(f"The gradient at the first time step is {n.flow:.2g} times that at the first loss (median).")
    if kind == "vanishing" and record.config.bptt_window:
        facts.append(f"Truncated BPTT lets nothing back further than {record.config.bptt_window} time steps.")
    facts.append(f"Held-out accuracy: {n.accuracy:.1%}, {n.outcome}.")
    return " ".join(facts)
