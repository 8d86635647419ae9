"""The player as a component of the page: it gets a film as bytes, and needs no server to play it."""

from __future__ import annotations

import streamlit as st

from rnn_core.tasks.reading import Reading
from rnn_core.types import Record

from . import bundle
from .data import player_data
from .wire import pack

_MOUNT = '<div class="mount"></div>'

_player = st.components.v2.component("rnn_gradient_flow.player", html=_MOUNT, css=bundle.style(), js=bundle.component())


def player(a: Record, b: Record, read: Reading, pair: Reading | None, key: str) -> int | None:
    """Play how both twins learnt to read a sentence, see `player_data`; the update of the visitor's last link.

    Where the visitor is in it, the browser keeps, over reruns and other data, for as long as the key stays.
    """
    linked: int | None = _player(key=key, data=pack(player_data(a, b, read, pair)), on_at_change=lambda: None).at
    return linked
