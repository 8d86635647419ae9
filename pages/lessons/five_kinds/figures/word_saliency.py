"""What each word of a sentence is worth to an answer: to first order, and measured by leaving it out."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_points
from pages.components.figures.word_axis import positions
from rnn_core.types import Floats


class WordSaliencyInfo(NamedTuple):
    """What the bars show.

    Attributes
    ----------
    words : T words
    worth : (T,) gradient times input: to first order, how far the margin of one answer over the other falls without it
    fall : (T,) how far the margin does fall if nothing is read in the word's place
    answers : the answer that a negative bar speaks for, and the one that a positive bar does
    """

    words: tuple[str, ...]
    worth: tuple[float, ...]
    fall: tuple[float, ...]
    answers: tuple[str, str]


def word_saliency_info(
    words: tuple[str, ...], worth: Floats, fall: Floats, answers: tuple[str, str]
) -> WordSaliencyInfo:
    """Of T words, with what they are worth by gradient and by measurement, (T,) each."""
    return WordSaliencyInfo(words, tuple(map(float, worth)), tuple(map(float, fall)), answers)


def word_saliency(info: WordSaliencyInfo) -> go.Figure:
    """A bar a word, up for one answer and down for the other; a diamond where the measurement is."""
    T, x = len(info.words), positions(info.words)
    figure = go.Figure()
    for answer, sign, colour in ((info.answers[1], 1, style.COLOUR_B), (info.answers[0], -1, style.COLOUR_A)):
        at = [t for t in range(T) if info.worth[t] * sign > 0]
        figure.add_bar(
            x=[x[t] for t in at],
            y=[info.worth[t] for t in at],
            marker_color=colour,
            name=f"speaks for {answer}, to first order",
            customdata=[info.words[t] for t in at],
            hovertemplate="%{customdata}: %{y:.3g}<extra></extra>",
            showlegend=True,
        )
    marker = {"symbol": "diamond", "size": 11, "color": style.COLOUR_THRESHOLD}
    name, hover = "measured, without the word", "%{customdata}: without it the margin falls by %{y:.3g}"
    more = {"customdata": list(info.words), "showlegend": True}
    add_points(figure, x, list(info.fall), name, marker, hover, **more)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=x,
        range=[-0.6, T - 0.4],
        tickvals=x,
        ticktext=list(info.words),
        tickangle=-60,
    )
    figure.update_yaxes(title_text="fall of the margin m", zeroline=True)
    return style.finish(figure, 220, below=40 + 8 * max(map(len, info.words)), legend_rows=3)


def word_saliency_alt(info: WordSaliencyInfo) -> str:
    """The picture in words, for a screen reader."""
    worth, fall = (
        ", ".join(f"{word} {value:+.2g}" for word, value in zip(info.words, values, strict=True))
        for values in (info.worth, info.fall)
    )
    return (
        f"Bars: what each word is worth to {info.answers[1]} against {info.answers[0]}, to first order: {worth}. "
        f"Diamonds: measured, without the word: {fall}."
    )
