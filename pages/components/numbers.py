"""Numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Three significant digits, with a power of ten only where the digits alone could not be read at a glance."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    if 1e-3 <= abs(value) < 1e5:
        return f"{float(f'{value:.3g}'):,.15g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}·10{raised(int(exponent))}"


def raised(exponent: int) -> str:
    """An exponent: ⁵⁰⁰."""
    return str(exponent).translate(_SUPERSCRIPTS)


def power(base: float, exponent: int) -> str:
    """A power as it is written: 2⁵⁰⁰, (−0.5)³."""
    return (f"{base:g}" if base >= 0 else f"(−{-base:g})") + raised(exponent)


def any_number(value: float) -> str:
    """A number with a true minus sign, or what it is instead."""
    if math.isnan(value):
        return "NaN"
    return ("∞" if value > 0 else "−∞") if math.isinf(value) else number(value).replace("-", "−")


def power_of_ten(value: float) -> str:
    """A power of ten, such as a tolerance."""
    return number(value).removeprefix("1.00·")


def count(n: int, thing: str) -> str:
    """So many of a thing, in the singular if it is one."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
