"""The one training loop: `iterate` yields what each update measured, `train` stacks it into a `Record`."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .batches import WEIGHTS, batch_of_update, random_stream
from .bptt import backward, loss_and_gradients
from .cells import cell_of
from .clipping import CLIPS, ClipOptions, clipped_to
from .config import Config
from .divergence import first_non_finite
from .evaluation import evaluate, probe_states
from .initializers import initial_params
from .numerics.blas import one_blas_thread
from .numerics.norms import global_norm, row_norms
from .numerics.workspace import Workspace
from .optimizers import OPTIMIZERS, Rates
from .regularizers import omega_gradient
from .tasks import TASKS
from .types import Batch, Divergence, Evaluation, Floats, Ints, Params, Record, Snapshot, State, UpdateRecord

SNAPSHOTS, SNAPSHOT_BYTES = 300, 16 * 2**20
"""A record keeps the weights at most so many times, and in at most so many bytes (but three times at least)."""


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


def snapshot_updates(config: Config, params_bytes: int) -> Ints:
    """(S,) After how many updates the weights are kept: 0, the end, and between them every one, or the densest early.

    The k-th of them, from 0, is at k + (U - (S - 1)) (k / (S - 1))²: after every update in the beginning, then ever
    further apart, as weights move fastest, and twins part, early. A run of less than S updates keeps them all.
    """
    U = config.updates
    last = min(max(3, min(SNAPSHOTS, SNAPSHOT_BYTES // params_bytes)) - 1, U)
    k = np.arange(last + 1)
    return np.rint(k + (U - last) * (k / last) ** 2).astype(int)


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


class Stretch(NamedTuple):
    """Some updates of a run in a row, as `advance` computed them.

    Attributes
    ----------
    first : number of the first update
    columns : what `UpdateRecord` measured, by field name, one row an update; norms of parameters as "param_norm.NAME"
    snapshots : those that fell into the stretch
    state : what the next update starts from
    divergence : None unless the run ended here with a non-finite value
    evaluation : of the weights after it, if the run ended here
    """

    first: int
    columns: dict[str, Floats]
    snapshots: list[Snapshot]
    state: State
    divergence: Divergence | None
    evaluation: dict[str, Evaluation] | None

    @property
    def params(self) -> Params:
        """The weights after it."""
        return self.state.params

    @property
    def end(self) -> int:
        """Number of the update that comes after it."""
        return self.first + len(self.columns["loss"])

    @property
    def as_start(self) -> Stretch:
        """As little of it as `advance` needs to go on from its end: cheap to send to another process."""
        return self._replace(first=self.end, columns={"loss": np.empty(0)}, snapshots=[])


_SCALARS = ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle")


def advance(config: Config, after: Stretch | None = None, seconds: float = math.inf) -> Stretch:
    """Go on with a run for about so many seconds, at least one update; how it is cut changes no bit of the result.

    Raises
    ------
    ValueError
        If the run has ended with the stretch `after`.
    """
    if after is not None and after.evaluation is not None:
        raise ValueError(f"the run ended with update {after.end - 1}; nothing comes after it")
    state = starting_state(config) if after is None else after.state
    first = 0 if after is None else after.end
    keep = set(snapshot_updates(config, sum(W.nbytes for W in state.params.values())).tolist())
    snapshots = [Snapshot(0, state.params)] if first == 0 else []
    rows: list[list[float]] = []
    dh_norm: list[Floats] = []
    divergence = None
    deadline = time.monotonic() + seconds
    for record in iterate(config, first, state):
        rows.append([*(getattr(record, name) for name in _SCALARS), *record.param_norm.values()])
        dh_norm.append(record.dh_norm)
        state, divergence = record.state, record.divergence
        if record.update + 1 in keep and divergence is None:
            snapshots.append(Snapshot(record.update + 1, state.params))
        if time.monotonic() >= deadline:
            break
    names = [*_SCALARS, *(f"param_norm.{name}" for name in state.params)]
    columns = dict(zip(names, np.array(rows).T, strict=True)) | {"dh_norm": np.array(dh_norm)}
    ended = first + len(rows) == config.updates or divergence is not None
    return Stretch(first, columns, snapshots, state, divergence, evaluate(config, state.params) if ended else None)


def to_record(config: Config, stretches: Sequence[Stretch]) -> Record:
    """Join the stretches of a run, finished or stopped early, and evaluate the weights at its end."""
    last = stretches[-1]
    columns = {name: np.concatenate([s.columns[name] for s in stretches]) for name in last.columns}
    snapshots = [snapshot for s in stretches for snapshot in s.snapshots]
    applied = last.end - (last.divergence is not None)  # the update that diverged was not applied
    if snapshots[-1].update < applied:
        snapshots.append(Snapshot(applied, last.params))
    probe_params = {name: np.stack([s.params[name] for s in snapshots]) for name in last.params}
    return Record(
        config=config,
        **{name: columns[name] for name in _SCALARS},
        dh_norm=columns["dh_norm"],
        param_norm={name: columns[f"param_norm.{name}"] for name in last.params},
        probe_updates=np.array([s.update for s in snapshots]),
        probe_params=probe_params,
        probe_h=probe_states(config, probe_params, TASKS[config.task].probe(config)),
        evaluation=evaluate(config, last.params) if last.evaluation is None else last.evaluation,
        divergence=last.divergence,
    )


def train(config: Config) -> Record:
    """A whole run."""
    return to_record(config, [advance(config)])
