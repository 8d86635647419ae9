"""The question of part 1, and its answer: the t at which a precision runs out of numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pages.components.numbers import any_number as value
from pages.components.numbers import listed, power
from pages.lessons.vanishing_exploding.figures.repeated_product import Product, ProductsInfo

NEVER = "never"


class Guess(NamedTuple):
    """What is asked.

    Attributes
    ----------
    question, because : Markdown
    answers : to choose from
    right : one of them
    """

    question: str
    answers: tuple[str, ...]
    right: str
    because: str


def guess(info: ProductsInfo, dtype: str) -> Guess | None:
    """The question for this weight and this precision; None if the product neither grows nor shrinks, or is 0 at once.

    The wrong answers are the ends of the other precisions, and where a square overflows.
    """
    size = abs(float(info.products[dtype].values[1]))
    if size in (0, 1):
        return None
    return _overflow(info, dtype) if size > 1 else _zero(info, dtype)


def _overflow(info: ProductsInfo, dtype: str) -> Guess:
    ends = _ends(info, "overflow")
    squares, right = _first(info.products[dtype], "norm_overflow"), ends[dtype]
    assert squares is not None
    largest = value(float(np.finfo(dtype).max)).replace("65,500", "65,504")
    because = (
        f"The largest number of {dtype} is {largest}, and {power(info.w, right)} is beyond it. "
        f"{_others(ends, dtype, 'ends at')}At {_at(squares)} "
        f"a *square* of the power is already beyond {dtype}: that is where a norm overflows. {_beyond(info, right)}"
    )
    question = (
        f"$w$ = {info.w:g}, and the gradient is multiplied with it once per time step back. At which power $w^t$ is it "
        f"∞ in {dtype} for the first time?"
    )
    return Guess(question, _answers(squares, *ends.values()), _at(right), because)


def _zero(info: ProductsInfo, dtype: str) -> Guess:
    ends = _ends(info, "zero")
    product, end = info.products[dtype], ends[dtype]
    smallest = value(float(np.finfo(dtype).smallest_subnormal))
    question = (
        f"$w$ = {info.w:g}, and the gradient is multiplied with it once per time step back. At which power $w^t$ is it "
        f"exactly 0 in {dtype} for the first time?"
    )
    answers = (*_answers(*ends.values()), NEVER)
    if abs(float(product.values[1])) > 0.5:
        stuck = product.measured.stuck
        rests = (
            "" if stuck is None else f" Here it rests at {value(abs(float(product.values[-1])))} from t = {stuck:,}."
        )
        because = (
            f"Each product is rounded to the nearest number. For |w| above ½ the smallest number of {dtype}, "
            f"{smallest}, is rounded back to itself, so the product never gets to 0.{rests} Without rounding to "
            f"itself it would be 0 at {_at(end)}."
        )
        return Guess(question, answers, NEVER, because)
    because = (
        f"The smallest number of {dtype} above 0 is {smallest}. {power(info.w, end)} is at most half of it, and "
        "rounded to 0. "
        f"{_others(ends, dtype, 'is 0 from')}{_beyond(info, end)}"
    )
    return Guess(question, answers, _at(end), because)


def _ends(info: ProductsInfo, what: str) -> dict[str, int]:
    """Where each precision ends; without those to which w is 1."""
    return {name: t for name, product in info.products.items() if (t := _first(product, what)) is not None}


def _first(product: Product, what: str) -> int | None:
    """The t that was measured; where T does not reach it, that of |w| alone."""
    measured: int | None = getattr(product.measured, what)
    predicted: int | None = getattr(product.predicted, what)
    return predicted if measured is None else measured


def _answers(*ends: int) -> tuple[str, ...]:
    return tuple(_at(t) for t in sorted(set(ends)))


def _at(t: int) -> str:
    return f"t = {t:,}"


def _others(ends: dict[str, int], dtype: str, verb: str) -> str:
    others = [f"{name} {verb} {_at(t)}" for name, t in ends.items() if name != dtype]
    return f"{listed(others)}. " if others else ""


def _beyond(info: ProductsInfo, t: int) -> str:
    return f"(T = {info.T:,} does not reach that far: this is computed from |w| alone.)" if t > info.T else ""
