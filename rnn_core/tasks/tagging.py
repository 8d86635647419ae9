"""Tagging: name the part of speech of every word as it is read.

The sentences come from a small grammar of states: each state gives a word's tag and the words that may stand there, and
which states may follow. Twenty words are nouns or verbs, as in "the guides plan dances" and "they guide plans"; "that"
is a determiner or a pronoun, "early" and "fast" are adjectives or adverbs. The grammar is made so that what stood
before always decides, though not always the word before alone: `right_tags` follows it. So a sentence may be cut
anywhere, and is, after `Config.sentence_length` words.

The tags are those of the Universal Dependencies: Nivre et al., "Universal Dependencies v1: a multilingual treebank
collection", LREC 2016; the relative "that" is a PRON there, too.

The loss is the mean over all T·B words, in nats per word.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from rnn_core.config import EVALUATED_AT_ONCE, Config
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.types import Batch, EvaluationSet, Floats, Ints

from .agreement import INTRANSITIVE, TRANSITIVE
from .next_word import unigram_loss
from .reading import known_words
from .task import Task

TAGS = ("DET", "ADJ", "NOUN", "VERB", "ADV", "ADP", "PRON", "CCONJ")
"""The classes, in the order of the outputs: determiner, adjective, noun, verb, adverb, adposition, pronoun,
coordinating conjunction."""

_EITHER = ("guide", "plan", "watch", "dance", "play", "paint", "train", "film", "name", "walk")
_WITH_S = tuple(word + ("es" if word.endswith("ch") else "s") for word in _EITHER)
_PEOPLE = ("artist", "singer", "doctor", "teacher", "painter", "pilot", "farmer")
_NOUNS = {"s": (*_EITHER, *_PEOPLE), "p": (*_WITH_S, *(noun + "s" for noun in _PEOPLE))}
_VERBS = {"s": (*_WITH_S, *TRANSITIVE), "p": (*_EITHER, *TRANSITIVE)}
_DETERMINERS = {"s": ("the", "a", "that"), "p": ("the", "some")}
_ADJECTIVES = ("early", "fast", "old", "young", "quiet")
_ADVERBS = ("early", "fast", "yesterday", "today", "again", "often", "quietly")
_PREPOSITIONS = ("near", "behind", "with")


class GrammarState(NamedTuple):
    """A state of the grammar: the tag and the words of a place in a sentence, and the places that may come next."""

    tag: str
    words: tuple[str, ...]
    then: tuple[str, ...]


_STARTS = ("det s", "det p", "they")


def _grammar() -> dict[str, GrammarState]:
    """The places by name; s and p are the number of the noun there, or of the subject that waits for its verb."""
    places = {
        "and": GrammarState("CCONJ", ("and",), _STARTS),
        "they": GrammarState("PRON", ("they", "we"), ("verb p", "arrived")),
        "arrived": GrammarState("VERB", INTRANSITIVE, ("adverb", "end near", "and")),
        "adverb": GrammarState("ADV", _ADVERBS, ("and",)),
        "end near": GrammarState("ADP", _PREPOSITIONS, ("end det s", "end det p", "end bare p")),
        **_phrase("object", ("and", "end near")),
        **_phrase("end", ("and",)),
    }
    for n in "sp":
        predicate, other = (f"verb {n}", "arrived"), (f"{n}: det s", f"{n}: det p", f"{n}: bare p")
        places |= {
            f"det {n}": GrammarState("DET", _DETERMINERS[n], (f"adj {n}", f"noun {n}")),
            f"adj {n}": GrammarState("ADJ", _ADJECTIVES, (f"noun {n}",)),
            f"noun {n}": GrammarState("NOUN", _NOUNS[n], (*predicate, f"that {n}", f"near {n}")),
            f"that {n}": GrammarState("PRON", ("that",), (f"that verb {n}", f"that arrived {n}")),
            f"that verb {n}": GrammarState("VERB", _VERBS[n], other),
            f"that arrived {n}": GrammarState("VERB", INTRANSITIVE, predicate),
            f"near {n}": GrammarState("ADP", _PREPOSITIONS, other),
            f"verb {n}": GrammarState("VERB", _VERBS[n], ("object det s", "object det p", "object bare p")),
            **_phrase(f"{n}:", predicate),
        }
    return places


def _phrase(name: str, then: tuple[str, ...]) -> dict[str, GrammarState]:
    """The places of a noun phrase that is no subject: with a determiner, or the plural alone."""
    places = {f"{name} bare p": GrammarState("NOUN", _NOUNS["p"], then)}
    for n in "sp":
        places[f"{name} det {n}"] = GrammarState("DET", _DETERMINERS[n], (f"{name} adj {n}", f"{name} noun {n}"))
        places[f"{name} adj {n}"] = GrammarState("ADJ", _ADJECTIVES, (f"{name} noun {n}",))
        places[f"{name} noun {n}"] = GrammarState("NOUN", _NOUNS[n], then)
    return places


GRAMMAR = _grammar()
VOCABULARY = tuple(dict.fromkeys(word for place in GRAMMAR.values() for word in place.words))
"""Every word, at the position that is its token id."""

TOKEN = {word: token for token, word in enumerate(VOCABULARY)}
_PLACES, _TAG = tuple(GRAMMAR), np.array([TAGS.index(place.tag) for place in GRAMMAR.values()])


class _Choices(NamedTuple):
    """What each place chooses from, each as likely: `ids` (places, most), `how_many` (places,), `p` (places, all)"""

    ids: Ints
    how_many: Ints
    p: Floats

    def draw(self, rng: np.random.Generator, places: Ints) -> Ints:
        """One choice for each of these places."""
        chosen: Ints = self.ids[places, (rng.random(places.shape) * self.how_many[places]).astype(np.intp)]
        return chosen


def _choices(of_place: list[list[int]], all_of_them: int) -> _Choices:
    how_many = np.array([len(some) for some in of_place])
    ids, p = np.zeros((len(how_many), how_many.max()), np.int64), np.zeros((len(how_many), all_of_them))
    for row, some in enumerate(of_place):
        ids[row, : len(some)], p[row, some] = some, 1 / len(some)
    return _Choices(ids, how_many, p)


_START = len(GRAMMAR)
"""Before the first word: a place of its own, without a word."""

_WORDS = _choices([[TOKEN[word] for word in place.words] for place in GRAMMAR.values()], len(VOCABULARY))
_THEN = _choices(
    [[_PLACES.index(name) for name in then] for then in (*(p.then for p in GRAMMAR.values()), _STARTS)], len(GRAMMAR)
)

AMBIGUOUS = np.array([len({*_TAG[p > 0]}) > 1 for p in _WORDS.p.T])
"""By token id: True for a word that has one tag in some places and another in others."""


def sentences(rng: np.random.Generator, length: int, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Draw the first `length` words of endless sentences: token ids and tags, each (length, *shape)."""
    places = np.empty((length, *shape), np.int64)
    place = np.full(shape, _START)
    for t in range(length):
        places[t] = place = _THEN.draw(rng, place)
    return _WORDS.draw(rng, places), _TAG[places]


