"""Why recurrence? A bag of words, fixed positions and an RNN of equal size learn to tell nouns from verbs.

All three see the same sentences in the same updates, with the same clipping and optimiser; each has the learning rate
of RATES with which its loss on fresh sentences was lowest. Then they are asked about sentences that are moved by more
words than in training, and about longer ones.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rnn_core import training
from rnn_core.batches import BATCHES, EVALUATION, random_stream
from rnn_core.bptt import forward
from rnn_core.config import Config
from rnn_core.initializers import initial_params
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.models import feedforward, recurrent
from rnn_core.models.feedforward import CUTS
from rnn_core.models.model import Model
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.tasks import homograph
from rnn_core.types import Batch, Floats, Params

KINDS = {"bag": "bag of words", "fixed": "fixed positions", "rnn": "RNN"}
"""The networks, and what they are called."""

SLOTS = homograph.LONGEST
"""Words that the fixed positions have room for: those of the longest sentence in training."""

SIZES = {"bag": (24, 24), "fixed": (12, 11), "rnn": (24, 24)}
"""Embedding D and hidden units H; in the RNN, an embedding is a row of W_xh."""

RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
"""The learning rates that each network was tried with."""

BEST = {"bag": 0.001, "fixed": 0.03, "rnn": 0.03}
"""Those with the lowest mean loss on fresh sentences over 20 seeds of their own: `why-recurrence --tune` tries them."""

BASE = Config(hidden_size=24, initializer="orthogonal", spectral_radius=1.0, optimizer="adam", updates=1000)
"""What the runs share; the recurrent network is the vanilla one. Its task's loss is read alone: a cross-entropy."""

OPENINGS = {"first positions": homograph.BEFORE, "all positions": SLOTS - homograph.LONGEST_CORE}
"""Most words before the core of a training sentence: so many that some positions stay unseen, or that none does."""

MOVED = homograph.BEFORE + 2
"""Words before the core of a sentence that is moved: two more than in training on the first positions."""

SHIFTS = tuple(range(OPENINGS["all positions"] + 1))
"""Words before the core with which every sentence still fits into the slots."""

LENGTHS = (9, 10, 11, 12, 14, 16, 20, 24, 28)
"""Words of the sentences that grow longer than the slots ..."""

GROWN = (14, 20, 28)
"""... and those of them that the table shows."""

GROWS = ("before", "after")
"""Where a sentence grows: before its core or after it."""

EVALUATED, _AT_ONCE = 600, 50
"""Sentences of each kind that a network is asked about; batches that are drawn at once."""


class Trained(NamedTuple):
    """A trained network, and what it gets right.

    Attributes
    ----------
    kind : of KINDS
    openings : of OPENINGS
    params : its weights
    loss : on fresh sentences, half of each kind
    fresh : accuracy where words tell, and where order tells, with openings as in training on the first positions
    words_tell, order_tells : (SHIFTS,) the same by words before the core
    lengths : (LENGTHS,) accuracy where order tells, by where the sentence grows and what is cut off
    """

    kind: str
    openings: str
    params: Params
    loss: float
    fresh: tuple[float, float]
    words_tell: tuple[float, ...]
    order_tells: tuple[float, ...]
    lengths: dict[tuple[str, str], tuple[float, ...]]


def config_of(kind: str, seed: int, rate: float | None = None) -> Config:
    """The run of a network; with its best learning rate if none is given."""
    return BASE.replace(learning_rate=BEST[kind] if rate is None else rate, seed=seed)


def size(params: Params) -> int:
    """How many numbers a network's weights are."""
    return sum(W.size for W in params.values())


def model_of(kind: str, config: Config) -> Model:
    """The network of this kind for the words and answers of the sentences."""
    words, outputs, (D, H) = len(homograph.VOCABULARY), len(homograph.ANSWERS), SIZES[kind]
    if kind == "rnn":
        return recurrent.model(config)._replace(
            initial_params=functools.partial(initial_params, config, words, outputs)
        )
    return feedforward.model(words, D, SLOTS if kind == "fixed" else 1, H, outputs, config.dtype)


def starting_params(kind: str, config: Config) -> Params:
    """The weights before the first update."""
    return training.starting_params(config, model_of(kind, config))


