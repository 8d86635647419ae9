"""The small network unrolled over its sentence, at one time step of the forward pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.unrolled_layout import (
    COLOUR_IDLE,
    COLOUR_WAY,
    DISC,
    LOSS,
    ROOM,
    STATE,
    WORD,
    Drawn,
    arrow,
    unrolled_axes,
    word_below,
)
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats

COLOUR_WORD, COLOUR_PAST, COLOUR_OUT = style.COLOUR_A, style.COLOUR_B, "#009E73"
"""What comes from the word, what comes from the state before, and what goes to the output."""

_TO_COME = 0.3
"""Opacity of what is not computed yet."""


class ForwardInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    words : T words
    t : the time step that is computed, from 1
    h : (T+1, H) states
    guess : (T,) the word that each output finds most probable
    probability : (T,) how probable
    """

    words: tuple[str, ...]
    t: int
    h: Floats
    guess: tuple[str, ...]
    probability: Floats


def forward_info(done: ForwardPass, words: tuple[str, ...], rows: tuple[str, ...], t: int) -> ForwardInfo:
    """States, and the best guess of each output; `rows` are the words that the outputs stand for."""
    best = done.y_hat.argmax(axis=1)
    return ForwardInfo(words, t, done.h, tuple(rows[k] for k in best), np.max(done.y_hat, axis=1))


def unrolled_forward(info: ForwardInfo) -> go.Figure:
    """Words below, states amid, outputs on top; in colour what time step t computes, faint what comes after it."""
    T = len(info.words)
    figure = go.Figure([_states(info), _outputs(info)])
    figure.update_layout(annotations=[*_arrows(info), *_words(info), *_guesses(info)])
    for name, colour in (
        ("x<sub>t</sub> W<sub>xh</sub>: from the word", COLOUR_WORD),
        ("h<sub>t−1</sub> W<sub>hh</sub>: from the state before", COLOUR_PAST),
        ("h<sub>t</sub> W<sub>hy</sub>: to the output", COLOUR_OUT),
    ):
        figure.add_scatter(x=[None], y=[None], mode="lines", line={"color": colour, "width": 4}, name=name)
    unrolled_axes(figure, T)
    figure.update_yaxes(range=[-0.45 if _leans(info) else -0.2, 2.55])
    return style.finish(figure, 320, below=8, legend_rows=3)


def _arrows(info: ForwardInfo) -> list[Drawn]:
    arrows = []
    room = ROOM if _wide(info) else _SMALL_ROOM
    for t in range(1, len(info.words) + 1):
        now = t == info.t
        for start, end, colour in (
            ((t, WORD), (t, STATE), COLOUR_WORD),
            ((t - 1, STATE), (t, STATE), COLOUR_PAST),
            ((t, STATE), (t, LOSS), COLOUR_OUT),
        ):
            drawn = arrow(start, end, colour if now else COLOUR_WAY, 4 if now else 1.5, room)
            arrows.append(drawn | {"opacity": _shade(info, t)})
    return arrows


_SMALL_DISC, _SMALL_ROOM = 25, 14
"""Pixels, as in the layout, of a sentence that would crowd a phone."""


def _wide(info: ForwardInfo) -> bool:
    return len(info.words) <= _FEW


_FEW = 5
"""Words whose nodes have room side by side on a phone."""


def _shade(info: ForwardInfo, t: int) -> float:
    return 1.0 if t <= info.t else _TO_COME


def _states(info: ForwardInfo) -> go.Scatter:
    steps = range(len(info.h))
    colours = [COLOUR_PAST if t in (info.t - 1, info.t) else COLOUR_IDLE for t in steps]
    return _discs(
        info,
        list(steps),
        STATE,
        colours,
        [f"h<sub>{t}</sub>" for t in steps],
        [_vector(info.h[t]) if t <= info.t else "not computed yet" for t in steps],
    )


def _outputs(info: ForwardInfo) -> go.Scatter:
    steps = range(1, len(info.words) + 1)
    guesses = [f"most probable: {word} ({p:.1%})" for word, p in zip(info.guess, info.probability, strict=True)]
    return _discs(
        info,
        list(steps),
        LOSS,
        [COLOUR_OUT if t == info.t else COLOUR_IDLE for t in steps],
        [f"ŷ<sub>{t}</sub>" for t in steps],
        [guesses[t - 1] if t <= info.t else "not computed yet" for t in steps],
    )


def _discs(
    info: ForwardInfo, steps: list[int], y: float, colours: list[str], names: list[str], said: list[str]
) -> go.Scatter:
    return go.Scatter(
        x=steps,
        y=[y] * len(steps),
        mode="markers+text",
        marker={
            "size": DISC if _wide(info) else _SMALL_DISC,
            "color": colours,
            "opacity": [_shade(info, t) for t in steps],
        },
        text=names,
        textfont={"color": "#FFFFFF", "size": style.FONT_SIZE - (0 if _wide(info) else 3)},
        customdata=said,
        hovertemplate="%{text}: %{customdata}<extra></extra>",
        showlegend=False,
    )


def _vector(values: Floats) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _leans(info: ForwardInfo) -> bool:
    """Whether the words have no room side by side."""
    return sum(map(len, info.words)) > _LETTERS


_LETTERS = 30
"""Of all words together, on a phone."""


def _words(info: ForwardInfo) -> list[Drawn]:
    lean = {"textangle": -35} if _leans(info) else {}
    return [
        word_below(t, f"<b>{word}</b>" if t == info.t else word) | {"opacity": max(_shade(info, t), 0.6)} | lean
        for t, word in enumerate(info.words, 1)
    ]


def _guesses(info: ForwardInfo) -> list[Drawn]:
    """Above the output of time step t, the word that it finds most probable."""
    t = info.t
    text = f"{info.guess[t - 1]}? {info.probability[t - 1]:.0%}"
    at_end = t == len(info.words)
    return [
        {
            "x": t + (0.5 if at_end else 0),
            "y": LOSS,
            "text": text,
            "showarrow": False,
            "yanchor": "bottom",
            "yshift": 22,
            "xanchor": "right" if at_end else "center",
            "font": {"color": COLOUR_OUT},
        }
    ]


def unrolled_forward_alt(info: ForwardInfo) -> str:
    """The picture in words, for a screen reader."""
    t = info.t
    return (
        f"The network unrolled over {len(info.words)} words: {' '.join(info.words)}. At time step {t} it reads "
        f"“{info.words[t - 1]}”; the state goes from ({_vector(info.h[t - 1])}) to ({_vector(info.h[t])}); its output "
        f"finds “{info.guess[t - 1]}” most probable, {info.probability[t - 1]:.1%}."
    )
