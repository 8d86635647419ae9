"""What clipping leaves of a gradient's flow: a hand-written backward pass and closed forms as judges."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from rnn_core.bptt import backward
from rnn_core.config import Config
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.clip_limits import KINDS, Flow, Network, angles, clipped, early_to_late, flow, network
from rnn_core.training import starting_state, training_update

CASES = [("agreement", 0.5), ("agreement", 2.5), ("next_word", 1.0), ("next_word", 1.5)]
"""Loss at the end or at every word; gradients that vanish, explode or neither."""


@functools.cache
def config_of(task: str, gain: float) -> Config:
    return Config(task=task, spectral_radius=gain, hidden_size=8, sentence_length=20, batch_size=4, dtype="float64")


@functools.cache
def case(task: str, gain: float) -> tuple[Network, Flow]:
    net = network(config_of(task, gain))
    return net, flow(net)


def by_hand(net: Network, direct: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """‖∂L/∂h_t‖, t = 0 ... T, after each is shortened by its factor: the tanh network's chain rule, one t at a time."""
    d, norms = np.zeros_like(net.tape.h[0]), np.empty(len(net.tape.h))
    for t in range(len(norms) - 1, -1, -1):
        d = (d + (direct[t - 1] if t else 0)) * kept[t]
        norms[t] = np.sqrt((d**2).sum())
        d = (d * (1 - net.tape.h[t] ** 2)) @ net.params["W_hh"].T
    return norms


@pytest.mark.parametrize(("task", "gain"), CASES)
def test_without_a_limit_it_is_backpropagation_through_time(task: str, gain: float) -> None:
    net, free = case(task, gain)
    gradients = backward(net.params, net.batch, net.tape, net.dlogits, net.cell)
    np.testing.assert_array_equal(free.dh, row_norms(gradients.dh))
    assert (free.kept == 1).all()
    np.testing.assert_allclose(free.terms.sum(axis=0), gradients.params["W_hh"], rtol=1e-10, atol=1e-15)
    assert free.term_norms[0] == 0
    assert (free.term_norms[1:] > 0).all()


@pytest.mark.parametrize("limit", [math.inf, 1e-2, 1e-4])
@pytest.mark.parametrize(("task", "gain"), CASES)
def test_the_factors_and_what_the_last_loss_sends_are_those_of_the_chain_rule(
    task: str, gain: float, limit: float
) -> None:
    net, _ = case(task, gain)
    found = flow(net, limit)
    np.testing.assert_allclose(found.dh, by_hand(net, found.gradients.dh_direct, found.kept), rtol=1e-10)
    of_last = np.zeros_like(found.gradients.dh_direct)
    of_last[-1] = found.gradients.dh_direct[-1]
    np.testing.assert_allclose(found.last, by_hand(net, of_last, found.kept), rtol=1e-10)


@pytest.mark.parametrize(("task", "gain"), CASES)
def test_no_gradient_flows_on_longer_than_the_limit(task: str, gain: float) -> None:
    net, free = case(task, gain)
    limit = 0.3 * float(free.dh[1:].max())
    found = flow(net, limit)
    assert found.dh[1:].max() == pytest.approx(limit, rel=1e-12)
    assert (found.kept <= 1).all()
    np.testing.assert_allclose(found.dh[found.kept < 1], limit, rtol=1e-12)
    assert found.kept[0] == 1


def test_clipping_inside_the_flow_makes_the_last_loss_vanish_in_a_network_where_it_does_not_by_itself() -> None:
    net, free = case("next_word", 1.5)
    cut = flow(net, 0.1 * float(free.dh[-1]))
    assert free.last[1] / free.last[-1] > 0.01
    assert cut.last[1] / cut.last[-1] < 1e-15
    assert (np.diff(np.log(cut.last)) > 0).all()


@pytest.mark.parametrize(("task", "gain"), CASES)
def test_a_tiny_threshold_leaves_the_ratio_of_early_to_late_as_it_is(task: str, gain: float) -> None:
    net, free = case(task, gain)
    before = early_to_late(free.dh, free.term_norms)
    assert before.states == free.dh[1] / free.dh[-1]
    assert before.terms == free.term_norms[1] / free.term_norms[-1]
    for threshold in (1e-1, 1e-9):
        scale = clipped(net, free, "norm", threshold).scale
        assert scale <= 1
        after = early_to_late(free.dh * scale, row_norms(free.terms * scale))
        np.testing.assert_allclose(after, before, rtol=1e-13)


def test_clipping_inside_the_flow_of_an_exploding_gradient_makes_early_and_late_alike() -> None:
    net, free = case("agreement", 2.5)
    cut = flow(net, 1e-3)
    assert early_to_late(free.dh, free.term_norms).states > 3
    assert early_to_late(cut.dh, cut.term_norms).states == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("task", "gain"), CASES)
def test_the_clips_are_those_of_training(task: str, gain: float, kind: str) -> None:
    net, free = case(task, gain)
    run = config_of(task, gain).replace(clip=kind, clip_threshold=1e-3)
    update = training_update(run, starting_state(run), net.batch)
    found = clipped(net, free, kind, 1e-3)
    assert found.norm == pytest.approx(update.grad_norm, rel=1e-12)
    assert found.norm_clipped == pytest.approx(update.grad_norm_clipped, rel=1e-12)
    assert found.scale == pytest.approx(update.clip_scale, rel=1e-12)
    assert found.angle == pytest.approx(update.clip_angle, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("task", "gain"), CASES)
def test_angles_are_nothing_for_norms_and_up_to_that_of_the_signs_for_values(task: str, gain: float) -> None:
    net, free = case(task, gain)
    raw = np.concatenate([g.ravel() for g in free.gradients.params.values()])
    found = angles(net, free, np.array([1e-12, 1e-3, 1e3]))
    assert (found["norm"] == 0).all()
    signs = np.sign(raw) * (np.abs(raw) > 1e-9)
    cosine = raw @ signs / np.linalg.norm(raw) / np.linalg.norm(signs)
    tiny = math.acos(cosine)
    assert found["value"][0] == pytest.approx(tiny, abs=0.05)  # entries below 1e-9 count little in the raw gradient
    assert 0 < found["value"][1] < math.pi / 2
    assert found["flow"][0] > 0.1
    assert found["value"][2] == found["flow"][2] == 0
