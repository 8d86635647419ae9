"""How much of what they have read networks of two sizes can write again: over its length, and symbol by symbol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_rule
from rnn_core.models.decoding import Recall

_COLOURS = (style.COLOUR_A, style.COLOUR_B)
"""Of the smaller network and of the larger."""


class RecallInfo(NamedTuple):
    """What both pictures show.

    Attributes
    ----------
    recalls : by hidden size, ascending, and by number of digits
    trained : the largest number of digits in training
    digits : how many digits the second picture looks at
    """

    recalls: dict[int, dict[int, Recall]]
    trained: int
    digits: int


def recall_info(recalls: Mapping[int, Mapping[int, Recall]], trained: int, digits: int) -> RecallInfo:
    """Of two networks, by their hidden size."""
    return RecallInfo({size: dict(recalls[size]) for size in sorted(recalls)}, trained, digits)


def recall_lengths(info: RecallInfo) -> go.Figure:
    """A line for each size: the share of answers that are right as a whole, over the number of digits."""
    figure = go.Figure()
    for (size, of), colour, dash in zip(info.recalls.items(), _COLOURS, ("dash", "solid"), strict=True):
        shares = [recall.whole for recall in of.values()]
        hover = f"H = {size}, %{{x}} digits: %{{y:.1%}} of the answers"
        more = {"mode": "lines+markers", "marker": {"size": 9}}
        add_curve(figure, list(of), shares, f"H = {size}", colour, 3, hover, dash=dash, **more)
    add_rule(figure, f"longest in training: {info.trained}", x=info.trained + 0.5, dash="dot")
    digits = list(next(iter(info.recalls.values())))
    figure.update_xaxes(title_text="digits to reverse", tickvals=digits)
    figure.update_yaxes(title_text="answers right as a whole", tickformat=".0%", range=[-0.03, 1.05], dtick=0.25)
    return style.finish(figure, 280, below=60, legend_rows=3)


def recall_places(info: RecallInfo) -> go.Figure:
    """Lines for each size: the share of right symbols by their place in the answer, forced and free."""
    n, symbols = info.digits, list(range(1, info.digits + 2))
    figure = go.Figure()
    for (size, of), colour in zip(info.recalls.items(), _COLOURS, strict=True):
        for what, shares, dash in (
            ("reads the right symbols", of[n].forced, "solid"),
            ("reads its own symbols", of[n].free, "dot"),
        ):
            name, symbol = f"H = {size}, {what}", "circle" if dash == "solid" else "diamond"
            hover, more = f"{name}, symbol %{{x}}: %{{y:.1%}} right", {"marker": {"size": 8, "symbol": symbol}}
            add_curve(figure, symbols, shares, name, colour, 3, hover, dash=dash, mode="lines+markers", **more)
    names = [*map(str, range(1, n + 1)), "END"]
    add_rule(figure, "a guess", y=0.1)
    figure.update_xaxes(title_text="symbol that is written", tickvals=symbols, ticktext=names)
    figure.update_yaxes(title_text="share that is right", tickformat=".0%", range=[-0.03, 1.05], dtick=0.25)
    return style.finish(figure, 280, below=60, legend_rows=5)


def recall_lengths_alt(info: RecallInfo) -> str:
    """The first picture in words, for a screen reader."""
    recalls = "; ".join(
        f"{size} hidden units: " + ", ".join(f"{recall.whole:.0%} at {n}" for n, recall in of.items())
        for size, of in info.recalls.items()
    )
    return f"Share of answers right as a whole over digits to reverse, trained on up to {info.trained}. {recalls}."


def recall_places_alt(info: RecallInfo) -> str:
    """The second picture in words, for a screen reader."""
    recalls = "; ".join(
        f"{size} hidden units, {name}: " + ", ".join(f"{share:.0%}" for share in shares)
        for size, of in info.recalls.items()
        for name, shares in (("teacher forcing", of[info.digits].forced), ("free running", of[info.digits].free))
    )
    return f"Share of right symbols by their place in the answer to {info.digits} digits, then END. {recalls}."
