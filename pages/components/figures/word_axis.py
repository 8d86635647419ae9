"""Words below an axis, as long as they are and as often as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go


def positions(words: Sequence[str]) -> list[str]:
    """Where each word stands on an axis that `name_positions` names: equal words stay apart."""
    return [str(t) for t in range(len(words))]


def name_positions(figure: go.Figure, words: Sequence[str], size: int, angle: int, **axis: Any) -> None:
    """Words as names of categories: Plotly leaves labels out where there is no room for all of them.

    Parameters
    ----------
    size, angle : of the words, in pixels and degrees
    axis : which axes they stand at, such as a row; left out, at all
    """
    figure.update_xaxes(type="category", range=[-0.5, len(words) - 0.5])
    names = dict(zip(positions(words), words, strict=True))
    figure.update_xaxes(labelalias=names, tickangle=angle, tickfont_size=size, **axis)


def room_for(words: Sequence[str], size: int) -> int:
    """Pixels that the longest word takes below its axis if it stands upright."""
    return int(0.6 * size * max(map(len, words)))
