"""A sentence that a person typed, as the agreement task's network reads it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_core.types import Ints

from .agreement import ANSWERS, NUMBER, PLURAL, SINGULAR, TOKEN, VOCABULARY

ARTICLE = "The artists who performed yesterday had a lot of achievements in their name and were from India."
"""The example sentence of Gaurav Nair, "Unlocking the Power of Recurrent Neural Networks: A Beginner's Guide", Towards
AI (2023). Its "their" gives the plural away to a reader of English."""

ARTICLE_WITHOUT_THEIR = "The artists who performed yesterday had a lot of achievements in the name and were from India."
"""The same with nothing but the subject to tell the number."""

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
"""What counts as a word of a typed sentence: letters and digits, and between them - or an apostrophe."""

LONGEST = 60
"""Words in a typed sentence."""

_OTHER_NUMBER = dict(zip(SINGULAR + PLURAL, PLURAL + SINGULAR, strict=True))


class Reading(NamedTuple):
    """A sentence cut at its choice.

    Attributes
    ----------
    words : the T words that the network reads, in small letters
    tokens : (T,) their ids
    rest : the words from the verb on, as they were typed; the network never sees them
    nouns : positions in `words` of the nouns that can be singular or plural
    """

    words: tuple[str, ...]
    tokens: Ints
    rest: tuple[str, ...]
    nouns: tuple[int, ...]


def read(text: str) -> Reading:
    """Cut a sentence before its last "was" or "were"; without one, all of it is read.

    Raises
    ------
    ValueError
        A sentence for the person who typed it: nothing to read, too many words, or a word the task does not have.
    """
    typed = known_words(text, VOCABULARY)
    words = [word.lower() for word in typed]
    verb = max((i for i, word in enumerate(words) if word in ANSWERS), default=len(words))
    if verb == 0:
        raise ValueError(f"the sentence starts with its verb “{words[0]}”; put the subject before it")
    tokens = np.array([TOKEN[word] for word in words[:verb]])
    return Reading(tuple(words[:verb]), tokens, tuple(typed[verb:]), tuple(np.flatnonzero(NUMBER[tokens]).tolist()))


def known_words(text: str, vocabulary: Sequence[str]) -> list[str]:
    """The words of a text as they were typed, each of them, in small letters, one of the vocabulary.

    Raises
    ------
    ValueError
        A sentence for the person who typed it: nothing to read, too many words, or a word that is not known.
    """
    found = WORD.finditer(text)
    typed = [match.group() for match in itertools.islice(found, LONGEST + 1)]
    if not typed:
        raise ValueError("the sentence is empty; type some of the task's words")
    if len(typed) > LONGEST:
        raise ValueError(f"the sentence has more than {LONGEST} words; {LONGEST} are allowed")
    for word in typed:
        if word.lower() not in vocabulary:
            raise ValueError(f"the network does not know the word “{word.lower()[:40]}”; {_hint(word, vocabulary)}")
    return typed


def flip(reading: Reading, position: int) -> Reading:
    """The minimal pair: the noun at `position` in the other number, artist for artists and artists for artist."""
    words = list(reading.words)
    words[position] = _OTHER_NUMBER[words[position]]
    return reading._replace(words=tuple(words), tokens=np.array([TOKEN[word] for word in words]))


def _hint(word: str, vocabulary: Sequence[str]) -> str:
    near = difflib.get_close_matches(word[:40].lower(), vocabulary, n=3, cutoff=0.6)
    return f"near matches: {', '.join(near)}" if near else "the page lists all the words it knows"
