"""Notes over time: what a network plays beside what it should."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_points, add_rule
from rnn_core.tasks.melody import KEYS
from rnn_core.types import Ints


class PianoRollInfo(NamedTuple):
    """Notes in semitones above the lowest C, one a time step.

    Attributes
    ----------
    played, right : (T,) what the network plays, and the scale
    trained : time steps that a melody of training has
    """

    played: tuple[int, ...]
    right: tuple[int, ...]
    trained: int


def piano_roll_info(played: Ints, right: Ints, trained: int) -> PianoRollInfo:
    """Notes (T,) of a network and of the scale."""
    return PianoRollInfo(tuple(played.tolist()), tuple(right.tolist()), trained)


def note_name(note: int) -> str:
    """C4 is the lowest."""
    return f"{KEYS[note % 12]}{4 + note // 12}"


def piano_roll(info: PianoRollInfo) -> go.Figure:
    """Open squares: the scale. Blue: played right. Orange crosses: played wrong."""
    T = len(info.right)
    steps = list(range(1, T + 1))
    size = 16 if T <= 20 else 9
    names = [note_name(note) for note in info.right]
    figure = go.Figure()
    square = {"symbol": "square-open", "size": size + 6, "color": style.COLOUR_ZERO, "line": {"width": 2}}
    hover = "t = %{x}: %{text}<extra>the scale</extra>"
    add_points(figure, steps, list(info.right), "the scale", square, "", text=names, hovertemplate=hover)
    for name, hit, symbol, colour in (
        ("played, right", True, "circle", style.COLOUR_B),
        ("played, wrong", False, "x", style.COLOUR_A),
    ):
        at = [t for t in steps if (info.played[t - 1] == info.right[t - 1]) is hit]
        notes = [info.played[t - 1] for t in at]
        marker = {"symbol": symbol, "size": size, "color": colour}
        names, hover = [note_name(note) for note in notes], f"t = %{{x}}: %{{text}}<extra>{name}</extra>"
        add_points(figure, at, notes, name, marker, "", text=names, hovertemplate=hover)
    if info.trained < T:
        add_rule(figure, "melodies of training end here", x=info.trained + 0.5, colour=style.COLOUR_THRESHOLD)
    low, high = min(*info.played, *info.right), max(*info.played, *info.right)
    figure.update_xaxes(title_text="time step t", range=[0.3, T + 0.7])
    shown = sorted({*info.right, *info.played})
    figure.update_yaxes(
        title_text="note", range=[low - 1, high + 1], tickvals=shown, ticktext=[note_name(note) for note in shown]
    )
    return style.finish(figure, 300, below=60, legend_rows=3)


def piano_roll_alt(info: PianoRollInfo) -> str:
    """The picture in words, for a screen reader."""
    hits = sum(a == b for a, b in zip(info.played, info.right, strict=True))
    return (
        f"{len(info.right)} notes over time. The scale: {' '.join(map(note_name, info.right))}. Played: "
        f"{' '.join(map(note_name, info.played))}. {hits} are right."
    )
