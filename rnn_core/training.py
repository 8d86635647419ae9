"""The one training loop: `iterate` yields what each update measured."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from .batches import WEIGHTS, batch_of_update, random_stream
from .bptt import backward, loss_and_gradients
from .cells import cell_of
from .clipping import CLIPS, ClipOptions, clipped_to
from .config import Config
from .divergence import first_non_finite
from .initializers import initial_params
from .numerics.blas import one_blas_thread
from .numerics.norms import global_norm, row_norms
from .numerics.workspace import Workspace
from .optimizers import OPTIMIZERS, Rates
from .regularizers import omega_gradient
from .tasks import TASKS
from .types import Batch, Params, State, UpdateRecord


@one_blas_thread()
def starting_params(config: Config) -> Params:
    """The weights before the first update."""
    task = TASKS[config.task]
    return initial_params(config, task.inputs, task.outputs, random_stream(config, WEIGHTS))


def starting_state(config: Config, params: Params | None = None) -> State:
    """What the first update starts from; with other weights than the run's own, if they are given."""
    params = starting_params(config) if params is None else params
    moments = OPTIMIZERS[config.optimizer].moments
    return State(params, {name: {k: np.zeros_like(W) for k, W in params.items()} for name in moments}, np.empty(0))


def iterate(config: Config, update: int = 0, state: State | None = None) -> Iterator[UpdateRecord]:
    """Train, and yield a record of each update as it is done.

    Parameters
    ----------
    update, state : where to go on: the number of the next update and what it starts from

    A non-finite value ends the run; the last record then says what became non-finite, and its `state` is the last
    finite one.
    """
    state = starting_state(config) if state is None else state
    work = Workspace()
    for u in range(update, config.updates):
        record = training_update(config, state, batch_of_update(config, u), u, work)
        yield record
        if record.divergence is not None:
            return
        state = record.state


@one_blas_thread()
def training_update(
    config: Config, state: State, batch: Batch, update: int = 0, work: Workspace | None = None
) -> UpdateRecord:
    """One update: gradients are measured before clipping, again after it, and only then applied.

    Parameters
    ----------
    config : says how to update; the batch and the weights speak for their sizes themselves
    update : the number to put into the record
    work : memory to use again; nothing in the record lies in it
    """
    params, cell = state.params, cell_of(config)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # non-finite values are looked for below
        done = loss_and_gradients(params, batch, cell, work, TASKS[config.task].loss, config.bptt_window)
        gradients = done.gradients.params
        if config.omega:
            penalty = omega_gradient(params, done.tape, done.gradients.da, config.activation)
            gradients["W_hh"] = gradients["W_hh"] + config.omega * penalty
        dh_norm = row_norms(done.gradients.dh)
        if config.clip == "flow":
            limit = config.clip_threshold
            rescaled = backward(params, batch, done.tape, done.dlogits, cell, None, config.bptt_window, limit).params
            if config.omega:
                rescaled["W_hh"] = rescaled["W_hh"] + config.omega * penalty
            clipped = clipped_to(rescaled, gradients)
        else:
            limits = ClipOptions(config.clip_threshold, params, state.norms, config.clip_percentile)
            clipped = CLIPS[config.clip](gradients, limits)
        rates = Rates(config.learning_rate, config.momentum, config.decay, update)
        updated, moments = OPTIMIZERS[config.optimizer].update(params, clipped.gradients, state.moments, rates)
        all_finite = math.isfinite(done.loss + dh_norm.sum() + clipped.norm + global_norm(updated.values()))
        divergence = None if all_finite else first_non_finite(update, done, updated)
    return UpdateRecord(
        update=update,
        loss=done.loss,
        accuracy=done.accuracy,
        grad_norm=clipped.norm,
        grad_norm_clipped=clipped.norm_clipped,
        clip_scale=clipped.scale,
        clip_angle=clipped.angle,
        dh_norm=dh_norm,
        param_norm={name: global_norm([g]) for name, g in gradients.items()},
        state=state if divergence else State(updated, moments, clipped.norms),
        divergence=divergence,
    )
