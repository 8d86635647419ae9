"""The loss of a first attempt beside that of the class without a fault."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel, add_rule
from rnn_core.toy_models.first_attempt.learning import GROUP, Learning
from rnn_core.types import Floats, Ints

ATTEMPT, MENDED = "the class as it stands", "without a fault"


class LossesInfo(NamedTuple):
    """Lines over updates.

    Attributes
    ----------
    updates : (n,) first update of each group
    attempt : (n,) mean loss per time step of the class with its faults; None if it is stopped
    mended : (n,) the same of the class without a fault
    guess : loss of who guesses
    """

    updates: Ints
    attempt: Floats | None
    mended: Floats
    guess: float


def losses_info(attempt: Learning | None, mended: Learning, guess: float) -> LossesInfo:
    """Of two classes that saw the same sequences; the first may have been stopped."""
    updates = np.arange(len(mended.loss)) * GROUP
    return LossesInfo(updates, None if attempt is None else attempt.loss, mended.loss, guess)


def attempt_losses(info: LossesInfo) -> go.Figure:
    """Two lines, and the loss of who guesses; where they are equal, the wider one is seen below the other."""
    lines = [Line(MENDED, info.mended, style.COLOUR_B, 2.0)]
    if info.attempt is not None:
        lines.insert(0, Line(ATTEMPT, info.attempt, style.COLOUR_A, 5.0))
    figure = make_subplots(rows=1, cols=1)
    shown = np.concatenate([[info.guess], *(line.values[np.isfinite(line.values)] for line in lines)])
    add_panel(figure, info.updates, 1, lines, (0.0, 1.06 * float(shown.max())), log=False)
    add_rule(figure, f"guessing: {info.guess:.2f}", y=info.guess)
    figure.update_xaxes(title_text="update", range=[0, int(info.updates[-1]) + GROUP])
    figure.update_yaxes(title_text="loss per time step in nats")
    return style.finish(figure, 290, below=64, legend_rows=3)


def attempt_losses_alt(info: LossesInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = f"Without a fault it goes from {info.mended[0]:.3g} to {info.mended[-1]:.3g}"
    if info.attempt is None:
        own = "the class as it stands is stopped by an error and has none"
    else:
        own = f"the class as it stands goes from {info.attempt[0]:.3g} to {info.attempt[-1]:.3g}"
    return f"Loss per time step over {len(info.mended) * GROUP} updates. {ends}; {own}. Guessing: {info.guess:.3g}."
