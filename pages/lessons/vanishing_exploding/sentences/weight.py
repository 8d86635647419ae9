"""Sentences about the one weight, computed from its powers and its first updates."""

from __future__ import annotations

import numpy as np

from pages.components.numbers import any_number as value
from pages.components.numbers import count, listed, power
from pages.lessons.vanishing_exploding.figures.repeated_product import CLIP_NAMES, ClippedInfo, Product, ProductsInfo
from rnn_core.toy_models.repeated_product import Event, Training


def power_sentence(info: ProductsInfo) -> str:
    """What the last power is, in each precision."""
    powers = []
    for dtype, product in info.products.items():
        last = float(product.values[-1])
        if np.isinf(last):
            powers.append(f"**infinite** in {dtype} (from t = {product.measured.overflow:,})")
        elif last == 0:
            powers.append(f"**exactly 0** in {dtype} (from t = {product.measured.zero:,})")
        else:
            powers.append(f"{value(last)} in {dtype}")
    return f"{power(info.w, info.T)} is {listed(powers)}."


def fate_table(info: ProductsInfo) -> dict[str, dict[str, str]]:
    """Column → precision → from which t on."""
    rows = info.products.items()
    largest = {dtype: value(float(np.finfo(dtype).max)).replace("65,500", "65,504") for dtype in info.products}
    return {
        "largest number": largest,
        f"|{power(info.w, info.T)}|": {dtype: value(abs(float(product.values[-1]))) for dtype, product in rows},
        "its norm overflows from t =": {dtype: _from(info, product, "norm_overflow") for dtype, product in rows},
        "infinite from t =": {dtype: _from(info, product, "overflow") for dtype, product in rows},
        "loses digits from t =": {
            dtype: _from(info, product, "subnormal") if info.w else "never: 0 is exact" for dtype, product in rows
        },
        "exactly 0 from t =": {dtype: _zero(info, product) for dtype, product in rows},
    }


def _from(info: ProductsInfo, product: Product, what: str) -> str:
    measured, predicted = getattr(product.measured, what), getattr(product.predicted, what)
    if measured is None:
        return "never" if predicted is None else f"beyond T: {predicted:,} predicted"
    return f"{measured:,}" if measured == predicted else f"{measured:,} ({predicted:,} predicted)"


def _zero(info: ProductsInfo, product: Product) -> str:
    if product.measured.stuck is not None:
        return f"never: stays at {value(abs(float(product.values[-1])))} from t = {product.measured.stuck:,}"
    if product.predicted.zero is not None and abs(float(product.values[1])) > 0.5:
        return "never: rounding will keep it up"
    return _from(info, product, "zero")


def fate_note(info: ProductsInfo) -> str:
    """Where the numbers of the table come from, and what is odd in them."""
    size = abs(info.w)
    if size > 1:
        return (
            "Predicted: the first t above $\\log(\\text{largest number}) / \\log |w|$, and for a norm of two such "
            "entries about half of it. The table shows what was measured, product by product."
        )
    note = "Predicted: the first t above $\\log(\\text{smallest number}) / \\log |w|$, from |w| alone. "
    if size == 1 or size == 0:
        return (
            "Only |w| = 1 neither grows nor shrinks."
            if size
            else "Nothing is left of the gradient after one time step back."
        )
    if size > 0.5:
        return (
            note
            + "But a product is rounded to the nearest number, and for |w| above ½ the smallest numbers are rounded "
            "back to themselves: the product comes to rest just above 0. (Hardware that flushes small numbers to zero "
            "ends at 0 as soon as digits are lost.)"
        )
    return note + "Below the smallest number that has all its digits, digits are lost one by one; then nothing is left."


def event_words(event: Event) -> str:
    """The operation, and where it was."""
    return f"{_PLACES[event.tensor].format(t=event.time_step)}: {operation(event)}"


def operation(event: Event) -> str:
    """The operation alone, on one line: 0 · ∞."""
    left, right = value(event.left), value(event.right)
    return f"{left}\u00a0{event.sign}\u00a0{f'({right})' if right.startswith('−') else right}"


_ORDINALS = ("first", "second", "third", "fourth", "fifth")

