"""Part 2: the recurrent matrix, its spectrum, and what it lets one expect of a gradient."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.fields import seed
from pages.components.layout import equations, story
from pages.components.widgets import Control
from pages.lessons.vanishing_exploding import texts
from pages.lessons.vanishing_exploding.figures.recurrent_spectrum import (
    fading_alt,
    fading_lines,
    spectrum,
    spectrum_alt,
    spectrum_info,
)
from pages.lessons.vanishing_exploding.sentences import matrix as sentences
from rnn_core.cells import ACTIVATIONS
from rnn_core.toy_models.recurrence import Fading, Recurrence, fading, recurrence

EQUATIONS = (
    (3, r"\frac{\partial h_T}{\partial h_{T-k}} = \prod_{t=T-k+1}^{T} W_{hh}\,\mathrm{diag}\bigl(f'(a_t)\bigr)"),
    (2, r"\Bigl\lVert \frac{\partial h_T}{\partial h_{T-k}} \Bigr\rVert_2 \le (\gamma\,\sigma)^k"),
)
INITIALIZERS = {
    "Gaussian": "independent entries, scaled to the spectral radius ρ",
    "orthogonal": "a rotation times ρ: all singular values are ρ",
    "identity": "the identity times ρ",
    "sparse": "15 Gaussian weights into each unit, scaled to ρ",
    "chain": "not normal: each unit keeps ρ of itself and hands c to the next; all eigenvalues are ρ",
}
SLOPES = {"tanh": "γ = 1", "relu": "γ = 1", "sigmoid": "γ = ¼", "identity": "γ = 1, a linear network"}

_USUAL: dict[str, Any] = {
    "ve_init": "Gaussian", "ve_rho": 1.2, "ve_link": 0.6, "ve_f": "tanh",
    "ve_units": 32, "ve_drive": 0.5, "ve_lags": 50, "ve_seed": 0,
}  # fmt: skip
EXAMPLES: dict[str, dict[str, Any]] = {
    "ρ > 1, yet it vanishes": _USUAL,
    "It explodes": _USUAL | {"ve_rho": 2.0, "ve_drive": 0.1},
    "It must vanish: σ < 1/γ": _USUAL | {"ve_init": "orthogonal", "ve_rho": 0.9},
    "A rotation keeps all": _USUAL | {"ve_init": "orthogonal", "ve_rho": 1.0, "ve_f": "identity"},
    "ρ < 1, yet it grows first": _USUAL
    | {"ve_init": "chain", "ve_rho": 0.6, "ve_f": "identity", "ve_units": 12, "ve_lags": 80},
    "Sigmoid, ρ = 3": _USUAL | {"ve_rho": 3.0, "ve_f": "sigmoid"},
}
_RADII = tuple(round(k / 20, 2) for k in range(2, 81))
_LINKS = tuple(round(k / 10, 1) for k in range(21))
_DRIVES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
_UNITS = (2, 4, 8, 12, 16, 24, 32, 48, 64)
_LAGS = (5, 10, 15, 20, 30, 40, 50, 60, 80, 100)
_LINK_HELP = "what a unit hands to the next; for the chain alone, which is the less normal the larger it is"
_DRIVE_HELP = "standard deviation of the noise that drives each unit: strong input saturates"
_MATRIX: tuple[Control[Any], ...] = (
    Control("ve_init", "W_hh", "Gaussian", "how it is drawn", options=INITIALIZERS, menu=True),
    Control("ve_rho", "Spectral radius ρ", 1.2, "gain of the matrix", 0.01, 4.0, _RADII),
    Control("ve_link", "Link c of the chain", 0.6, _LINK_HELP, 0.0, 2.0, _LINKS),
    Control("ve_units", "Units H", 32, "size of the matrix", 2, 64, _UNITS),
)
_NETWORK: tuple[Control[Any], ...] = (
    Control("ve_f", "Activation f", "tanh", "and its steepest slope", options=SLOPES, menu=True),
    Control("ve_drive", "Input s", 0.5, _DRIVE_HELP, 0.0, 3.0, _DRIVES),
    Control("ve_lags", "Time steps T", 50, "how far back", 1, 100, _LAGS),
    seed("ve_seed", "of matrix and noise"),
)


class Settings(NamedTuple):
    """What the controls say, in the order of `recurrence`."""

    initializer: str
    size: int
    radius: float
    link: float
    activation: str
    drive: float
    T: int
    seed: int


def controls(notices: Any) -> Settings:
    """The matrix in the first row, what it works on in the second."""
    st.markdown(texts.matrix_lead)
    above = st.container()
    settings = widgets.in_columns(4, *([control] for control in _MATRIX), place=notices)
    settings += widgets.in_columns(4, *([control] for control in _NETWORK), place=notices)
    widgets.examples(EXAMPLES, above)
    initializer, radius, link, size, *others = settings
    return Settings("scaled" if initializer == "Gaussian" else initializer, size, radius, link, *others)


@st.cache_data(max_entries=64, show_spinner=False)
def measured(settings: Settings) -> tuple[Recurrence, Fading]:
    """The network, and what becomes of a gradient in it."""
    net = recurrence(*settings)
    return net, fading(net)


def show(settings: Settings) -> None:
    """The spectrum beside what was measured, and what follows from what."""
    net, decay = measured(settings)
    plane = spectrum_info(net.params["W_hh"], ACTIVATIONS[settings.activation].steepest)
    left, right = st.columns([2, 3])
    left.plotly_chart(spectrum(plane), key="ve_spectrum", alt=spectrum_alt(plane))
    right.plotly_chart(fading_lines(decay), key="ve_fading", alt=fading_alt(decay))
    equations(EQUATIONS)
    st.caption(texts.filled("matrix_symbols", vanished=f"{sentences.VANISHED:g}", exploded=f"{sentences.EXPLODED:g}"))
    with st.container(border=True):
        story(sentences.what_happened(decay, net.params["W_hh"], settings.activation))
    st.markdown(texts.matrix_conditions)
