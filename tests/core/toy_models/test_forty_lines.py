"""The class in forty lines: its gradients have two judges, its numbers are those of `rnn_core`, and it stands alone."""

from __future__ import annotations

import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn_core.bptt import loss_and_gradients
from rnn_core.toy_models import forty_lines
from rnn_core.toy_models.forty_lines import RNN
from rnn_core.types import Batch
from tests.core.oracle import central_differences, pytorch

SIZES = [(3, 4, 2, 5), (2, 1, 3, 4), (4, 4, 4, 1), (3, 8, 3, 8)]
"""Inputs, units, answers, time steps."""

TEXT = inspect.getsource(forty_lines)


def made(sizes: tuple[int, int, int, int], seed: int = 0) -> tuple[RNN, np.ndarray, np.ndarray]:
    """A class with biases that are not zero, a sequence, and what is right after each time step, one-hot."""
    D, H, O, T = sizes  # noqa: E741 - the output axis, named as everywhere
    rng = np.random.default_rng(seed)
    rnn = RNN(D, H, O, rng)
    rnn.b_h += rng.normal(size=H)
    rnn.b_y += rng.normal(size=O)
    return rnn, rng.normal(size=(T, D)), np.eye(O)[rng.integers(O, size=T)]


def as_batch(x: np.ndarray, target: np.ndarray) -> Batch:
    return Batch(x[:, None], target.argmax(axis=1)[:, None], np.ones((len(x), 1)))


def code_lines() -> list[str]:
    """Lines that are neither empty nor a comment or a docstring alone."""
    return [line for line in TEXT.splitlines() if line.strip() and not line.strip().startswith(("#", '"""'))]


def test_it_has_at_most_forty_lines_none_of_them_long() -> None:
    assert 30 <= len(code_lines()) <= 40
    assert max(map(len, TEXT.splitlines())) <= 100
    assert all(line.strip().endswith('"""') for line in TEXT.splitlines() if line.strip().startswith('"""'))


def test_it_stands_alone_beside_numpy(tmp_path: Path) -> None:
    shutil.copy(forty_lines.__file__, tmp_path)
    use = (
        "import sys; sys.path.insert(0, '.'); import numpy as np; from forty_lines import RNN\n"
        "rnn = RNN(2, 3, 2, np.random.default_rng(0)); x = np.eye(2)[[0, 1, 1]]\n"
        "for _ in range(300): rnn.update(x, x[::-1], 0.1)\n"
        "print(rnn.loss(rnn.forward(x)[1], x[::-1]))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", use], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.1


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_its_gradients_are_the_differences_of_its_loss(sizes: tuple[int, int, int, int], seed: int) -> None:
    rnn, x, target = made(sizes, seed)
    gradients = rnn.backward(x, target)
    assert gradients.keys() == vars(rnn).keys() == {"W_xh", "W_hh", "b_h", "W_hy", "b_y"}
    for name, W in vars(rnn).items():
        measured = central_differences(lambda: rnn.loss(rnn.forward(x)[1], target), W)
        np.testing.assert_allclose(gradients[name], measured, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("sizes", SIZES)
def test_its_loss_states_and_gradients_are_those_of_pytorch(sizes: tuple[int, int, int, int]) -> None:
    rnn, x, target = made(sizes)
    judge = pytorch(vars(rnn), as_batch(x, target), np.zeros((1, sizes[1])))
    h, log_p = rnn.forward(x)
    assert rnn.loss(log_p, target) == pytest.approx(judge.loss, rel=1e-12)
    np.testing.assert_allclose(h, judge.h[1:, 0], rtol=1e-12, atol=1e-14)
    for name, gradient in rnn.backward(x, target).items():
        np.testing.assert_allclose(gradient, judge.params[name], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", range(3))
def test_loss_states_and_gradients_are_those_of_rnn_core(sizes: tuple[int, int, int, int], seed: int) -> None:
    rnn, x, target = made(sizes, seed)
    done = loss_and_gradients(vars(rnn), as_batch(x, target))
    h, log_p = rnn.forward(x)
    assert abs(rnn.loss(log_p, target) - done.loss) <= 1e-12
    np.testing.assert_allclose(h, done.tape.h[1:, 0], rtol=0, atol=1e-12)
    for name, gradient in rnn.backward(x, target).items():
        np.testing.assert_allclose(gradient, done.gradients.params[name], rtol=0, atol=1e-12)


def test_an_update_goes_against_the_gradient_and_the_probabilities_sum_to_one() -> None:
    rnn, x, target = made(SIZES[0])
    before = {name: W.copy() for name, W in vars(rnn).items()}
    gradients = rnn.backward(x, target)
    rnn.update(x, target, 0.25)
    for name, W in vars(rnn).items():
        np.testing.assert_array_equal(W, before[name] - 0.25 * gradients[name])
    np.testing.assert_allclose(np.exp(rnn.forward(x)[1]).sum(axis=1), 1, rtol=1e-14)


def test_outputs_however_large_do_not_overflow() -> None:
    rnn, x, _ = made(SIZES[0])
    rnn.b_y[:] = [1000, -1000]
    assert rnn.loss(rnn.forward(x)[1], np.eye(2)[[1] * 5]) == pytest.approx(10_000, rel=0.01)
