"""Sentences of the page, each computed from the numbers on it."""

from __future__ import annotations

import math

import numpy as np

from pages.components.figures.itemised_map import ItemisedInfo
from pages.components.latex import plain, plain_row
from pages.components.numbers import count, number
from pages.lessons.backpropagation.figures.descent import DescentInfo
from pages.lessons.backpropagation.figures.distances import DistancesInfo
from rnn_core.checking import TOLERANCE, TensorCheck
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.chain_rule import ChainRule
from rnn_core.types import Record

from .equations import SYMBOLS, loss_name
from .networks import Small


def small_sentence(small: Small) -> str:
    """What the small network is and does."""
    H = len(small.params["W_hh"])
    return (
        f"This network of {H} tanh units reads *{' '.join(small.words)}* and chooses *was* or *were* after each word. "
        "It is not trained. Each row below is a time step, from the top: forward."
    )


def forward_table(small: Small, rule: ChainRule) -> dict[str, list[str]]:
    """Column → a cell per time step."""
    return {
        "t": [str(t) for t in range(1, len(small.words) + 1)],
        "word": list(small.words),
        "state hₜ": [plain_row(row) for row in rule.h[1:]],
        "ŷₜ: P(was), P(were)": [plain_row(row) for row in rule.y_hat],
        "right": list(small.right),
        "loss Lₜ (nats)": [plain(loss) for loss in rule.losses],
    }


def loss_in_words(rule: ChainRule) -> str:
    """The followed loss where there are no formulas: L, or L with its number below."""
    return loss_name(rule).replace("_", "").translate(_SUBSCRIPTS)


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def path_sentence(rule: ChainRule, weight: str) -> str:
    """How much arrives where, and what each time step has in the weight's gradient."""
    L, W, T = f"${loss_name(rule)}$", f"${SYMBOLS[weight]}$", len(rule.y)
    if weight in ("W_hy", "b_y"):
        each = "1 term, that of its own time step" if len(rule.read) == 1 else f"{T} terms, one per loss"
        return f"**The gradient of {L} by {W} has {each}.** Only outputs use {W}, so nothing has to go back in time."
    last, norms, terms = max(rule.read), row_norms(rule.dh), row_norms(rule.terms[weight])
    sentences = [f"**The gradient of {L} by {W} has {count(last, 'term')}, one per time step up to {last}.**"]
    if last > 1 and norms[last] > 0 and len(rule.read) == 1:
        sentences.append(
            f"On its way from $h_{last}$ to $h_1$ the gradient passes {count(last - 1, 'factor')} and its norm goes "
            f"from {plain(norms[last])} to {plain(norms[1])}: times {plain(norms[1] / norms[last])}."
        )
    if weight == "W_hh":
        sentences.append("The term of time step 1 is exactly 0: $W_{hh}$ had only $h_0 = 0$ to multiply there.")
    largest = int(np.argmax(terms)) + 1
    if terms[largest - 1] > 0 and last > 1:
        sentences.append(f"The largest term is that of time step {largest} (norm {plain(terms[largest - 1])}).")
    return " ".join(sentences)


def update_sentence(info: DescentInfo) -> str:
    """What one update did to the loss, and why."""
    change, slope = info.after - info.before, info.promised - info.before
    if not math.isfinite(info.after):
        why = "The update was so long that the loss is no number any more."
    elif change > 0:
        why = (
            "It went **up**: the gradient holds close to the weights it was computed at, and "
            f"α = {info.alpha:g} leads far beyond. A small enough α goes down."
        )
    elif abs(change / slope - 1) <= _NEARLY:
        why = "So short an update does nearly what the gradient says."
    else:
        amount = "less" if change > slope else "more"
        why = f"It went down, by {amount} than promised: along the way the gradient itself changes."
    return (
        f"**The loss goes from {number(info.before)} to {number(info.after)} nats.** The slope at the start, "
        f"$-\\lVert g \\rVert^2$, times α promised a change of {_signed(slope)}; measured is {_signed(change)}. {why}"
    )


_NEARLY = 0.2
"""Share by which a measured change may miss the promised one and still count as nearly the same."""


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{number(abs(value))}"


def worst_of(checks: list[TensorCheck]) -> TensorCheck:
    """The check with the largest error; one that is not a number is larger than any."""
    return max(checks, key=lambda check: (math.isnan(check.error), check.error))


def proof_sentence(of: str, checks: list[TensorCheck]) -> str:
    """What the check says, in a sentence."""
    worst = worst_of(checks)
    entries = sum(check.entries for check in checks)
    verdict = "**Proven:**" if worst.error <= TOLERANCE else "**Wrong:**"
    return (
        f"{verdict} the gradient of {of} and {entries:,} central differences agree to {number(worst.error)} (largest "
        f"relative error, at {tensor_name(of, worst.name)})."
    )


def no_judge_sentence(checks: list[TensorCheck], largest_state: float) -> str:
    """Why differences do not agree with a gradient where states are huge."""
    return (
        f"**No proof here:** gradient and differences are apart by {number(worst_of(checks).error)}, but states are as "
        f"large as {number(largest_state)}. So are the outputs, and softmax is then so flat that no difference in "
        "float64 can tell its slope. Try a smaller gain."
    )


