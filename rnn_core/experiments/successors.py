"""What came after the simple RNN, side by side: vanilla (clipped), GRU, LSTM and attention, over distance and seeds.

All learn agreement from the same batches, in as many updates, with the same optimiser and clipping. Each has the
learning rate from RATES that did best for it at that length with other seeds than those of the table.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from typing import Any, NamedTuple

import numpy as np

from rnn_core import training
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.config import Config
from rnn_core.diagnostics.gradient_paths import MODELS, kept_gradients
from rnn_core.evaluation import accuracy_on
from rnn_core.models import attention, recurrent
from rnn_core.models.model import Model
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import SOLVED_ABOVE, TASKS, agreement
from rnn_core.types import Batch, Params

from .workers import worker_pool

BASE = Config(attractors=1, hidden_size=32, optimizer="adam", learning_rate=0.003, updates=600)
"""What all runs share, unless it is asked for otherwise; the recurrent gain of 1.3 is the lab's."""

WIDTH = 16
"""d of attention: with its four matrices it still has fewer weights than the vanilla RNN with 32 units."""

LENGTHS = (11, 14, 20, 26, 40)
TRAINED_AT = 14
"""The networks that are asked at the other lengths, too, were trained at this one."""

RATES = (0.001, 0.003, 0.01)
CHOOSING = (10_000, 10_001, 10_002)
"""Seeds that choose the learning rates."""

SEEDS = 20
ASKED = 600
"""Held-out sentences of each kind."""


def config_of(model: str, base: Config, **changes: Any) -> Config:
    """The run of one model; attention has no cell, and d in place of H."""
    own: dict[str, Any] = {"hidden_size": WIDTH} if model == "attention" else {"cell": model}
    return base.replace(**(own | changes))


def model_of(model: str, config: Config) -> Model:
    """The network that a run trains."""
    return attention.model(config) if model == "attention" else recurrent.model(config)


def starting_params(model: str, config: Config) -> Params:
    """The weights before the first update."""
    return training.starting_params(config, model_of(model, config))


def trained_params(model: str, config: Config) -> Params:
    """The weights after the last update."""
    return training.trained_params(config, model_of(model, config))


@one_blas_thread()
def held_out_accuracy(model: str, config: Config, params: Params, asked: int = ASKED) -> float:
    """Share of right verbs: the lower of that on fresh sentences and on pairs of noun and template never trained."""
    slices = agreement.slices(config, random_stream(config, EVALUATION), asked)
    return min(_accuracy(model, config, params, slices[name].batch) for name in (agreement.FRESH, agreement.HELD_OUT))


def accuracy_over(model: str, config: Config, params: Params, lengths: Sequence[int]) -> dict[int, float]:
    """Held-out accuracy by length."""
    return {length: held_out_accuracy(model, config.replace(sentence_length=length), params) for length in lengths}


def _accuracy(model: str, config: Config, params: Params, batch: Batch) -> float:
    if model != "attention":
        return accuracy_on(config, params, batch)
    tape = attention.forward(params, batch)
    return TASKS[config.task].loss.accuracy(tape.logits, batch.targets[-1:], batch.weights[-1:])


@one_blas_thread()
def early_to_late(model: str, config: Config, params: Params) -> float:
    """‖∂L/∂state‖ at the subject relative to that at the last word, over held-out sentences with the subject second."""
    params = {name: W.astype(np.float64) for name, W in params.items()}
    drawn = agreement.sentences(random_stream(config, EVALUATION), config.sentence_length, config.attractors, (240,))
    second = agreement.NUMBER[drawn.tokens[1]] != 0
    batch = agreement.as_batch(drawn._replace(tokens=drawn.tokens[:, second], plural=drawn.plural[second]), "float64")
    norm = row_norms(kept_gradients(model, params, batch))
    return float(norm[1] / norm[-1])


class Run(NamedTuple):
    """One network.

    Attributes
    ----------
    accuracy : held-out accuracy by length; at other lengths than its own only where it was asked there
    before, after : `early_to_late`, before training and after it
    """

    model: str
    length: int
    seed: int
    rate: float
    accuracy: dict[int, float]
    before: float
    after: float


