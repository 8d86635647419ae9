"""What is kept of a run: `advance` computes it in chunks, anywhere; `to_record` joins them; `train` is a whole run."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .config import Config
from .evaluation import evaluate, probe_states
from .tasks import TASKS
from .training import iterate, starting_state
from .types import Divergence, Evaluation, Floats, Ints, Params, Record, Snapshot, State

SNAPSHOTS, SNAPSHOT_BYTES = 300, 16 * 2**20
"""A record keeps the weights at most so many times, and in at most so many bytes (but three times at least)."""


def snapshot_updates(config: Config, params_bytes: int) -> Ints:
    """(S,) After how many updates the weights are kept: 0, the end, and between them every one, or the densest early.

    The k-th of them, from 0, is at k + (U - (S - 1)) (k / (S - 1))²: after every update in the beginning, then ever
    further apart, as weights move fastest, and twins part, early. A run of less than S updates keeps them all.
    """
    U = config.updates
    last = min(max(3, min(SNAPSHOTS, SNAPSHOT_BYTES // params_bytes)) - 1, U)
    k = np.arange(last + 1)
    return np.rint(k + (U - last) * (k / last) ** 2).astype(int)


class Chunk(NamedTuple):
    """Some updates of a run in a row, as `advance` computed them.

    Attributes
    ----------
    first : number of the first update
    columns : what `UpdateRecord` measured, by field name, one row an update; norms of parameters as "param_norm.NAME"
    snapshots : those that fell into the chunk
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
    def as_start(self) -> Chunk:
        """As little of it as `advance` needs to go on from its end: cheap to send to another process."""
        return self._replace(first=self.end, columns={"loss": np.empty(0)}, snapshots=[])


_SCALARS = ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle")


def advance(config: Config, after: Chunk | None = None, seconds: float = math.inf) -> Chunk:
    """Go on with a run for about so many seconds, at least one update; how it is cut changes no bit of the result.

    Raises
    ------
    ValueError
        If the run has ended with the chunk `after`.
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
    return Chunk(first, columns, snapshots, state, divergence, evaluate(config, state.params) if ended else None)


def to_record(config: Config, chunks: Sequence[Chunk]) -> Record:
    """Join the chunks of a run, finished or stopped early, and evaluate the weights at its end."""
    last = chunks[-1]
    columns = {name: np.concatenate([s.columns[name] for s in chunks]) for name in last.columns}
    snapshots = [snapshot for s in chunks for snapshot in s.snapshots]
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
