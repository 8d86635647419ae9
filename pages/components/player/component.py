"""The player as a component of the page: it gets its data as bytes, and needs no server to play them."""

from __future__ import annotations

import streamlit as st

from . import bundle

_MOUNT = '<div class="mount"></div>'

_player = st.components.v2.component("rnn_gradient_flow.player", html=_MOUNT, css=bundle.style(), js=bundle.component())


def player(message: bytes, key: str) -> int | None:
    """Play how both twins learnt to read a sentence, see `wire`; the update of the visitor's last link.

    Where the visitor is in it, the browser keeps, over reruns and other data, for as long as the key stays.
    """
    linked: int | None = _player(key=key, data=message, on_at_change=lambda: None).at
    return linked
