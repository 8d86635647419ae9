"""Subject-verb agreement: read a sentence up to its verb, then choose "was" or "were".

"The artists who performed yesterday had a lot of achievements in their name and ..." needs *were*: the network must
carry the number of the subject across nouns of other numbers (attractors). After Linzen, Dupoux and Goldberg,
"Assessing the ability of LSTMs to learn syntax-sensitive dependencies", TACL 4 (2016). As in Gulordava et al.,
"Colorless green recurrent networks dream hierarchically", NAACL 2018, sentences are grammatical but need not make
sense: every noun can stand in every role, so no word but the subject's own form tells its number.

What keeps the answer from leaking:

- the only determiner is "the"; there is no pronoun, no present tense, no verb form that carries number;
- every noun occurs as subject, as attractor and in openings, singular and plural;
- each batch holds each (template, answer) equally often, to within one sentence;
- every other noun's number is a coin of its own, independent of the answer;
- in half of the templates the first noun is not the subject.
"""

from __future__ import annotations

import functools
from typing import Literal, NamedTuple

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Ints

from .task import Task

SINGULAR = (
    "artist", "singer", "doctor", "teacher", "painter", "dancer", "writer", "pilot", "farmer", "guide",
    "achievement", "name",
)  # fmt: skip
PLURAL = tuple(noun + "s" for noun in SINGULAR)
PEOPLE = 10
"""The first so many nouns are people: "who" and "that" both fit them; only "that" fits the rest."""

INTRANSITIVE = ("performed", "arrived", "appeared", "changed", "returned", "stayed", "travelled", "waited")
TRANSITIVE = ("had", "pleased", "followed", "surprised", "helped", "praised")
ADVERBS = ("yesterday", "today", "again", "often", "early", "quietly")
AFTER_VERB = ("near", "behind", "with", "from", "in")
AFTER_NOUN = ("near", "behind", "with", "of", "in")
OPENERS = ("near", "behind", "with")
ANSWERS = ("was", "were")
"""The classes, in the order of the outputs: singular, plural."""

UNTRAINED = ("a", "lot", "their", "india", *ANSWERS)
"""Words of the article's sentence that no training sentence holds: the network meets them with their initial weights.
"a" and "their" carry number; "lot" and "India" come with them or after the verb; the answers are never read."""

SMALL_WORDS = tuple(dict.fromkeys(("the", "who", "that", "and", "when", *AFTER_VERB, *AFTER_NOUN, *OPENERS)))
_TRAINED = (SINGULAR, PLURAL, INTRANSITIVE, TRANSITIVE, ADVERBS, SMALL_WORDS)
VOCABULARY: tuple[str, ...] = tuple(dict.fromkeys(word for words in (*_TRAINED, UNTRAINED) for word in words))
"""Every word, at the position that is its token id."""

TOKEN = {word: token for token, word in enumerate(VOCABULARY)}
NUMBER = np.zeros(len(VOCABULARY), np.int8)
"""By token id: -1 for a singular noun, +1 for a plural noun, 0 for every other word."""
NUMBER[[TOKEN[noun] for noun in SINGULAR]] = -1
NUMBER[[TOKEN[noun] for noun in PLURAL]] = +1


def tokens_of(words: str) -> Ints:
    """(T,) token ids of words in small letters with spaces between."""
    return np.array([TOKEN[word] for word in words.split()])


class Template(NamedTuple):
    """A sentence pattern in slots: what stands before the subject, and what follows it up to the verb.

    Attributes
    ----------
    opening : slots before "the SUBJECT"
    relative : True if the subject is followed by a relative clause
    main : True if a main clause stands between that and the verb, joined to the verb by "and"
    """

    name: str
    opening: tuple[str, ...]
    relative: bool
    main: bool


_PLACE = ("OPENER", "the", "OTHER")
_CLAUSE = ("when", "the", "OTHER", "INTRANSITIVE")
TEMPLATES = (
    Template("relative clause", (), True, False),  # the artists who performed ... [were]
    Template("main clause", (), False, True),  # the artists performed ... and [were]
    Template("relative and main clause", (), True, True),  # the artists who performed had the ... and [were]
    Template("place first, relative clause", _PLACE, True, False),  # near the pilot the artists who ... [were]
    Template("clause first, main clause", _CLAUSE, False, True),  # when the pilot arrived the artists ... and [were]
    Template("clause first, relative clause", _CLAUSE, True, False),
)

SUBJECT_TIME_STEPS = tuple(sorted({len(template.opening) + 2 for template in TEMPLATES}))
"""Time steps t, counted from 1, at which the subject can be read."""

