"""Words computed from what the class did."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np

from pages.components.markdown import escape_markdown
from pages.components.numbers import listed, number
from rnn_core.toy_models.first_attempt.attempt import CHECK, DELAY, TIME_STEPS, Stop, sequence, stream
from rnn_core.toy_models.first_attempt.check import ParameterCheck
from rnn_core.toy_models.first_attempt.faults import FAULTS, lines_of, mended, source
from rnn_core.toy_models.first_attempt.learning import Learning

from .controls import Settings
from .networks import Twins
from .results import BELOW

Outcome = list[ParameterCheck] | Stop
"""Of the check: each gradient's error, or the error that stops the class."""

STOPS, NONE, ALL = "it stops with an error", "none: all five are right", "all five"
"""Answers to which gradients are wrong, beside those that name them."""


def task_sentence(settings: Settings) -> str:
    """The task, with the sequence that the check is made on."""
    x, target = sequence(settings.sizes, stream(settings.seed, CHECK))
    read, right = (" ".join("ABCDEFGH"[k] for k in one_hot.argmax(axis=1)) for one_hot in (x, target))
    return (
        f"The task is small: at each of {TIME_STEPS} time steps, say the symbol of {DELAY} time steps ago, and *A* "
        f"while there is none. After each symbol of **{read}** the right answers are **{right}**. Without "
        "$W_{hh}$ nobody could know."
    )


def snippet(fault: str) -> tuple[str, str]:
    """The lines of a fault, with a line before and after: as they were typed in, and as they are meant."""
    lines = lines_of(fault)
    cut = slice(min(lines) - 2, max(lines) + 1)
    typed, right = (textwrap.dedent("\n".join(text.splitlines()[cut])) for text in (source([fault]), mended()))
    return typed, right


def answer(outcome: Outcome) -> str:
    """Which gradients are wrong, as the prediction's answers say it."""
    if isinstance(outcome, Stop):
        return STOPS
    wrong = [check.name for check in outcome if not check.right]
    if not wrong or len(wrong) == len(outcome):
        return ALL if wrong else NONE
    return f"{wrong[0]} alone" if len(wrong) == 1 else listed(wrong)


def because(outcome: Outcome) -> str:
    """What the check says, with its numbers."""
    if isinstance(outcome, Stop):
        return f"Line {outcome.line} ends in {_a(outcome.error)}."
    wrong = [check for check in outcome if not check.right]
    right = [check.error for check in outcome if check.right]
    says = [f"∂L/∂{check.name}: relative error {number(check.error)}" for check in wrong]
    if right:
        who = "The others agree" if wrong else "All five gradients agree"
        says.append(f"{who} with the differences to {number(max(right))}")
    return escape_markdown(". ".join(says)) + "."


def stop_sentence(stop: Stop) -> str:
    """The error as a reader gets it, in a sentence."""
    return f"Line {stop.line}, `{stop.code}`, ends in {_a(stop.error)}: “{escape_markdown(stop.message)}”."


def _a(error: str) -> str:
    return f"{'an' if error[0] in 'AEIOU' else 'a'} {error}"


def seeds_sentence(fault: str) -> str:
    """Whether it still learns, over seeds; empty for a fault that always stops the class."""
    if fault not in BELOW:
        return ""
    counts = [
        f"in {count} with {sizes}"
        for count, sizes in zip(BELOW[fault], ("3 symbols and 8 units", "5 symbols and 5 units"), strict=True)
        if count is not None
    ]
    return (
        f"**Does it still learn?** Of 20 seeds, the loss ended below guessing {' and '.join(counts)}. Without a fault: "
        "in all."
    )


def standing_sentence(faults: Sequence[str], outcome: Outcome) -> str:
    """What the class with these faults does now."""
    left = f"{len(faults)} of {len(FAULTS)} faults are in." if faults else "No fault is left."
    if len(faults) == 1:
        left = f"One of {len(FAULTS)} faults is in."
    if isinstance(outcome, Stop):
        return f"{left} The class **stops with an error**, so it has no gradient to check."
    wrong = sum(not check.right for check in outcome)
    if not wrong:
        return f"{left} It runs, and **all five gradients are right**."
    return f"{left} It runs, and **{wrong} of 5 gradients {'is' if wrong == 1 else 'are'} wrong**. {because(outcome)}"


def shows_elsewhere(faults: Sequence[str], stop: Stop) -> str:
    """Where the line of the error is not that of a fault; empty where it is."""
    if any(stop.line in lines_of(fault) for fault in faults):
        return ""
    return "Nothing is wrong with that line: the fault is in another, and this one is the first to stumble over it."


def learning_sentence(faults: Sequence[str], attempt: Learning | Stop, right: Learning, guess: float) -> str:
    """How the loss went, beside that of the class without a fault."""
    whole = f"from {number(right.start)} to {number(right.end)}"
    if isinstance(attempt, Stop):
        return f"The class as it stands is stopped at its first update. Without a fault the loss goes {whole}."
    if not faults:
        return f"The loss goes {whole}; guessing has {number(guess)}."
    own = f"The loss of the class as it stands goes from {number(attempt.start)} to {number(attempt.end)}"
    ends = "below" if attempt.end < guess else "not below"
    if not np.isfinite(attempt.end):
        own, ends = f"{own}: its weights grew beyond all numbers", "not below"
    learns = " It learns, whatever the check says." if attempt.end <= max(1.5 * right.end, right.end + 0.05) else ""
    return f"{own}, {ends} guessing ({number(guess)}). Without a fault it goes {whole}.{learns}"


def numbered(faults: Sequence[str]) -> str:
    """Which lines of the class hold a fault."""
    lines = sorted({line for fault in faults for line in lines_of(fault)})
    if not lines:
        return "No line holds a fault."
    return f"Faults are in line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}."


def twins_sentence(twins: Twins) -> str:
    """How far the class and `rnn_core` are apart."""
    own, core = twins.losses
    return (
        f"On the sequence above, with the same weights: the loss is {number(own)} in both and differs by "
        f"{number(abs(own - core))}; no entry of any gradient differs by more than {number(twins.largest)}."
    )
