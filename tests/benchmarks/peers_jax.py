"""JAX doing the same update: forward, backward, norms, clipping and SGD in one compiled function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .problem import Outcome, Peer, Problem

Weights = dict[str, Any]


def jax_scan(problem: Problem) -> list[Peer]:
    """`lax.scan` over the time steps, one or four to a turn of the loop: the benchmark takes the faster.

    ∂L/∂h_t is the gradient by a nudge of zero that is added to each h_t.
    """
    return [_peer(problem, unroll) for unroll in (1, 4)]


def _vanilla_step(params: Weights, h_prev: jax.Array, ax_t: jax.Array) -> jax.Array:
    return jnp.tanh(ax_t + h_prev @ params["W_hh"])


STEPS: dict[str, Callable[[Weights, jax.Array, jax.Array], jax.Array]] = {"vanilla": _vanilla_step}
"""One time step, by the cell's name."""


def _peer(problem: Problem, unroll: int) -> Peer:
    _, T, B, H = problem.size
    step, threshold, alpha = STEPS[problem.size.cell], problem.config.clip_threshold, problem.config.learning_rate
    tokens = jnp.asarray(problem.batch.inputs, jnp.int32)
    targets = jnp.asarray(problem.batch.targets[-1], jnp.int32)
    params = jax.tree.map(jnp.asarray, problem.params)

    def loss_of(params: Weights, nudge: jax.Array, tokens: jax.Array, targets: jax.Array) -> jax.Array:
        def nudged_step(h_prev: jax.Array, at_t: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
            ax_t, nudge_t = at_t
            return step(params, h_prev, ax_t) + nudge_t, None

        ax = params["W_xh"][tokens] + params["b_h"]
        h_T, _ = jax.lax.scan(nudged_step, nudge[0], (ax, nudge[1:]), unroll=unroll)
        log_p = jax.nn.log_softmax(h_T @ params["W_hy"] + params["b_y"])
        return -jnp.take_along_axis(log_p, targets[:, None], axis=1).mean()

    @jax.jit
    def updated(params: Weights, tokens: jax.Array, targets: jax.Array) -> tuple[Weights, jax.Array, Any, Any]:
        nudge = jnp.zeros((T + 1, B, H), jnp.float32)
        loss, (gradients, dh) = jax.value_and_grad(loss_of, (0, 1))(params, nudge, tokens, targets)
        dh_norm = jnp.sqrt((dh**2).sum((1, 2)))
        norm = jnp.sqrt(sum((g**2).sum() for g in gradients.values()))
        scale = jnp.minimum(1, threshold / norm)
        return {name: W - alpha * scale * gradients[name] for name, W in params.items()}, loss, norm, dh_norm

    def update() -> tuple[Weights, jax.Array, Any, Any]:
        nonlocal params
        result = jax.block_until_ready(updated(params, tokens, targets))
        params = result[0]
        return result

    def outcome(result: tuple[Weights, jax.Array, Any, Any]) -> Outcome:
        after, loss, norm, dh_norm = result
        return Outcome(float(loss), float(norm), np.asarray(dh_norm), jax.tree.map(np.asarray, after))

    return Peer(update, outcome)
