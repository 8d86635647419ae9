"""Where the sliders of this page stop. A link may name any value between the ends."""

from __future__ import annotations

DECADES = (*(round(m * 10.0**e, 8) for e in range(-4, 3) for m in (1.0, 2.0, 5.0)), 1000.0)
"""1, 2 and 5 of each power of ten."""

_FINE = {round(sign * k / 20, 2) for sign in (-1, 1) for k in range(61)}
_NEAR_ONE = {round(sign * k / 100, 2) for sign in (-1, 1) for k in range(90, 111)}
WEIGHTS = tuple(sorted(_FINE | _NEAR_ONE | {-1.001, -0.999, 0.999, 1.001}))
"""Twentieths, and hundredths near 1 and -1."""

TIMES = (*range(1, 20), *range(20, 100, 5), *range(100, 200, 25), *range(200, 1000, 50), *range(1000, 2001, 100))
"""Time steps, denser where there are few."""