def run(model: str, config: Config, lengths: Sequence[int]) -> Run:
    """Train once, and ask at these lengths."""
    params = trained_params(model, config)
    return Run(
        model=model,
        length=config.sentence_length,
        seed=config.seed,
        rate=config.learning_rate,
        accuracy=accuracy_over(model, config, params, lengths),
        before=early_to_late(model, config, starting_params(model, config)),
        after=early_to_late(model, config, params),
    )


def study(
    base: Config, lengths: Sequence[int], seeds: int, workers: int | None = None
) -> Iterator[tuple[int, int, list[Run]]]:
    """Choose the learning rates, then train; yields (done, total, runs of the table so far) after each run.

    Raises
    ------
    ValueError
        If one of its runs cannot be.
    """
    lengths = sorted(set(lengths))
    places = [(model, length) for length in lengths for model in MODELS]
    choosing = [
        (model, config_of(model, base, sentence_length=length, learning_rate=rate, seed=seed), (length,))
        for model, length in places
        for rate in RATES
        for seed in CHOOSING
    ]
    total = len(choosing) + len(places) * seeds
    pool = worker_pool(workers)
    try:
        tried: list[Run] = []
        for future in as_completed([pool.submit(run, *job) for job in choosing]):
            tried.append(future.result())
            yield len(tried), total, []
        rates, ended = best_rates(tried), []
        jobs = [
            (
                model,
                config_of(model, base, sentence_length=length, learning_rate=rates[model, length], seed=seed),
                lengths if length == TRAINED_AT else (length,),
            )
            for seed in range(base.seed, base.seed + seeds)
            for model, length in places
        ]
        for future in as_completed([pool.submit(run, *job) for job in jobs]):
            ended.append(future.result())
            yield len(tried) + len(ended), total, sorted(ended, key=lambda r: (MODELS.index(r.model), r.length, r.seed))
    finally:
        pool.shutdown(cancel_futures=True)


def best_rates(tried: Sequence[Run]) -> dict[tuple[str, int], float]:
    """By model and length, the learning rate with the highest mean accuracy there; of equal ones, the lowest."""
    found: dict[tuple[str, int], dict[float, list[float]]] = {}
    for r in tried:
        found.setdefault((r.model, r.length), {}).setdefault(r.rate, []).append(r.accuracy[r.length])
    return {
        place: max(sorted(by_rate), key=lambda rate: statistics.fmean(by_rate[rate]))
        for place, by_rate in found.items()
    }


class Row(NamedTuple):
    """The seeds of one model.

    Attributes
    ----------
    trained_at, asked_at : words before the verb
    rate : its learning rate
    accuracy : by seed, in their order
    solved : in how many seeds it was above `tasks.SOLVED_ABOVE`
    """

    model: str
    trained_at: int
    asked_at: int
    rate: float
    accuracy: tuple[float, ...]
    solved: int


def rows(runs: Sequence[Run]) -> list[Row]:
    """Each model at each length, then those trained at TRAINED_AT asked elsewhere."""
    found: dict[tuple[str, int, int], list[Run]] = {}
    for r in runs:
        for length in r.accuracy:
            found.setdefault((r.model, r.length, length), []).append(r)
    return [_row(*place, of) for place, of in found.items()]


def _row(model: str, trained_at: int, asked_at: int, of: Sequence[Run]) -> Row:
    accuracy = tuple(r.accuracy[asked_at] for r in of)
    return Row(model, trained_at, asked_at, of[0].rate, accuracy, sum(share > SOLVED_ABOVE for share in accuracy))


def weights_of(model: str, base: Config) -> int:
    """How many numbers the network learns."""
    return sum(W.size for W in starting_params(model, config_of(model, base)).values())


def early_over_seeds(runs: Sequence[Run]) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    """By model and length: `early_to_late` of each seed, before training and after it."""
    found: dict[tuple[str, int], tuple[list[float], list[float]]] = {}
    for r in runs:
        before, after = found.setdefault((r.model, r.length), ([], []))
        before.append(r.before)
        after.append(r.after)
    return found
