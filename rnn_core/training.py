"""The one training loop: `iterate` yields what each update measured, `train` stacks it into a `Record`.

The batch of an update depends on the seed and the update's number alone. So twins that differ in their clipping see
the same batches, and a run can be cut into stretches, computed anywhere, and joined without changing a bit.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .blas import one_blas_thread
from .bptt import Pass, Workspace, forward, loss_and_gradients
from .clipping import CLIPS
from .config import EVALUATION_COUNT, Config
from .initializers import initial_params
from .losses import accuracy
from .norms import global_norm, row_norms
from .optimizers import OPTIMIZERS
from .tasks import TASKS
from .types import Batch, Divergence, Evaluation, Floats, Ints, Params, Record, Snapshot, UpdateRecord

SNAPSHOTS, SNAPSHOT_BYTES = 300, 4 * 2**20
"""A record keeps the weights at most so many times, and in at most so many bytes (but three times at least)."""

_WORDS_AT_ONCE = 250_000
_MOST_BATCHES_AT_ONCE = 50
"""Batches are drawn in blocks: many short ones together, few long ones, at most so many words."""

_BLOCKS_KEPT = 12
"""Of at most 5 MB each: as many as a worker's turn takes, so that a twin whose turn is next finds them drawn."""

_READ_BY_BATCHES = ("task", "sentence_length", "attractors", "batch_size", "dtype", "seed")
"""The fields of a config that its batches depend on; a test holds the tasks to them."""

_WEIGHTS, _BATCHES, _EVALUATION = range(3)
"""Independent random streams of one seed."""


def random_stream(config: Config, *key: int) -> np.random.Generator:
    """The generator of one purpose; neither clipping nor anything else but the seed changes it."""
    return np.random.default_rng(np.random.SeedSequence(config.seed, spawn_key=key))


@one_blas_thread()
def starting_params(config: Config) -> Params:
    """The weights before the first update."""
    task = TASKS[config.task]
    return initial_params(config, task.inputs, task.outputs, random_stream(config, _WEIGHTS))


