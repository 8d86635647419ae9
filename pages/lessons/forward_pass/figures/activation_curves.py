"""What each activation makes of a pre-activation, and where the units of the small network stand on tanh."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_points
from rnn_core.cells import ACTIVATIONS
from rnn_core.types import Floats

NAMES = {"tanh": "tanh", "relu": "ReLU", "sigmoid": "sigmoid", "identity": "identity"}
COLOURS = {"tanh": style.COLOUR_B, "relu": style.COLOUR_A, "sigmoid": style.COLOUR_C, "identity": "#CC79A7"}
"""By the name in `ACTIVATIONS`; the colours of all pictures that compare them."""

WIDTHS = {"tanh": 4.0, "relu": 4.0, "sigmoid": 9.0, "identity": 9.0}
"""Where lines are equal, the wider one, drawn first, can still be seen."""

FAINT = 0.45
"""Opacity of the curves that are not chosen."""

_REACH = 3.0


class CurvesInfo(NamedTuple):
    """What the picture shows.

    Attributes
    ----------
    a : (N,) where the curves are drawn
    curves : (N,) by activation
    chosen : the activation to look at
    at : (K,) pre-activations of a network's units
    value : (K,) what the chosen activation makes of them
    """

    a: Floats
    curves: dict[str, Floats]
    chosen: str
    at: Floats
    value: Floats


def curves_info(chosen: str, at: Floats) -> CurvesInfo:
    """All curves over a range that shows all of `at`."""
    reach = max(_REACH, 1.05 * float(np.abs(at).max()))
    a = np.linspace(-reach, reach, 241)
    return CurvesInfo(a, {name: _of(name, a) for name in ACTIVATIONS}, chosen, at, _of(chosen, at))


def _of(name: str, a: Floats) -> Floats:
    h = np.empty_like(a)
    ACTIVATIONS[name].value(a, h)
    return h


def activation_curves(info: CurvesInfo) -> go.Figure:
    """Four curves; the chosen one is drawn full, the others faint, with a mark for each unit at each time step."""
    figure = go.Figure()
    for name in reversed(info.curves):
        look = NAMES[name], COLOURS[name], WIDTHS[name], f"{NAMES[name]}(%{{x:.2f}}) = %{{y:.3f}}"
        add_curve(figure, info.a, info.curves[name], *look, opacity=1.0 if name == info.chosen else FAINT)
    mark = {"size": 10, "color": COLOURS[info.chosen], "line": {"color": style.COLOUR_OUTLINE, "width": 1.5}}
    hover = "a unit above: %{x:.3g} becomes %{y:.3g}"
    add_points(figure, info.at, info.value, "units of the network above", mark, hover)
    figure.update_xaxes(title_text="pre-activation a", range=[float(info.a[0]), float(info.a[-1])])
    figure.update_yaxes(title_text="state h = f(a)", range=[-2.1, 2.1])
    return style.finish(figure, 300, below=60, legend_rows=3)


def activation_curves_alt(info: CurvesInfo) -> str:
    """The picture in words, for a screen reader."""
    name = NAMES[info.chosen]
    return (
        f"Curves of tanh, ReLU, sigmoid and identity. The pre-activations of the network above lie between "
        f"{info.at.min():.3g} and {info.at.max():.3g}; {name} makes of them states between {info.value.min():.3g} and "
        f"{info.value.max():.3g}."
    )
