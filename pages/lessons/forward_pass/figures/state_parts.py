"""What one state is made of, entry by entry: a table in colours whose cells tell the sum they come from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats, Params

from .cells import bracketed, cells, frame, products

PARTS = (
    "x<sub>t</sub> W<sub>xh</sub>",
    "h<sub>t−1</sub> W<sub>hh</sub>",
    "b<sub>h</sub>",
    "a<sub>t</sub>",
    "h<sub>t</sub>",
)
"""Rows of the picture, from the top: three parts, their sum, and its tanh."""


class PartsInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    t : time step, from 1
    unit : the unit that is taken apart, from 1; None if none is
    values : (5, H), a row for each of PARTS
    sums : 5 rows of H texts, how each value is computed
    """

    t: int
    unit: int | None
    values: Floats
    sums: list[list[str]]


def parts_info(done: ForwardPass, params: Params, word: str, t: int, unit: int | None) -> PartsInfo:
    """Arrange the parts at time step t, and write out their sums."""
    H, h_prev = len(params["W_hh"]), done.h[t - 1]
    rows = (done.from_word[t - 1], done.from_state[t - 1], params["b_h"], done.a[t - 1], done.h[t])
    sums = [
        [f"entry {j + 1} of the row “{word}” of W_xh" for j in range(H)],
        [products(h_prev, params["W_hh"][:, j]) for j in range(H)],
        [f"entry {j + 1} of b_h" for j in range(H)],
        [" + ".join(bracketed(row[j]) for row in rows[:3]) for j in range(H)],
        [f"tanh({rows[3][j]:.3g})" for j in range(H)],
    ]
    return PartsInfo(t, unit, np.stack(rows), sums)


def state_parts(info: PartsInfo) -> go.Figure:
    """Cells with their numbers; a frame around the unit that is taken apart."""
    figure = cells(info.values, PARTS, "%{y}, unit %{x}:<br>%{customdata}<br>= %{z:.3g}", info.sums)
    if info.unit is not None:
        j = info.unit - 1
        frame(figure, (j, j), (0, len(PARTS) - 1))
    return style.finish(figure, 240, below=60, title=f"time step {info.t}: three parts, their sum, its tanh")


def state_parts_alt(info: PartsInfo) -> str:
    """The picture in words, for a screen reader."""
    names = ("x_t W_xh", "h_t-1 W_hh", "b_h", "a_t", "h_t")
    rows = "; ".join(
        f"{name}: {', '.join(f'{value:.3g}' for value in row)}" for name, row in zip(names, info.values, strict=True)
    )
    return f"What the state of time step {info.t} is made of, for each of {info.values.shape[1]} units. {rows}."