WORDS_OF_SLOT: dict[str, tuple[str, ...]] = {
    "INTRANSITIVE": INTRANSITIVE,
    "TRANSITIVE": TRANSITIVE,
    "ADVERB": ADVERBS,
    "AFTER_VERB": AFTER_VERB,
    "AFTER_NOUN": AFTER_NOUN,
    "OPENER": OPENERS,
    "RELATIVE": ("that", "who"),
    "SUBJECT": SINGULAR,
    "ATTRACTOR": SINGULAR,
    "OTHER": SINGULAR,
    **{word: (word,) for word in ("the", "and", "when")},
}
"""Which words may fill a slot; a noun's number is drawn apart from its lemma."""

_SLOTS = tuple(WORDS_OF_SLOT)
_SUBJECT, _ATTRACTOR, _OTHER, _RELATIVE = map(_SLOTS.index, ("SUBJECT", "ATTRACTOR", "OTHER", "RELATIVE"))
_SLOT_SIZES = np.array([len(words) for words in WORDS_OF_SLOT.values()])
_SLOT_WORDS = np.zeros((len(_SLOTS), _SLOT_SIZES.max()), np.int16)
for _slot, _words in enumerate(WORDS_OF_SLOT.values()):
    _SLOT_WORDS[_slot, : len(_words)] = [TOKEN[word] for word in _words]

LAYOUTS_PER_TEMPLATE = 48
"""In how many ways a template's words are arranged for one length and number of attractors."""


def held_out(noun: int, template: int) -> bool:
    """True for the sixth of the (subject noun, template) pairs that never occurs in training.

    Each template lacks two nouns and each noun lacks one template, so every noun and every template is trained.
    """
    return (noun + template) % len(TEMPLATES) == 0


_TRAINED_NOUNS, _HELD_OUT_NOUNS = (
    np.array([[n for n in range(len(SINGULAR)) if held_out(n, k) is out] for k in range(len(TEMPLATES))])
    for out in (False, True)
)


@functools.lru_cache(maxsize=64)
def layouts(length: int, attractors: int) -> Ints:
    """Slot ids of every arrangement used, (templates, LAYOUTS_PER_TEMPLATE, length); the same in every run."""
    rng = np.random.default_rng([length, attractors])
    made = [[_layout(template, length, attractors, rng) for _ in range(LAYOUTS_PER_TEMPLATE)] for template in TEMPLATES]
    return np.array([[[_SLOTS.index(slot) for slot in layout] for layout in of_one] for of_one in made])


