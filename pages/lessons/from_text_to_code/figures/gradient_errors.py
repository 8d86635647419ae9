"""Relative error of each parameter's gradient on a log axis, beside the tolerance of the check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_points, add_rule
from pages.components.figures.log_axis import log_axis
from rnn_core.checking import TOLERANCE
from rnn_core.toy_models.first_attempt.check import ParameterCheck
from rnn_core.types import Floats

ENDS = (-15.0, 0.6)
"""log₁₀ of the axis, always: no error is above 2, and none but 0 is far below the rounding of float64."""


class ErrorsInfo(NamedTuple):
    """What the picture shows, parameter by parameter.

    Attributes
    ----------
    names : of the parameters
    errors : relative
    right : whether each is within the tolerance
    """

    names: tuple[str, ...]
    errors: Floats
    right: tuple[bool, ...]


def errors_info(checks: Sequence[ParameterCheck]) -> ErrorsInfo:
    """From what the check says."""
    names, errors, right = zip(*((check.name, check.error, check.right) for check in checks), strict=True)
    return ErrorsInfo(names, np.array(errors), right)


def gradient_errors(info: ErrorsInfo) -> go.Figure:
    """A mark for each parameter, and a stem to it; right and wrong differ in colour, in shape and in their labels."""
    figure = go.Figure()
    low, high = 10.0 ** (ENDS[0] + 1e-6), 10.0 ** (ENDS[1] - 1e-6)
    at = np.clip(np.nan_to_num(info.errors, nan=high, posinf=high), low, high)
    for right, name, colour, symbol in (
        (True, "right", style.COLOUR_B, "circle"),
        (False, "wrong", style.COLOUR_A, "x"),
    ):
        chosen = [k for k, is_right in enumerate(info.right) if is_right is right]
        names = [info.names[k] for k in chosen]
        stems = {"x": [x for k in chosen for x in (low, at[k], None)], "y": np.repeat(names, 3).tolist()}
        line = {"color": colour, "width": 3}
        figure.add_scatter(**stems, mode="lines", line=line, hoverinfo="skip", showlegend=False)
        add_points(
            figure,
            at[chosen],
            names,
            name,
            {"color": colour, "symbol": symbol, "size": 14},
            f"∂L/∂%{{y}}: {name}, relative error %{{customdata:.2e}}",
            customdata=info.errors[chosen],
            mode="markers+text",
            text=[_label(float(info.errors[k])) for k in chosen],
            textposition=["top left" if at[k] > TOLERANCE else "middle right" for k in chosen],
            cliponaxis=False,
        )
    tolerance = f"tolerance {TOLERANCE:g}".replace("e-0", "e-")
    add_rule(figure, tolerance, x=TOLERANCE, colour=style.COLOUR_THRESHOLD, width=2.5)
    figure.update_xaxes(title_text="relative error of the gradient", **log_axis(ENDS))
    order = {"categoryorder": "array", "categoryarray": info.names[::-1]}
    figure.update_yaxes(title_text="∂L/∂ …", range=[-0.6, len(info.names) - 0.3], **order)
    return style.finish(figure, 290, below=64, legend_rows=3)


def _label(error: float) -> str:
    return f"  {error:.0e}" if error <= TOLERANCE else f"{error:.2g}"


def gradient_errors_alt(info: ErrorsInfo) -> str:
    """The picture in words, for a screen reader."""
    marks = ", ".join(
        f"{name} {'right' if right else 'wrong'} ({error:.1e})"
        for name, error, right in zip(info.names, info.errors, info.right, strict=True)
    )
    return f"Relative error of each parameter's gradient on a log axis, tolerance {TOLERANCE:.0e}: {marks}."
