"""What the network learns: one file a task, each offering what `Task` names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.config import EVALUATED_AT_ONCE, EVALUATION_COUNT, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY, Loss
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

from . import (
    adding,
    agreement,
    copying,
    dates,
    encoder_decoder,
    forecast,
    led,
    melody,
    next_word,
    reading,
    reversal,
    sentiment,
    tagging,
    temporal_order,
)

SOLVED_ABOVE = 0.99
"""The accuracy above which a task counts as solved: less than 1 % wrong, as in Pascanu et al. (2013)."""


class Task(NamedTuple):
    """What training and evaluation need to know of a task.

    Attributes
    ----------
    inputs, outputs : D, the number of tokens or of values per time step, and O, the number of classes or values
    loss : what is asked of the outputs
    batches : (config, rng, count) draws so many training batches
    slices : (config, rng, count) draws held-out data of every kind, `count` sequences each
    right : what an accuracy is the share of, in words
    held_out : how many sequences of each kind an evaluation asks
    probe : (config) gives the sequence whose hidden states the record keeps: (T',) token ids or (T', D) values
    chance : the baseline of the slices that knows nothing of its sequence
    solved_on : the slices on which a run must be right to count as having solved the task
    solved_above : the accuracy on all of them that this takes
    answers : the outputs that the answer after the last time step is chosen from; empty where there is none to choose
    pair : two sequences that differ in what must be remembered, each with the answer that is right; None without such
    """

    inputs: int
    outputs: int
    loss: Loss
    batches: Callable[[Config, np.random.Generator, int], list[Batch]]
    slices: Callable[[Config, np.random.Generator, int], dict[str, EvaluationSet]]
    right: str
    held_out: int
    probe: Callable[[Config], Ints | Floats]
    chance: str
    solved_on: tuple[str, ...]
    solved_above: float = SOLVED_ABOVE
    answers: tuple[int, ...] = ()
    pair: tuple[tuple[Ints, int], tuple[Ints, int]] | None = None


_ARTICLE = reading.read(reading.ARTICLE)
_SINGULAR_ARTICLE = reading.flip(_ARTICLE, _ARTICLE.nouns[0])
_WAS, _WERE = map(agreement.ANSWERS.index, ("was", "were"))

TASKS: dict[str, Task] = {
    "agreement": Task(
        inputs=len(agreement.VOCABULARY),
        outputs=len(agreement.ANSWERS),
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=agreement.batches,
        slices=agreement.slices,
        right="sentences with the right verb",
        held_out=EVALUATION_COUNT,
        probe=lambda config: _ARTICLE.tokens,
        chance="majority",
        solved_on=(agreement.FRESH, agreement.HELD_OUT),
        answers=(_WAS, _WERE),
        pair=((_ARTICLE.tokens, _WERE), (_SINGULAR_ARTICLE.tokens, _WAS)),
    ),
    "next_word": Task(
        inputs=len(agreement.VOCABULARY),
        outputs=len(agreement.VOCABULARY),
        loss=next_word.LOSS,
        batches=next_word.batches,
        slices=next_word.slices,
        right="sentences whose right verb is likelier than the other",
        held_out=EVALUATION_COUNT,
        probe=lambda config: _ARTICLE.tokens,
        chance="majority",
        solved_on=(agreement.FRESH, agreement.HELD_OUT),
        answers=next_word.VERBS,
        pair=((_ARTICLE.tokens, next_word.VERBS[_WERE]), (_SINGULAR_ARTICLE.tokens, next_word.VERBS[_WAS])),
    ),
    "temporal_order": Task(
        inputs=len(temporal_order.SYMBOLS),
        outputs=len(temporal_order.CLASSES),
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=temporal_order.batches,
        slices=temporal_order.slices,
        right="sequences with the right class",
        held_out=10_000,
        probe=temporal_order.probe,
        chance=temporal_order.CHANCE,
        solved_on=(temporal_order.FRESH,),
        answers=tuple(range(len(temporal_order.CLASSES))),
    ),
    "adding": Task(
        inputs=len(adding.INPUTS),
        outputs=1,
        loss=adding.LOSS,
        batches=adding.batches,
        slices=adding.slices,
        right=f"sums off by less than {adding.TOLERANCE:g}",
        held_out=EVALUATION_COUNT,
        probe=adding.probe,
        chance=adding.CHANCE,
        solved_on=(adding.FRESH,),
    ),
    "copying": Task(
        inputs=copying.TOKENS,
        outputs=copying.CLASSES,
        loss=copying.LOSS,
        batches=copying.batches,
        slices=copying.slices,
        right=f"right answers among the {copying.REMEMBERED} symbols of each sequence",
        held_out=EVALUATION_COUNT,
        probe=copying.probe,
        chance=copying.CHANCE,
        solved_on=(copying.FRESH,),
        answers=tuple(range(copying.CLASSES)),
    ),
    "led": Task(
        inputs=len(led.SEGMENTS),
        outputs=len(led.DIGITS),
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=led.batches,
        slices=led.slices,
        right="displays with the right digit",
        held_out=EVALUATION_COUNT,
        probe=led.probe,
        chance=led.CHANCE,
        solved_on=(led.FRESH,),
        solved_above=SOLVED_ABOVE * led.BEST,
        answers=tuple(range(len(led.DIGITS))),
    ),
    "melody": Task(
        inputs=melody.INPUTS,
        outputs=melody.NOTES,
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=melody.batches,
        slices=melody.slices,
        right="right notes",
        held_out=EVALUATION_COUNT,
        probe=melody.probe,
        chance=melody.CHANCE,
        solved_on=(melody.KNOWN,),
        answers=tuple(range(melody.NOTES)),
    ),
    "sentiment": Task(
        inputs=len(sentiment.VOCABULARY),
        outputs=len(sentiment.ANSWERS),
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=sentiment.batches,
        slices=sentiment.slices,
        right="sentences with the right answer",
        held_out=EVALUATION_COUNT,
        probe=sentiment.probe,
        chance=sentiment.CHANCE,
        solved_on=(sentiment.FRESH,),
        answers=tuple(range(len(sentiment.ANSWERS))),
    ),
    "tagging": Task(
        inputs=len(tagging.VOCABULARY),
        outputs=len(tagging.TAGS),
        loss=SOFTMAX_CROSS_ENTROPY,
        batches=tagging.batches,
        slices=tagging.slices,
        right="words with the right tag",
        held_out=EVALUATED_AT_ONCE,
        probe=tagging.probe,
        chance=tagging.ONE_TAG,
        solved_on=(tagging.FRESH, tagging.EITHER),
        answers=tuple(range(len(tagging.TAGS))),
    ),
    "dates": Task(
        inputs=len(dates.SYMBOLS.tokens),
        outputs=len(dates.SYMBOLS.written),
        loss=encoder_decoder.LOSS,
        batches=dates.batches,
        slices=dates.slices,
        right="dates written right from the first symbol to the last",
        held_out=EVALUATION_COUNT,
        probe=dates.probe,
        chance=encoder_decoder.ONE_ANSWER,
        solved_on=(dates.NEVER_TRAINED,),
        answers=tuple(range(len(dates.SYMBOLS.written))),
    ),
    "reversal": Task(
        inputs=len(reversal.SYMBOLS.tokens),
        outputs=len(reversal.SYMBOLS.written),
        loss=encoder_decoder.LOSS,
        batches=reversal.batches,
        slices=reversal.slices,
        right="sequences written right from the first symbol to the last",
        held_out=EVALUATION_COUNT,
        probe=reversal.probe,
        chance=encoder_decoder.ONE_ANSWER,
        solved_on=(encoder_decoder.FRESH,),
        answers=tuple(range(len(reversal.SYMBOLS.written))),
    ),
    "forecast": Task(
        inputs=1,
        outputs=1,
        loss=forecast.LOSS,
        batches=forecast.batches,
        slices=forecast.slices,
        right=f"forecasts off by less than {forecast.TOLERANCE * forecast.DEGREES:g} °C",
        held_out=EVALUATION_COUNT,
        probe=forecast.probe,
        chance=forecast.CHANCE,
        solved_on=(forecast.FRESH,),
    ),
}
"""Tasks by their name in `Config.task`."""
