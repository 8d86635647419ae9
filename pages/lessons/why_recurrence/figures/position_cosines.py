"""How alike the positions of a fixed network read one word: cosines between what their blocks make of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.types import Floats


class CosinesInfo(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    word : the word
    cosine : (S, S) between what the blocks of two positions make of it
    seen : positions, from 1, at which it stood in training
    """

    word: str
    cosine: Floats
    seen: tuple[int, ...]

    @property
    def opposite(self) -> tuple[int, int, float]:
        """The two positions at which it stood in training that read it least alike, and their cosine."""
        at = np.array(self.seen) - 1
        among = self.cosine[np.ix_(at, at)]
        first, second = sorted(np.unravel_index(among.argmin(), among.shape))
        return self.seen[first], self.seen[second], float(among[first, second])


def cosines_info(word: str, parts: Floats, seen: Sequence[int]) -> CosinesInfo:
    """From what each block makes of the word, (S, H)."""
    directions = parts / np.linalg.norm(parts, axis=1, keepdims=True)
    return CosinesInfo(word, directions @ directions.T, tuple(seen))


def position_cosines(info: CosinesInfo) -> go.Figure:
    """A square for every two positions; a position at which the word stood in training has a dot."""
    names = [f"{'•' if k in info.seen else ''}{k}" for k in range(1, len(info.cosine) + 1)]
    figure = go.Figure()
    figure.add_heatmap(
        x=names,
        y=names,
        z=info.cosine.astype(np.float32),
        colorscale=style.HIDDEN_SCALE,
        zmin=-1,
        zmax=1,
        colorbar={"title": {"text": "cosine"}, "tickvals": [-1, -0.5, 0, 0.5, 1], "thickness": 14, "xpad": 6},
        hovertemplate="positions %{x} and %{y}: cosine %{z:.2f}<extra></extra>",
    )
    figure.update_xaxes(title_text="position (•: in training)", type="category")
    figure.update_yaxes(title_text="position", type="category", autorange="reversed")
    return style.finish(figure, 340, below=64, title=f"how alike positions read “{info.word}”")


def cosines_alt(info: CosinesInfo) -> str:
    """The picture in words, for a screen reader."""
    first, second, cosine = info.opposite
    seen = ", ".join(map(str, info.seen))
    return (
        f"Cosines between what the blocks of two positions make of “{info.word}”, which stood at positions {seen} in "
        f"training. The lowest among these is {cosine:.2f}, of positions {first} and {second}."
    )
