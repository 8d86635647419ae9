"""The one training loop, for every model: `iterate` yields what each update measured."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator

import numpy as np

from .batches import WEIGHTS, batch_of_update, random_stream
from .clipping import CLIPS, ClipOptions, clipped_to
from .config import Config
from .divergence import first_non_finite
from .models import recurrent
from .models.model import Model
from .numerics.blas import one_blas_thread
from .numerics.norms import global_norm
from .numerics.workspace import Workspace
from .optimizers import OPTIMIZERS, Rates
from .types import Batch, Params, State, UpdateRecord


@one_blas_thread()
def starting_params(config: Config, model: Model | None = None) -> Params:
    """The weights before the first update; those of the run's recurrent network, if no model is given."""
    model = recurrent.model(config) if model is None else model
    return model.initial_params(random_stream(config, WEIGHTS))


def starting_state(config: Config, params: Params | None = None) -> State:
    """What the first update starts from; with other weights than the run's own, if they are given."""
    params = starting_params(config) if params is None else params
    moments = OPTIMIZERS[config.optimizer].moments
    return State(params, {name: {k: np.zeros_like(W) for k, W in params.items()} for name in moments}, np.empty(0))


def iterate(
    config: Config,
    update: int = 0,
    state: State | None = None,
    model: Model | None = None,
    batches: Iterable[Batch] | None = None,
) -> Iterator[UpdateRecord]:
    """Train, and yield a record of each update as it is done.

    Parameters
    ----------
    update, state : where to go on: the number of the next update and what it starts from
    model : what is trained; the run's recurrent network if None
    batches : one an update, from this one on, and the run ends with them; those of the run's task if None

    A non-finite value ends the run; the last record then says what became non-finite, and its `state` is the last
    finite one.

    Raises
    ------
    ValueError
        At the first update, if there is no such update, or the state is another optimiser's, or as `training_update`.
    """
    model = recurrent.model(config) if model is None else model
    state = starting_state(config, starting_params(config, model)) if state is None else state
    if update < 0:
        raise ValueError(f"update is {update}; allowed: from 0 on")
    if set(state.moments) != set(OPTIMIZERS[config.optimizer].moments):
        needed = ", ".join(OPTIMIZERS[config.optimizer].moments) or "none"
        raise ValueError(
            f"the state's moments are {', '.join(state.moments) or 'none'}; allowed for optimizer {config.optimizer}: "
            f"{needed}"
        )
    batches = (batch_of_update(config, u) for u in itertools.count(update)) if batches is None else batches
    work = Workspace()
    for u, batch in zip(range(update, config.updates), batches, strict=False):
        record = training_update(config, state, batch, u, work, model)
        yield record
        if record.divergence is not None:
            return
        state = record.state


def trained_params(config: Config, model: Model | None = None, batches: Iterable[Batch] | None = None) -> Params:
    """The weights after the last update of a whole run; `model` and `batches` as in `iterate`."""
    for record in iterate(config, model=model, batches=batches):
        params = record.params
    return params


@one_blas_thread()
def training_update(
    config: Config,
    state: State,
    batch: Batch,
    update: int = 0,
    work: Workspace | None = None,
    model: Model | None = None,
) -> UpdateRecord:
    """One update: gradients are measured before clipping, again after it, and only then applied.

    Parameters
    ----------
    config : says how to update; the batch and the weights speak for their sizes themselves
    update : the number to put into the record
    work : memory to use again; nothing in the record lies in it
    model : whose weights they are; the run's recurrent network if None

    Raises
    ------
    ValueError
        If the clip is one on the gradient's way back, and the model has none.
    """
    params, work = state.params, Workspace() if work is None else work
    model = recurrent.model(config) if model is None else model
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # non-finite values are looked for below
        measured = model.loss_and_gradients(params, batch, work)
        gradients, dh_norm = measured.gradients, measured.dstate_norm
        if measured.clipped_gradients is not None:
            clipped = clipped_to(measured.clipped_gradients, gradients)
        elif config.clip in CLIPS:
            limits = ClipOptions(config.clip_threshold, params, state.norms, config.clip_percentile)
            clipped = CLIPS[config.clip](gradients, limits)
        else:
            raise ValueError(f"clip is {config.clip}; allowed for this model: {', '.join(CLIPS)}")
        rates = Rates(config.learning_rate, config.momentum, config.decay, update)
        updated, moments = OPTIMIZERS[config.optimizer].update(params, clipped.gradients, state.moments, rates)
        all_finite = math.isfinite(measured.loss + dh_norm.sum() + clipped.norm + global_norm(updated.values()))
        divergence = None if all_finite else first_non_finite(update, measured, updated)
    return UpdateRecord(
        update=update,
        loss=measured.loss,
        accuracy=measured.accuracy,
        grad_norm=clipped.norm,
        grad_norm_clipped=clipped.norm_clipped,
        clip_scale=clipped.scale,
        clip_angle=clipped.angle,
        dh_norm=dh_norm,
        param_norm={name: global_norm([g]) for name, g in gradients.items()},
        state=state if divergence else State(updated, moments, clipped.norms),
        divergence=divergence,
    )
