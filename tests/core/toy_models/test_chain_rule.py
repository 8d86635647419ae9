"""The blackboard's chain rule against `bptt`, against its own factors multiplied out, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.toy_models.chain_rule import ChainRule, as_batch, chain_rule, losses_along
from rnn_core.types import Ints, Params

READS = [(2,), (1,), (4,), (1, 3), (1, 2, 3, 4)]


def small(seed: int = 0, H: int = 3) -> tuple[Params, Ints, Ints]:
    """Weights, four words of which one comes twice, and what is right after each."""
    rng = np.random.default_rng(seed)
    shapes = {"W_xh": (5, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, 2), "b_y": (2,)}
    params = {name: rng.normal(0, 0.8, shape) for name, shape in shapes.items()}
    return params, np.array([3, 0, 3, 4]), np.array([1, 0, 1, 1])


def worked(read: tuple[int, ...], seed: int = 0) -> tuple[ChainRule, Pass, Params]:
    params, inputs, targets = small(seed)
    return (
        chain_rule(params, inputs, targets, read),
        loss_and_gradients(params, as_batch(inputs, targets, read)),
        params,
    )


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_that_of_bptt(read: tuple[int, ...], seed: int) -> None:
    found, done, params = worked(read, seed)
    assert found.read == read
    np.testing.assert_allclose(found.loss, done.loss, rtol=1e-13)
    pairs = [
        (found.h, done.tape.h[:, 0]),
        (found.dz[np.array(read) - 1], done.dlogits[:, 0]),
        (found.dh, done.gradients.dh[:, 0]),
        (found.dh_direct, done.gradients.dh_direct[:, 0]),
        (found.da, done.gradients.da[:, 0]),
        *((found.gradients[name], done.gradients.params[name]) for name in params),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


def test_terms_are_outer_products_and_sum_to_the_gradient() -> None:
    found, _, params = worked((2, 4))
    for t in range(1, 5):
        np.testing.assert_array_equal(found.terms["W_hh"][t - 1], np.outer(found.h[t - 1], found.da[t - 1]))
        np.testing.assert_array_equal(found.terms["W_xh"][t - 1], np.outer(found.x[t - 1], found.da[t - 1]))
        np.testing.assert_array_equal(found.terms["W_hy"][t - 1], np.outer(found.h[t], found.dz[t - 1]))
    for name, W in params.items():
        assert found.terms[name].shape == (4, *W.shape)
        np.testing.assert_allclose(found.terms[name].sum(axis=0), found.gradients[name], rtol=1e-14)


def test_the_gradient_at_a_state_is_the_product_of_the_factors_up_to_its_loss() -> None:
    found, _, params = worked((4,))
    np.testing.assert_allclose(found.dh[4], (found.y_hat[3] - found.y[3]) @ params["W_hy"].T, rtol=1e-14)
    along = found.dh[4]
    for t in (3, 2, 1, 0):
        along = along @ found.jacobians[t]
        np.testing.assert_allclose(found.dh[t], along, rtol=1e-12)


def test_a_jacobian_says_how_a_state_changes_with_the_one_before() -> None:
    params, inputs, targets = small()
    found = chain_rule(params, inputs, targets, (2,))
    nudge = 1e-6 * np.eye(3)
    ax = found.x[2] @ params["W_xh"] + params["b_h"]
    up, down = (np.tanh(ax + (found.h[2] + sign * nudge) @ params["W_hh"]) for sign in (1, -1))
    np.testing.assert_allclose(found.jacobians[2].T, (up - down) / 2e-6, rtol=1e-7)


def test_losses_that_are_not_followed_send_nothing() -> None:
    found, _, _ = worked((2,))
    assert not found.dz[[0, 2, 3]].any()
    assert not found.dh[3:].any()
    assert found.dz[1].any()
    assert found.dh[0].any()
    assert (found.losses > 0).all()


def test_followed_losses_add_up() -> None:
    whole, *parts = (worked(read)[0] for read in ((1, 2, 3, 4), (1,), (2,), (3,), (4,)))
    assert whole.loss == pytest.approx(sum(part.loss for part in parts), rel=1e-14)
    for name, gradient in whole.gradients.items():
        np.testing.assert_allclose(gradient, sum(part.gradients[name] for part in parts), rtol=1e-12, atol=1e-15)


def test_there_is_no_recurrent_term_before_the_second_word() -> None:
    found, _, _ = worked((2,))
    assert not found.terms["W_hh"][0].any()
    assert found.terms["W_hh"][1].any()
    assert found.terms["W_xh"][0].any()


def test_the_loss_along_the_gradient_starts_at_the_loss_and_falls_with_its_squared_norm() -> None:
    params, inputs, targets = small()
    found = chain_rule(params, inputs, targets, (1, 2, 3, 4))
    batch = as_batch(inputs, targets, found.read)
    losses = losses_along(params, found.gradients, batch, np.array([0.0, 1e-6, 0.3]))
    squared = sum(float((g**2).sum()) for g in found.gradients.values())
    assert losses[0] == pytest.approx(found.loss, rel=1e-14)
    assert (losses[0] - losses[1]) / 1e-6 == pytest.approx(squared, rel=1e-4)
    updated = {name: W - 0.3 * found.gradients[name] for name, W in params.items()}
    assert losses[2] == pytest.approx(chain_rule(updated, inputs, targets, found.read).loss, rel=1e-13)
