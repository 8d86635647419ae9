"""Part 3: the cliff of one unit, and gradient descent over it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages.components import widgets
from pages.components.layout import equations, story
from pages.components.widgets import Control
from pages.lessons.vanishing_exploding import texts
from pages.lessons.vanishing_exploding.controls import DECADES
from pages.lessons.vanishing_exploding.figures.cliff import (
    B_RANGE,
    W_RANGE,
    CliffInfo,
    cliff,
    cliff_alt,
    cliff_info,
    from_above,
    from_above_alt,
    surface,
)
from pages.lessons.vanishing_exploding.figures.descents import descents, descents_alt
from pages.lessons.vanishing_exploding.sentences import cliff as sentences
from rnn_core.toy_models.cliff import descend
from rnn_core.types import Floats

EQUATIONS = (
    (3, r"x_t = w\,\sigma(x_{t-1}) + b \qquad x_0 = \tfrac12"),
    (2, r"E = \bigl(\sigma(x_{50}) - 0.7\bigr)^2"),
    (3, r"(w, b) \leftarrow (w, b) - \alpha\, g, \quad g = \frac{\partial E}{\partial (w, b)}"),
)
WALL_EQUATIONS = (
    (3, r"b = \tfrac12 - w\,\sigma(\tfrac12) \;\Rightarrow\; x_t = \tfrac12 \text{ for all } t"),
    (3, r"\frac{\partial x_{50}}{\partial x_0} = \bigl(w\,\sigma'(\tfrac12)\bigr)^{50}"),
)
EXAMPLES: dict[str, dict[str, float]] = {
    "Down the plain, to the wall": {"ve_w0": 5.0, "ve_b0": -2.3, "ve_alpha": 0.1, "ve_limit": 1.0, "ve_updates": 200},
    "From the plateau": {"ve_w0": 5.0, "ve_b0": -3.0, "ve_alpha": 0.05, "ve_limit": 1.0, "ve_updates": 200},
    "A higher wall": {"ve_w0": 5.5, "ve_b0": -2.5, "ve_alpha": 0.05, "ve_limit": 1.0, "ve_updates": 200},
    "Small w: no wall": {"ve_w0": 3.8, "ve_b0": -2.6, "ve_alpha": 0.2, "ve_limit": 1.0, "ve_updates": 200},
    "Threshold too small": {"ve_w0": 5.0, "ve_b0": -2.3, "ve_alpha": 0.1, "ve_limit": 0.01, "ve_updates": 200},
}
_TENTHS_W = tuple(round(k / 10, 1) for k in range(35, 76))
_TENTHS_B = tuple(round(k / 10, 1) for k in range(-45, -4))
_RATES = tuple(round(m * 10.0**e, 6) for e in (-3, -2, -1, 0) for m in (1.0, 2.0, 5.0))
_UPDATES = (10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500)
_CONTROLS: tuple[Control[Any], ...] = (
    Control("ve_w0", "Start: weight w", 5.0, "where both descents start", *W_RANGE, _TENTHS_W),
    Control("ve_b0", "Start: bias b", -2.3, "where both descents start", *B_RANGE, _TENTHS_B),
    Control("ve_alpha", "Learning rate α", 0.1, "times the gradient", 1e-3, 5.0, _RATES),
    Control("ve_limit", "Threshold c of B", 1.0, "the norm that is clipped to", 1e-4, 1e3, DECADES),
    Control("ve_updates", "Updates", 200, "how many", 1, 500, _UPDATES),
)


class Settings(NamedTuple):
    """What the controls say, in their order."""

    w: float
    b: float
    alpha: float
    threshold: float
    updates: int


def controls(notices: Any) -> Settings:
    """Where to start, and how to go."""
    st.markdown(texts.cliff_lead)
    above = st.container()
    settings = widgets.in_columns(5, *([control] for control in _CONTROLS), place=notices)
    widgets.examples(EXAMPLES, above)
    return Settings(*settings)


@st.cache_data(max_entries=1, show_spinner=False)
def sides() -> tuple[Floats, Floats, Floats]:
    """The surface, once for all visitors."""
    return surface(W_RANGE, B_RANGE)


@st.cache_data(max_entries=64, show_spinner=False)
def info_of(settings: Settings) -> tuple[CliffInfo, tuple[float, float]]:
    """Both descents, and where they end if they start 10⁻¹² to the side."""
    start = (settings.w, settings.b, settings.alpha, settings.updates)
    paths = descend(*start), descend(*start, settings.threshold)
    nudged = (settings.w + sentences.NUDGE, *start[1:])
    ends = float(descend(*nudged).error[-1]), float(descend(*nudged, settings.threshold).error[-1])
    return cliff_info(sides(), paths, settings.threshold), ends


def show(settings: Settings) -> None:
    """The surface with both descents, their errors, and why there is a wall."""
    info, nudged = info_of(settings)
    equations(EQUATIONS)
    left, right = st.columns(2)
    left.plotly_chart(cliff(info), key="ve_cliff", alt=cliff_alt(info))
    right.plotly_chart(from_above(info), key="ve_above", alt=from_above_alt(info))
    st.caption(texts.cliff_symbols)
    words, lines = st.columns(2)
    with words.container(border=True):
        story(sentences.what_happened(info, settings.alpha, np.array(nudged)))
    lines.plotly_chart(descents(info), key="ve_descents", alt=descents_alt(info))
    st.subheader("Why there is a wall")
    equations(WALL_EQUATIONS)
    st.markdown(sentences.wall_sentence(settings.w))