def right_tags(tokens: Ints) -> Ints:
    """(T,) the tag of each word that the grammar gives it; -1 from the first word on that it does not have there."""
    tags, can_be = np.full(len(tokens), -1), _THEN.p[_START] > 0
    for t, token in enumerate(tokens):
        here = can_be & (_WORDS.p[:, token] > 0)
        if not here.any():
            break
        tags[t] = _TAG[here][0]  # one and the same for all places that are left
        can_be = (_THEN.p[:-1][here] > 0).any(axis=0)
    return tags


@functools.lru_cache(maxsize=64)
def lookups(length: int) -> tuple[Ints, Ints]:
    """The best tables that know a word, (V,), or a word and the one before it, (V+1, V), in so many words.

    From the grammar's own probabilities, so no table of these can be expected to be right more often. Row V is for the
    first word, which has none before it.
    """
    V, tags = len(VOCABULARY), np.eye(len(TAGS))[_TAG]  # (places, tags)
    pairs, now = np.zeros((V + 1, V, len(TAGS))), _THEN.p[_START]
    pairs[V] = np.einsum("p,pw,pk->wk", now, _WORDS.p, tags)
    for _ in range(length - 1):
        speaks = _WORDS.p.T * now @ _THEN.p[:-1]  # (V, places): a word now, and the place after it
        pairs[:V] += np.einsum("vp,pw,pk->vwk", speaks, _WORDS.p, tags, optimize=True)
        now = now @ _THEN.p[:-1]
    return pairs.sum(axis=0).argmax(axis=-1), pairs.argmax(axis=-1)


def as_batch(tokens: Ints, tags: Ints, dtype: str) -> Batch:
    """N sentences (T, N) as a batch with a loss at every word, and the mean over all of them as the loss."""
    return Batch(tokens, tags, np.full(tokens.shape, 1 / tokens.size, dtype))


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    tokens, tags = sentences(rng, config.sentence_length, (count, config.batch_size))
    return [as_batch(tokens[:, k], tags[:, k], config.dtype) for k in range(count)]


FRESH, EITHER = "fresh sentences", "their words that can be two things"
ONE_TAG, BY_WORD, BY_PAIR = "one tag", "the word alone", "the word and the one before"


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Fresh sentences, drawn as in training; and the same, asked at their ambiguous words alone."""
    tokens, tags = sentences(rng, config.sentence_length, (count,))
    ambiguous = AMBIGUOUS[tokens]
    return {
        name: _slice(Batch(tokens, tags, (asked / asked.sum()).astype(config.dtype)))
        for name, asked in ((FRESH, np.ones_like(ambiguous)), (EITHER, ambiguous))
    }


def _slice(batch: Batch) -> EvaluationSet:
    asked = batch.weights > 0
    tags = batch.targets[asked]
    rules = {ONE_TAG: np.full_like(batch.targets, np.bincount(tags).argmax()), **looked_up(batch.inputs)}
    shares = {name: float((guess[asked] == tags).mean()) for name, guess in rules.items()}
    return EvaluationSet(batch, shares, {"unigram": unigram_loss(tags)})


def looked_up(tokens: Ints) -> dict[str, Ints]:
    """The tags (T, N) that the tables of `lookups` give these words (T, N), by the table's name."""
    by_word, by_pair = lookups(len(tokens))
    before = np.concatenate([np.full_like(tokens[:1], len(VOCABULARY)), tokens[:-1]])
    return {BY_WORD: by_word[tokens], BY_PAIR: by_pair[before, tokens]}


EXAMPLE = "The guides that film dances plan walks and that guide names the fast trains"


def read(text: str) -> Ints:
    """(T,) the words of a sentence that a person typed; raises ValueError as `known_words` does."""
    return np.array([TOKEN[word.lower()] for word in known_words(text, VOCABULARY)])


def probe(config: Config) -> Ints:
    """(T',) the example's words."""
    return read(EXAMPLE)


TASK = Task(
    inputs=len(VOCABULARY),
    outputs=len(TAGS),
    loss=SOFTMAX_CROSS_ENTROPY,
    batches=batches,
    slices=slices,
    right="words with the right tag",
    held_out=EVALUATED_AT_ONCE,
    probe=probe,
    chance=ONE_TAG,
    solved_on=(FRESH, EITHER),
    answers=tuple(range(len(TAGS))),
)
