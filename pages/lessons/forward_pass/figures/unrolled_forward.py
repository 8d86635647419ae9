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
    Drawn,
    arrow,
    forward_edges,
    label,
    nodes,
    unrolled_figure,
    word_below,
)
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats

COLOUR_WORD, COLOUR_PAST, COLOUR_OUT = style.COLOUR_A, style.COLOUR_B, style.COLOUR_C
KINDS = (
    ("x<sub>t</sub> W<sub>xh</sub>: from the word", COLOUR_WORD),
    ("h<sub>t−1</sub> W<sub>hh</sub>: from the state before", COLOUR_PAST),
    ("h<sub>t</sub> W<sub>hy</sub>: to the output", COLOUR_OUT),
)
"""What the arrows of one time step bring, in the order of `forward_edges`."""

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
    drawn = [*_arrows(info), *_words(info), _guess(info)]
    figure = unrolled_figure(len(info.words), [_states(info), _outputs(info)], drawn, [(*kind, 4) for kind in KINDS])
    figure.update_yaxes(range=[-0.45 if _leans(info) else -0.2, 2.55])
    return figure


def _arrows(info: ForwardInfo) -> list[Drawn]:
    room, arrows = ROOM if _wide(info) else _SMALL_ROOM, []
    for t in range(1, len(info.words) + 1):
        for edge, (_, colour) in zip(forward_edges(t), KINDS, strict=True):
            look, width = (colour, 4.0) if t == info.t else (COLOUR_WAY, 1.5)
            arrows.append(arrow(*edge, look, width, room) | {"opacity": _shade(info, t)})
    return arrows


_SMALL_DISC, _SMALL_ROOM = 25, 14
"""Pixels, as in the layout, of a sentence that would crowd a phone."""


_FEW = 5
"""Words whose nodes have room side by side on a phone."""

_LETTERS = 30
"""Of all words together, on a phone."""


def _wide(info: ForwardInfo) -> bool:
    return len(info.words) <= _FEW


def _shade(info: ForwardInfo, t: int) -> float:
    return 1.0 if t <= info.t else _TO_COME


def _states(info: ForwardInfo) -> go.Scatter:
    vectors = [_vector(h) for h in info.h]
    return _discs(info, range(len(info.h)), STATE, "h", (info.t - 1, info.t), COLOUR_PAST, vectors)


def _outputs(info: ForwardInfo) -> go.Scatter:
    guesses = [f"most probable: {word} ({p:.1%})" for word, p in zip(info.guess, info.probability, strict=True)]
    return _discs(info, range(1, len(info.words) + 1), LOSS, "ŷ", (info.t,), COLOUR_OUT, guesses)


def _discs(
    info: ForwardInfo, times: range, y: float, letter: str, now: tuple[int, ...], colour: str, tells: list[str]
) -> go.Scatter:
    """A row of nodes; those of the time steps `now` in colour, those still to come faint and silent."""
    return nodes(
        times,
        y,
        letter,
        [colour if t in now else COLOUR_IDLE for t in times],
        size=DISC if _wide(info) else _SMALL_DISC,
        font_size=style.FONT_SIZE - (0 if _wide(info) else 3),
        opacity=[_shade(info, t) for t in times],
        customdata=[text if t <= info.t else "not computed yet" for t, text in zip(times, tells, strict=True)],
        hovertemplate="%{text}: %{customdata}<extra></extra>",
    )


def _vector(values: Floats) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _leans(info: ForwardInfo) -> bool:
    """Whether the words have no room side by side."""
    return sum(map(len, info.words)) > _LETTERS


def _words(info: ForwardInfo) -> list[Drawn]:
    lean = {"textangle": -35} if _leans(info) else {}
    return [
        word_below(t, f"<b>{word}</b>" if t == info.t else word) | {"opacity": max(_shade(info, t), 0.6)} | lean
        for t, word in enumerate(info.words, 1)
    ]


def _guess(info: ForwardInfo) -> Drawn:
    """Above the output of time step t, the word that it finds most probable."""
    t = info.t
    text = f"{info.guess[t - 1]}? {info.probability[t - 1]:.0%}"
    x, anchor = (t + 0.5, "right") if t == len(info.words) else (t, "center")
    return label(x, LOSS, text, anchor, "bottom", COLOUR_OUT, yshift=22)


def unrolled_forward_alt(info: ForwardInfo) -> str:
    """The picture in words, for a screen reader."""
    t = info.t
    return (
        f"The network unrolled over {len(info.words)} words: {' '.join(info.words)}. At time step {t} it reads "
        f"“{info.words[t - 1]}”; the state goes from ({_vector(info.h[t - 1])}) to ({_vector(info.h[t])}); its output "
        f"finds “{info.guess[t - 1]}” most probable, {info.probability[t - 1]:.1%}."
    )
