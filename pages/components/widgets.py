"""Controls of the lessons, each bound to the URL by its key; what a link cannot have gets a sentence and the default.

Keys, defaults, names of options and labels of tabs stand in links, so they are public API. A teacher's link may fix a
control (drawn with the link's value, and disabled) or hide it (not drawn, the link's value is used).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from . import teacher
from .controls import show as show_number
from .markdown import escape_markdown

Number = TypeVar("Number", int, float)


def slider(
    key: str,
    label: str,
    stops: Sequence[Number],
    default: Number,
    low: Number,
    high: Number,
    help: str,
    show: Callable[[Number], str] = show_number,
    place: Any = st,
) -> Number:
    """A slider over stops; a link, or the session's state, may name any number from low to high, which becomes a stop.

    Parameters
    ----------
    stops : ascending or not; `default` need not be among them
    show : a stop as it stands on the slider and in the URL; the number must be readable from it
    place : where the sentence about a bad link is drawn
    """
    teacher.note(key, label)
    asked = st.query_params.get(key)
    if teacher.is_hidden(key):
        return default if asked is None else _allowed(label, asked, default, low, high, place)
    current: Number = st.session_state.get(key, default)
    offered = set(stops) | {default, current}
    spelt: dict[Number, str] = st.session_state.setdefault(f"{key} as spelt", {})
    if asked is not None and asked != show(current):
        try:
            value = within(asked, default, low, high)
            offered.add(value)
            spelt[value] = asked  # 0.50 for 0.5: by another text the widget would not know its stop, and drop the link
        except ValueError as error:
            _warn(place, label, asked, str(error))

    def text(value: Number) -> str:
        return spelt.get(value, show(value))

    help = f"{help}; from {show_number(low)} to {show_number(high)}"
    chosen: Number = st.select_slider(
        teacher.labelled(key, label),
        sorted(offered),
        default,
        format_func=text,
        key=key,
        help=help,
        disabled=teacher.is_fixed(key),
        bind="query-params",
    )
    return chosen


def integer(key: str, label: str, low: int, high: int, default: int, help: str, place: Any = st) -> int:
    """A box for a whole number, such as a seed."""
    teacher.note(key, label)
    asked = st.query_params.get(key)
    if teacher.is_hidden(key):
        return default if asked is None else _allowed(label, asked, default, low, high, place)
    bad = False
    if asked is not None:
        try:
            within(asked, default, low, high)
        except ValueError as error:
            bad = True
            _warn(place, label, asked, str(error))
            with contextlib.suppress(StreamlitAPIException):  # Streamlit itself stumbles over some numbers (1e999)
                del st.query_params[key]
    help = f"{help}; from {low} to {high}"
    chosen = st.number_input(
        teacher.labelled(key, label),
        low,
        high,
        default,
        1,
        key=key,
        help=help,
        disabled=teacher.is_fixed(key),
        bind=None if bad else "query-params",
    )
    return int(chosen)


def choice(
    key: str, label: str, options: Mapping[str, str], default: str, help: str, *, menu: bool = False, place: Any = st
) -> str:
    """A choice by name.

    Parameters
    ----------
    options : name of each option, as it stands in the URL and on the page, and its caption (drawn if there is one)
    menu : a menu, which takes little room, with the captions in its help; otherwise radio buttons in a row
    """
    asked = st.query_params.get(key)
    if asked is not None and asked not in options:
        _warn(place, label, asked, f"one of {', '.join(options)}")
    teacher.note(key, label)
    if teacher.is_hidden(key):
        return default if asked is None or asked not in options else asked
    names, label, fixed = list(options), teacher.labelled(key, label), teacher.is_fixed(key)
    if menu:
        lines = [help, *(f"- {name}: {caption}" for name, caption in options.items() if caption)]
        text = "\n".join(lines) if len(lines) == 1 else "\n".join([help, "", *lines[1:]])
        k = names.index(default)
        return str(st.selectbox(label, names, k, key=key, help=text, disabled=fixed, bind="query-params"))
    captions = list(options.values()) if any(options.values()) else None
    chosen = st.radio(
        label,
        names,
        names.index(default),
        captions=captions,
        horizontal=True,
        key=key,
        help=help,
        disabled=fixed,
        bind="query-params",
    )
    return str(chosen)


def toggle(key: str, label: str, help: str, *, default: bool = False, place: Any = st) -> bool:
    """On or off."""
    asked = st.query_params.get(key)
    if asked is not None and asked not in ("true", "false"):
        _warn(place, label, asked, "true or false")
    teacher.note(key, label)
    if teacher.is_hidden(key):
        return {"true": True, "false": False}.get(asked or "", default)
    label, fixed = teacher.labelled(key, label), teacher.is_fixed(key)
    return st.toggle(label, default, key=key, help=help, disabled=fixed, bind="query-params")


def text(key: str, label: str, default: str, most: int, help: str) -> str:
    """A line of text of at most so many characters; the page says what it cannot read of it."""
    teacher.note(key, label)
    if teacher.is_hidden(key):
        return str(st.query_params.get(key, default))[:most]
    label, fixed = teacher.labelled(key, label), teacher.is_fixed(key)
    return st.text_input(label, default, most, key=key, help=help, disabled=fixed, bind="query-params")


def section(title: str, anchor: str | None = None) -> None:
    """A heading that a teacher's link can open at.

    Parameters
    ----------
    anchor : in the link; left out, it is the title in lower case with hyphens
    """
    anchor = anchor or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    teacher.heading(title, anchor)
    st.header(title, anchor=anchor)


def tabs(key: str, labels: Sequence[str], place: Any = st) -> Sequence[Any]:
    """Tabs, one open at a time: draw the controls of all, so that links keep them, and the rest where `.open` is true.

    A control that is not drawn loses its place in the URL.
    """
    asked = st.query_params.get(key)
    if asked is not None and asked not in labels:
        _warn(place, "The part of this page", asked, f"one of {', '.join(labels)}")
    return st.tabs(list(labels), key=key, bind="query-params")


def examples(settings: Mapping[str, Mapping[str, Any]], place: Any) -> None:
    """A button for each example, which sets the controls named there; call it after these are drawn.

    Parameters
    ----------
    settings : label of each button, and value by key of a control
    place : where the buttons stand, mostly a container above the controls; a button whose values are set stands out
    """
    with place.container(horizontal=True):
        for label, values in settings.items():
            differ = [key for key, value in values.items() if st.session_state.get(key) != value]
            name = f"example {label} {'-'.join(values)}"
            kind: Literal["primary", "secondary"] = "secondary" if differ else "primary"
            held = any(teacher.holds(key) for key in differ)
            change = st.session_state.update
            st.button(label, key=name, type=kind, disabled=held, on_click=change, kwargs=dict(values))


def within(text: str, default: Number, low: Number, high: Number) -> Number:
    """The number that a link asks for; ValueError, with what is allowed, if it is none from low to high."""
    kind = type(default)
    what = "a whole number" if kind is int else "a number"
    allowed = f"{what} from {show_number(low)} to {show_number(high)}"
    try:
        value = kind(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(allowed) from error
    if not low <= value <= high:  # nan: outside
        raise ValueError(allowed)
    return value


def _allowed(label: str, asked: str, default: Number, low: Number, high: Number, place: Any) -> Number:
    """The number that a link gives a hidden control; the default, with a sentence, if it cannot have it."""
    try:
        return within(asked, default, low, high)
    except ValueError as error:
        _warn(place, label, asked, str(error))
        return default


def _warn(place: Any, label: str, asked: str, allowed: str) -> None:
    sentence = f"{label} is “{asked[:40]}” in the link; allowed: {allowed}. The default is used instead."
    place.warning(escape_markdown(sentence))