def kinks_sentence(checks: list[TensorCheck]) -> str:
    """How many entries have no difference to compare with, and why."""
    left_out = sum(check.kinks for check in checks)
    entries = "1 entry is" if left_out == 1 else f"{left_out:,} entries are"
    return f"{entries} left out: so near to the kink of a ReLU that every difference would reach across it."


def proof_table(of: str, checks: list[TensorCheck]) -> dict[str, list[str]]:
    """Column → a cell per tensor."""
    return {
        "gradient": [tensor_name(of, check.name) for check in checks],
        "entries compared": [f"{check.entries:,}" for check in checks],
        "largest entry": [number(check.largest) for check in checks],
        "largest relative error": [number(check.error) for check in checks],
    }


def tensor_name(of: str, name: str) -> str:
    """A gradient that was checked, as it stands on the page."""
    return f"∂{of}/∂{name}ₜ, all t" if name in ("h", "c") else f"∂{of}/∂{name}"


def itemised_sentences(info: ItemisedInfo, right: tuple[str, ...]) -> list[str]:
    """How the last loss fades on its way back, and what else arrives where it arrives; `right` after each word."""
    words, last = info.words, info.read[-1]
    own, first = (float(10.0 ** info.log_norm[last - 1, t]) for t in (last, 1))
    sentences = [
        f"**The loss after the last word, “{words[last - 1]}”,** (right is “{right[last - 1]}”) sends {number(own)} to "
        f"its own state and {number(first)} to that of the first word, “{words[0]}”: times {number(first / own)} over "
        f"{count(last - 1, 'factor')}, times {number((first / own) ** (1 / (last - 1)))} per word on average."
        if math.isfinite(own) and math.isfinite(first)
        else f"**The loss after the last word, “{words[last - 1]}”,** has no size to tell all the way back: of the "
        f"{last + 1} norms in its row {int(info.zero[last - 1].sum())} are exactly 0 and "
        f"{int(info.non_finite[last - 1].sum())} not finite."
    ]
    if len(info.read) == 1:
        return [
            *sentences,
            "**Only one loss is read,** so there is one row, and nothing arrives directly anywhere else.",
        ]
    if np.isfinite(info.log_norm[:, 1]).any() and info.direct[1] > 0:
        s = int(np.nanargmax(info.log_norm[:, 1])) + 1
        sentences.append(
            f"**Of all losses, that after word {s}, “{words[s - 1]}”,** sends most to the state of the first word. "
            f"What arrives there in total is {number(float(info.total[1] / info.direct[1]))} times the direct part."
        )
    weaker = [words[t - 1] for t in range(1, last) if info.total[t] < info.direct[t]]
    sentences.append(
        "**At no word less arrives than its own loss sends:** what later losses send adds to it."
        if not weaker
        else f"**At {len(weaker)} of {last} words less arrives than their own loss sends:** there later losses point "
        f"against it. The first of them is “{weaker[0]}”."
    )
    return sentences


NEAR = 3
"""Words that count as near to a loss."""

_HARDLY = 0.001
"""A share below this is not told with its digits."""


def distance_sentence(info: DistancesInfo) -> str:
    """Which share of the gradient comes from near, and where half and nearly all of it is complete."""
    if np.isnan(info.share).any():
        return "**∂L/∂W_hh has no direction** (it is 0 or not finite), so there are no shares to tell."
    T = len(info.share)
    near = float(info.up_to[min(NEAR, T) - 1])
    far = 1 - near
    sentences = [
        f"**{near:.1%} of ∂L/∂W_hh comes from the {NEAR} words nearest to each loss** (distances 0 to {NEAR - 1})."
    ]
    if T <= NEAR:
        sentences = [f"**All of ∂L/∂W_hh comes from distances up to {T - 1}:** the sentence goes no further back."]
    elif abs(far) < _HARDLY:
        sentences.append(f"All that lies further back has less than {_HARDLY:.1%}.")
    else:
        sentences.append(
            f"All that lies further back has {far:.1%}{': it points against the rest' if far < 0 else ''}."
        )
    drawn, zeros = np.flatnonzero(info.norm > 0), np.flatnonzero(info.norm == 0).tolist()
    if len(drawn) > 1 and np.isfinite(info.norm).all():
        d = int(drawn[-1])
        ratio = number(float(info.norm[d] / info.norm[0]))
        sentences.append(f"The norm of the term at distance {d} is {ratio} times that at distance 0.")
    if len(zeros) == 1:
        sentences.append(f"At distance {zeros[0]} it is exactly 0: $W_{{hh}}$ had only $h_0 = 0$ to multiply there.")
    elif zeros:
        sentences.append(f"From distance {zeros[0]} on terms are exactly 0.")
    return " ".join(sentences)


def training_sentence(record: Record) -> str:
    """How far training went, and what it did to the loss."""
    updates, before, after = int(record.probe_updates[-1]), float(record.loss[0]), float(record.loss[-1])
    diverged = f" First {record.divergence}; shown are the last finite weights." if record.divergence else ""
    went = f"the loss of a batch went from {number(before)} to {number(after)} nats."
    return f"Trained for {updates:,} updates: {went}{diverged}"
