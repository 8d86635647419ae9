"""Dates: read "3 mar 2024" or "mar 3, 2024", character by character, and write 2024-03-03.

An input has 10 to 12 characters, an answer always 10: the day must wait while the year is read, the year comes out
first, a month's three letters become two digits, and where the day stands depends on the form. Days are those from 1900
to 2099, each as likely, in both forms. Every sixth day is kept out of training, in both forms, and asked afterwards.
"""

from __future__ import annotations

import datetime
import re

import numpy as np

from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.types import Batch, EvaluationSet, Ints

from .encoder_decoder import LOSS, ONE_ANSWER, Pairs, Symbols, as_batch, as_slice
from .task import Task

MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = tuple(name[:3] for name in MONTH_NAMES)
_LETTERS = tuple(sorted(set("".join(MONTHS))))
SYMBOLS = Symbols((*"0123456789 ,", *_LETTERS), (*"0123456789-", "END"))
TOKEN = {symbol: token for token, symbol in enumerate(SYMBOLS.read)}
_CLASS = {symbol: k for k, symbol in enumerate(SYMBOLS.written)}

FIRST, LAST = datetime.date(1900, 1, 1).toordinal(), datetime.date(2099, 12, 31).toordinal()
KEPT_OUT = 6
"""Every so many days, one is kept out of training."""

NEVER_TRAINED = "days never trained"

LONGEST = len("mar 13, 2024")
WRITTEN = len("2024-03-13") + 1
"""Symbols to write, with END."""


def forms(day: datetime.date) -> tuple[str, str]:
    """How a day can be asked for."""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"


def pairs(texts: list[str], answers: list[str]) -> Pairs:
    """Inputs and answers, as they are typed."""
    read = [[TOKEN[character] for character in text.ljust(LONGEST)] for text in texts]
    written = [[_CLASS[character] for character in answer] + [SYMBOLS.end] for answer in answers]
    return Pairs(np.array(read).T, np.array([len(text) for text in texts]), np.array(written).T)


def _drawn(rng: np.random.Generator, count: int, kept_out: bool) -> Pairs:
    place = rng.integers((LAST - FIRST) // KEPT_OUT, size=count) * KEPT_OUT
    ordinals = FIRST + place + (0 if kept_out else rng.integers(1, KEPT_OUT, size=count))
    days = [datetime.date.fromordinal(ordinal) for ordinal in ordinals.tolist()]
    form = rng.integers(2, size=count)
    return pairs([forms(day)[k] for day, k in zip(days, form, strict=True)], [day.isoformat() for day in days])


def batches(config: Config, rng: np.random.Generator, count: int) -> list[Batch]:
    """So many training batches."""
    T, B = config.sentence_length, config.batch_size
    return [as_batch(SYMBOLS, _drawn(rng, B, kept_out=False), T, config.dtype) for _ in range(count)]


def slices(config: Config, rng: np.random.Generator, count: int) -> dict[str, EvaluationSet]:
    """Days that training never saw, in both forms."""
    return {NEVER_TRAINED: as_slice(SYMBOLS, _drawn(rng, count, kept_out=True), config.sentence_length, config.dtype)}


def read(text: str) -> str:
    """What a person typed, as the network reads it: in small letters, each month by its first three.

    Raises
    ------
    ValueError
        A sentence for the person who typed it: nothing to read, too much, or a character that the task does not have.
    """
    small = " ".join(text[:200].lower().split())
    short = re.sub(r"[^\W\d_]+", lambda word: word[0][:3] if word[0] in MONTH_NAMES else word[0], small)
    if not short:
        raise ValueError("there is no date; type one such as 3 march 2024")
    for character in short:
        if character not in TOKEN:
            raise ValueError(
                f"the network has never read “{character}”; it knows digits, spaces, commas and the letters of the "
                f"months: {''.join(_LETTERS)}"
            )
    if len(short) > LONGEST:
        raise ValueError(f"“{short[:40]}” has more than {LONGEST} characters; {LONGEST} are allowed")
    return short


def answer(text: str) -> str | None:
    """What is to be written for a text as `read` returns it; None if it is no day in one of the forms."""
    found = re.fullmatch(r"(\d{1,2}) ([a-z]{3}) (\d{4})", text)
    day, month, year = found.groups() if found else ("", "", "")
    if found := re.fullmatch(r"([a-z]{3}) (\d{1,2}), (\d{4})", text):
        month, day, year = found.groups()
    try:
        return datetime.date(int(year), MONTHS.index(month) + 1, int(day)).isoformat()
    except ValueError:
        return None


EXAMPLE = "march 3, 2024"


def probe(config: Config) -> Ints:
    """(T,) the example and its answer."""
    batch = as_batch(SYMBOLS, pairs([read(EXAMPLE)], ["2024-03-03"]), LONGEST + WRITTEN, config.dtype)
    return batch.inputs[: len(read(EXAMPLE)) + WRITTEN, 0]


TASK = Task(
    inputs=len(SYMBOLS.tokens),
    outputs=len(SYMBOLS.written),
    loss=LOSS,
    batches=batches,
    slices=slices,
    right="dates written right from the first symbol to the last",
    held_out=EVALUATION_COUNT,
    probe=probe,
    chance=ONE_ANSWER,
    solved_on=(NEVER_TRAINED,),
    answers=tuple(range(len(SYMBOLS.written))),
)
