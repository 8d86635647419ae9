"""All that the player shows, as numbers: one sentence, read by both twins at all their snapshots, and their timelines.

A moment is "after n updates", n = 0 ... U. The measured values of update n, loss[n] and so on, are of the weights after
n updates; at the end of a run there are none.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pages.components.twins import TWINS
from rnn_core.cells import ACTIVATIONS
from rnn_core.config import Config
from rnn_core.diagnostics import History, clipped_updates
from rnn_core.diagnostics.verdicts import FLOW
from rnn_core.tasks import TASKS
from rnn_core.tasks.agreement import ANSWERS, NUMBER
from rnn_core.tasks.reading import Reading
from rnn_core.types import Floats, Ints, Record

from .events import Event, events

DECADES = 12
"""The scale of gradients spans at most so many powers of ten."""

_WAS, _WERE = map(ANSWERS.index, ("was", "were"))


class Track(NamedTuple):
    """One twin; S snapshots, T words, H units, U updates.

    Attributes
    ----------
    name : as everywhere on the pages
    clip : its clipping in a few words
    shown : (S,) after how many updates each snapshot was taken, ascending
    h : (S, T+1, H) hidden states, h[:, 0] before the first word; with a minimal pair, those less the pair's
    p_were : (S, T+1) what it would answer after so many words
    pair_p_were : the same for the minimal pair; None without one
    dh_norm : (S, T+1) float64 ‖∂L/∂h_t‖ of the answer after the last word, before clipping
    loss, accuracy, grad_norm, grad_norm_clipped : (U,) of each update's batch
    clipped : (U,) True where clipping changed the gradient
    threshold : the largest norm that clipping lets through; None where no such line can be drawn among norms
    ended : None, or in a few words why it has fewer updates than it was asked for
    """

    name: str
    clip: str
    shown: Ints
    h: Floats
    p_were: Floats
    pair_p_were: Floats | None
    dh_norm: Floats
    loss: Floats
    accuracy: Floats
    grad_norm: Floats
    grad_norm_clipped: Floats
    clipped: NDArray[np.bool_]
    threshold: float | None
    ended: str | None

    @property
    def updates(self) -> int:
        """U, the number of updates that were recorded."""
        return len(self.loss)


class PlayerData(NamedTuple):
    """Both twins, and what they share.

    Attributes
    ----------
    words : T words that the networks read
    pair : the words of the minimal pair, one noun in the other number; None without one
    rest : what was typed from the verb on; the networks never see it
    asked : the answer whose loss sends the gradient back, "was" or "were"
    subject : position of the first noun, from 1; None without one
    updates : the larger number of updates
    state_limit : the end of the scale of hidden states
    gradient_range : log10 of the ends of the scale of ‖∂L/∂h_t‖: one for the whole run and both twins
    lost : where less than this share of ‖∂L/∂h_T‖ arrives, the gradient counts as vanished
    cell, activation, trained_length : of both runs
    tracks : A and B
    events : ascending by update
    """

    words: tuple[str, ...]
    pair: tuple[str, ...] | None
    rest: str
    asked: str
    subject: int | None
    updates: int
    state_limit: float
    gradient_range: tuple[int, int]
    lost: float
    cell: str
    activation: str
    trained_length: int
    tracks: tuple[Track, Track]
    events: tuple[Event, ...]


class TwinHistories(NamedTuple):
    """What A and B make of a sentence at their snapshots, and of its minimal pair if there is one."""

    sentence: tuple[History, History]
    pair: tuple[History, History] | None = None


def player_data(a: Record, b: Record, read: Reading, pair: Reading | None, histories: TwinHistories) -> PlayerData:
    """Put together what the player shows of twins of a task whose answers are "was" and "were".

    Parameters
    ----------
    pair : the sentence with one noun in the other number, to show by how much the states differ; None for the states
    histories : of the sentence, whose gradient is that of `answer_to`, and of the pair
    """
    config = a.config
    were = TASKS[config.task].answers[_WERE]
    pairs = (None, None) if pair is None or histories.pair is None else histories.pair
    a_track, b_track = (
        _track(name, record, of_sentence, of_pair, were)
        for name, record, of_sentence, of_pair in zip(TWINS, (a, b), histories.sentence, pairs, strict=True)
    )
    return PlayerData(
        words=read.words,
        pair=None if pair is None else pair.words,
        rest=" ".join(read.rest),
        asked=ANSWERS[answer_to(read)],
        subject=read.nouns[0] + 1 if read.nouns else None,
        updates=max(a.updates, b.updates),
        state_limit=_state_limit(config, [a_track.h, b_track.h], differs=pair is not None),
        gradient_range=_gradient_range(histories.sentence),
        lost=FLOW,
        cell=config.cell,
        activation=config.activation,
        trained_length=config.sentence_length,
        tracks=(a_track, b_track),
        events=events(a, b),
    )


def answer_to(read: Reading) -> int:
    """The verb that was typed, of ANSWERS; without one, that of the first noun's number; without one, "were"."""
    if read.rest:
        return ANSWERS.index(read.rest[0].lower())
    plural = not read.nouns or NUMBER[read.tokens[read.nouns[0]]] > 0
    return _WERE if plural else _WAS


def _track(name: str, record: Record, sentence: History, pair: History | None, were: int) -> Track:
    config = record.config
    return Track(
        name=name,
        clip=_clip(config),
        shown=record.probe_updates,
        h=sentence.h if pair is None else _difference(sentence.h, pair.h),
        p_were=sentence.p[..., were],
        pair_p_were=None if pair is None else pair.p[..., were],
        dh_norm=sentence.dh_norm,
        loss=record.loss,
        accuracy=record.accuracy,
        grad_norm=record.grad_norm,
        grad_norm_clipped=record.grad_norm_clipped,
        clipped=clipped_updates(record),
        threshold=config.clip_threshold if config.clip == "norm" else None,
        ended=_ended(record),
    )


@np.errstate(over="ignore", invalid="ignore")  # of states that are not finite: the difference is not either
def _difference(h: Floats, other: Floats) -> Floats:
    return h - other


def _clip(config: Config) -> str:
    match config.clip:
        case "off":
            return "no clipping"
        case "autoclip":
            return f"autoclip, percentile {config.clip_percentile:g}"
        case kind:
            return f"{kind}, threshold {config.clip_threshold:g}"


def _ended(record: Record) -> str | None:
    if record.divergence is not None:
        return str(record.divergence)
    updates = record.config.updates
    return f"stopped after {record.updates:,} of {updates:,} updates" if record.updates < updates else None


def _state_limit(config: Config, states: list[Floats], *, differs: bool) -> float:
    """1 where the activation keeps states within ±1, 2 for their differences; else the largest of the calmer twin.

    The other twin may grow by any power of ten: on a scale of its own the calmer one would look empty.
    """
    if math.isfinite(ACTIVATIONS[config.activation].high):
        return 2.0 if differs else 1.0
    sizes = [np.abs(of_one[np.isfinite(of_one)]) for of_one in states]
    return min(float(size.max(initial=0)) for size in sizes) or 1.0


def _gradient_range(histories: tuple[History, History]) -> tuple[int, int]:
    """Whole powers of ten around all norms that are positive and finite, at most DECADES of them."""
    norms = np.concatenate([of_one.dh_norm.ravel() for of_one in histories])
    drawn = np.log10(norms[(norms > 0) & np.isfinite(norms)])
    if not len(drawn):
        return -1, 0
    high = math.ceil(drawn.max())
    return max(min(math.floor(drawn.min()), high - 1), high - DECADES), high