def _block_size(config: Config) -> int:
    return max(1, min(_MOST_BATCHES_AT_ONCE, _WORDS_AT_ONCE // (config.sentence_length * config.batch_size)))


@functools.lru_cache(maxsize=64)
def _data_config(config: Config) -> Config:
    """The same for all runs with the same batches: what these do not depend on is left at its default, or smallest.

    Smallest where a default could make the sizes together too large for a `Config`.
    """
    return Config(**{name: getattr(config, name) for name in _READ_BY_BATCHES}, hidden_size=1, updates=1)


@functools.lru_cache(maxsize=_BLOCKS_KEPT)
def _block_of_batches(data: Config, block: int) -> list[Batch]:
    rng = random_stream(data, _BATCHES, block)
    return TASKS[data.task].batches(data, rng, _block_size(data))


def batch_of_update(config: Config, update: int) -> Batch:
    """The batch that this update is computed on, whatever came before."""
    block, place = divmod(update, _block_size(config))
    return _block_of_batches(_data_config(config), block)[place]


def snapshot_updates(config: Config, params_bytes: int) -> Ints:
    """(S,) After how many updates the weights are kept: 0, the end, and between them densest early.

    The k-th of them, from 0, is at (k / (S - 1))² of the run: weights move fastest, and twins part, in the beginning.
    """
    count = max(3, min(SNAPSHOTS, SNAPSHOT_BYTES // params_bytes))
    return np.unique(np.rint(config.updates * np.linspace(0, 1, count) ** 2).astype(int))


def iterate(config: Config, update: int = 0, params: Params | None = None) -> Iterator[UpdateRecord]:
    """Train, and yield a record of each update as it is done.

    Parameters
    ----------
    update, params : where to go on: the number of the next update and the weights before it

    A non-finite value ends the run; the last record then says what became non-finite, and its `params` are the last
    finite ones.
    """
    params = starting_params(config) if params is None else params
    work = Workspace()
    for u in range(update, config.updates):
        record = measured_update(config, params, batch_of_update(config, u), u, work)
        yield record
        if record.divergence is not None:
            return
        params = record.params


@one_blas_thread()
def measured_update(
    config: Config, params: Params, batch: Batch, update: int = 0, work: Workspace | None = None
) -> UpdateRecord:
    """One update: gradients are measured before clipping, again after it, and only then applied.

    Parameters
    ----------
    config : says how to update; the batch and the weights speak for their sizes themselves
    update : the number to put into the record
    work : memory to use again; nothing in the record lies in it
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # non-finite values are looked for below
        done = loss_and_gradients(params, batch, config.cell, work)
        gradients = done.gradients.params
        dh_norm = row_norms(done.gradients.dh)
        clipped = CLIPS[config.clip](gradients, config.clip_threshold)
        updated = OPTIMIZERS[config.optimizer](params, clipped.gradients, config.learning_rate)
        all_finite = math.isfinite(done.loss + dh_norm.sum() + clipped.norm + global_norm(updated.values()))
        divergence = None if all_finite else first_non_finite(update, done, updated)
    return UpdateRecord(
        update=update,
        loss=done.loss,
        accuracy=done.accuracy,
        grad_norm=clipped.norm,
        grad_norm_clipped=clipped.norm_clipped,
        clip_scale=clipped.scale,
        dh_norm=dh_norm,
        param_norm={name: global_norm([g]) for name, g in gradients.items()},
        params=params if divergence else updated,
        divergence=divergence,
    )


def first_non_finite(update: int, done: Pass, updated: Params) -> Divergence | None:
    """The first tensor of an update, in the order of computation, with an entry that is not finite; None if none has.

    Forward in time for states and outputs, backward in time for ∂L/∂h_t, then the weights' gradients and the weights.
    """
    h, dh = done.tape.h, done.gradients.dh
    for t in range(1, len(h)):
        if not np.isfinite(h[t]).all():
            return Divergence(update, "h", t)
    for t, logits in zip(done.tape.read_at + 1, done.tape.logits, strict=True):
        if not np.isfinite(logits).all():
            return Divergence(update, "logits", int(t))
    if not math.isfinite(done.loss):
        return Divergence(update, "loss", None)
    for t in range(len(dh) - 1, -1, -1):
        if not np.isfinite(dh[t]).all():
            return Divergence(update, "dh", t)
    for name, gradient in done.gradients.params.items():
        if not np.isfinite(gradient).all():
            return Divergence(update, f"gradient of {name}", None)
    for name, weights in updated.items():
        if not np.isfinite(weights).all():
            return Divergence(update, f"{name} after the update", None)
    return None


class Stretch(NamedTuple):
    """Some updates of a run in a row, as `advance` computed them.

    Attributes
    ----------
    first : number of the first update
    columns : what `UpdateRecord` measured, by field name, one row an update; norms of parameters as "param_norm.NAME"
    snapshots : those that fell into the stretch
    params : the weights after it
    divergence : None unless the run ended here with a non-finite value
    evaluation : of the weights after it, if the run ended here
    """

    first: int
    columns: dict[str, Floats]
    snapshots: list[Snapshot]
    params: Params
    divergence: Divergence | None
    evaluation: dict[str, Evaluation] | None

    @property
    def end(self) -> int:
        """Number of the update that comes after it."""
        return self.first + len(self.columns["loss"])

    @property
    def as_start(self) -> Stretch:
        """As little of it as `advance` needs to go on from its end: cheap to send to another process."""
        return self._replace(first=self.end, columns={"loss": np.empty(0)}, snapshots=[])


_SCALARS = ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale")


def advance(config: Config, after: Stretch | None = None, seconds: float = math.inf) -> Stretch:
    """Go on with a run for about so many seconds, at least one update; how it is cut changes no bit of the result.

    Raises
    ------
    ValueError
        If the run has ended with the stretch `after`.
    """
    if after is not None and after.evaluation is not None:
        raise ValueError(f"the run ended with update {after.end - 1}; nothing comes after it")
    params = starting_params(config) if after is None else after.params
    first = 0 if after is None else after.end
    keep = set(snapshot_updates(config, sum(W.nbytes for W in params.values())).tolist())
    snapshots = [Snapshot(0, params)] if first == 0 else []
    rows: list[list[float]] = []
    dh_norm: list[Floats] = []
    divergence = None
    deadline = time.monotonic() + seconds
    for record in iterate(config, first, params):
        rows.append([*(getattr(record, name) for name in _SCALARS), *record.param_norm.values()])
        dh_norm.append(record.dh_norm)
        params, divergence = record.params, record.divergence
        if record.update + 1 in keep and divergence is None:
            snapshots.append(Snapshot(record.update + 1, params))
        if time.monotonic() >= deadline:
            break
    names = [*_SCALARS, *(f"param_norm.{name}" for name in params)]
    columns = dict(zip(names, np.array(rows).T, strict=True)) | {"dh_norm": np.array(dh_norm)}
    ended = first + len(rows) == config.updates or divergence is not None
    return Stretch(first, columns, snapshots, params, divergence, evaluate(config, params) if ended else None)


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
        probe_h=probe_states(probe_params, TASKS[config.task].probe),
        evaluation=evaluate(config, last.params) if last.evaluation is None else last.evaluation,
        divergence=last.divergence,
    )


def train(config: Config) -> Record:
    """A whole run."""
    return to_record(config, [advance(config)])


@one_blas_thread()
def probe_states(params: Params, tokens: Ints) -> Floats:
    """Hidden states of one sequence under many weights at once.

    Parameters
    ----------
    params : each with a leading axis S
    tokens : (T,) ids

    Returns
    -------
    (S, T+1, H), starting from h_0 = 0
    """
    S, _, H = params["W_hh"].shape
    h = np.zeros((len(tokens) + 1, S, 1, H), params["W_hh"].dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # the last weights before a divergence: finite but huge
        for t, token in enumerate(tokens):
            h[t + 1] = np.tanh((params["W_xh"][:, token] + params["b_h"])[:, None] + h[t] @ params["W_hh"])
    return h[:, :, 0].swapaxes(0, 1)


@one_blas_thread()
def evaluate(config: Config, params: Params) -> dict[str, Evaluation]:
    """Accuracy on each held-out slice of the run's task, beside the task's baselines."""
    slices = TASKS[config.task].slices(config, random_stream(config, _EVALUATION), EVALUATION_COUNT)
    evaluations = {}
    for name, (batch, baselines) in slices.items():
        with np.errstate(over="ignore", invalid="ignore"):  # weights that are finite but huge: wrong answers, no error
            tape = forward(params, batch, config.cell)
        right = accuracy(tape.logits, batch.targets[tape.read_at], batch.weights[tape.read_at])
        evaluations[name] = Evaluation(right, batch.inputs.shape[1], baselines)
    return evaluations
