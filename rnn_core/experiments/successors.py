"""What came after the simple RNN, side by side: vanilla (clipped), GRU, LSTM and attention, over distance and seeds.

All learn agreement from the same batches, in as many updates, with the same optimiser and clipping. Each has the
learning rate of `tuning.RATES` that did best for it at that length with other seeds than those of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core import training
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.config import SPECS, Config
from rnn_core.diagnostics.gradient_paths import MODELS, kept_gradients
from rnn_core.evaluation import accuracy_on
from rnn_core.models import attention, recurrent
from rnn_core.models.model import Model
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import SOLVED_ABOVE, TASKS, agreement
from rnn_core.types import Batch, Params

from .experiment import Result, several
from .grid import Point, Running
from .table import median, spread, table
from .tuning import tuned

BASE = Config(attractors=1, hidden_size=32, optimizer="adam", learning_rate=0.003, updates=600)
"""What all runs share, unless it is asked for otherwise; the recurrent gain of 1.3 is the lab's."""

WIDTH = 16
"""d of attention: with its four matrices it still has fewer weights than the vanilla RNN with 32 units."""

LENGTHS = (11, 14, 20, 26, 40)
TRAINED_AT = 14
"""The networks that are asked at the other lengths, too, were trained at this one."""

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
def held_out_accuracy(model: str, config: Config, params: Params, sentences: int = ASKED) -> float:
    """Share of right verbs: the lower of that on fresh sentences and on pairs of noun and template never trained."""
    slices = agreement.slices(config, random_stream(config, EVALUATION), sentences)
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


def run(config: Config, model: str, lengths: Sequence[int]) -> Run:
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


def score(run: Run) -> float:
    """By which learning rates are chosen, the lowest: minus the accuracy at the run's own length."""
    return -run.accuracy[run.length]


def study(
    changes: Mapping[str, Any], seeds: int, workers: int | None = None, lengths: Sequence[int] = LENGTHS
) -> Running[Result]:
    """Choose the learning rate of every model at every length, then train it with every seed."""
    config, lengths = BASE.replace(**changes), sorted(set(lengths))
    points = {
        (model, length): [
            config_of(model, config, sentence_length=length),
            model,
            lengths if length == TRAINED_AT else (length,),
        ]
        for length in lengths
        for model in MODELS
    }
    return summary(config, (yield from tuned(run, points, seeds, score, workers)))


def summary(config: Config, runs: Mapping[Point, Run]) -> dict[str, Any]:
    """Plain values; runs by model, length and seed."""
    ordered = sorted(runs.values(), key=lambda r: (MODELS.index(r.model), r.length, r.seed))
    weights = {model: weights_of(model, config) for model in MODELS}
    return {"config": config.to_dict(), "weights": weights, "runs": [r._asdict() for r in ordered]}


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
    by_lengths: dict[tuple[str, int, int], list[Run]] = {}
    for r in runs:
        for length in r.accuracy:
            by_lengths.setdefault((r.model, r.length, length), []).append(r)
    return [_row(*lengths, of) for lengths, of in by_lengths.items()]


def _row(model: str, trained_at: int, asked_at: int, of: Sequence[Run]) -> Row:
    accuracy = tuple(r.accuracy[asked_at] for r in of)
    return Row(model, trained_at, asked_at, of[0].rate, accuracy, sum(share > SOLVED_ABOVE for share in accuracy))


def weights_of(model: str, base: Config) -> int:
    """How many numbers the network learns."""
    return sum(W.size for W in starting_params(model, config_of(model, base)).values())


def early_over_seeds(runs: Sequence[Run]) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    """By model and length: `early_to_late` of each seed, before training and after it."""
    ratios: dict[tuple[str, int], tuple[list[float], list[float]]] = {}
    for r in runs:
        before, after = ratios.setdefault((r.model, r.length), ([], []))
        before.append(r.before)
        after.append(r.after)
    return ratios


def runs_of(result: Result) -> list[Run]:
    """The runs of a result as it comes back from a file."""
    runs = [Run(**of) for of in result["runs"]]
    return [r._replace(accuracy={int(length): share for length, share in r.accuracy.items()}) for r in runs]


def report(result: Result) -> str:
    """Three tables: trained at each length, the gradient, and trained at one and asked at others."""
    runs, weights = runs_of(result), result["weights"]
    of_lengths = rows(runs)
    own = {(r.model, r.asked_at): r for r in of_lengths if r.trained_at == r.asked_at}
    elsewhere = {(r.model, r.asked_at): r for r in of_lengths if r.trained_at == TRAINED_AT}
    early = early_over_seeds(runs)
    lengths = sorted({length for _, length in own})
    heads = [f"{length} words" for length in lengths]
    parts = [
        "Trained and asked at the same length: seeds that solved the task, held-out accuracy: median (lowest to "
        "highest), and the learning rate α that was chosen.",
        table(
            ["model", "weights", *heads],
            [[model, f"{weights[model]:,}", *(_solved(own[model, n]) for n in lengths)] for model in MODELS],
        ),
        "The gradient at the subject, the second word, relative to that at the last word: median before training → "
        "after it.",
        table(["model", *heads], [[model, *(_early(early[model, n]) for n in lengths)] for model in MODELS]),
    ]
    if TRAINED_AT in lengths:
        parts += [
            f"Trained at {TRAINED_AT} words, asked at other lengths: held-out accuracy.",
            table(
                ["model", *heads],
                [[model, *(spread(elsewhere[model, n].accuracy) for n in lengths)] for model in MODELS],
            ),
        ]
    return "\n\n".join(parts)


def _solved(row: Row) -> str:
    return f"{row.solved} of {len(row.accuracy)}, {spread(row.accuracy)}, α {row.rate:g}"


def _early(ratios: tuple[list[float], list[float]]) -> str:
    before, after = (median(of, ".2g") for of in ratios)
    return f"{before} → {after}"


NAME = "successors"
HELP = "vanilla RNN, GRU, LSTM and attention: accuracy over distance, and the gradient's way back, over seeds"
SEEDS = 20
_VARIED = {"task", "sentence_length", "cell", "learning_rate"}
_WITHOUT_A_MEANING_FOR_SOME = {
    *("activation", "omega", "bptt_window", "clip", "clip_percentile", "initializer", "init_std"),
}
FIELDS = SPECS.keys() - _VARIED - _WITHOUT_A_MEANING_FOR_SOME
OPTIONS = {"lengths": several(LENGTHS, "words before the verb", "T")}
