"""Next word: the agreement task's sentences, with a loss at every word.

The network reads a sentence up to its verb and is asked at each word for the one that follows; after the last word that
is the verb itself, "was" or "were". So the number of the subject is one of many things to learn, as in a language
model: after Elman, "Finding structure in time", Cognitive Science 14 (1990), and Linzen, Dupoux and Goldberg (2016),
see `agreement`. The verb is read apart: right where, after the last word, the right verb has the larger output of the
two, whatever other words have.

The loss is the mean over all T·B words, so in nats per word; the verb's share of it is 1/T.
"""

from __future__ import annotations

import functools

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import Loss, softmax_cross_entropy
from rnn_core.types import Batch, EvaluationSet, Floats, Ints, Values

from .agreement import (
    ANSWERS,
    DISAGREE,
    FRESH,
    HELD_OUT,
    PLURAL_PROBE,
    SINGULAR_PROBE,
    TOKEN,
    VOCABULARY,
    Sentences,
    baselines,
    sentences,
)
from .task import Task

VERBS = tuple(TOKEN[answer] for answer in ANSWERS)
"""Token ids of the singular and the plural verb."""


def verb_accuracy(logits: Floats, targets: Values, weights: Floats) -> float:
    """Share of sentences whose verb, the last target, has a larger output than the other verb; logits (T, B, O).

    Where one of the two is not a number, the answer is wrong.
    """
    singular, plural = (logits[-1, :, verb] for verb in VERBS)
    right = np.where(targets[-1] == VERBS[1], plural > singular, singular > plural)
    return float(right[weights[-1] > 0].mean())


LOSS = Loss(softmax_cross_entropy, verb_accuracy)


def as_batch(tokens: Ints, plural: Ints, dtype: str) -> Batch:
    """N sentences (T, N) as a batch that asks for every next word."""
    targets = np.concatenate([tokens[1:], np.take(VERBS, plural)[None]]).astype(np.int64)
    return Batch(tokens, targets, np.full(tokens.shape, 1 / tokens.size, dtype))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches, of the same sentences as the agreement task's."""
    drawn = sentences(rng, config.sentence_length, config.attractors, (count, config.batch_size))
    return [as_batch(drawn.tokens[:, k], drawn.plural[k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """The agreement task's held-out sentences, `count` of each kind."""
    draw = functools.partial(sentences, rng, config.sentence_length, config.attractors, (count,))
    drawn = {FRESH: draw(), HELD_OUT: draw(pairs="held out")}
    if config.attractors:
        drawn[DISAGREE] = draw(disagree=True)
    return {name: _slice(s, config.dtype) for name, s in drawn.items()}


def unigram_loss(targets: Ints) -> float:
    """Loss of the best answer that never looks: each word with its share of all targets; in nats per word.

    The shares are those of the targets themselves, so no fixed answer can do better on them.
    """
    share = np.bincount(targets.ravel(), minlength=len(VOCABULARY)) / targets.size
    share = share[share > 0]
    return float(-(share * np.log(share)).sum())


def _slice(drawn: Sentences, dtype: str) -> EvaluationSet:
    batch = as_batch(drawn.tokens, drawn.plural, dtype)
    return EvaluationSet(batch, baselines(drawn.tokens, drawn.plural), {"unigram": unigram_loss(batch.targets)})


TASK = Task(
    inputs=len(VOCABULARY),
    outputs=len(VOCABULARY),
    loss=LOSS,
    batches=batches,
    slices=slices,
    right="sentences whose right verb is likelier than the other",
    held_out=EVALUATION_COUNT,
    probe=lambda config: PLURAL_PROBE,
    chance="majority",
    solved_on=(FRESH, HELD_OUT),
    answers=VERBS,
    pair=((PLURAL_PROBE, VERBS[ANSWERS.index("were")]), (SINGULAR_PROBE, VERBS[ANSWERS.index("was")])),
)
