"""The gradient's path from the verb back to each word, in four networks: what arrives, and how long the path is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import Line, add_panel
from pages.components.figures.log_axis import log_range
from pages.components.figures.word_axis import room_for
from rnn_core.diagnostics.gradient_paths import GradientPath
from rnn_core.types import Floats

from .models import COLOURS, NAMES, name_words


class PathsInfo(NamedTuple):
    """What the picture shows, of T words.

    Attributes
    ----------
    words : T of them
    relative : (T,) the gradient at each word relative to that at the last, by network
    links : (T,) Jacobians on the shortest path, by network
    chosen : the network whose line stands out
    """

    words: tuple[str, ...]
    relative: dict[str, Floats]
    links: dict[str, Floats]
    chosen: str


def paths_info(words: tuple[str, ...], paths: Mapping[str, GradientPath], chosen: str) -> PathsInfo:
    """From the paths of one sentence."""
    relative = {model: path.relative for model, path in paths.items()}
    return PathsInfo(words, relative, {model: path.links for model, path in paths.items()}, chosen)


def gradient_paths(info: PathsInfo) -> go.Figure:
    """What arrives above, on a logarithmic axis; the length of the path below."""
    figure, plot = style.two_panels(320, 56, 170, ("gradient that arrives (last word: 1)", "Jacobians on its way"))
    t = np.arange(1, len(info.words) + 1)
    above, below = (
        [Line(NAMES[model], of[model], COLOURS[model], 5.0 if model == info.chosen else 2.5) for model in of]
        for of in (info.relative, info.links)
    )
    add_panel(figure, t, 1, above, log_range(*info.relative.values()), log=True, over="word")
    longest = max((float(of[np.isfinite(of)].max(initial=1)) for of in info.links.values()), default=1.0)
    add_panel(figure, t, 2, _apart(below), (-0.06 * longest, 1.12 * longest), log=False, over="word")
    figure.update_traces(mode="lines+markers", marker_size=6, selector={"mode": "lines"})
    figure.update_yaxes(title_text="relative norm", row=1)
    figure.update_yaxes(title_text="number", row=2)
    name_words(figure, info.words, "word, in the order of reading", row=2)
    return style.finish(figure, plot, below=50 + room_for(info.words, style.FONT_SIZE - 2), legend_rows=6)


def _apart(lines: list[Line]) -> list[Line]:
    """Equal lines, one on the other: the first is the widest, so that all are seen."""
    return [line._replace(width=(11.0, 6.5, 2.5, 3.0)[k]) for k, line in enumerate(lines)]


def paths_alt(info: PathsInfo) -> str:
    """The picture in words, for a screen reader."""
    arrives = "; ".join(
        f"{NAMES[model]}: {relative[0]:.3g} at the first word, Jacobians on its way: {info.links[model][0]:g}"
        for model, relative in info.relative.items()
    )
    return f"Lines over {len(info.words)} words: the gradient that arrives, relative to the last word. {arrives}."
