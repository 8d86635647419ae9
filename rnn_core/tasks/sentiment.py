"""Sentiment: read what somebody says about a film, then say whether it is praise.

The sentences are made of clauses, "the NOUN was (not) (very) ADJECTIVE". A negator turns its clause around. Two clauses
joined by "and" agree. Of two joined by "but" or "although", one decides: the one after "but", the one that "although"
does not introduce. So the same words in another order can mean the opposite, and no bag of words can tell "the film was
good but the ending was bad" from "the film was bad but the ending was good".

What keeps the answer from leaking: a clause that does not decide is praise or criticism by a coin of its own, so that
it says nothing of the one that does ("good but lovely" can occur). Negators and intensifiers are coins, too.

Shorter sentences are padded in front, so that the loss is read at the last time step, after the last word.
"""

from __future__ import annotations

import itertools

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Ints

from .task import Task

NOTHING = "–"
"""What is read before a sentence that is shorter than the others begins."""

NOUNS = ("film", "story", "acting", "music", "ending", "cast", "plot", "camera")
POSITIVE = ("good", "great", "funny", "lovely", "brilliant", "moving", "clever", "charming")
NEGATIVE = ("bad", "awful", "boring", "dull", "weak", "silly", "clumsy", "slow")
NEGATORS = ("not", "never", "hardly")
INTENSIFIERS = ("very", "really", "quite", "so")
CONTRAST = ("but", "although")
VOCABULARY = (NOTHING, "the", "was", "and", *CONTRAST, *NOUNS, *POSITIVE, *NEGATIVE, *NEGATORS, *INTENSIFIERS)
"""Every word, at the position that is its token id."""

TOKEN = {word: token for token, word in enumerate(VOCABULARY)}
ANSWERS = ("criticism", "praise")
"""The classes, in the order of the outputs."""

POLARITY = np.array([(word in POSITIVE) - (word in NEGATIVE) for word in VOCABULARY])
"""By token id: +1 for an adjective of praise, -1 for one of criticism, 0 for every other word."""

_FIRST_POSITIVE = TOKEN[POSITIVE[0]]
_IS_NEGATOR = np.array([word in NEGATORS for word in VOCABULARY])


def _clause(agrees: bool, negated: bool, stressed: bool) -> list[str]:
    """Slots of one clause; RIGHT is an adjective of the answer's polarity, WRONG of the other."""
    middle = ["NEGATOR"] * negated + ["INTENSIFIER"] * stressed
    return ["the", "NOUN", "was", *middle, "RIGHT" if agrees != negated else "WRONG"]


def _forms() -> list[list[tuple[list[str], bool]]]:
    """The five kinds of sentences, each in all its layouts: slots, and whether its two clauses disagree."""
    options = list(itertools.product((False, True), repeat=2))
    pairs = list(itertools.product(options, options))
    either = list(itertools.product((True, False), pairs))
    return [
        [(_clause(True, *a), False) for a in options],
        [([*_clause(True, *a), "and", *_clause(True, *b)], False) for a, b in pairs],
        [([*_clause(agree, *a), "but", *_clause(True, *b)], not agree) for agree, (a, b) in either],
        [(["although", *_clause(agree, *a), *_clause(True, *b)], not agree) for agree, (a, b) in either],
        [([*_clause(True, *a), "although", *_clause(agree, *b)], not agree) for agree, (a, b) in either],
    ]


_FORMS = _forms()
_LAYOUTS = [layout for form in _FORMS for layout, _ in form]
_FIRST_LAYOUT = np.cumsum([0, *map(len, _FORMS)])
_DISAGREE = np.flatnonzero([disagree for form in _FORMS for _, disagree in form])
SHORTEST_TIME_STEPS = max(map(len, _LAYOUTS))
"""Time steps that the longest sentence takes."""

_WORDS_OF_SLOT: dict[str, tuple[str, ...]] = {
    "NOUN": NOUNS, "NEGATOR": NEGATORS, "INTENSIFIER": INTENSIFIERS, "RIGHT": POSITIVE, "WRONG": NEGATIVE,
    **{word: (word,) for word in (NOTHING, "the", "was", "and", *CONTRAST)},
}  # fmt: skip
_SLOTS = tuple(_WORDS_OF_SLOT)
_RIGHT, _WRONG = _SLOTS.index("RIGHT"), _SLOTS.index("WRONG")
_SIZES = np.array([len(words) for words in _WORDS_OF_SLOT.values()])
_WORDS = np.array([[TOKEN[words[k % len(words)]] for k in range(_SIZES.max())] for words in _WORDS_OF_SLOT.values()])
_SLOTS_OF_LAYOUT = np.array([
    [_SLOTS.index(slot) for slot in [NOTHING] * (SHORTEST_TIME_STEPS - len(layout)) + layout] for layout in _LAYOUTS
])  # fmt: skip

