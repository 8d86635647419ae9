"""The temporal-order experiment of Pascanu et al.: how far plain SGD, clipping and clipping with Ω reach.

Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section
4.1.1 and figure 7, "basic tanh": 50 tanh units, all weights from N(0, .1) (a standard deviation, see its code), biases
0, minibatches of 20, learning rate .01, threshold 1, weight of Ω 4; a run has succeeded when it classifies less than
1 % of 10,000 fresh sequences wrongly. The paper allows 5 million updates; here, as `Config.updates` says, far fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rnn_core.batches import SUCCESS, random_stream
from rnn_core.config import SPECS, Config
from rnn_core.evaluation import accuracy_on
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks import TASKS
from rnn_core.training import iterate
from rnn_core.types import Params, State

from .experiment import Result, several
from .grid import Point, Running, by_point, over_seeds, results_of
from .table import count, median, spread, table_of

BASE = Config(
    task="temporal_order",
    sentence_length=20,
    hidden_size=50,
    initializer="gaussian",
    init_std=0.1,
    learning_rate=0.01,
    clip_threshold=1.0,
    omega=4.0,
    updates=30_000,
    batch_size=20,
)
"""The run that the settings below vary."""

SETTINGS: dict[str, dict[str, Any]] = {
    "plain SGD": {"clip": "off", "omega": 0.0},
    "clipping": {"omega": 0.0},
    "clipping and Ω": {},
}
"""What each setting changes; the paper calls them MSGD, MSGD-C and MSGD-CR."""

LENGTHS = (20, 30, 50)
"""Symbols in a sequence."""

CHECK_EVERY = 500
"""Updates from one check to the next: a run's number of updates is known no finer than this."""

SAMPLE = 500
"""Sequences that a check asks first; the others only if these were answered as well as a success takes."""


class RunEnd(NamedTuple):
    """How a run ended.

    Attributes
    ----------
    updates : how many were done
    solved : True if the last check was a success; the run stops there
    errors : share of wrong answers in the last check, of all its sequences or of its first sample; 1 if it diverged
    diverged : what became non-finite first; None in a run that stayed finite
    """

    updates: int
    solved: bool
    errors: float
    diverged: str | None


class Row(NamedTuple):
    """All seeds of one setting and length.

    Attributes
    ----------
    solved, diverged : how many seeds ended so
    updates : of the seeds that solved it, how many updates that took, ascending
    errors_unsolved : of the others, the share of wrong answers in the last check, ascending
    """

    setting: str
    length: int
    seeds: int
    solved: int
    diverged: int
    updates: list[int]
    errors_unsolved: list[float]


class Checkpoint(NamedTuple):
    """A run up to one of its checks.

    Attributes
    ----------
    config : of the run
    updates, state : how many were done, and what the next one starts from
    ending : None where the run goes on
    """

    config: Config
    updates: int
    state: State
    ending: RunEnd | None


def to_next_check(config: Config, updates: int = 0, state: State | None = None) -> Checkpoint:
    """Train up to the next check, or to the end of the run, and check."""
    for record in iterate(config, updates, state):
        done = record.update + 1
        if record.divergence is not None:
            return Checkpoint(config, done, record.state, RunEnd(done, False, 1.0, str(record.divergence)))
        if done % CHECK_EVERY == 0 or done == config.updates:
            solved, errors = check(config, record.params, done)
            ended = solved or done == config.updates
            return Checkpoint(config, done, record.state, RunEnd(done, solved, errors, None) if ended else None)
    raise ValueError(f"the run has only {config.updates} updates; {updates} are done")


@one_blas_thread()
def check(config: Config, params: Params, update: int) -> tuple[bool, float]:
    """Is the task solved? And the share of wrong answers, on sequences drawn for the check after this update alone.

    First SAMPLE sequences are asked; if these are answered as well as it takes, as many fresh ones as the task's
    evaluation asks. The share is that of the last ones asked, on the worst slice.
    """
    task = TASKS[config.task]
    solved, accuracy = False, 0.0
    for k, sequences in enumerate((SAMPLE, task.held_out)):
        slices = task.slices(config, random_stream(config, SUCCESS, update, k), sequences)
        accuracy = min(accuracy_on(config, params, slices[name].batch) for name in task.solved_on)
        solved = round(accuracy, 12) > task.solved_above  # exactly 1 % wrong is no success, whatever the last bit says
        if not solved:
            break
    return solved, abs(round(1 - accuracy, 12))


