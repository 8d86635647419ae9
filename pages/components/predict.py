"""Predict, then reveal: the visitor commits to an answer before the picture gives it away.

`predict` asks; the page draws what gives the answer away only once it returns more than None; `reveal` then explains.
What a visitor said is kept for the session. Keys carry the page's prefix, as those of controls do.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from . import teacher

SHOWN = ""
"""What `predict` returns after "Just show me"."""


def predict(key: str, question: str, options: Mapping[str, str]) -> str | None:
    """The committed option's name, SHOWN for "Just show me", None until then.

    Parameters
    ----------
    key : of the prediction; its buttons are `{key}_commit` and `{key}_show`, its options `{key}_options`
    question : Markdown
    options : name of each answer, as it stands on the page, and its caption (drawn if there is one)
    """
    if teacher.reveals():
        return SHOWN
    frame = st.empty()  # one element in all states: what stands below keeps its place, and with it its link
    answer: str | None = st.session_state.get(_said(key))
    if answer is not None:
        return answer
    with frame.container(border=True):
        st.markdown(f"**Predict first.** {question}")
        captions = list(options.values()) if any(options.values()) else None
        st.radio(
            "Your prediction",
            list(options),
            None,
            captions=captions,
            horizontal=captions is None,
            key=_options(key),
            label_visibility="collapsed",
        )
        with st.container(horizontal=True):
            pressed = st.button("Commit", key=f"{key}_commit", type="primary", on_click=_commit, args=(key,))
            st.button("Just show me", key=f"{key}_show", type="tertiary", on_click=_show, args=(key,))
        if pressed:
            st.caption("Choose an answer first.")
    return None


def reveal(key: str, said: str, right: str, because: str) -> None:
    """Whether it was right, and why.

    Parameters
    ----------
    said : what `predict` returned
    right : the right answer, mostly one of the options
    because : Markdown, with the visitor's own numbers
    """
    right_at_first: str = st.session_state.setdefault(_first(key), right)
    with st.container(border=True):
        if said == SHOWN:
            st.markdown(f"**Answer: {right}.** {because}")
        elif right_at_first != right:
            st.markdown(f"**Answer now: {right}.** {because} (You said {said} when the answer was {right_at_first}.)")
        elif said == right:
            st.markdown(f":green[**✓ Right: {right}.**] {because}")
        else:
            st.markdown(f":orange[**You said {said}; it is {right}.**] {because}")
        if not teacher.reveals() and st.button("Ask me again", key=f"{key}_again", type="tertiary"):
            for name in (_said(key), _first(key), _options(key)):
                st.session_state.pop(name, None)
            st.rerun()  # the whole page, also from a fragment: the question stands elsewhere


def _commit(key: str) -> None:
    st.session_state[_said(key)] = st.session_state.get(_options(key))


def _show(key: str) -> None:
    st.session_state[_said(key)] = SHOWN


def _options(key: str) -> str:
    return f"{key}_options"


def _said(key: str) -> str:
    return f"{key} said"


def _first(key: str) -> str:
    return f"{key} right at first"
