"""What twins make of a sentence, computed in processes, and the player's message; both are kept for who asks again."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs.cache import ResultCache
from pages.components.jobs.job import Job
from pages.components.jobs.tasks import Call
from pages.components.jobs.waiting import awaited, pool
from rnn_core.config import Config
from rnn_core.diagnostics import History, history
from rnn_core.tasks import TASKS
from rnn_core.tasks.reading import Reading
from rnn_core.types import Record

from .data import TwinHistories, answer_to, player_data
from .wire import pack

HISTORY_BYTES, MESSAGE_BYTES = 128 * 2**20, 64 * 2**20
"""Histories, and the player's messages, are kept up to these sizes together."""

_DOING = "Both twins read the sentence at all their snapshots …"

RunKey = tuple[Config, int]
"""A run, and how many updates of it were trained: a record is a function of both."""

HistoryKey = tuple[RunKey, bool, bytes, int]
"""Of a run, at all snapshots or at its end alone: the sentence's tokens, and the answer whose gradient is sent back."""


@st.cache_resource(show_spinner=False)
def _histories() -> ResultCache[HistoryKey, History]:
    return ResultCache(pool().send, HISTORY_BYTES)


@st.cache_resource(show_spinner=False)
def _messages() -> ResultCache[tuple[object, ...], bytes]:
    return ResultCache(pool().send, MESSAGE_BYTES)


def twin_histories(
    a: Record, b: Record, read: Reading, other: Reading | None, *, whole_pair: bool
) -> TwinHistories | None:
    """What both make of a sentence; the page waits for it. None, with a sentence on the page, if that failed.

    Parameters
    ----------
    other : the sentence with one noun in the other number
    whole_pair : whether `other` is read at all snapshots, or at the end of the runs alone
    """
    answer = TASKS[a.config.task].answers[answer_to(read)]
    sentences = [(read, True)] if other is None else [(read, True), (other, whole_pair)]
    requests = {
        (twin, k): _request(record, sentence, answer, whole=whole)
        for k, (sentence, whole) in enumerate(sentences)
        for twin, record in enumerate((a, b))
    }
    histories = awaited(requests, _DOING)
    if histories is None:
        return None
    pair = None if other is None else (histories[0, 1], histories[1, 1])
    return TwinHistories((histories[0, 0], histories[1, 0]), pair)


def _request(record: Record, read: Reading, answer: int, *, whole: bool) -> History | Job[History]:
    config, tokens = record.config, read.tokens
    params = record.probe_params if whole else {name: W[-1:] for name, W in record.probe_params.items()}
    key = _run_key(record), whole, tokens.tobytes(), answer
    return _histories().request(key, Call(config, history, config, params, tokens, answer))


def message(a: Record, b: Record, read: Reading, pair: Reading | None, histories: TwinHistories) -> bytes:
    """What the player is sent, see `player_data`."""
    key = _run_key(a), _run_key(b), read.words, read.rest, None if pair is None else pair.words
    packed = _messages().find(key)
    if packed is None:
        packed = pack(player_data(a, b, read, pair, histories))
        _messages().keep(key, packed)
    return packed


def _run_key(record: Record) -> RunKey:
    return record.config, record.updates
