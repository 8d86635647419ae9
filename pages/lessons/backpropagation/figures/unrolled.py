"""The small network unrolled in time: the path of a loss's gradient, and where it meets the weight that is followed."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.unrolled_layout import (
    COLOUR_IDLE,
    COLOUR_WAY,
    LOSS,
    STATE,
    WORD,
    Drawn,
    Spot,
    arrow,
    forward_edges,
    label,
    nodes,
    unrolled_figure,
    word_below,
)
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.chain_rule import ChainRule
from rnn_core.types import Floats

COLOUR_BACK, COLOUR_TERM, COLOUR_FORWARD = style.COLOUR_B, style.COLOUR_A, COLOUR_WAY
"""The gradient's way back, where it meets the weight, and the way forward."""

OUTPUT, RECURRENT, INPUT = "output", "recurrent", "input"
EDGES = {"W_hy": OUTPUT, "b_y": OUTPUT, "W_hh": RECURRENT, "W_xh": INPUT, "b_h": INPUT}
"""On which kind of edge each weight stands."""


class UnrolledInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    words : T words
    read : time steps, from 1, whose losses are followed
    weight : the weight that is followed
    dh_norm : (T+1,) ‖∂L/∂h_t‖; 0 where the loss does not depend on h_t
    term_norm : (T,) norm of what time step t = 1 ... T adds to the weight's gradient
    """

    words: tuple[str, ...]
    read: tuple[int, ...]
    weight: str
    dh_norm: Floats
    term_norm: Floats


def unrolled_info(rule: ChainRule, words: tuple[str, ...], weight: str) -> UnrolledInfo:
    """The norms along the path."""
    return UnrolledInfo(words, rule.read, weight, row_norms(rule.dh), row_norms(rule.terms[weight]))


def unrolled(info: UnrolledInfo) -> go.Figure:
    """Words below, states amid, losses on top; arrows forward in grey, the gradient's way back in colour."""
    states, losses = range(len(info.words) + 1), range(1, len(info.words) + 1)
    on_path = info.read if EDGES[info.weight] == OUTPUT else _reached(info)
    rows = [
        nodes(times, y, letter, [COLOUR_BACK if t in coloured else COLOUR_IDLE for t in times], hoverinfo="skip")
        for times, y, letter, coloured in ((states, STATE, "h", on_path), (losses, LOSS, "L", info.read))
    ]
    words = [word_below(t, word) for t, word in enumerate(info.words, 1)]
    return unrolled_figure(len(info.words), rows, [*_arrows(info), *words, *_norms(info)], _legend(info))


def _arrows(info: UnrolledInfo) -> list[Drawn]:
    back = _way_back(info)
    forward = [edge for t in range(1, len(info.words) + 1) for edge in forward_edges(t) if edge[::-1] not in back]
    arrows = [arrow(*edge, COLOUR_FORWARD, 1.5) for edge in forward]
    return arrows + [arrow(*edge, colour, 4) for edge, colour in back.items()]


def _way_back(info: UnrolledInfo) -> dict[tuple[Spot, Spot], str]:
    """Colours of the arrows back, by where they start and end."""
    last, edge = max(info.read), EDGES[info.weight]
    if edge == OUTPUT:
        return {((s, LOSS), (s, STATE)): COLOUR_TERM for s in info.read}
    arrows: dict[tuple[Spot, Spot], str] = {((s, LOSS), (s, STATE)): COLOUR_BACK for s in info.read}
    for t in range(last, 0, -1):
        if edge == RECURRENT or t > 1:
            arrows[(t, STATE), (t - 1, STATE)] = COLOUR_TERM if edge == RECURRENT else COLOUR_BACK
        if edge == INPUT:
            arrows[(t, STATE), (t, WORD)] = COLOUR_TERM
    return arrows


def _reached(info: UnrolledInfo) -> range:
    """Time steps of the states on the way from the loss to the weight; none for the weights of the outputs."""
    last, edge = max(info.read), EDGES[info.weight]
    return range(0) if edge == OUTPUT else range(0 if edge == RECURRENT else 1, last + 1)


def _norms(info: UnrolledInfo) -> list[Drawn]:
    """The norm of what arrives at each state, below it, and of each term, beside the arrow where it arises."""
    edge = EDGES[info.weight]
    numbers: list[tuple[Any, ...]]
    numbers = [(t + 0.1, STATE - 0.13, info.dh_norm[t], "left", "top", COLOUR_BACK) for t in _reached(info)]
    for t in info.read if edge == OUTPUT else range(1, max(info.read) + 1):
        x, y, *anchors = {
            OUTPUT: (t + 0.06, (STATE + LOSS) / 2, "left", "middle"),
            RECURRENT: (t - 0.5, STATE + 0.13, "center", "bottom"),
            INPUT: (t - 0.06, (STATE + WORD) / 2, "right", "middle"),
        }[edge]
        numbers.append((x, y, info.term_norm[t - 1], *anchors, COLOUR_TERM))
    return [label(x, y, f"<b>{norm:.3g}</b>", *look, borderpad=0) for x, y, norm, *look in numbers]


def _legend(info: UnrolledInfo) -> list[tuple[str, str, float]]:
    loss = f"L<sub>{info.read[0]}</sub>" if len(info.read) == 1 else "L"
    back = f"the gradient's way back; number: ‖∂{loss}/∂h<sub>t</sub>‖"
    if EDGES[info.weight] == OUTPUT:
        back = "the loss that is followed, and its state"
    letter, below = info.weight.split("_")
    term = f"where {letter}<sub>{below}</sub> is used; number: norm of this term"
    return [("the way forward", COLOUR_FORWARD, 2), (back, COLOUR_BACK, 4), (term, COLOUR_TERM, 4)]


def unrolled_alt(info: UnrolledInfo) -> str:
    """The picture in words, for a screen reader."""
    last = max(info.read)
    loss = f"L_{last}" if len(info.read) == 1 else "all losses together"
    norms = ", ".join(f"{info.dh_norm[t]:.3g} at h_{t}" for t in range(last, -1, -1))
    terms = ", ".join(f"{info.term_norm[t - 1]:.3g} at time step {t}" for t in range(last, 0, -1))
    return (
        f"The network unrolled over {len(info.words)} words: {' '.join(info.words)}. The gradient of {loss} has the "
        f"norm {norms}. Terms of the gradient of {info.weight}: {terms}."
    )
