"""The player as a component of the page: it gets a film as bytes, and needs no server from then on."""

from __future__ import annotations

import streamlit as st

from . import bundle
from .film import Film
from .wire import pack

_MOUNT = '<div class="mount"></div>'

_player = st.components.v2.component("rnn_gradient_flow.player", html=_MOUNT, css=bundle.style(), js=bundle.component())


def player(film: Film, key: str) -> None:
    """Show a film; where the visitor is in it, the browser keeps for as long as the key stays."""
    _player(key=key, data=pack(film))
