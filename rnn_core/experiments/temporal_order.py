"""The temporal-order experiment of Pascanu et al.: how far plain SGD, clipping and clipping with Ω reach.

Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section
4.1.1 and figure 7, "basic tanh": 50 tanh units, all weights from N(0, .1) (a standard deviation, see its code), biases
0, minibatches of 20, learning rate .01, threshold 1, weight of Ω 4; a run has succeeded when it classifies less than
1 % of 10,000 fresh sequences wrongly. The paper allows 5 million updates; here, as `Config.updates` says, far fewer.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any, NamedTuple

from rnn_core.batches import SUCCESS, random_stream
from rnn_core.config import Config
from rnn_core.evaluation import accuracy_on
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks import TASKS
from rnn_core.training import iterate
from rnn_core.types import Params, State

from .workers import worker_pool

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


class Ending(NamedTuple):
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


class Run(NamedTuple):
    """One cell of the experiment: which setting, length and seed, and how it ended."""

    setting: str
    length: int
    seed: int
    ending: Ending


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
    updates, state : how many were done, and what the next one starts from
    ending : None where the run goes on
    """

    updates: int
    state: State
    ending: Ending | None


def to_next_check(config: Config, updates: int = 0, state: State | None = None) -> Checkpoint:
    """Train up to the next check, or to the end of the run, and check."""
    for record in iterate(config, updates, state):
        done = record.update + 1
        if record.divergence is not None:
            return Checkpoint(done, record.state, Ending(done, False, 1.0, str(record.divergence)))
        if done % CHECK_EVERY == 0 or done == config.updates:
            solved, errors = check(config, record.params, done)
            ended = solved or done == config.updates
            return Checkpoint(done, record.state, Ending(done, solved, errors, None) if ended else None)
    raise ValueError(f"the run has only {config.updates} updates; {updates} are done")


def until_solved(config: Config) -> Ending:
    """Train until a check is a success, at most `config.updates` updates."""
    stretch = to_next_check(config)
    while stretch.ending is None:
        stretch = to_next_check(config, stretch.updates, stretch.state)
    return stretch.ending


@one_blas_thread()
def check(config: Config, params: Params, update: int) -> tuple[bool, float]:
    """Is the task solved? And the share of wrong answers, on sequences drawn for the check after this update alone.

    First SAMPLE sequences are asked; if these are answered as well as it takes, as many fresh ones as the task's
    evaluation asks. The share is that of the last ones asked, on the worst slice.
    """
    task = TASKS[config.task]
    solved, accuracy = False, 0.0
    for asked, count in enumerate((SAMPLE, task.held_out)):
        slices = task.slices(config, random_stream(config, SUCCESS, update, asked), count)
        accuracy = min(accuracy_on(config, params, slices[name].batch) for name in task.solved_on)
        solved = round(accuracy, 12) > task.solved_above  # exactly 1 % wrong is no success, whatever the last bit says
        if not solved:
            break
    return solved, abs(round(1 - accuracy, 12))


def compare(
    config: Config, lengths: Sequence[int], seeds: Sequence[int], workers: int | None = None
) -> Iterator[tuple[list[Run], int, str]]:
    """Train every setting at every length with every seed, in processes of their own, seed by seed.

    Yields
    ------
    (runs, total, note) after each check: the runs that have ended, how many there will be, and what was checked
    """
    jobs = [(name, length, seed) for seed in seeds for length in lengths for name in settings(config)]
    configs = {job: run_config(config, *job) for job in jobs}  # one that is no Config is told before the work
    workers = workers or os.cpu_count() or 1
    pool, waiting, runs = worker_pool(workers), iter(jobs), list[Run]()
    try:
        running = {pool.submit(to_next_check, configs[job]): job for job in itertools.islice(waiting, workers)}
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job, stretch = running.pop(future), future.result()
                if stretch.ending is None:
                    running[pool.submit(to_next_check, configs[job], stretch.updates, stretch.state)] = job
                else:
                    runs.append(Run(*job, stretch.ending))
                    running |= {pool.submit(to_next_check, configs[new]): new for new in itertools.islice(waiting, 1)}
                yield runs, len(jobs), f"{job[0]}, L = {job[1]}, seed {job[2]}: {stretch.updates} updates"
    finally:
        pool.shutdown(cancel_futures=True)


def settings(config: Config) -> list[str]:
    """The settings that make runs of their own: without a weight for Ω, say, clipping and Ω is clipping."""
    made = {run_config(config, name, config.sentence_length, config.seed): name for name in reversed(SETTINGS)}
    return [name for name in SETTINGS if name in made.values()]


def run_config(config: Config, setting: str, length: int, seed: int) -> Config:
    """The run of one cell of the experiment."""
    return config.replace(**SETTINGS[setting], sentence_length=length, seed=seed)


def rows(runs: Sequence[Run]) -> list[Row]:
    """The table: one row for each setting and length, in their order."""
    kept = sorted(runs, key=lambda run: (list(SETTINGS).index(run.setting), run.length, run.seed))
    keys = dict.fromkeys((run.setting, run.length) for run in kept)
    return [_row(setting, length, [r.ending for r in kept if r[:2] == (setting, length)]) for setting, length in keys]


def _row(setting: str, length: int, endings: list[Ending]) -> Row:
    return Row(
        setting=setting,
        length=length,
        seeds=len(endings),
        solved=sum(ending.solved for ending in endings),
        diverged=sum(ending.diverged is not None for ending in endings),
        updates=sorted(ending.updates for ending in endings if ending.solved),
        errors_unsolved=sorted(ending.errors for ending in endings if not ending.solved),
    )
