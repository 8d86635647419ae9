"""How probable the network finds each word of its vocabulary to come next."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats, Params

from .cells import bracketed, products


class NextInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    t : time step, from 1
    rows : D words
    y, y_hat : (D,) outputs, and their softmax
    sums : D texts, how each output is computed
    right : the word that does come next; "" at the sentence's end
    """

    t: int
    rows: tuple[str, ...]
    y: Floats
    y_hat: Floats
    sums: list[str]
    right: str


def next_info(done: ForwardPass, params: Params, words: tuple[str, ...], rows: tuple[str, ...], t: int) -> NextInfo:
    """Outputs and probabilities after time step t."""
    columns = zip(params["W_hy"].T, params["b_y"], strict=True)
    sums = [f"{products(done.h[t], column)} + {bracketed(bias)}" for column, bias in columns]
    return NextInfo(t, rows, done.y[t - 1], done.y_hat[t - 1], sums, words[t] if t < len(words) else "")


def next_words(info: NextInfo) -> go.Figure:
    """A bar for each word; that of the word which does come next in another colour."""
    figure = go.Figure()
    others = [k for k, word in enumerate(info.rows) if word != info.right]
    right = [k for k, word in enumerate(info.rows) if word == info.right]
    for chosen, name, colour in (
        (others, "other words", style.COLOUR_ZERO),
        (right, "the word that does come next", style.COLOUR_C),
    ):
        if not chosen:
            continue
        figure.add_bar(
            x=[float(info.y_hat[k]) for k in chosen],
            y=[info.rows[k] for k in chosen],
            orientation="h",
            marker_color=colour,
            text=[f"{info.y_hat[k]:.0%}" for k in chosen],
            textposition="outside",
            customdata=[(info.sums[k], float(info.y[k])) for k in chosen],
            hovertemplate="%{y}: %{customdata[0]}<br>= y = %{customdata[1]:.3g}<br>softmax: %{x:.3g}<extra></extra>",
            name=name,
        )
    figure.update_xaxes(title_text="probability", range=[0, 1.12], tickvals=[0, 0.5, 1])
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=info.rows[::-1])
    return style.finish(figure, 240, below=60, legend_rows=2, title=f"ŷ<sub>{info.t}</sub>: what comes next, it thinks")


def next_words_alt(info: NextInfo) -> str:
    """The picture in words, for a screen reader."""
    shares = ", ".join(f"{word} {p:.1%}" for word, p in zip(info.rows, info.y_hat, strict=True))
    right = f" What does come next is “{info.right}”." if info.right else " Nothing comes next."
    return f"Bars of how probable each word is found to come after time step {info.t}: {shares}.{right}"