_PLACES = {
    "h": "forward pass, w · h for the state at time step {t}",
    "dh": "backward pass, ∂L/∂h at time step {t}",
    "term": "∂L/∂w, its term of time step {t}",
    "dw": "∂L/∂w, its sum down to time step {t}",
    "clipped": "the clip, factor times entry",
    "w": "the new w",
    "u": "the new u",
}


def nan_sentences(run: Training, dtype: str) -> list[str]:
    """Where the first infinite number and the first NaN of a training without clipping came from."""
    sentences = []
    if run.infinite is not None:
        sentences.append(f"**The first ∞** in {dtype}: {_when(run.infinite)}, {event_words(run.infinite)}.")
    if run.not_a_number is not None:
        sentences.append(f"**The first NaN:** {_when(run.not_a_number)}, {event_words(run.not_a_number)}. {_why(run)}")
    if not sentences:
        ends = ", ".join(value(float(w)) for w in run.weights[:, 0])
        return [f"In {dtype}, {count(len(run.gradients), 'update')} stay finite: w is {ends}."]
    if run.not_a_number is None:
        sentences.append(f"No NaN in {count(len(run.gradients), 'update')}.")
    return sentences


def _when(event: Event) -> str:
    return f"{_ORDINALS[event.update]} update"


def _why(run: Training) -> str:
    event = run.not_a_number
    assert event is not None
    if event.tensor == "term":
        return "The state before the first input is 0, the gradient there is infinite, and 0 · ∞ has no answer."
    if event.tensor == "h":
        return (
            f"The {_ORDINALS[event.update - 1]} update made w {value(event.left)}; the forward pass after it begins "
            "with the state 0, and 0 · ∞ has no answer."
        )
    return "From here on every number it touches is NaN."


def training_table(runs: dict[str, dict[str, Training]]) -> dict[str, dict[str, str]]:
    """Clip → precision → what became of the training."""
    names = {"": "without clipping"} | CLIP_NAMES
    return {names[clip]: {dtype: _end(of[clip]) for dtype, of in runs.items()} for clip in names}


def _end(run: Training) -> str:
    if (event := run.not_a_number) is not None:
        return f"NaN in the {_ORDINALS[event.update]} update: {operation(event)}"
    if (run.applied == 0).all():
        unseen = " though the gradient is not" if (run.gradients != 0).any() else ""
        return f"frozen: every update is 0{unseen}"
    if (run.gradients[:, 0] == 0).all():
        return "w does not move: its gradient is exactly 0, as h₀ is"
    if (run.weights[:, 0] == run.weights[0, 0]).all():
        return f"w does not move: the gradient, {value(float(run.gradients[0, 0]))}, is lost in rounding"
    return f"w = {value(float(run.weights[-1, 0]))} after {count(len(run.gradients), 'update')}"


def clipped_sentence(info: ClippedInfo) -> str:
    """From where on each clip is right, zero, infinite or NaN."""
    sentences = []
    for clip, norms in info.norms.items():
        odd = []
        for mask, meaning in (
            ((norms == 0) & (info.raw > 0), "**exactly 0**, though the gradient is not,"),
            (np.isnan(norms), "**NaN**"),
            (np.isinf(norms), "left **infinite**, and reported,"),
        ):
            if mask.any():
                first, last = int(mask.argmax()), len(mask) - 1 - int(mask[::-1].argmax())
                odd.append(f"{meaning} from t = {first:,}" + ("" if last == len(mask) - 1 else f" to {last:,}"))
        if odd:
            sentences.append(f"{CLIP_NAMES[clip].capitalize()}: {listed(odd)}.")
        else:
            sentences.append(f"{CLIP_NAMES[clip].capitalize()}: finite up to t = {len(norms) - 1:,}.")
    low = int((info.raw == 0).argmax()) if (info.raw == 0).any() else None
    if low is not None:
        sentences.append(f"From t = {low:,} there is no gradient left to clip: it is 0 by itself.")
    elif info.raw[-1] <= info.threshold:
        above = np.flatnonzero(info.raw > info.threshold)
        start = int(above[-1]) + 1 if len(above) else 0
        sentences.append(
            f"From t = {start:,} on the gradient is not longer than c: clipping has no work, and cannot bring back "
            "what has vanished."
        )
    return " ".join(sentences)