def _layout(template: Template, length: int, attractors: int, rng: np.random.Generator) -> list[str]:
    """One arrangement of a template in exactly `length` words with exactly `attractors` nouns before the verb."""
    head = [*template.opening, "the", "SUBJECT"] + (["RELATIVE"] if template.relative else []) + ["INTRANSITIVE"]
    tail = ["and"] if template.main else []
    chunks: list[list[str]] = []
    if template.relative and template.main:  # the main verb: with an object if there is an attractor to be it
        chunks.append(["TRANSITIVE", "the", "ATTRACTOR"] if attractors else ["INTRANSITIVE"])
        attractors -= min(attractors, 1)
    spare = length - len(head) - len(tail) - sum(map(len, chunks)) - 3 * attractors
    for _ in range(attractors):
        as_object = spare > 0 and rng.random() < 0.5
        chunks.append(["and", "TRANSITIVE", "the", "ATTRACTOR"] if as_object else ["PLACE", "the", "ATTRACTOR"])
        spare -= as_object
    most = min(spare, (spare + 2 * (len(chunks) + 1)) // 3)  # as many as there will be gaps between chunks
    adverbs = spare % 2 + 2 * int(rng.integers(0, (most - spare % 2) // 2 + 1))
    chunks += [["and", "INTRANSITIVE"]] * ((spare - adverbs) // 2)
    chunks = [chunks[i] for i in rng.permutation(len(chunks))]
    with_adverb = set(rng.permutation(len(chunks) + 1)[:adverbs].tolist())  # never two adverbs side by side
    slots = list(head)
    for gap, chunk in enumerate([[], *chunks]):
        place = "AFTER_NOUN" if slots[-1] == "ATTRACTOR" else "AFTER_VERB"
        slots += [place if slot == "PLACE" else slot for slot in chunk]
        if gap in with_adverb:
            slots.append("ADVERB")
    return slots + tail


FRESH, HELD_OUT, DISAGREE = "fresh sentences", "held-out pairs", "all attractors disagree"
"""Slices on which accuracy is reported; `held_out_accuracy` is the lower of the first two."""


class Sentences(NamedTuple):
    """N sentences up to the verb.

    Attributes
    ----------
    tokens : (T, N) token ids
    plural : (N,) 1 if the verb must be "were", 0 for "was"
    template : (N,) index into TEMPLATES
    noun : (N,) index of the subject into SINGULAR
    """

    tokens: Ints
    plural: Ints
    template: Ints
    noun: Ints


def sentences(
    rng: np.random.Generator,
    length: int,
    attractors: int,
    shape: tuple[int, ...],
    *,
    pairs: Literal["trained", "held out"] = "trained",
    disagree: bool = False,
) -> Sentences:
    """Draw sentences; along the last axis of `shape` each (template, answer) occurs equally often, to within one.

    Parameters
    ----------
    shape : (N,) or (batches, N); the result's arrays are then (T, batches, N) and (batches, N)
    pairs : which (subject noun, template) pairs to use
    disagree : True makes every attractor's number the opposite of the subject's; else it is a coin of its own
    """
    count = shape[-1]
    cells = np.broadcast_to(np.arange(count), shape) + rng.integers(2 * len(TEMPLATES), size=(*shape[:-1], 1))
    cells = rng.permuted(cells, axis=-1) % (2 * len(TEMPLATES))
    template, plural = cells // 2, cells % 2
    slots = layouts(length, attractors)[template, rng.integers(LAYOUTS_PER_TEMPLATE, size=shape)]  # (..., T)
    pick = rng.random(slots.shape)
    tokens = _SLOT_WORDS[slots, (pick * _SLOT_SIZES[slots]).astype(np.int16)]
    nouns = _TRAINED_NOUNS if pairs == "trained" else _HELD_OUT_NOUNS
    noun = nouns[template, rng.integers(nouns.shape[1], size=shape)]
    is_subject = slots == _SUBJECT
    tokens = np.where(is_subject, TOKEN[SINGULAR[0]] + noun[..., None], tokens)
    number = rng.integers(2, size=slots.shape)
    if disagree:
        number = np.where(slots == _ATTRACTOR, 1 - plural[..., None], number)
    number = np.where(is_subject, plural[..., None], number)
    is_noun = is_subject | (slots == _ATTRACTOR) | (slots == _OTHER)
    tokens = tokens + is_noun * number * len(SINGULAR)  # the plurals follow the singulars in the vocabulary
    needs_that = (slots == _RELATIVE) & (noun >= PEOPLE)[..., None]
    tokens = np.where(needs_that, TOKEN["that"], tokens)
    return Sentences(np.ascontiguousarray(np.moveaxis(tokens, -1, 0)), plural, template, noun)


def as_batch(drawn: Sentences, dtype: str) -> Batch:
    """N sentences as a batch whose loss is the mean over sentences, read at the last word only."""
    T, N = drawn.tokens.shape
    targets, weights = np.zeros((T, N), np.int64), np.zeros((T, N), dtype)
    targets[-1], weights[-1] = drawn.plural, 1 / N
    return Batch(drawn.tokens, targets, weights)


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    drawn = sentences(rng, config.sentence_length, config.attractors, (count, config.batch_size))
    return [
        as_batch(Sentences(drawn.tokens[:, k], drawn.plural[k], drawn.template[k], drawn.noun[k]), config.dtype)
        for k in range(count)
    ]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Held-out sentences, `count` of each kind. Without attractors none can disagree, and that slice is left out."""
    draw = functools.partial(sentences, rng, config.sentence_length, config.attractors, (count,))
    drawn = {FRESH: draw(), HELD_OUT: draw(pairs="held out")}
    if config.attractors:
        drawn[DISAGREE] = draw(disagree=True)
    return {name: EvaluationSet(as_batch(s, config.dtype), baselines(s.tokens, s.plural)) for name, s in drawn.items()}


def baselines(tokens: Ints, plural: Ints) -> dict[str, float]:
    """Accuracy of rules that need no training, from the words alone; tokens (T, N), plural (N,).

    A tied vote of nouns is worth half an answer, as a coin would be. The majority rule knows the labels.
    """
    number = NUMBER[tokens]
    T = len(tokens)
    is_noun = number != 0
    columns = np.arange(tokens.shape[1])
    first = number[is_noun.argmax(axis=0), columns]
    last = number[T - 1 - is_noun[::-1].argmax(axis=0), columns]
    vote = np.sign(number.sum(axis=0))
    answer = 2 * plural - 1

    def right(guess: Ints) -> float:
        return float(((guess == answer) + 0.5 * (guess == 0)).mean())

    majority = max(float(plural.mean()), 1 - float(plural.mean()))
    return {"majority": majority, "last noun": right(last), "first noun": right(first), "vote of nouns": right(vote)}


PLURAL_PROBE = tokens_of("the artists who performed yesterday had a lot of achievements in their name and")
"""The article's sentence up to its verb, see `reading.ARTICLE`: the probe of every run."""

SINGULAR_PROBE = tokens_of("the artist who performed yesterday had a lot of achievements in their name and")
_WAS, _WERE = map(ANSWERS.index, ("was", "were"))

TASK = Task(
    inputs=len(VOCABULARY),
    outputs=len(ANSWERS),
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="sentences with the right verb",
    held_out=EVALUATION_COUNT,
    probe=lambda config: PLURAL_PROBE,
    chance="majority",
    solved_on=(FRESH, HELD_OUT),
    answers=(_WAS, _WERE),
    pair=((PLURAL_PROBE, _WERE), (SINGULAR_PROBE, _WAS)),
)
