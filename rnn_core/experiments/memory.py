"""How far back networks can remember: accuracy over distance or attractors, by cell, clipping and seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core import recording
from rnn_core.config import SPECS, Config, shortest_sentence
from rnn_core.diagnostics import outcome_of, twin
from rnn_core.recording import Chunk
from rnn_core.tasks.agreement import FRESH
from rnn_core.types import Divergence, Evaluation, Params

from .experiment import Result, several
from .grid import Running, by_point, results_of
from .table import NONE, spread, table

CELLS = SPECS["cell"].choices

AXES = {"distance": "sentence_length", "attractors": "attractors"}
"""What a study can vary, and the field of `Config` that it is."""

BASE = Config(attractors=1, hidden_size=48, updates=800)
"""What the runs of a study share, unless it is asked for otherwise."""

VALUES = {"distance": (11, 14, 17, 20, 26), "attractors": (0, 1, 2)}
"""Where a study looks, unless it is asked for otherwise."""

SEEDS = 5
"""How often, unless it is asked for otherwise."""


class Study(NamedTuple):
    """Which runs are compared: each cell, without and with clipping, at each value of one axis, over seeds.

    Attributes
    ----------
    base : what all runs share but for the axis; it says how to clip, and its seed is the first
    axis : a key of AXES
    values : of that field, ascending
    seeds : how many
    """

    base: Config
    axis: str
    values: tuple[int, ...]
    seeds: int

    def check(self) -> None:
        """Raise a ValueError, with what is allowed, if one of its runs cannot be."""
        if self.base.clip == "off":
            raise ValueError("clip is off; allowed: a kind of clipping, to compare it with none")
        if self.seeds < 1:
            raise ValueError(f"seeds is {self.seeds}; allowed: at least 1")
        for at in grid_points(self):
            config_at(self, at)


def study_of(axis: str, values: Sequence[int] | None = None, seeds: int = SEEDS, **changes: Any) -> Study:
    """A study of BASE with these changes; where attractors vary, its sentences are as long as the most of them need.

    Raises
    ------
    ValueError
        If one of its runs cannot be.
    """
    if axis not in AXES:
        raise ValueError(f"axis is {axis}; allowed: one of {', '.join(AXES)}")
    if AXES[axis] in changes:
        raise ValueError(f"{AXES[axis]} is {changes[AXES[axis]]}, but it is what varies; allowed: values of the axis")
    values = tuple(values or VALUES[axis])
    if axis == "attractors":
        given = changes.get("sentence_length", BASE.sentence_length)
        changes["sentence_length"] = max(given, shortest_sentence(max(values)))
    changes[AXES[axis]] = max(values)
    study = Study(BASE.replace(**changes), axis, values, seeds)
    study.check()
    return study


class GridPoint(NamedTuple):
    """One run of a study: a cell, with clipping or without, a value on the axis, and a seed."""

    cell: str
    clipped: bool
    value: int
    seed: int


def grid_points(study: Study) -> list[GridPoint]:
    """All runs, those of one seed together, short sentences first: every curve soon has a point everywhere."""
    seeds = range(study.base.seed, study.base.seed + study.seeds)
    return [
        GridPoint(cell, clipped, value, seed)
        for seed in seeds
        for value in sorted(set(study.values))
        for cell in CELLS
        for clipped in (False, True)
    ]


def config_at(study: Study, at: GridPoint) -> Config:
    """The run at this point."""
    config = study.base.replace(**{AXES[study.axis]: at.value}, cell=at.cell, seed=at.seed)
    return config if at.clipped else twin(config)


class Checkpoint(NamedTuple):
    """How far a run has come: `recording.Chunk` without what a study does not keep.

    Attributes
    ----------
    stretch : where the run stands
    clipped : updates so far that were clipped
    """

    chunk: Chunk
    clipped: int


def advance(config: Config, after: Checkpoint | None = None, seconds: float = math.inf) -> Checkpoint:
    """Go on with a run for about so many seconds, as `recording.advance` does."""
    chunk = recording.advance(config, after and after.chunk, seconds, keeps_snapshots=False)
    shortened, turned = chunk.columns["clip_scale"] < 1, chunk.columns["clip_angle"] > 0
    clipped = int((shortened | turned).sum())
    return Checkpoint(chunk.as_start, clipped + (0 if after is None else after.clipped))


class Trained(NamedTuple):
    """What is kept of a run.

    Attributes
    ----------
    outcome : a key of `diagnostics.OUTCOMES`
    accuracy : held-out accuracy, as in `diagnostics.Outcome`
    evaluation : by slice
    clipped : share of its updates that were clipped
    divergence : None unless the run met a non-finite value
    params : the weights at its end
    """

    outcome: str
    accuracy: float
    evaluation: dict[str, Evaluation]
    clipped: float
    divergence: Divergence | None
    params: Params


def trained(config: Config, checkpoint: Checkpoint) -> Trained | None:
    """What is kept of a run that ended with this leg; None if it goes on."""
    end = checkpoint.chunk
    if end.evaluation is None:
        return None
    kind, accuracy = outcome_of(config, end.evaluation, end.divergence)
    return Trained(kind, accuracy, end.evaluation, checkpoint.clipped / end.end, end.divergence, end.params)


def run(config: Config) -> Trained:
    """Train once and keep what a study needs."""
    done = trained(config, advance(config))
    assert done is not None, "without a limit of time, a run goes on to its end"
    return done


def sweep(study: Study, workers: int | None = None) -> Running[dict[GridPoint, Trained]]:
    """Train all runs of a study in processes of their own; a ValueError if one of them cannot be."""
    study.check()
    return (yield from results_of(run, {at: (config_at(study, at),) for at in grid_points(study)}, workers))


HELD_OUT_ACCURACY = "held-out accuracy"
"""The accuracy by which runs are judged; the others are those on one slice, by its name."""


class Point(NamedTuple):
    """The runs of one cell, with or without clipping, at one value: a point of a curve, and its spread.

    Attributes
    ----------
    cell, clipped, value : as in `GridPoint`
    seeds, accuracy : of the runs that have ended, by seed
    median, low, high : of `accuracy`; nan where no run has ended
    solved, diverged : how many ended so
    engaged : in how many clipping touched any update
    """

    cell: str
    clipped: bool
    value: int
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]
    median: float
    low: float
    high: float
    solved: int
    diverged: int
    engaged: int


def points(study: Study, results: Mapping[GridPoint, Trained], measure: str = HELD_OUT_ACCURACY) -> list[Point]:
    """The curves, cell by cell, first without and then with clipping, each by value.

    Parameters
    ----------
    measure : HELD_OUT_ACCURACY, or the name of a slice; a value at which the task has no such slice gets no point
    """
    ended = by_point({at: (at.seed, result) for at, result in results.items()})
    return [
        _point((cell, clipped, value), ended.get((cell, clipped, value), []), measure)
        for cell in CELLS
        for clipped in (False, True)
        for value in sorted(set(study.values))
        if measured(study, value, measure)
    ]


def measured(study: Study, value: int, measure: str) -> bool:
    """Whether there is such an accuracy at this value: without attractors, none can disagree."""
    attractors = value if study.axis == "attractors" else study.base.attractors
    return attractors > 0 or measure in (HELD_OUT_ACCURACY, FRESH)


def _point(point: tuple[str, bool, int], runs: list[tuple[int, Trained]], measure: str) -> Point:
    results = [result for _, result in runs]
    accuracy = tuple(r.accuracy if measure == HELD_OUT_ACCURACY else r.evaluation[measure].accuracy for r in results)
    kinds = [r.outcome for r in results]
    return Point(
        *point,
        seeds=tuple(seed for seed, _ in runs),
        accuracy=accuracy,
        median=float(np.median(accuracy)) if accuracy else math.nan,
        low=min(accuracy, default=math.nan),
        high=max(accuracy, default=math.nan),
        solved=kinds.count("solved"),
        diverged=kinds.count("diverged"),
        engaged=sum(r.clipped > 0 for r in results),
    )


def baselines(results: Mapping[GridPoint, Trained], measure: str = HELD_OUT_ACCURACY) -> dict[int, dict[str, float]]:
    """By value, the accuracy of each rule that needs no training: the mean over the runs that have ended there.

    For HELD_OUT_ACCURACY, on fresh sentences.
    """
    name = FRESH if measure == HELD_OUT_ACCURACY else measure
    by_value: dict[int, list[dict[str, float]]] = {}
    for at, result in sorted(results.items()):
        if name in result.evaluation:
            by_value.setdefault(at.value, []).append(result.evaluation[name].baselines)
    return {
        value: {rule: float(np.mean([shares[rule] for shares in of_value])) for rule in of_value[0]}
        for value, of_value in sorted(by_value.items())
    }


def summary(study: Study, results: Mapping[GridPoint, Trained], measure: str = HELD_OUT_ACCURACY) -> dict[str, Any]:
    """A study's numbers as plain values: what `python -m rnn_core memory --json` prints, and the page's table shows."""
    return {
        "axis": study.axis,
        "measure": measure,
        "base": study.base.to_dict(),
        "points": [point._asdict() for point in points(study, results, measure)],
        "baselines": {str(value): rules for value, rules in baselines(results, measure).items()},
    }


def report(result: Result) -> str:
    """The same as a Markdown table: how many seeds solved the task, and the median accuracy with its spread."""
    cells = {(p["cell"], p["clipped"], p["value"]): _in_words(Point(**p)) for p in result["points"]}
    values, base, rules = sorted({value for *_, value in cells}), result["base"], result["baselines"]
    heads = [f"{value} words" if result["axis"] == "distance" else f"attractors: {value}" for value in values]
    clips = {False: "off", True: f"{base['clip']}, {base['clip_threshold']:g}"}
    lines = [
        (cell, clips[clipped], *(cells[cell, clipped, value] for value in values))
        for cell, clipped in dict.fromkeys((cell, clipped) for cell, clipped, _ in cells)
    ]
    for rule in next(iter(rules.values()), {}):
        shares = (f"{rules[str(value)][rule]:.1%}" if str(value) in rules else NONE for value in values)
        lines.append((f"rule: {rule}", NONE, *shares))
    title = f"Seeds that solved the task, and {result['measure']}: median (lowest to highest)."
    return f"{title}\n\n{table(('cell', 'clipping', *heads), lines)}"


def _in_words(point: Point) -> str:
    return f"{point.solved} of {len(point.accuracy)}, {spread(point.accuracy)}" if point.accuracy else NONE


def study(
    changes: Mapping[str, Any],
    seeds: int,
    workers: int | None = None,
    axis: str = "distance",
    values: Sequence[int] | None = None,
) -> Running[Result]:
    """Train all runs of the study that `study_of` makes of these."""
    of_these = study_of(axis, values, seeds, **changes)
    return summary(of_these, (yield from sweep(of_these, workers)))


NAME = "memory"
HELP = "accuracy over distance, or over attractors, for each cell with and without clipping, over seeds"
FIELDS = SPECS.keys() - {"task", "cell", "activation", "omega"}
_DEFAULT_VALUES = "; ".join(f"{axis}: {' '.join(map(str, of))}" for axis, of in VALUES.items())
OPTIONS = {
    "axis": {"choices": tuple(AXES), "default": "distance", "help": "what varies"},
    "values": several(None, f"its values (default: {_DEFAULT_VALUES})"),
}
