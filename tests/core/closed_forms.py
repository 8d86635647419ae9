"""What is known of a network without computing it."""

from __future__ import annotations

import math


def chain_power_norm(eigenvalue: float, link: float, power: int) -> float:
    """‖W^k‖₂ of the chain of two units: (|b| + √(b² + 4a²)) / 2 with a = λ^k, b = k λ^(k-1) c."""
    a = eigenvalue**power
    b = power * eigenvalue ** (power - 1) * link if power else 0.0
    return (abs(b) + math.sqrt(b * b + 4 * a * a)) / 2
