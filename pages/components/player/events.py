"""What happened in a comparison, update by update: where the player's next event is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pages.components.numbers import number
from rnn_core.diagnostics import clipped_updates, first_difference, saturation_onset
from rnn_core.types import Floats, Ints, Record

MOST_CLIPS = 200
"""Events of clipping; where there would be more, those that lie closest together are told as one."""

KINDS = ("part", "clip", "saturation_onset", "largest", "diverged", "end")
"""In the order in which those at the same update are told."""


class Event(NamedTuple):
    """Something worth a look.

    Attributes
    ----------
    update : it happens in this update, whose measured values are those of the weights after so many updates
    twins : "A", "B" or "AB"
    kind : "part", "clip", "saturation_onset", "largest", "diverged" or "end"
    text : a sentence or two
    """

    update: int
    twins: str
    kind: str
    text: str


def events(a: Record, b: Record) -> tuple[Event, ...]:
    """All events of the twins, ascending by update; one that both share is told once."""
    found = [*_part(a, b), *_clips(b)]
    of_a, of_b = _of_one(a), _of_one(b)
    found += [Event(u, "AB", kind, f"In A and B, {text}") for u, kind, text in of_a if (u, kind, text) in of_b]
    for name, own, others in (("A", of_a, of_b), ("B", of_b, of_a)):
        found += [Event(u, name, kind, f"In {name}, {text}") for u, kind, text in own if (u, kind, text) not in others]
    return tuple(sorted(found, key=lambda event: (event.update, KINDS.index(event.kind))))


def _part(a: Record, b: Record) -> list[Event]:
    """Where the twins part, if they do."""
    update = first_difference(a, b)
    if update is None:
        return []
    same = "Up to here, A and B are the same, bit for bit."
    if update == min(a.updates, b.updates):
        return [Event(update, "AB", "part", f"{same} Here one of them ends.")]
    norm, clipped = number(float(a.grad_norm[update])), number(float(b.grad_norm_clipped[update]))
    why = f"The gradient's norm is {norm}: A applies all of it, in B clipping makes it {clipped}."
    return [Event(update, "AB", "part", f"{same} {why}")]


def _of_one(record: Record) -> list[tuple[int, str, str]]:
    """Update, kind and text of what happened in one run."""
    found = []
    fell, largest = saturation_onset(record), _largest(record.grad_norm)
    if fell is not None:
        before, after = fell.saturated
        found.append(
            (
                fell.start,
                "saturation_onset",
                f"the hidden states fall into saturation: on the article's sentence {before:.0%} of them are saturated "
                f"here, {after:.0%} after {fell.end:,} updates.",
            )
        )
    if largest is not None:
        norm = number(float(record.grad_norm[largest]))
        found.append((largest, "largest", f"the gradient is the largest of the whole run: its norm is {norm}."))
    if record.divergence is not None:
        found.append((record.divergence.update, "diverged", f"{record.divergence}. The run ends here."))
    elif record.updates < record.config.updates:
        text = f"the run was stopped after {record.updates:,} of {record.config.updates:,} updates."
        found.append((record.updates, "end", text))
    return found


def _largest(norms: Floats) -> int | None:
    """The update of the largest norm; None if no norm is a number."""
    return None if np.isnan(norms).all() else int(np.nanargmax(norms))


def _clips(record: Record) -> list[Event]:
    """Runs of updates in a row that were clipped."""
    clipped = np.flatnonzero(clipped_updates(record))
    runs, apart = _runs(clipped)
    found = []
    for run in runs:
        first, span = int(run[0]), int(run[-1] - run[0]) + 1
        norms = number(float(record.grad_norm[first])), number(float(record.grad_norm_clipped[first]))
        cut = f"from norm {norms[0]} to {norms[1]}"
        if span == 1:
            text = f"Clipping engages in B: it cuts the gradient {cut}."
        elif span == len(run):
            text = f"Clipping engages in B for {span:,} updates in a row: it cuts the gradient of the first {cut}."
        else:
            text = (
                f"Clipping engages in B for {len(run):,} of {span:,} updates, with at most {apart:,} unclipped between "
                f"two of them: it cuts the gradient of the first {cut}."
            )
        found.append(Event(first, "B", "clip", text))
    return found


def _runs(updates: Ints) -> tuple[list[Ints], int]:
    """Updates (N,) cut where more than so many are left out; so few that there are at most MOST_CLIPS runs."""
    left_out = np.diff(updates) - 1
    gaps = np.sort(left_out[left_out > 0])[::-1]
    apart = int(gaps[MOST_CLIPS - 1]) if len(gaps) >= MOST_CLIPS else 0
    runs = np.split(updates, np.flatnonzero(left_out > apart) + 1)
    return [run for run in runs if len(run)], apart