FRESH, DISAGREE = "fresh sentences", "clauses that disagree"
CHANCE = "majority"


def sentences(
    rng: np.random.Generator, length: int, shape: tuple[int, ...], *, disagree: bool = False
) -> tuple[Ints, Ints]:
    """Draw sentences: tokens (length, *shape), padded in front, and answers (*shape).

    Parameters
    ----------
    disagree : only those of two clauses, one praise and one criticism
    """
    if disagree:
        layout = rng.choice(_DISAGREE, size=shape)
    else:
        form = rng.integers(len(_FORMS), size=shape)
        layout = _FIRST_LAYOUT[form] + (rng.random(shape) * np.diff(_FIRST_LAYOUT)[form]).astype(int)
    answer = rng.integers(2, size=shape)
    slots = _SLOTS_OF_LAYOUT[layout]
    tokens = _WORDS[slots, (rng.random(slots.shape) * _SIZES[slots]).astype(int)]
    turned = ((slots == _RIGHT) | (slots == _WRONG)) & (answer == 0)[..., None]
    tokens = np.where(turned, _opposite(tokens), tokens)
    padded = np.full((length, *shape), TOKEN[NOTHING])
    padded[length - SHORTEST_TIME_STEPS :] = np.moveaxis(tokens, -1, 0)
    return padded, answer


def _opposite(tokens: Ints) -> Ints:
    """An adjective of the other polarity for each adjective."""
    return _FIRST_POSITIVE + (tokens - _FIRST_POSITIVE + len(POSITIVE)) % (2 * len(POSITIVE))


def as_batch(tokens: Ints, answer: Ints, dtype: str) -> Batch:
    """N sentences (T, N) as a batch whose loss is the mean over sentences, read at the last time step only."""
    targets, weights = np.zeros(tokens.shape, np.int64), np.zeros(tokens.shape, dtype)
    targets[-1], weights[-1] = answer, 1 / tokens.shape[1]
    return Batch(tokens, targets, weights)


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    tokens, answer = sentences(rng, config.sentence_length, (count, config.batch_size))
    return [as_batch(tokens[:, k], answer[k], config.dtype) for k in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sentences, drawn as in training, and those whose two clauses disagree."""
    drawn = {
        name: sentences(rng, config.sentence_length, (count,), disagree=name == DISAGREE) for name in (FRESH, DISAGREE)
    }
    return {name: EvaluationSet(as_batch(*of, config.dtype), baselines(*of)) for name, of in drawn.items()}


def baselines(tokens: Ints, answer: Ints) -> dict[str, float]:
    """Accuracy of rules that need no training; tokens (T, N), answer (N,). A tied vote is worth half an answer."""
    polarity, truth, T = POLARITY[tokens], 2 * answer - 1, len(tokens)
    last = T - 1 - (polarity[::-1] != 0).argmax(axis=0)  # the last adjective
    negated = [bool(_IS_NEGATOR[column[max(0, k - 2) : k]].any()) for column, k in zip(tokens.T, last, strict=True)]
    of_last = np.take_along_axis(polarity, last[None], axis=0)[0]
    guesses = {
        "vote of adjectives": np.sign(polarity.sum(axis=0)),
        "last adjective": of_last,
        "last clause": np.where(negated, -of_last, of_last),
    }
    right = {name: float(((guess == truth) + 0.5 * (guess == 0)).mean()) for name, guess in guesses.items()}
    return {CHANCE: max(float(answer.mean()), 1 - float(answer.mean()))} | right


def meant(words: tuple[str, ...]) -> int | None:
    """The answer by the rules of the corpus, an index into ANSWERS; None if no adjective decides."""
    polarity = [int(POLARITY[TOKEN[word]]) for word in words]
    decides = range(len(words))
    if "but" in words:
        decides = range(len(words) - words[::-1].index("but"), len(words))
    elif "although" in words[1:]:
        decides = range(words.index("although", 1))
    adjectives = [k for k in decides if polarity[k]]
    if not adjectives:
        return None
    last = adjectives[-1]
    start = max((k for k in range(last) if polarity[k] or words[k] in CONTRAST), default=-1)
    turns = sum(word in NEGATORS for word in words[start + 1 : last])
    return int(polarity[last] * (-1) ** turns > 0)


def probe(config: Config) -> Ints:
    """(T,) a sentence that the last adjective alone would get wrong."""
    words = ("the", "film", "was", "not", "good", "although", "the", "music", "was", "lovely")
    tokens = [TOKEN[word] for word in words]
    return np.array([TOKEN[NOTHING]] * max(0, config.sentence_length - len(tokens)) + tokens)


TASK = Task(
    inputs=len(VOCABULARY),
    outputs=len(ANSWERS),
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="sentences with the right answer",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=CHANCE,
    solved_on=(FRESH,),
    answers=tuple(range(len(ANSWERS))),
)
