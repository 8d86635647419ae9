"""Five kinds of RNN, by which inputs and outputs there are: what each learns, and which way its gradient goes.

What makes a kind are its batches: what stands in the inputs, and where the loss has weight. The loop that trains and
the backward pass are the same for all. Sizes differ, and the last kind, which must hold a date in one state, has a GRU.

Source of the five: Karpathy, "The unreasonable effectiveness of recurrent neural networks" (2015), first figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.batches import EVALUATION, batch_of_update, random_stream
from rnn_core.config import Config
from rnn_core.evaluation import accuracy_on
from rnn_core.models.bag import bag_of
from rnn_core.recording import train
from rnn_core.tasks import TASKS, dates, encoder_decoder, led, melody, sentiment, tagging
from rnn_core.training import trained_params
from rnn_core.types import Batch, Evaluation, Floats, Record

from .experiment import Result
from .grid import Point, Running, by_point, over_seeds, results_of
from .table import spread, table_of

BASE = Config(optimizer="adam", learning_rate=0.01, spectral_radius=1.0)
"""What the five share but for what `KINDS` changes: small steps of Adam, and clipping by norm at 1."""


class Kind(NamedTuple):
    """One of the five, as a small network that learns something.

    Attributes
    ----------
    config : its run
    slices : the held-out slices that say what it has learnt; the first is drawn as in training
    rival : of the baselines on the first slice, the one that it must be compared with
    """

    config: Config
    slices: tuple[str, ...]
    rival: str


KINDS: dict[str, Kind] = {
    "one-to-one": Kind(BASE.replace(task="led", hidden_size=16, updates=400), (led.FRESH,), led.CHANCE),
    "one-to-many": Kind(
        BASE.replace(task="melody", sentence_length=15, hidden_size=48, updates=600),
        (melody.KNOWN, melody.UNHEARD),
        "key and time step",
    ),
    "many-to-one": Kind(
        BASE.replace(task="sentiment", sentence_length=14, hidden_size=32, updates=600),
        (sentiment.FRESH, sentiment.DISAGREE),
        "last clause",
    ),
    "many-to-many-equal": Kind(
        BASE.replace(task="tagging", sentence_length=14, hidden_size=32, updates=300),
        (tagging.FRESH, tagging.EITHER),
        tagging.BY_PAIR,
    ),
    "many-to-many-unequal": Kind(
        BASE.replace(task="dates", sentence_length=23, cell="gru", initializer="orthogonal", hidden_size=96).replace(
            learning_rate=0.007, updates=1000
        ),
        (dates.NEVER_TRAINED,),
        encoder_decoder.ONE_ANSWER,
    ),
}
"""In the order of the page; names stand in links."""


class GradientFlow(NamedTuple):
    """Which way a run's gradient went, over all of its updates.

    Attributes
    ----------
    read : time steps, from 1, at which the loss is read
    norm : (T+1,) median ‖∂L/∂h_t‖
    first_to_last : median of ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖
    recurrent : median norm of ∂L/∂W_hh
    """

    read: tuple[int, ...]
    norm: Floats
    first_to_last: float
    recurrent: float


def gradient_flow(record: Record, batch: Batch) -> GradientFlow:
    """Of a run and one of its batches; updates at which nothing arrived at h_T do not count in the ratio."""
    dh = record.dh_norm
    arrived = dh[:, -1] > 0
    ratio = dh[arrived, 1] / dh[arrived, -1]
    return GradientFlow(
        read=tuple((batch.read_at + 1).tolist()),
        norm=np.median(dh, axis=0),
        first_to_last=float(np.median(ratio)) if len(ratio) else np.nan,
        recurrent=float(np.median(record.param_norm["W_hh"])),
    )


class KindResult(NamedTuple):
    """What one run came to.

    Attributes
    ----------
    bag : by slice, accuracy of a bag of words that was trained likewise; empty where there is none
    """

    evaluation: dict[str, Evaluation]
    gradient_flow: GradientFlow
    bag: dict[str, float]


BAG = "bag of words, trained likewise"


def run(config: Config) -> KindResult:
    """Train one network of a kind."""
    record = train(config)
    return KindResult(record.evaluation, gradient_flow(record, batch_of_update(config, 0)), bag_of_run(config))


def bag_of_run(config: Config) -> dict[str, float]:
    """`KindResult.bag` of a run: as many updates of the same kind, on the same sentences, asked about the same ones."""
    if config.task != "sentiment":
        return {}

    def bag(batch: Batch) -> Batch:
        return bag_of(batch, len(sentiment.VOCABULARY), sentiment.TOKEN[sentiment.NOTHING])

    params = trained_params(config, batches=(bag(batch_of_update(config, u)) for u in itertools.count()))
    slices = sentiment.slices(config, random_stream(config, EVALUATION), TASKS[config.task].held_out)
    return {name: accuracy_on(config, params, bag(held_out.batch)) for name, held_out in slices.items()}


def study(
    changes: Mapping[str, Any], seeds: int, workers: int | None = None, kinds: Sequence[str] = tuple(KINDS)
) -> Running[Result]:
    """Train these kinds with every seed."""
    points = {(name,): [KINDS[name].config.replace(**changes)] for name in kinds}
    results = yield from results_of(run, over_seeds(points, seeds), workers)
    return {"seeds": sorted({seed for _, seed in results}), "rows": [row._asdict() for row in rows(results)]}


class Row(NamedTuple):
    """All seeds of one kind on one held-out slice.

    Attributes
    ----------
    accuracy : ascending
    baselines : by rule, the mean over the seeds
    first_to_last : `GradientFlow.first_to_last`, ascending
    read, T : at how many of how many time steps the loss is read
    """

    kind: str
    slice: str
    accuracy: list[float]
    baselines: dict[str, float]
    first_to_last: list[float]
    read: int
    T: int


def rows(results: Mapping[Point, KindResult]) -> list[Row]:
    """The table, in the order of KINDS; results by kind and seed."""
    lines, of_seeds = [], by_point(results)
    for name, of_kind in ((name, of_seeds[name,]) for name in KINDS if (name,) in of_seeds):
        for slice_name in KINDS[name].slices:
            evaluations = [ending.evaluation[slice_name] for ending in of_kind]
            rules = {
                rule: float(np.mean([e.baselines[rule] for e in evaluations])) for rule in evaluations[0].baselines
            }
            rules |= {BAG: float(np.mean([e.bag[slice_name] for e in of_kind]))} if of_kind[0].bag else {}
            ratios = sorted(ending.gradient_flow.first_to_last for ending in of_kind)
            accuracy, of_first = sorted(e.accuracy for e in evaluations), of_kind[0].gradient_flow
            lines.append(Row(name, slice_name, accuracy, rules, ratios, len(of_first.read), len(of_first.norm) - 1))
    return lines


COLUMNS: dict[str, Callable[[Row], object]] = {
    "kind": lambda r: r.kind,
    "loss read at": lambda r: f"{r.read} of {r.T} time steps",
    "held out": lambda r: r.slice,
    "accuracy: median (lowest to highest)": lambda r: spread(r.accuracy),
    "baselines: mean": lambda r: ", ".join(f"{rule} {share:.1%}" for rule, share in r.baselines.items()),
    "‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ in training: median (lowest to highest)": lambda r: spread(r.first_to_last, ".3g"),
}


def report(result: Result) -> str:
    """The table over seeds."""
    return table_of(COLUMNS, [Row(**row) for row in result["rows"]])


NAME = "kinds"
HELP = "the five kinds of RNN, from one-to-one to encoder-decoder: accuracy, baselines, and ‖∂L/∂h_1‖ over ‖∂L/∂h_T‖"
SEEDS = 20
FIELDS = ("seed",)
OPTIONS = {"kinds": {"nargs": "+", "choices": tuple(KINDS), "default": list(KINDS), "help": "which of them"}}