def batches(config: Config, most_before: int) -> Iterator[Batch]:
    """The batches of a run, one an update: every core as likely, with openings of up to so many words."""
    for block in itertools.count():
        rng = random_stream(config, BATCHES, block)
        shape = _AT_ONCE * config.batch_size
        core = rng.integers(len(homograph.CORES), size=shape)
        before = rng.integers(most_before + 1, size=shape)
        drawn = homograph.sentences(rng, core, before, homograph.closings(rng, core, before))
        for k in range(_AT_ONCE):
            some = slice(k * config.batch_size, (k + 1) * config.batch_size)
            yield homograph.as_batch(homograph.Sentences(*(array[..., some] for array in drawn)), config.dtype)


def train(kind: str, config: Config, openings: str) -> Params:
    """The weights after the run."""
    return training.trained_params(config, model_of(kind, config), batches(config, OPENINGS[openings]))


def logits(kind: str, params: Params, batch: Batch, cut: str = "end") -> Floats:
    """(B, O) What a network says of each sentence; only the fixed positions are cut."""
    if kind != "rnn":
        return feedforward.logits(params, batch, cut)
    tape = forward(params, batch)
    last = (batch.weights[tape.read_at] > 0).argmax(axis=0)
    return np.asarray(tape.logits[last, np.arange(len(last))])


def p_verb(kind: str, params: Params, words: Sequence[str], cut: str = "end") -> float:
    """The probability that a network gives to the homograph of one sentence being a verb."""
    tokens = np.array([homograph.TOKEN[word] for word in words])[:, None]
    batch = homograph.as_batch(homograph.Sentences(tokens, np.array([len(words)]), np.array([0])), "float32")
    return float(SOFTMAX_CROSS_ENTROPY.answers(logits(kind, params, batch, cut))[0, 1])


def judged(kind: str, params: Params, batch: Batch, cut: str = "end") -> tuple[float, float]:
    """Accuracy and loss on a batch."""
    y, (targets, weights) = logits(kind, params, batch, cut)[None], feedforward.asked(batch)
    accuracy = SOFTMAX_CROSS_ENTROPY.accuracy(y, targets, weights)
    return accuracy, SOFTMAX_CROSS_ENTROPY.value_and_gradient(y, targets, weights)[0]


def moved(config: Config, rng: np.random.Generator, before: tuple[int, int], *, order: bool) -> Batch:
    """Held-out sentences of one kind with openings of so many words, from and to.

    Parameters
    ----------
    order : whether order alone tells; half of the sentences then are the other half's words in another order
    """
    count = EVALUATED // 2 if order else EVALUATED
    core = rng.choice(homograph.OF_ORDER if order else homograph.OF_WORDS, count)
    opening = rng.integers(before[0], before[1] + 1, size=count)
    draw = homograph.pairs if order else homograph.sentences
    return homograph.as_batch(draw(rng, core, opening, homograph.closings(rng, core, opening)), config.dtype)


def grown(config: Config, rng: np.random.Generator, length: int, grows: str) -> Batch:
    """Held-out sentences of exactly so many words in which order alone tells.

    Parameters
    ----------
    grows : of GROWS; at the other side they are as in training
    """
    core = rng.choice(homograph.OF_ORDER, EVALUATED // 2)
    room = length - homograph.LENGTHS[core]
    if grows == "before":
        after = np.minimum(rng.integers(homograph.AFTER + 1, size=core.shape), room)
    else:
        after = room - np.minimum(rng.integers(homograph.BEFORE + 1, size=core.shape), room)
    return homograph.as_batch(homograph.pairs(rng, core, room - after, after), config.dtype)


@one_blas_thread()
def trained(kind: str, config: Config, openings: str) -> Trained:
    """Train a network, and ask it; all networks of one seed are asked about the same sentences."""
    params, rng = train(kind, config, openings), random_stream(config, EVALUATION)
    fresh = [judged(kind, params, moved(config, rng, (0, homograph.BEFORE), order=order)) for order in (False, True)]
    shifted = [
        tuple(judged(kind, params, moved(config, rng, (k, k), order=order))[0] for k in SHIFTS)
        for order in (False, True)
    ]
    lengths = {}
    for grows in GROWS:
        longer = [grown(config, rng, length, grows) for length in LENGTHS]
        for cut in CUTS:
            lengths[grows, cut] = tuple(judged(kind, params, batch, cut)[0] for batch in longer)
    return Trained(
        kind=kind,
        openings=openings,
        params=params,
        loss=(fresh[0][1] + fresh[1][1]) / 2,
        fresh=(fresh[0][0], fresh[1][0]),
        words_tell=shifted[0],
        order_tells=shifted[1],
        lengths=lengths,
    )