def compare(
    config: Config, lengths: Sequence[int], seeds: int, workers: int | None = None
) -> Running[dict[Point, RunEnd]]:
    """Train every setting at every length with every seed; says how far each run is after each of its checks."""
    points = {(name, length): [run_config(config, name, length)] for length in lengths for name in settings(config)}
    ends = yield from results_of(to_next_check, over_seeds(points, seeds), workers, go_on=_go_on, note=_note)
    return {key: end.ending for key, end in ends.items() if end.ending is not None}


def _go_on(checkpoint: Checkpoint) -> tuple[Config, int, State] | None:
    return checkpoint[:3] if checkpoint.ending is None else None


def _note(key: Point, checkpoint: Checkpoint) -> str:
    setting, length, seed = key
    return f"{setting}, L = {length}, seed {seed}: {checkpoint.updates} updates"


def settings(config: Config) -> list[str]:
    """The settings that make runs of their own: without a weight for Ω, say, clipping and Ω is clipping."""
    made = {run_config(config, name, config.sentence_length): name for name in reversed(SETTINGS)}
    return [name for name in SETTINGS if name in made.values()]


def run_config(config: Config, setting: str, length: int) -> Config:
    """The run of a setting at a length, with its first seed."""
    return config.replace(**SETTINGS[setting], sentence_length=length)


def rows(endings: Mapping[Point, RunEnd]) -> list[Row]:
    """The table: one row for each setting and length, in their order; endings by setting, length and seed."""
    order = list(SETTINGS)
    points = sorted(by_point(endings).items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    return [_row(setting, length, of_seeds) for (setting, length), of_seeds in points]


def _row(setting: str, length: int, endings: list[RunEnd]) -> Row:
    return Row(
        setting=setting,
        length=length,
        seeds=len(endings),
        solved=sum(ending.solved for ending in endings),
        diverged=sum(ending.diverged is not None for ending in endings),
        updates=sorted(ending.updates for ending in endings if ending.solved),
        errors_unsolved=sorted(ending.errors for ending in endings if not ending.solved),
    )


def study(
    changes: Mapping[str, Any], seeds: int, workers: int | None = None, lengths: Sequence[int] = LENGTHS
) -> Running[Result]:
    """The table's rows, and every run by itself."""
    config = BASE.replace(**changes)
    endings = yield from compare(config, lengths, seeds, workers)
    return {
        "config": config.to_dict(),
        "settings": SETTINGS,
        "rows": [row._asdict() for row in rows(endings)],
        "runs": [
            {"setting": setting, "length": length, "seed": seed, "ending": ending._asdict()}
            for (setting, length, seed), ending in sorted(endings.items())
        ],
    }


COLUMNS: dict[str, Callable[[Row], object]] = {
    "setting": lambda r: r.setting,
    "L": lambda r: r.length,
    "solved": lambda r: count(r.solved, r.seeds),
    "updates until solved: median (lowest to highest)": lambda r: spread(r.updates, ",.0f"),
    "errors of the others: median": lambda r: median(r.errors_unsolved),
    "diverged": lambda r: r.diverged,
}


def report(result: Result) -> str:
    """The table over seeds."""
    return table_of(COLUMNS, [Row(**row) for row in result["rows"]])


NAME = "temporal-order"
HELP = (
    "the temporal-order problem of Pascanu et al. (2013): over seeds and lengths, count how often plain SGD, "
    "clipping, and clipping with Ω solve it, and how soon"
)
SEEDS = 10
FIELDS = SPECS.keys() - {"task", "sentence_length", "attractors"}
OPTIONS = {"lengths": several(LENGTHS, "symbols L to read", "L")}
