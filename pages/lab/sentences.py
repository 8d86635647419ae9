"""Words computed from records: verdicts, what happened, what a threshold would have done."""

from __future__ import annotations

import numpy as np

from pages.components.numbers import number
from pages.lab.figures.histogram import HistogramInfo
from rnn_core.diagnostics import SATURATED, engagement, first_difference, flow, saturation, saturation_onset
from rnn_core.presets import PRESETS
from rnn_core.types import Record


def lead(preset: str) -> str:
    """What to look for, in a sentence or two."""
    if preset in PRESETS:
        return f"**{PRESETS[preset].title}.** {PRESETS[preset].story}"
    return (
        "Two runs with the same seed, the same initial weights and the same batches: A does not clip, B does. Look for "
        "the update at which their gradients part, and for what each has learnt in the end."
    )


def group_note(group: int) -> str:
    """How updates are drawn together in a long run; empty if each has its own column."""
    return f" Each column shows the largest norm of {group} updates in a row." if group > 1 else ""


def accuracy_sentence(record: Record) -> str:
    """Held-out accuracy of one twin, slice by slice."""
    slices = ", ".join(f"{s.accuracy:.1%} on {name}" for name, s in record.evaluation.items())
    return f"Right verb: {slices}."


def engagement_sentence(record: Record) -> str:
    """How often clipping engaged in one twin, by how much, and how far its weights moved."""
    clipping = engagement(record)
    moved = f"In the end its weights had moved by {number(clipping.moved)} times their initial norm."
    if clipping.kind == "off":
        return f"No gradient was touched. {moved}"
    if clipping.kind == "never":
        return f"None of the {record.updates:,} updates was clipped. {moved}"
    median, smallest = number(clipping.median_scale), number(clipping.smallest_scale)
    return (
        f"{clipping.share:.1%} of the updates were clipped: for half of these the norm after was less than {median} "
        f"times that before, at the strongest cut {smallest} times. {moved}"
    )


def divergence_sentence(record: Record) -> str:
    """Where one twin diverged; empty if it did not."""
    return "" if record.divergence is None else f"First {record.divergence}. The run stopped there."


def accuracy_table(a: Record, b: Record) -> dict[str, dict[str, str]]:
    """Slice → row → percentage: both twins, then the rules that need no training."""
    table = {}
    for name, of_a in a.evaluation.items():
        rows = {"A · without clipping": of_a.accuracy, "B · with clipping": b.evaluation[name].accuracy}
        rows |= {f"rule: {rule}": share for rule, share in of_a.baselines.items()}
        table[f"{name} ({of_a.asked:,})"] = {row: f"{share:.1%}" for row, share in rows.items()}
    return table


def what_happened(a: Record, b: Record) -> list[str]:
    """The story of the twins in sentences, each from numbers of the records."""
    parted = first_difference(a, b)
    if parted is None:
        limit = (
            f"percentile {b.config.clip_percentile:g}"
            if b.config.clip == "autoclip"
            else f"threshold {b.config.clip_threshold:g}"
        )
        clip = f"clipping ({b.config.clip}, {limit})"
        return [
            f"**The twins are one run, bit for bit.** The largest gradient norm of all {a.updates:,} updates was "
            f"{_largest(a)}: {clip} had no work.",
            *_story(a, "Both"),
        ]
    return [_parting_sentence(a, b, parted), *_story(a, "A"), *_story(b, "B")]


def _parting_sentence(a: Record, b: Record, parted: int) -> str:
    if parted == min(a.updates, b.updates):
        return f"**The twins are the same, bit for bit, up to update {parted:,}**, where one of them was stopped."
    before, after = number(float(a.grad_norm[parted])), number(float(b.grad_norm_clipped[parted]))
    return (
        f"**The twins part at update {parted:,}.** Until then they are the same, bit for bit. There the gradient's "
        f"norm was {before}. A applied all of it; in B, clipping made it {after}."
    )


def _story(record: Record, name: str) -> list[str]:
    """What became of one twin: its fall into saturation, or that it did not fall, and what flows back in time."""
    fell = saturation_onset(record)
    without = ", as it would have flowed without clipping" if record.config.clip == "flow" else ""
    if fell is None:
        flows = number(flow(record))
        return [
            f"**{name}:** the largest gradient norm was {_largest(record)}. In the end {_saturated(record)} of the "
            f"hidden states on the article's sentence are saturated (beyond ±{SATURATED:g}). Over the run, the "
            f"gradient at the first word is {flows} times that at the last (median{without})."
        ]
    before, after = fell.saturated
    why = " At a saturated state 1 − h², the factor on the gradient at each time step, is below 0.02."
    return [
        f"**{name} falls between updates {fell.start:,} and {fell.end:,}.** Gradients there reach a norm of "
        f"{number(fell.largest_norm)}; before, {number(fell.usual_norm)} was usual. The recurrent weights W_hh alone "
        f"make up {fell.recurrent_share:.0%} of that norm (median). The hidden states that are saturated (beyond "
        f"±{SATURATED:g}, on the article's sentence) go from {before:.0%} to {after:.0%}.",
        f"**After that, little flows back in {name}.**{why if record.config.cell == 'vanilla' else ''} From there on "
        f"the gradient at the first word is {number(fell.flow_after)} times that at the last (median{without}).",
    ]


def _saturated(record: Record) -> str:
    share = saturation(record.probe_h[-1])
    return "an unknown share (some are not numbers)" if np.isnan(share) else f"{share:.0%}"


def _largest(record: Record) -> str:
    return number(float(np.nanmax(record.grad_norm)))


def replay_sentence(info: HistogramInfo, clip: str) -> str:
    """What the threshold would have clipped in A."""
    p50, p90, p99 = info.percentiles
    below = (
        "" if info.below is None else f", and {info.below:.1%} are not above the threshold {info.threshold:g} ({clip})"
    )
    left_out = f" {info.left_out:,} norms are zero or not finite and not drawn." if info.left_out else ""
    return (
        f"Half of A's norms are below {number(p50)}, 90% below {number(p90)}, 99% below {number(p99)}{below}. "
        f"{_replayed(info, clip)}{left_out}"
    )


def _replayed(info: HistogramInfo, clip: str) -> str:
    if info.replay is None:
        return f"What B's clipping ({clip}) would have cut of them cannot be told from norms alone."
    share = (
        f"{info.replay.at_most:.1%} of A's updates"
        if info.replay.at_least == info.replay.at_most
        else f"between {info.replay.at_least:.1%} and {info.replay.at_most:.1%} of A's updates (from norms alone, "
        "elementwise clipping can only be bounded)"
    )
    return (
        f"**Replay estimate:** B's clipping ({clip}) would have cut {share}. Only an estimate: clipping the first of "
        "them changes the path, and all gradients after it."
    )
