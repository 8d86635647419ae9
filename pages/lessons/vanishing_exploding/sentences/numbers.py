"""Numbers in words, also those that are none."""

from __future__ import annotations

import math

from pages.components.numbers import number

VANISHED, EXPLODED = 0.01, 100.0
"""What is left of a gradient on this page if it is said to vanish (less) or to explode (more)."""

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def value(x: float) -> str:
    """Three digits, or ∞, −∞, NaN."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return number(float(x)).replace("-", "−")


def power(base: float, exponent: int) -> str:
    """A power as it is written: 2⁵⁰⁰, (−0.5)³."""
    return (f"{base:g}" if base >= 0 else f"(−{-base:g})") + raised(exponent)


def raised(exponent: int) -> str:
    """An exponent: ⁵⁰⁰."""
    return str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def listed(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def times(count: int, what: str) -> str:
    """1 update, 2 updates."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
