"""What is kept of a run: `advance` computes it in chunks, anywhere; `to_record` joins them; `train` is a whole run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .config import Config
from .evaluation import evaluate, probe_states
from .tasks import TASKS
from .training import iterate, starting_state
from .types import Divergence, Evaluation, Floats, Ints, Params, Record, Snapshots, State

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
    snapshots : those that fell into the chunk, and that of a run's end; None without one
    state : what the next update starts from
    divergence : None unless the run ended here with a non-finite value
    evaluation : of the weights after it, if the run ended here
    """

    first: int
    columns: dict[str, Floats]
    snapshots: Snapshots | None
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
        """As little of it as what follows needs to go on from its end: cheap to send to another process."""
        columns = {name: values[:0].copy() for name, values in self.columns.items()}
        return self._replace(first=self.end, columns=columns, snapshots=None)


_SCALARS = ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle")


def advance(
    config: Config, after: Chunk | None = None, seconds: float = math.inf, *, keeps_snapshots: bool = True
) -> Chunk:
    """Go on with a run for about so many seconds, at least one update; how it is cut changes no bit of the result.

    Parameters
    ----------
    keeps_snapshots : False where nobody makes a record of the run; it then costs neither memory nor forward passes

    Raises
    ------
    ValueError
        If the run has ended with the chunk `after`.
    """
    if after is not None and after.evaluation is not None:
        raise ValueError(f"the run ended with update {after.end - 1}; nothing comes after it")
    state = starting_state(config) if after is None else after.state
    first = 0 if after is None else after.end
    planned = _planned(config, state.params)
    kept = {0: state.params} if first == 0 else {}
    rows: list[list[float]] = []
    dh_norm: list[Floats] = []
    divergence = None
    deadline = time.monotonic() + seconds
    for record in iterate(config, first, state):
        rows.append([*(getattr(record, name) for name in _SCALARS), *record.param_norm.values()])
        dh_norm.append(record.dh_norm)
        state, divergence = record.state, record.divergence
        applied = record.update + (divergence is None)  # the update that diverged was not applied
        if keeps_snapshots and (applied in planned) == (divergence is None):  # one that diverged keeps where it ended
            kept[applied] = state.params
        if time.monotonic() >= deadline:
            break
    names = [*_SCALARS, *(f"param_norm.{name}" for name in state.params)]
    columns = dict(zip(names, np.array(rows).T, strict=True)) | {"dh_norm": np.array(dh_norm)}
    ended = first + len(rows) == config.updates or divergence is not None
    snapshots = _snapshots(config, kept) if keeps_snapshots and kept else None
    return Chunk(first, columns, snapshots, state, divergence, evaluate(config, state.params) if ended else None)


def end_here(config: Config, after: Chunk) -> Chunk:
    """End a run that was stopped with the chunk `after`: no update more, but its last weights, and their evaluation."""
    kept = {} if after.end in _planned(config, after.params) else {after.end: after.params}
    snapshots = _snapshots(config, kept) if kept else None
    return after.as_start._replace(snapshots=snapshots, evaluation=evaluate(config, after.params))


def _planned(config: Config, params: Params) -> set[int]:
    return set(snapshot_updates(config, sum(W.nbytes for W in params.values())).tolist())


def _snapshots(config: Config, kept: dict[int, Params]) -> Snapshots:
    """The snapshots by update, stacked, and the probe sentence read with each."""
    params = _joined(np.stack, [*kept.values()])
    return Snapshots(np.array([*kept]), params, probe_states(config, params, TASKS[config.task].probe(config)))


def _joined(join: Callable[[list[Floats]], Floats], dicts: list[dict[str, Floats]]) -> dict[str, Floats]:
    """Arrays of one name joined, name by name."""
    return {name: join([arrays[name] for arrays in dicts]) for name in dicts[0]}


def to_record(config: Config, chunks: Sequence[Chunk]) -> Record:
    """Join the chunks of a run, finished or stopped early; what is missing at the end of a stopped one is computed."""
    if chunks[-1].evaluation is None:
        chunks = [*chunks, end_here(config, chunks[-1])]
    last = chunks[-1]
    assert last.evaluation is not None, "it has ended"
    columns = _joined(np.concatenate, [chunk.columns for chunk in chunks])
    snapshots = [chunk.snapshots for chunk in chunks if chunk.snapshots is not None]
    return Record(
        config=config,
        **{name: columns[name] for name in _SCALARS},
        dh_norm=columns["dh_norm"],
        param_norm={name: columns[f"param_norm.{name}"] for name in last.params},
        probe_updates=np.concatenate([some.updates for some in snapshots]),
        probe_params=_joined(np.concatenate, [some.params for some in snapshots]),
        probe_h=np.concatenate([some.probe_h for some in snapshots]),
        evaluation=last.evaluation,
        divergence=last.divergence,
    )


def train(config: Config) -> Record:
    """A whole run."""
    return to_record(config, [advance(config)])
