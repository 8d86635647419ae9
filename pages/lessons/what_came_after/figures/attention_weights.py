"""What attention looks at from the last word, and every weight that it has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.word_axis import room_for
from rnn_core.types import Floats, Params

from .models import COLOURS, name_words


class AttentionInfo(NamedTuple):
    """What the picture shows: (T,) α_Ts before training and, if it is trained, after it."""

    words: tuple[str, ...]
    before: Floats
    after: Floats | None


def attention_bars(info: AttentionInfo) -> go.Figure:
    """Bars over the words."""
    figure = go.Figure()
    t = np.arange(1, len(info.words) + 1)
    shown = [("before training", info.before, style.COLOUR_ZERO)]
    if info.after is not None:
        shown.append(("after training", info.after, COLOURS["attention"]))
    for name, alpha, colour in shown:
        figure.add_bar(
            x=t,
            y=alpha,
            customdata=info.words,
            marker={"color": colour},
            name=name,
            showlegend=True,
            hovertemplate=f"%{{customdata}}, {name}: %{{y:.1%}}<extra></extra>",
        )
    figure.update_yaxes(title_text="share α", tickformat=".0%", range=[0, 1.02])
    name_words(figure, info.words, "word, in the order of reading")
    return style.finish(figure, 280, below=50 + room_for(info.words, style.FONT_SIZE - 2), legend_rows=2)


def attention_bars_alt(info: AttentionInfo) -> str:
    """The bars in words, for a screen reader."""
    parts = []
    for name, alpha in (("Before", info.before), ("After", info.after)):
        if alpha is not None:
            most = int(np.argmax(alpha))
            parts.append(f"{name} training most, {alpha[most]:.0%}, goes to word {most + 1}, {info.words[most]}.")
    return f"Bars over {len(info.words)} words: shares of attention from the last word. {' '.join(parts)}"


SHOWN = ("W_q", "W_k", "W_v", "W_hy")


class WeightsInfo(NamedTuple):
    """Every weight of attention; colours run from -largest to largest."""

    params: Params
    tokens: tuple[str, ...]
    largest: float


def weights_info(params: Params, tokens: tuple[str, ...]) -> WeightsInfo:
    """From the weights, and the word of each row of W_x."""
    return WeightsInfo(params, tokens, max(float(np.abs(W).max()) for W in params.values()))


def weights(info: WeightsInfo) -> go.Figure:
    """The embeddings W_x on top, one column a word; below them the three matrices and the output's."""
    upper, gap, lower = 230, 125, 230
    plot = upper + gap + lower
    figure = make_subplots(
        rows=2,
        cols=4,
        specs=[[{"colspan": 4}, None, None, None], [{}, {}, {}, {}]],
        row_heights=[upper, lower],
        column_widths=[0.29, 0.29, 0.29, 0.13],
        vertical_spacing=gap / plot,
        horizontal_spacing=0.05,
        subplot_titles=["W<sub>x</sub>: a column for each word", *(_title(name) for name in SHOWN)],
    )
    scale = {"colorscale": style.HIDDEN_SCALE, "zmin": -info.largest, "zmax": info.largest}
    figure.add_heatmap(
        z=info.params["W_x"].T.astype(np.float32),
        x=list(info.tokens),
        showscale=True,
        colorbar={"title": "weight", "thickness": 12, "xpad": 4},
        hovertemplate="%{x}, entry %{y}: %{z:.3f}<extra></extra>",
        row=1,
        col=1,
        **scale,
    )
    for col, name in enumerate(SHOWN, start=1):
        figure.add_heatmap(
            z=info.params[name].astype(np.float32),
            showscale=False,
            hovertemplate=f"{name}[%{{y}}, %{{x}}] = %{{z:.3f}}<extra></extra>",
            row=2,
            col=col,
            **scale,
        )
    figure.update_xaxes(tickangle=-90, row=1)
    figure.update_xaxes(dtick=5, row=2)
    figure.update_xaxes(tickvals=[0, 1], ticktext=["was", "were"], tickangle=-90, row=2, col=4)
    figure.update_yaxes(autorange="reversed", dtick=5)
    figure = style.finish(figure, plot, below=50)
    figure.update_xaxes(tickfont_size=style.FONT_SIZE - 5, nticks=len(info.tokens), row=1)
    return figure


def _title(name: str) -> str:
    return f"W<sub>{name.removeprefix('W_')}</sub>"


def weights_alt(info: WeightsInfo) -> str:
    """The matrices in words, for a screen reader."""
    sizes = ", ".join(f"{name} {' by '.join(map(str, W.shape))}" for name, W in info.params.items())
    count = sum(W.size for W in info.params.values())
    return f"Heatmaps of all {count:,} weights of attention: {sizes}. The largest is {info.largest:.3g}."
