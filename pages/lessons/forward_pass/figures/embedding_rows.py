"""W_xh as a table in colours, a row for each word of the vocabulary: the words' embeddings."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.types import Floats

from .cells import cells, frame


class EmbeddingInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    rows : D words
    chosen : the row that is picked, from 0
    W_xh : (D, H)
    """

    rows: tuple[str, ...]
    chosen: int
    W_xh: Floats


def embedding_info(W_xh: Floats, rows: tuple[str, ...], word: str) -> EmbeddingInfo:
    """The matrix, and which of its rows belongs to the word."""
    return EmbeddingInfo(rows, rows.index(word), W_xh)


def embedding_rows(info: EmbeddingInfo) -> go.Figure:
    """Cells with their numbers; a frame around the word's row."""
    D, H = info.W_xh.shape
    labels = [f"{'▶ ' if k == info.chosen else ''}{word}" for k, word in enumerate(info.rows)]
    figure = cells(info.W_xh, labels, "row “%{y}”, unit %{x}: %{z:.3g}")
    frame(figure, (0, H - 1), (info.chosen, info.chosen))
    return style.finish(figure, 45 * max(D, 3), below=60, title="W<sub>xh</sub>, a row for each word")


def embedding_rows_alt(info: EmbeddingInfo) -> str:
    """The picture in words, for a screen reader."""
    row = ", ".join(f"{value:.3g}" for value in info.W_xh[info.chosen])
    return (
        f"The matrix W_xh with {len(info.rows)} rows, one for each of the words {', '.join(info.rows)}. The row of "
        f"“{info.rows[info.chosen]}” is framed: {row}."
    )
