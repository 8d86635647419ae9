"""Numbers, vectors and matrices in LaTeX.

Nothing that a visitor typed gets in here; what is not a letter of an equation is a number written by `tex`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnn_core.types import Floats

COLOUR = "#D55E00"
"""Of what stands out: readable on light and dark."""

DIGITS = 3
"""Significant digits of every number shown."""


def tex(value: float) -> str:
    """A number with DIGITS significant digits; exactly 0, and the 1 of a one-hot row, as whole numbers."""
    if not math.isfinite(value):
        return r"\text{nan}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
    if value in (0, 1):
        return str(int(value))
    mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
    power = int(exponent)
    if -3 <= power < 4:
        return f"{value:.{max(0, DIGITS - 1 - power)}f}"
    return rf"{mantissa}\cdot 10^{{{power}}}"


def plain(value: float) -> str:
    """As many digits as the formulas have, without their LaTeX."""
    return tex(float(value)).replace("-", "−").replace(r"\cdot 10^{", "e").rstrip("}")


def plain_row(values: Floats) -> str:
    """A vector as it stands in a sentence or a table."""
    return ", ".join(map(plain, values))


def tex_matrix(array: Floats, coloured: int | None = None) -> str:
    """A matrix, or a vector as the row it is.

    Parameters
    ----------
    coloured : the row that stands out
    """
    rows = [" & ".join(tex(float(value)) for value in row) for row in np.atleast_2d(array)]
    if coloured is not None:
        rows[coloured] = " & ".join(rf"\textcolor{{{COLOUR}}}{{{cell}}}" for cell in rows[coloured].split(" & "))
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"


def tex_column(vector: Floats) -> str:
    """A vector, transposed."""
    return tex_matrix(vector[:, None])


def aligned(lines: Sequence[str]) -> str:
    """Lines of one equation, one below the other; each has an & where they meet."""
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"
