"""The player as a component of the page: it gets a film as bytes, and needs no server to play it."""

from __future__ import annotations

import streamlit as st

from rnn_core.config import Config
from rnn_core.tasks.reading import Reading
from rnn_core.types import Record

from . import bundle
from .film import film
from .wire import pack

_MOUNT = '<div class="mount"></div>'

_MOST_FILMS = 24
"""That are kept; one of the default run has 1.6 MB."""

_player = st.components.v2.component("rnn_gradient_flow.player", html=_MOUNT, css=bundle.style(), js=bundle.component())


def player(a: Record, b: Record, read: Reading, pair: Reading | None, key: str) -> int | None:
    """Play how both twins learnt to read a sentence, see `film`; the update that the visitor last asked a link to.

    Where the visitor is in it, the browser keeps, over reruns and other data, for as long as the key stays.
    """
    words = read.words, read.rest, None if pair is None else pair.words
    data = _packed((a.config, b.config), (a.updates, b.updates), words, a, b, read, pair)
    linked: int | None = _player(key=key, data=data, on_at_change=lambda: None).at
    return linked


@st.cache_data(max_entries=_MOST_FILMS, show_spinner=False)
def _packed(
    configs: tuple[Config, Config],  # what follows from these three, and from nothing else, has a leading underscore
    updates: tuple[int, int],  # a run that was stopped has the config of the whole one
    words: tuple[object, ...],
    _a: Record,
    _b: Record,
    _read: Reading,
    _pair: Reading | None,
) -> bytes:
    return pack(film(_a, _b, _read, _pair))
