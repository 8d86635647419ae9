"""The spectrum of W_hh on the complex plane, and how a gradient fades over the lag, measured and predicted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import Line, add_curve, add_panel, add_points
from pages.components.figures.log_axis import drawable, log_range
from rnn_core.diagnostics.spectra import eigenvalues, singular_values
from rnn_core.toy_models.recurrence import Fading
from rnn_core.types import Floats

COLOUR_MEASURED, COLOUR_TYPICAL = style.COLOUR_A, "#E8A87C"
COLOUR_RADIUS, COLOUR_LARGEST, COLOUR_BOUND = style.COLOUR_B, style.COLOUR_B_BEFORE, style.COLOUR_THRESHOLD


class SpectrumInfo(NamedTuple):
    """What the plane shows.

    Attributes
    ----------
    eigenvalues : (H,) complex
    singular_values : (H,)
    border : 1/γ: a largest singular value inside this circle makes gradients vanish
    """

    eigenvalues: NDArray[np.complexfloating]
    singular_values: Floats
    border: float


def spectrum_info(W_hh: Floats, steepest: float) -> SpectrumInfo:
    """From the recurrent weights and γ."""
    return SpectrumInfo(eigenvalues(W_hh), singular_values(W_hh), 1 / steepest)


def spectrum(info: SpectrumInfo) -> go.Figure:
    """Eigenvalues as points of the plane, singular values on its real axis, and the circles they are compared with."""
    figure = go.Figure()
    largest = float(info.singular_values[0])
    circles = [(1.0, style.COLOUR_ZERO, "solid", "unit circle")]
    if info.border != 1:
        circles.append((info.border, COLOUR_BOUND, "dash", f"1/γ = {info.border:g}"))
    else:
        circles[0] = (1.0, COLOUR_BOUND, "dash", "unit circle, here also 1/γ")
    circles.append((largest, COLOUR_LARGEST, "dot", f"σ = {largest:.3g}"))
    angle = np.linspace(0, 2 * np.pi, 181)
    for radius, colour, dash, name in circles:
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        add_curve(figure, x, y, name, colour, 2.5, "", dash=dash, hovertemplate=None, hoverinfo="name")
    marker = {"symbol": "line-ns-open", "size": 15, "color": COLOUR_RADIUS, "line": {"width": 2}}
    level = np.zeros(len(info.singular_values))
    add_points(figure, info.singular_values, level, "singular values", marker, "singular value %{x:.4g}")
    marker = {"size": 10, "color": COLOUR_MEASURED, "line": {"color": style.COLOUR_OUTLINE, "width": 1}}
    hover = "eigenvalue %{x:.3f} + %{y:.3f} i<br>|λ| = %{customdata:.4f}"
    values = info.eigenvalues
    add_points(figure, values.real, values.imag, "eigenvalues", marker, hover, customdata=np.abs(values))
    reach = 1.08 * max(radius for radius, *_ in circles)
    figure.update_xaxes(title_text="real part", range=[-reach, reach], constrain="domain")
    figure.update_yaxes(title_text="imaginary part", range=[-reach, reach], scaleanchor="x", constrain="domain")
    return style.finish(figure, 380, below=60, legend_rows=3)


def spectrum_alt(info: SpectrumInfo) -> str:
    """The plane in words, for a screen reader."""
    return (
        f"{len(info.eigenvalues)} eigenvalues of W_hh on the complex plane, the largest of size "
        f"{np.abs(info.eigenvalues[0]):.3g}; singular values from {info.singular_values[-1]:.3g} to "
        f"{info.singular_values[0]:.3g}; a circle of radius {info.border:g}, 1 over the steepest slope."
    )


def fading_lines(decay: Fading) -> go.Figure:
    """What is left of a gradient over the lag, on a logarithmic axis, with the predictions."""
    predicted, lags = decay.predicted, np.arange(len(decay.largest))
    lines = [
        Line("measured: largest", decay.largest, COLOUR_MEASURED, 6.0),
        Line("measured: typical", decay.typical, COLOUR_TYPICAL, 4.0),
        Line("ρ<sup>k</sup> × mean slopes", predicted.by_radius, COLOUR_RADIUS, 2.5),
        Line("σ<sup>k</sup> × mean slopes", predicted.by_largest, COLOUR_LARGEST, 2.5),
        Line("bound (γσ)<sup>k</sup>", predicted.bound, COLOUR_BOUND, 2.5),
    ]
    dashes = {lines[2].name: "dash", lines[3].name: "dash", lines[4].name: "dot"}
    figure = make_subplots(rows=1, cols=1)
    add_panel(figure, lags, 1, lines, fading_range(decay), log=True, over="lag")
    figure.for_each_trace(lambda trace: trace.update(line_dash=dashes[trace.name]) if trace.name in dashes else None)
    figure.update_yaxes(title_text="‖∂h<sub>T</sub>/∂h<sub>T−k</sub>‖")
    figure.update_xaxes(title_text="lag k: time steps back from the end", range=[-0.01 * lags[-1], 1.01 * lags[-1]])
    return style.finish(figure, 380, below=60, legend_rows=4)


def fading_range(decay: Fading) -> tuple[float, float]:
    """log₁₀ at the ends of the axis: all that is measured; predictions that lie far above leave it at the top."""
    measured = np.concatenate([drawable(decay.largest), drawable(decay.typical)])
    low, high = np.nanmin(measured), np.nanmax(measured)
    predictions = decay.predicted.by_radius, decay.predicted.by_largest, decay.predicted.bound
    shown = [np.clip(drawable(line), low * 1e-3, high * 1e3) for line in predictions]
    return log_range(measured, *shown)


def fading_alt(decay: Fading) -> str:
    """The lines in words, for a screen reader."""
    last = len(decay.largest) - 1
    return (
        f"Lines over the lag, from 0 to {last} time steps back. At lag {last} the measured norm is "
        f"{decay.largest[-1]:.3g} in the largest direction and {decay.typical[-1]:.3g} in a typical one; predicted by "
        f"the spectral radius {decay.predicted.by_radius[-1]:.3g}; the bound is {decay.predicted.bound[-1]:.3g}."
    )
