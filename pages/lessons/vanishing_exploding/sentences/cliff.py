"""Sentences about two descents over the cliff, computed from their paths."""

from __future__ import annotations

import numpy as np

from pages.components.numbers import any_number as value
from pages.components.numbers import count
from pages.lessons.vanishing_exploding.figures.cliff import CliffInfo, Drawn
from rnn_core.toy_models.cliff import Path, growth, slope, wall
from rnn_core.types import Floats

NUDGE = 1e-12
"""How far to the side the start is moved to see how much the end depends on it."""


def what_happened(info: CliffInfo, alpha: float, nudged: Floats) -> list[str]:
    """The story of A and B, and how much of it is chance.

    Parameters
    ----------
    nudged : (2,) error at the end of A and B, if they start NUDGE to the side
    """
    a, b = info.paths
    if not b.clipped.any():
        sentences = [
            f"**A and B take the same way.** No gradient was longer than {value(float(a.norm.max()))}, and the "
            f"threshold is {info.threshold:g}: clipping has no work.",
            _story("Both", a, info.drawn[0]),
        ]
    else:
        sentences = [_story("A", a, info.drawn[0]), _story("B", b, info.drawn[1]), _clipping(b, alpha, info.threshold)]
    return sentences + _chance(info.paths, nudged)


def _story(name: str, path: Path, drawn: Drawn) -> str:
    largest = int(np.argmax(path.norm))
    start, end = value(float(path.error[0])), value(float(path.error[-1]))
    story = f"**{name}:** the longest gradient, {value(float(path.norm[largest]))}, comes at update {largest:,}. "
    if path.stopped is not None:
        return f"{story}Update {path.stopped:,} leads out of the numbers: w or b is not finite, and the descent ends."
    if drawn.left_at is not None and drawn.to is not None:
        w, b = drawn.to
        story += f"Update {drawn.left_at:,} throws it out of the picture, to w = {value(w)}, b = {value(b)}. "
    story += f"E goes from {start} to {end}; the lowest on the way is {value(float(path.error.min()))}"
    if path.error[-1] > 1e-3 and path.norm[-1] < 1e-6:
        story += f", and where it ends the gradient is {value(float(path.norm[-1]))}: too flat to come back"
    return story + "."


def _clipping(path: Path, alpha: float, threshold: float) -> str:
    clipped, last = int(path.clipped.sum()), len(path.norm)
    share = f"{clipped:,} of {count(last, 'update')} of B {'was' if clipped == 1 else 'were'} clipped"
    return f"{share}; none is longer than α c = {value(alpha * threshold)}. The direction is kept, the length is not."


def _chance(paths: tuple[Path, Path], nudged: Floats) -> list[str]:
    ends = []
    for name, path, end in zip("AB", paths, nudged, strict=True):
        before = float(path.error[-1])
        if np.isfinite([before, end]).all() and abs(end - before) > 0.05 * max(before, end):
            ends.append(f"{name} would end at E = {value(float(end))} instead of {value(before)}")
    if not ends:
        return []
    return [
        f"**A wall magnifies.** Had w started 10⁻¹² to the side, {', and '.join(ends)}: after the wall, the path is "
        "decided by digits that nobody chose."
    ]


def wall_sentence(w: float) -> str:
    """What happens on the wall at this weight."""
    rate = growth(w)
    if rate <= 1:
        return (
            f"Where the state stays at ½, a push of it is multiplied with w σ'(½) = {value(rate)} at each time step. "
            f"At w = {w:g} this is not above 1: pushes die out, and there is no such wall. It begins at w = "
            f"{value(1 / growth(1.0))}."
        )
    at = slope(w, float(wall(w)))
    return (
        f"On the pink line the state stays where it is. At w = {w:g} that is b = {value(float(wall(w)))}. But each "
        f"push of the state is multiplied with w σ'(½) = {value(rate)} at every time step, {value(rate**50)} in 50: a "
        "little above the line it runs up, a little below it runs down. So the error falls off a cliff there, and its "
        f"slope is |∂E/∂b| = {value(abs(at.db))}. The gradient explodes *because* the state does."
    )
