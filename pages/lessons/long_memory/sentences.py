"""Sentences computed from the runs on screen, from a sentence's arrows and gates, and from a network's units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pages.components.numbers import number
from pages.lessons.long_memory.figures.accuracy_curves import NAMES
from pages.lessons.long_memory.figures.information_flow import FlowInfo
from pages.lessons.long_memory.figures.unit_curves import UnitInfo
from rnn_core.config import SPECS
from rnn_core.diagnostics.retention import KEEP_GATES, LOST, kept
from rnn_core.diagnostics.units import CONDITIONS
from rnn_core.experiments.memory import AXES, BASE, CELLS, VALUES, GridPoint, Point, Study, Trained, grid_points, points
from rnn_core.tasks import agreement
from rnn_core.types import Floats

HOW = {False: "without clipping", True: "with clipping"}
_UNITS = {"distance": "words", "attractors": "attractors"}


def curves_sentences(study: Study, results: Mapping[GridPoint, Trained], value: int) -> list[str]:
    """What the dots on screen say: at one value, about clipping over all of them, and how far each cell reaches."""
    all_points = points(study, results)
    total = len(grid_points(study))
    sentences = [] if len(results) == total else [f"**{len(results)} of {total} networks** are trained so far."]
    if not results:
        return sentences
    with_clipping = [f"{NAMES[cell]} {_solved(all_points, cell, True, value)}" for cell in CELLS]
    without = [f"{NAMES[cell]} {_solved(all_points, cell, False, value)}" for cell in CELLS]
    sentences.append(
        f"**At {_amount(study.axis, value)}**, so many seeds solve the task with clipping: "
        f"{', '.join(with_clipping)}. Without: {', '.join(without)}."
    )
    sentences += [line for cell in CELLS if (line := _clipping_sentence(study.axis, all_points, cell))]
    return sentences


def _solved(all_points: list[Point], cell: str, clipped: bool, value: int) -> str:
    point = next(p for p in all_points if (p.cell, p.clipped, p.value) == (cell, clipped, value))
    return f"{point.solved} of {len(point.accuracy)}" if point.accuracy else "(none trained yet)"


def _clipping_sentence(axis: str, all_points: list[Point], cell: str) -> str:
    """How far a cell reaches and how many of its runs solved the task; empty until a run of either kind has ended."""
    off, on = (
        [p for p in all_points if (p.cell, p.clipped) == (cell, clipped) and p.accuracy] for clipped in (False, True)
    )
    if not (off and on):
        return ""
    solved = [f"{sum(p.solved for p in of)} of {sum(len(p.accuracy) for p in of)}" for of in (off, on)]
    engaged, runs = sum(p.engaged for p in on), sum(len(p.accuracy) for p in on)
    diverged = sum(p.diverged for p in off + on)
    broken = f" {diverged} runs diverged." if diverged else ""
    touched = "" if engaged == runs else f" Clipping touched an update in {engaged} of its {runs} runs."
    return (
        f"**{NAMES[cell]}**: without clipping, most seeds solve the task {reached(axis, off)}; with it, "
        f"{reached(axis, on)}. In all, {solved[0]} networks solve it without clipping and {solved[1]} with.{touched}"
        f"{broken}"
    )


def reached(axis: str, of_curve: list[Point]) -> str:
    """The values on the axis at which more than half of the seeds solve the task."""
    values = sorted(p.value for p in of_curve)
    solved = sorted(p.value for p in of_curve if 2 * p.solved > len(p.accuracy))
    if not solved:
        return "nowhere"
    if solved == values[: len(solved)]:
        return f"up to {_amount(axis, solved[-1])}"
    *others, last = solved
    return f"at {', '.join(map(str, others))}{' and ' if others else ''}{_amount(axis, last)} alone"


def command(study: Study) -> str:
    """What to type to get the numbers on screen without the page."""
    parts = ["python -m rnn_core memory"]
    if study.axis != "distance":
        parts.append(f"--axis {study.axis}")
    if study.values != VALUES[study.axis]:
        parts.append(f"--values {' '.join(map(str, study.values))}")
    parts.append(f"--seeds {study.seeds}")
    for field in SPECS:
        value, default = getattr(study.base, field), getattr(BASE, field)
        if value != default and field != AXES[study.axis]:
            parts.append(f"--{field.replace('_', '-')} {value}")
    return " ".join(parts)


def networks_sentence(axis: str, value: int, seed: int) -> str:
    """Which networks are looked into."""
    return (
        f"The networks trained at **{_amount(axis, value)}** from **seed {seed}** read your sentence; choose others in "
        "the sidebar. Those without and with clipping started from the same weights and were trained on the same "
        "sentences."
    )


def seeds_sentence(word: str) -> str:
    return (
        f"**One seed proves nothing.** From “{word}” to the end, in all networks trained so far that differ from these "
        r"in their seed alone: the median of $\lVert \partial h_T / \partial h_t \rVert$ (lowest to highest), and in "
        "how many of them the word is lost."
    )


class Read(NamedTuple):
    """What a trained network makes of the sentence.

    Attributes
    ----------
    network : where it stands in the study
    trained : it
    p : (O,) probability of each answer at the end
    pair_p : the same for the minimal pair; None without one
    """

    network: GridPoint
    trained: Trained
    p: Floats
    pair_p: Floats | None


def networks_table(reads: Sequence[Read], flipped: str | None) -> dict[str, dict[str, str]]:
    """Column → network → how well it does, and what it answers to the sentence and its minimal pair."""
    columns: dict[str, dict[str, str]] = {"held-out accuracy": {}, "outcome": {}, "answer": {}}
    if flipped is not None:
        columns[f"answer to “{flipped}” instead"] = {}
    for read in reads:
        name = f"{NAMES[read.network.cell]} {HOW[read.network.clipped]}"
        cells = [f"{read.trained.accuracy:.1%}", read.trained.outcome, _answer(read.p)]
        cells += [] if read.pair_p is None else [_answer(read.pair_p)]
        for column, cell in zip(columns.values(), cells, strict=True):
            column[name] = cell
    return columns


def _answer(p: Floats) -> str:
    if not np.isfinite(p).all():
        return "nothing: its output is not a number"
    k = int(p.argmax())
    return f"{agreement.ANSWERS[k]} ({p[k]:.3f})"


def _amount(axis: str, value: int) -> str:
    unit = _UNITS[axis] if value != 1 else _UNITS[axis][:-1]
    return f"{value} {unit}"


def flow_sentences(infos: Sequence[FlowInfo], word: int) -> list[str]:
    """How much of one word reaches the end before training and after it, and how many words are lost."""
    sentences = []
    for info in infos:
        sizes = [_size(float(jacobian_norms)) for jacobian_norms in info.jacobian_norms[:, word]]
        lost = [int(of_stage.sum()) for of_stage in info.lost[1:, :-1]]
        counted = (
            "Neither network loses a word."
            if not any(lost)
            else f"Of {len(info.words) - 1} words, {lost[0]} are lost without clipping and {lost[1]} with it."
        )
        sentences.append(
            f"**{NAMES[info.cell]}:** from “{info.words[word]}” to the end, {sizes[0]} before training; after it, "
            f"{sizes[1]} without clipping, {sizes[2]} with clipping. {counted}"
        )
    return sentences


def reach_table(reached: Mapping[GridPoint, float]) -> dict[str, dict[str, str]]:
    """Clipping → cell → over all seeds, how much of one word reaches the end."""
    table: dict[str, dict[str, str]] = {}
    for clipped, how in HOW.items():
        table[how] = {}
        for cell in CELLS:
            norms = np.array([norm for place, norm in reached.items() if place[:2] == (cell, clipped)])
            if len(norms):
                middle, low, high = (number(float(f(norms))) for f in (np.median, np.min, np.max))
                lost = int((norms < LOST).sum())
                table[how][NAMES[cell]] = f"{middle} ({low} to {high}); lost in {lost} of {len(norms)} seeds"
    return table


def _size(norm: float) -> str:
    if not np.isfinite(norm):
        return "not a finite number"
    return number(norm) + (" (lost)" if norm < LOST else "")


def gates_sentence(cell: str, gates: Mapping[str, Floats], words: tuple[str, ...], t: int) -> str:
    """What the keep gate does at word t, from 0, and what it would leave of a unit by the end; gates (T, H)."""
    name = KEEP_GATES[cell]
    gate = gates[name]
    share = kept(gate, t)
    best = int(share.argmax())
    many = int((share > 0.5).sum())
    return (
        f"**{NAMES[cell]}.** At “{words[t]}” its keep gate {name} is {gate[t].mean():.2f} on average over its "
        f"{gate.shape[1]} units (from {gate[t].min():.2f} to {gate[t].max():.2f}). From there to the end, {name} alone "
        f"would leave more than half of its state to {many} of {gate.shape[1]} units: {_percent(share[best])} to unit "
        f"{best}, where it is most, and {_percent(float(np.median(share)))} to the median unit."
    )


def _percent(share: float) -> str:
    return f"{number(100 * share)}%"


def unit_sentence(info: UnitInfo, cell: str, rank: int) -> str:
    """What one unit does at the end of the sentence, and what losing it costs."""
    end = dict(zip(CONDITIONS, info.curves[:, -1].tolist(), strict=True))
    by_subject = np.mean([end["plural", a] - end["singular", a] for a in ("singular", "plural")])
    by_attractor = np.mean([end[s, "plural"] - end[s, "singular"] for s in ("singular", "plural")])
    cost = info.accuracy - info.averaged[rank]
    return (
        f"**Unit {info.unit} of the {NAMES[cell]}**, rank {rank + 1} of {len(info.ranking)}. Before the verb, a plural "
        f"subject moves its mean state by {_decimals(by_subject, '+')}, a plural attractor by "
        f"{_decimals(by_attractor, '+')}. Without it (held at its mean) the network's accuracy goes from "
        f"{info.accuracy:.1%} to {info.averaged[rank]:.1%}, {_points(cost)}; held at 0, to {info.zeroed[rank]:.1%}. "
        f"The right verb's output is above the other's by {_decimals(info.margin)} on average, without the unit by "
        f"{_decimals(info.margin_without)}. {_spread_sentence(info)}"
    )


def _decimals(value: float, plus: str = "") -> str:
    """Two decimals with a true minus, and no sign before a zero."""
    size = f"{abs(value):.2f}"
    sign = "" if size == "0.00" else "−" if value < 0 else plus
    return sign + size


def _spread_sentence(info: UnitInfo) -> str:
    """Over how many units the number is spread: how many must go until half of what is above chance is gone."""
    if abs(info.accuracy - 0.5) < _ABOVE_CHANCE:
        return "The network is at chance: there is no number to find."
    halfway = (info.accuracy + 0.5) / 2
    below = np.flatnonzero(info.together <= halfway)
    if info.accuracy < 0.5 or not len(below):
        return ""
    if below[0] == 0:
        return "The costliest unit alone takes away half of what the network is better than chance."
    return (
        f"It takes the {below[0] + 1} costliest units together to take away half of what the network is better than "
        "chance: the number is stored in several at once."
    )


_ABOVE_CHANCE = 0.1
"""Accuracy above one half from which on the network counts as better than chance."""


def _points(cost: float) -> str:
    if abs(cost) < 5e-4:
        return "no change"
    return f"{abs(100 * cost):.1f} points {'less' if cost > 0 else 'more'}"
