"""Homographs: one word, two meanings; the sentence tells whether it is a noun or a verb.

"One should never tell a *lie*" against "Doctor asked him to *lie* down": the example of Gaurav Nair, "Unlocking the
Power of Recurrent Neural Networks: A Beginner's Guide", Towards AI (2023). A sentence is [opening] core [closing]. In
half of the cores other words tell (a modal with "tell", a pronoun with "to"). The other half come in pairs of the same
words in two orders, so that nothing but order tells:

    they asked the judge to lie     judge, guide, coach ... are nouns and verbs, too: either word
    they asked to judge the lie     may be the one that something is done to

Openings and closings say when and where, in the same words, and tell nothing; an opening moves everything after it.
Sentences are grammatical but need not make sense. Nouns and verbs are equally likely, whatever word is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_core.types import Batch, Ints

from .reading import known_words

ANSWERS = ("noun", "verb")
"""The classes, in the order of the outputs."""

WORDS_OF_SLOT: dict[str, tuple[str, ...]] = {
    "HOMOGRAPH": ("lie", "walk", "dance", "rest", "fight", "run", "swim", "drive", "talk", "march"),
    "PERSON": ("judge", "guide", "guard", "host", "coach", "pilot"),
    "SUBJECT": ("one", "they", "we", "doctor", "nobody", "everyone", "people", "you"),
    "MODAL": ("should", "would", "could", "will", "may"),
    "NEVER": ("never", "always", "often", "sometimes"),
    "TELL": ("tell", "take", "plan", "enjoy", "remember"),
    "TOLD": ("told", "took", "planned", "enjoyed", "remembered"),
    "ASKED": ("asked", "wanted", "needed", "expected"),
    "HIM": ("him", "her", "them", "us", "me"),
    "THE": ("the", "a", "this", "another"),
    "NEW": ("new", "good", "bad", "great", "famous"),
    "DOWN": ("down", "here", "there", "alone"),
    "WHEN": ("today", "yesterday", "tonight", "again"),
    "IN": ("in", "near", "at", "around"),
    "TOWN": ("town", "school", "church", "court", "paris", "camp"),
    "to": ("to",),
    "helped": ("helped",),
}
"""Which words may fill a slot; no word fills two."""

VOCABULARY: tuple[str, ...] = tuple(word for words in WORDS_OF_SLOT.values() for word in words)
"""Every word, at the position that is its token id."""

TOKEN = {word: token for token, word in enumerate(VOCABULARY)}
HOMOGRAPHS = WORDS_OF_SLOT["HOMOGRAPH"]

_SLOTS = tuple(WORDS_OF_SLOT)
_WHEN, _IN, _TOWN = map(_SLOTS.index, ("WHEN", "IN", "TOWN"))
_SIZES = np.array([len(words) for words in WORDS_OF_SLOT.values()])
_FIRST = np.cumsum(_SIZES) - _SIZES

WORDS_TELL = (
    ("SUBJECT MODAL NEVER TELL THE HOMOGRAPH", "noun"),  # one should never tell a lie
    ("SUBJECT MODAL NEVER TELL THE NEW HOMOGRAPH", "noun"),
    ("SUBJECT TOLD THE HOMOGRAPH", "noun"),
    ("SUBJECT TOLD THE NEW HOMOGRAPH", "noun"),
    ("SUBJECT ASKED HIM to HOMOGRAPH", "verb"),
    ("SUBJECT ASKED HIM to HOMOGRAPH DOWN", "verb"),  # doctor asked him to lie down
    ("SUBJECT MODAL NEVER HOMOGRAPH", "verb"),
    ("SUBJECT MODAL NEVER HOMOGRAPH DOWN", "verb"),
)
"""Cores in which other words tell, in slots, each with what the homograph is."""

ORDER_TELLS = (
    ("SUBJECT ASKED THE PERSON to HOMOGRAPH", "SUBJECT ASKED to PERSON THE HOMOGRAPH"),
    ("SUBJECT ASKED THE NEW PERSON to HOMOGRAPH", "SUBJECT ASKED to PERSON THE NEW HOMOGRAPH"),
    ("SUBJECT helped THE PERSON HOMOGRAPH", "SUBJECT helped PERSON THE HOMOGRAPH"),
    ("SUBJECT helped THE NEW PERSON HOMOGRAPH", "SUBJECT helped PERSON THE NEW HOMOGRAPH"),
)
"""Cores in which order alone tells: the same slots with the homograph as a verb, and as a noun."""

CORES: list[tuple[list[str], int]] = [
    *((core.split(), ANSWERS.index(answer)) for core, answer in WORDS_TELL),
    *((core.split(), ANSWERS.index("verb")) for core, _ in ORDER_TELLS),
    *((core.split(), ANSWERS.index("noun")) for _, core in ORDER_TELLS),
]
"""All of them: slots, and the answer."""

LENGTHS = np.array([len(core) for core, _ in CORES])
"""Words of each core."""

LONGEST_CORE = int(LENGTHS.max())
_ANSWERS = np.array([answer for _, answer in CORES])
_CORE_SLOTS = np.zeros((len(CORES), LONGEST_CORE), int)
for _k, (_core, _) in enumerate(CORES):
    _CORE_SLOTS[_k, : len(_core)] = [_SLOTS.index(slot) for slot in _core]

OF_WORDS, OF_ORDER = np.arange(len(WORDS_TELL)), np.arange(len(WORDS_TELL), len(CORES))
"""Cores by number: those in which other words tell, and those in which order alone does."""

_OTHER = np.zeros((len(OF_ORDER), LONGEST_CORE), int)
"""By core of OF_ORDER: where each word of the other order comes from."""
for _k, (_verb, _noun) in enumerate(ORDER_TELLS):
    _v, _n = _verb.split(), _noun.split()
    _OTHER[_k, : len(_n)] = [_v.index(slot) for slot in _n]
    _OTHER[_k + len(ORDER_TELLS), : len(_v)] = [_n.index(slot) for slot in _v]

BEFORE, AFTER = 2, 3
"""Most words before, and after, the core of a training sentence."""

LONGEST = BEFORE + LONGEST_CORE + AFTER
"""Words of the longest sentence in training."""


class Sentences(NamedTuple):
    """N sentences of at most T words.

    Attributes
    ----------
    tokens : (T, N) token ids, 0 after a sentence's end
    length : (N,) words of each
    answer : (N,) index into ANSWERS
    """

    tokens: Ints
    length: Ints
    answer: Ints


def sentences(rng: np.random.Generator, core: Ints, before: Ints, after: Ints) -> Sentences:
    """Draw the words of N sentences.

    Parameters
    ----------
    core : (N,) numbers of their cores
    before, after : (N,) words of their openings and closings
    """
    length = before + LENGTHS[core] + after
    t = np.arange(length.max())[:, None]
    inside = t - before
    behind = inside - LENGTHS[core]
    slots = np.where(np.where(behind < 0, t - before % 2, behind) % 2 == 0, _IN, _TOWN)  # near camp at school ...
    odd_one = np.where(behind < 0, (t == 0) & (before % 2 == 1), (behind == after - 1) & (after % 2 == 1))
    slots = np.where(odd_one, _WHEN, slots)  # ... today
    of_core = _CORE_SLOTS[core, inside.clip(0, LONGEST_CORE - 1)]
    slots = np.where((inside >= 0) & (behind < 0), of_core, slots)
    tokens = _FIRST[slots] + (rng.random(slots.shape) * _SIZES[slots]).astype(int)
    return Sentences(np.where(t < length, tokens, 0), length, _ANSWERS[core])


def pairs(rng: np.random.Generator, core: Ints, before: Ints, after: Ints) -> Sentences:
    """N sentences in which order alone tells, then the same words in the other order: 2N sentences.

    Parameters
    ----------
    core : (N,) numbers of cores, all in OF_ORDER
    """
    drawn = sentences(rng, core, before, after)
    t = np.arange(len(drawn.tokens))[:, None]
    inside = t - before
    came_from = before + _OTHER[core - OF_ORDER[0], inside.clip(0, LONGEST_CORE - 1)]
    other = np.where((inside >= 0) & (inside < LENGTHS[core]), came_from, t)
    tokens = np.hstack([drawn.tokens, np.take_along_axis(drawn.tokens, other, axis=0)])
    return Sentences(tokens, np.tile(drawn.length, 2), np.concatenate([drawn.answer, 1 - drawn.answer]))


def closings(rng: np.random.Generator, core: Ints, before: Ints) -> Ints:
    """(N,) Words after each core, as in training: any number up to AFTER, as far as LONGEST words have room for it."""
    return np.asarray(np.minimum(rng.integers(AFTER + 1, size=core.shape), LONGEST - before - LENGTHS[core]))


def positions(word: str, most_before: int) -> list[int]:
    """Where a word of a core can stand, counted from 1, if at most so many words stand before the core."""
    return sorted(
        {
            before + place + 1
            for core, _ in CORES
            for place, slot in enumerate(core)
            if word in WORDS_OF_SLOT[slot]
            for before in range(most_before + 1)
        }
    )


def as_batch(drawn: Sentences, dtype: str) -> Batch:
    """N sentences as a batch whose loss is the mean over sentences, each read at its own last word."""
    targets, weights = np.zeros(drawn.tokens.shape, np.int64), np.zeros(drawn.tokens.shape, dtype)
    last = drawn.length - 1, np.arange(len(drawn.length))
    targets[last], weights[last] = drawn.answer, 1 / len(drawn.length)
    return Batch(drawn.tokens, targets, weights)


class Reading(NamedTuple):
    """A typed sentence.

    Attributes
    ----------
    words : in small letters
    place : position of its homograph, counted from 0
    """

    words: tuple[str, ...]
    place: int


def read(text: str) -> Reading:
    """The words of a typed sentence with exactly one homograph.

    Raises
    ------
    ValueError
        A sentence for the person who typed it.
    """
    words = tuple(word.lower() for word in known_words(text, VOCABULARY))
    places = [k for k, word in enumerate(words) if word in HOMOGRAPHS]
    if len(places) != 1:
        found = ", ".join(f"“{words[k]}”" for k in places) or "none"
        raise ValueError(f"the sentence needs exactly one of {', '.join(HOMOGRAPHS)}; it has {found}")
    return Reading(words, places[0])


def answer_of(words: Sequence[str]) -> int | None:
    """What the homograph of a sentence is, an index into ANSWERS; None if the sentence is not made as these are."""
    slots = [_SLOTS[np.searchsorted(_FIRST, TOKEN[word], side="right") - 1] for word in words]
    around = ("WHEN", "IN", "TOWN")
    while slots and slots[0] in around:
        slots.pop(0)
    while slots and slots[-1] in around:
        slots.pop()
    return next((answer for core, answer in CORES if core == slots), None)


def stretched(words: Sequence[str], before: int, after: int) -> tuple[str, ...]:
    """The sentence with an opening and a closing of so many words, always the same ones."""
    when, where = WORDS_OF_SLOT["WHEN"][0], []
    ins, towns = WORDS_OF_SLOT["IN"], WORDS_OF_SLOT["TOWN"]
    for k in range(max(before, after)):
        where += [ins[k % len(ins)], towns[k % len(towns)]]
    opening = [when] * (before % 2) + where[: before - before % 2]
    closing = where[: after - after % 2] + [when] * (after % 2)
    return (*opening, *words, *closing)
