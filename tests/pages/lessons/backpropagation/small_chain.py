"""What the tests of the page on backpropagation share: small networks, and numbers read back from LaTeX."""

from __future__ import annotations

import re

import numpy as np

from pages.lessons.backpropagation.networks import Small, small_network
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.toy_models.chain_rule import ChainRule, as_batch, chain_rule

WORDS = "the artists who performed"


def worked(
    read: tuple[int, ...] = (2,), text: str = WORDS, hidden_size: int = 2, seed: int = 0
) -> tuple[Small, ChainRule]:
    """A small network and the chain rule of its losses at some time steps."""
    small = small_network(text, hidden_size, 0.8, seed)
    return small, chain_rule(small.params, small.inputs, small.targets, read)


def of_core(small: Small, read: tuple[int, ...]) -> Pass:
    """The same by `bptt`."""
    return loss_and_gradients(small.params, as_batch(small.inputs, small.targets, read))


def matrices(latex: str) -> list[np.ndarray]:
    """The matrices of a formula, as numbers."""
    bodies = re.findall(r"\\begin{bmatrix}(.*?)\\end{bmatrix}", latex)
    return [np.array([[_number(cell) for cell in row.split("&")] for row in body.split(r"\\")]) for body in bodies]


def _number(cell: str) -> float:
    match = re.fullmatch(r"(-?[\d.]+)(?:\\cdot 10\^{(-?\d+)})?", cell.strip())
    assert match, cell
    return float(match[1]) * 10.0 ** int(match[2] or 0)


def assert_shown(shown: np.ndarray, value: np.ndarray) -> None:
    """The digits shown are those of the value: off by at most half of the third significant digit."""
    value = np.atleast_2d(value)
    assert shown.shape == value.shape
    np.testing.assert_allclose(shown, value, rtol=0.005001, atol=0)
