"""Words computed from records: verdicts, what happened, what a threshold would have done."""

from __future__ import annotations

import numpy as np

from rnn_core.diagnostics import (
    CHANCE_ERRORS,
    SOLVED_ABOVE,
    engagement,
    parting,
    saturation,
)
from rnn_core.presets import PRESETS
from rnn_core.types import Record

from .figures.timelines import HistogramInfo

HELD_OUT_HELP = (
    "The lower of two: fresh sentences, and sentences with a subject that training never showed in that pattern. "
    f"Solved: above {SOLVED_ABOVE:.0%}. At chance: within {CHANCE_ERRORS:g} standard errors of one answer for all."
)

TABLE_NOTE = (
    "Fresh sentences: drawn like the training sentences. Held-out pairs: their subject never stood in their sentence "
    "pattern during training. All attractors disagree: every noun between subject and verb has the other number. "
    "A tied vote of nouns counts as half right."
)

TASK = (
    "The network reads a sentence up to its verb and must choose **was** or **were**. Only the subject tells. Nouns "
    "between it and the verb (*attractors*) have numbers of their own, and in half of the patterns another noun stands "
    "before the subject. Sentences are grammatical but need not make sense, so that no word gives the answer away."
)

GRADIENT_MAPS = (
    "Each column is a training update, each row a time step. The loss is read at the top, after the last word; from "
    r"there the gradient flows **down**, one word back in time per row. The colour is the norm of $\partial L / "
    r"\partial h_t$ over all units and all sentences of the batch, before any clipping. Clipping does not change this "
    "gradient; it changes the step that the weights take, and so every gradient that comes after. A twin that has "
    "learnt its task turns dark: where the loss is small, so is its gradient."
)
GRADIENT_EQUATION = (
    r"\frac{\partial L}{\partial h_{t-1}} = "
    r"\left(\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)\right) W_{hh}^\top \;+\; "
    r"\left.\frac{\partial L}{\partial h_{t-1}}\right|_{\text{output at } t-1}"
)
GRADIENT_SYMBOLS = (
    r"$h_t$: hidden state after word $t$. $L$: mean loss of the batch. $\odot$: entry by entry. $W_{hh}$: recurrent "
    "weights. In this task only the last word has a loss at its output: the second term is zero everywhere but there."
)

HIDDEN_MAPS = (
    "Both networks read one sentence, word by word, with the weights they had at the update you choose. Each column is "
    "the state after that word. The lines show which verb they would choose there; they were only ever trained to "
    "choose at the end."
)
HIDDEN_EQUATION = r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h) \qquad y_t = h_t W_{hy} + b_y"
HIDDEN_SYMBOLS = (
    r"$x_t$: the word as a one-hot row, so $x_t W_{xh}$ is that word's row of $W_{xh}$. $y_t$: the two outputs; their "
    "softmax is P(was) and P(were)."
)

CLIP_EQUATIONS = {
    "norm": r"g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right)",
    "value": r"g_i \leftarrow \max(-c, \min(c, g_i))",
}
CLIP_SYMBOLS = {
    "norm": r"$g$: the gradient of the loss over all parameters together, $\lVert g \rVert$ its Euclidean norm, $c$ "
    "the threshold. The direction stays; only the length changes (Pascanu, Mikolov and Bengio, 2013).",
    "value": "$g_i$: one entry of the gradient, $c$ the threshold. Entries are cut one by one, so the direction can "
    "turn. The scale shown is the norm after over the norm before, and the threshold has no line among the norms.",
}


def number(value: float) -> str:
    """Three significant digits, with a power of ten only where the digits alone could not be read at a glance."""
    if not np.isfinite(value) or value == 0:
        return f"{value:g}"
    if 1e-3 <= abs(value) < 1e5:
        return f"{float(f'{value:.3g}'):,.15g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    """How often clipping engaged in one twin, and by how much."""
    clipping = engagement(record)
    if clipping.kind == "off":
        return f"No gradient was touched. The weights travelled {number(clipping.travel)} times their initial norm."
    if clipping.kind == "never":
        return f"None of the {record.updates:,} updates was clipped."
    median, smallest = number(clipping.median_scale), number(clipping.smallest_scale)
    return (
        f"{clipping.share:.1%} of the updates were clipped, at the median to {median} of their length, the longest to "
        f"{smallest}. Altogether the weights travelled {number(clipping.travel)} times their initial norm."
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
    parted = parting(a, b)
    if parted is None:
        clip = f"clipping ({b.config.clip}, threshold {b.config.clip_threshold:g})"
        return [
            f"**The twins are one run, bit for bit.** The largest gradient norm of all {a.updates:,} updates was "
            f"{_largest(a)}: {clip} had no work.",
            f"At its largest, {_growth(a)}.",
            _saturation_sentence(a, b),
        ]
    return [
        _parting_sentence(a, b, parted),
        f"In A, {_growth(a)}; the largest norm over all weights was {_largest(a)}.",
        f"In B, {_growth(b)}; the largest norm, before clipping, was {_largest(b)}.",
        _saturation_sentence(a, b),
    ]


def _parting_sentence(a: Record, b: Record, parted: int) -> str:
    if parted == min(a.updates, b.updates):
        return f"**The twins are the same, bit for bit, up to update {parted:,}**, where one of them was stopped."
    before, after = number(float(a.grad_norm[parted])), number(float(b.grad_norm_clipped[parted]))
    return (
        f"**The twins part at update {parted:,}.** Until then they are the same, bit for bit. There the gradient's "
        f"norm was {before}. A applied all of it; B cut it to {after}."
    )


def _largest(record: Record) -> str:
    return number(float(np.nanmax(record.grad_norm)))


def _growth(record: Record) -> str:
    """How the gradient changed between the last word and the first, at the update where it grew most."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = record.dh_norm[:, 1] / record.dh_norm[:, -1]
    if not np.isfinite(ratio).any():
        return "no gradient could be followed from the last word to the first"
    update = int(np.nanargmax(np.where(np.isfinite(ratio), ratio, np.nan)))
    verb = "grew" if ratio[update] >= 1 else "shrank"
    return (
        f"the gradient {verb} to {number(float(ratio[update]))} times its size on the way from the last word back to "
        f"the first (update {update:,})"
    )


def _saturation_sentence(a: Record, b: Record) -> str:
    shares = [saturation(r.probe_h[-1]) for r in (a, b)]
    return (
        f"At the end {shares[0]:.0%} of A's hidden states on the article's sentence lie beyond ±0.99, and "
        f"{shares[1]:.0%} of B's. There 1 − h², the factor on the gradient at each time step, is below 0.02."
    )


def replay_sentence(info: HistogramInfo, clip: str) -> str:
    """What the threshold would have clipped in A."""
    p50, p90, p99 = info.percentiles
    share = (
        f"{info.replay.at_most:.1%} of A's updates"
        if info.replay.at_least == info.replay.at_most
        else f"between {info.replay.at_least:.1%} and {info.replay.at_most:.1%} of A's updates (from norms alone, "
        "elementwise clipping can only be bounded)"
    )
    left_out = f" {info.left_out:,} norms are zero or not finite and not drawn." if info.left_out else ""
    return (
        f"Half of A's norms are below {number(p50)}, 90 % below {number(p90)}, 99 % below {number(p99)}. The threshold "
        f"{info.threshold:g} ({clip}) stands at percentile {100 * info.below:.0f}. **Replay estimate:** it would have "
        f"clipped {share}. Only an estimate: clipping the first of them changes the path, and all gradients "
        f"after it.{left_out}"
    )
