"""Sentences about what three kinds of clipping leave of one gradient, computed from it."""

from __future__ import annotations

import numpy as np

from pages.components.numbers import any_number as value
from pages.components.numbers import count
from pages.lessons.vanishing_exploding.figures.clipping_limits import KIND_NAMES, LimitsInfo
from rnn_core.toy_models.clip_limits import KINDS

from .matrix import EXPLODED, VANISHED


def table(info: LimitsInfo) -> dict[str, dict[str, str]]:
    """Column → kind of clipping → number."""
    names = {"off": "without clipping"} | {kind: f"clipped {KIND_NAMES[kind]}" for kind in KINDS}
    norms = {"off": info.clipped["norm"].norm} | {kind: info.clipped[kind].norm_clipped for kind in KINDS}
    turned = {"off": 0.0} | {kind: info.clipped[kind].angle for kind in KINDS}
    flows = {"off": info.free, "norm": info.free, "value": info.free, "flow": info.cut}
    return {
        "‖g‖": {names[kind]: value(norms[kind]) for kind in names},
        "turned by": {names[kind]: f"{np.degrees(turned[kind]):.1f}°" for kind in names},
        "‖∂L/∂h₁‖ ÷ ‖∂L/∂h_T‖": {
            names[kind]: value(info.ratios["off" if kind == "value" else kind].states) for kind in names
        },
        "the same, of the last loss alone": {
            names[kind]: value(_ratio(flows[kind].last[1], flows[kind].last[-1])) for kind in names
        },
        "early ÷ late term of ∂L/∂W_hh": {
            names[kind]: value(info.ratios[kind].terms) if kind in info.ratios else "cut after the sum"
            for kind in names
        },
    }


def _ratio(early: float, late: float) -> float:
    return float(early / late) if late else np.nan


def article(info: LimitsInfo) -> list[str]:
    """The article's sentence, made precise with the numbers of this gradient."""
    norm, value_clip = info.clipped["norm"], info.clipped["value"]
    before, after = _ratio(info.free.last[1], info.free.last[-1]), _ratio(info.cut.last[1], info.cut.last[-1])
    if norm.scale == 1:
        first = f"**By norm:** ‖g‖ = {value(norm.norm)} is not above c = {value(info.threshold)}. Nothing is clipped."
    else:
        first = (
            f"**By norm** the *update* shrinks to {value(norm.scale)} of its length. The *flow* is what it was: "
            f"{_kept(before)}."
        )
    second = (
        "**By value** no entry is above c: nothing is clipped."
        if value_clip.scale == 1
        else f"**By value** the update turns by {np.degrees(value_clip.angle):.1f}° and shrinks to "
        f"{value(value_clip.scale)} of its length. The flow is what it was."
    )
    cut = int((info.cut.kept < 1).sum())
    if cut == 0:
        third = "**Inside the flow** nothing is above c: nothing is clipped."
    else:
        third = (
            f"**Inside the flow** the gradient was shortened at {cut} of {count(len(info.free.dh) - 1, 'time step')}. "
            f"Of the last loss, the first word received {value(before)} of what the last one did; now it receives "
            f"{value(after)}. "
        )
        factor = after / before if before else np.nan
        if before < VANISHED and factor < 0.1:
            third += "It had vanished before; clipping inside the flow makes it vanish further."
        elif before < VANISHED:
            third += "It had vanished before, and has vanished still."
        elif before > 1 and after >= VANISHED:
            third += "What had grown on its way is held: here clipping in the flow does what it is meant for."
        elif factor < 0.1 and after < VANISHED:
            third += "**This is the case in which clipping results in vanishing gradients.**"
    return [first, second, third]


def _kept(before: float) -> str:
    """What clipping by norm leaves as it is: of the last loss, what the first word received over what the last did."""
    if before < VANISHED:
        return "clipping did not make it vanish, and cannot make it come back"
    if before > EXPLODED:
        return "it explodes on its way back, with clipping as without"
    return "of the last loss, the first word receives as much as before"


def norm_sentence(info: LimitsInfo) -> str:
    """The ratio of early to late, to the last digit."""
    before, after = info.ratios["off"].terms, info.ratios["norm"].terms
    last = len(info.free.dh) - 1
    if not np.isfinite([before, after]).all():
        return "Here there is no ratio of early to late: a term is 0 or not finite."
    off = abs(after / before - 1) if before else 0.0
    same = (
        "the same in every digit"
        if off == 0
        else f"the same but for {value(off)} of it, the rounding of the last digit"
    )
    return (
        f"Here s = {value(info.clipped['norm'].scale)}, and the term of time step 2 over that of time step {last} is "
        f"{before:.15g} before and {after:.15g} after: {same}. (The term of time step 1 is 0, as $h_0$ is.)"
    )


def value_sentence(info: LimitsInfo) -> str:
    """The angle at this threshold, and the largest there is in the picture."""
    at = {kind: float(np.degrees(info.clipped[kind].angle)) for kind in KINDS}
    return (
        f"At c = {value(info.threshold)} it is turned by {at['value']:.1f}°; by norm by {at['norm']:.1f}°. Clipping "
        f"inside the flow turns the gradient of the parameters too, here by {at['flow']:.1f}°, because it changes the "
        "terms."
    )


def flow_sentence(info: LimitsInfo) -> str:
    """The factors on the way, and what they come to."""
    kept = info.cut.kept[1:]
    shortened = kept[kept < 1]
    if not len(shortened):
        longest = value(float(info.free.dh[1:].max()))
        return f"Here no gradient on the way is above c = {value(info.threshold)}; the longest is {longest}."
    product = float(np.prod(kept))
    return (
        f"Here {len(shortened)} of {len(kept)} factors are below 1, their median is "
        f"{value(float(np.median(shortened)))}, and all of them together are {value(product)}."
    )
