"""The gradient's way back to each word: how long it is in each network, and what arrives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn_core.config import Config
from rnn_core.diagnostics.gradient_paths import MODELS, RECURRENT, gradient_path, shortest
from rnn_core.experiments.successors import config_of, starting_params
from rnn_core.tasks import reading
from tests.core.oracle import pytorch

TOKENS = reading.read(reading.ARTICLE).tokens
T = len(TOKENS)
CONFIG = Config(hidden_size=5, dtype="float64", seed=4)


@pytest.mark.parametrize("model", RECURRENT)
def test_in_a_recurrence_the_way_is_as_long_as_the_words_between(model: str) -> None:
    found = gradient_path(model, starting_params(model, config_of(model, CONFIG)), TOKENS, 1)
    np.testing.assert_array_equal(found.links, T - np.arange(1, T + 1))


def test_in_attention_the_way_is_as_long_for_every_word() -> None:
    found = gradient_path("attention", starting_params("attention", config_of("attention", CONFIG)), TOKENS, 1)
    np.testing.assert_array_equal(found.links, np.ones(T))


@pytest.mark.parametrize("model", RECURRENT)
def test_what_arrives_is_pytorch_s_gradient_of_the_state_that_remembers(model: str) -> None:
    params = starting_params(model, config_of(model, CONFIG))
    found = gradient_path(model, params, TOKENS, 1)
    start, weights = np.zeros((1, 5)), np.eye(T)[-1][:, None]
    batch = type("B", (), {"inputs": TOKENS[:, None], "targets": np.ones((T, 1), int), "weights": weights})()
    expected = pytorch(params, batch, start, start if model == "lstm" else None, model, "tanh")
    kept = expected.dc if model == "lstm" else expected.dh
    np.testing.assert_allclose(found.norm, np.linalg.norm(kept[1:, 0], axis=-1), rtol=1e-9)
    np.testing.assert_allclose(found.relative, found.norm / found.norm[-1])
    assert -math.log(found.p[1]) == pytest.approx(expected.loss, rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_the_right_answer_decides_the_loss_and_not_the_network_s_answer(model: str) -> None:
    params = starting_params(model, config_of(model, CONFIG))
    was, were = (gradient_path(model, params, TOKENS, answer) for answer in (0, 1))
    np.testing.assert_array_equal(was.p, were.p)
    assert was.p.sum() == pytest.approx(1)
    # ∂L/∂y is p - onehot: with two classes, each answer's gradient is the other's times -p(was) / p(were)
    np.testing.assert_allclose(was.norm * was.p[0], were.norm * were.p[1], rtol=1e-6)


def test_a_unit_that_is_cut_off_has_no_way_back() -> None:
    params = starting_params("vanilla", config_of("vanilla", CONFIG))
    params["W_hh"][:] = 0
    found = gradient_path("vanilla", params, TOKENS, 1)
    np.testing.assert_array_equal(found.links, [*[math.inf] * (T - 1), 0])
    np.testing.assert_array_equal(found.norm[:-1], 0)


def test_the_shortest_way_avoids_zeros_and_takes_short_cuts() -> None:
    one, none = np.ones((2, 2)), np.zeros((2, 2))
    chain = {(1, 2): one, (2, 3): one, (3, 4): one}
    np.testing.assert_array_equal(shortest(chain, range(1, 5), 4), [3, 2, 1, 0])
    np.testing.assert_array_equal(shortest(chain | {(1, 4): one}, range(1, 5), 4), [1, 2, 1, 0])
    np.testing.assert_array_equal(shortest(chain | {(1, 4): none}, range(1, 5), 4), [3, 2, 1, 0])
    np.testing.assert_array_equal(shortest(chain | {(2, 3): none}, range(1, 5), 4), [math.inf, math.inf, 1, 0])
    barely = np.array([[0, 0], [1e-300, 0]])
    np.testing.assert_array_equal(shortest(chain | {(2, 3): barely}, range(1, 5), 4), [3, 2, 1, 0])
