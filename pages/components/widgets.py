"""Controls, each bound to the URL by its key; what a link cannot have gets a sentence and the default.

Keys, defaults, names of options and labels of tabs stand in links, so they are public API. A teacher's link may fix a
control (drawn with the link's value, and disabled) or hide it (not drawn, the link's value is used).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from . import teacher
from .markdown import escape_markdown

Value = TypeVar("Value")
Number = TypeVar("Number", int, float)
_SWITCH = {"true": True, "false": False}


class Control(NamedTuple, Generic[Value]):
    """The specification of a control; `draw` makes it, and of which kind follows from what is given.

    Attributes
    ----------
    key : of the widget, and in links
    label, help : as they stand on the page; bounds are added to the help
    default : of the type of the values: a bool makes a switch
    low, high : inclusive bounds of a number, which has a box if there are no stops; of a text, high is its length
    stops : of a slider, ascending or not; the default need not be among them, and a link may name any number from low
        to high, which becomes a stop as well
    options : name of each option of a choice, as it stands in links and on the page, and its caption ("" for none)
    menu : a menu, which takes little room, with the captions in its help; otherwise radio buttons in a row
    name, allowed : what a sentence about a link calls the control, and what it says is allowed; left out, its label,
        and what follows from the rest
    """

    key: str
    label: str
    default: Value
    help: str
    low: Any = None
    high: Any = None
    stops: Sequence[Value] = ()
    options: Mapping[str, str] | None = None
    menu: bool = False
    name: str = ""
    allowed: str = ""

    def read(self, text: str) -> Value:
        """The value that a link asks for; ValueError, with the sentence for the visitor, if it cannot have it."""
        value: Value | None
        value, allowed = self._value_and_allowed(text)
        if value is None:
            name, allowed = self.name or self.label, self.allowed or allowed
            raise ValueError(f"{name} is “{text[:40]}” in the link; allowed: {allowed}. The default is used instead.")
        return value

    def _value_and_allowed(self, text: str) -> tuple[Any, str]:
        """The value, or None if the control cannot have it, and what it can have, in words."""
        kind = type(self.default)
        if kind is bool:
            return _SWITCH.get(text), "true or false"
        if self.options:
            return text if text in self.options else None, f"one of {', '.join(self.options)}"
        if kind is str:
            return text[: self.high], "any text"
        allowed = f"a {'whole ' if kind is int else ''}number from {show(self.low)} to {show(self.high)}"
        try:
            value: Any = kind(text)  # type: ignore[call-arg]  # int and float alone get here, and both read text
        except (ValueError, OverflowError):
            return None, allowed
        return value if self.low <= value <= self.high else None, allowed  # nan: outside


def show(value: Any) -> str:
    """A stop as it stands on its control and in the URL; it can be read back."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if type(value)(short) == value else str(value)  # a link may ask for more digits


def draw(control: Control[Value], place: Any = st) -> Value:
    """Draw a control, unless the link hides it; its value.

    Parameters
    ----------
    place : where the sentence about a bad link is drawn
    """
    key, default = control.key, control.default
    teacher.note(key, control.label)
    text, hidden = st.query_params.get(key), teacher.is_hidden(key)
    linked = None
    is_known = control.stops and text == show(st.session_state.get(key, default))
    if text is not None and (hidden or not is_known):
        try:
            linked = control.read(text)
        except ValueError as error:
            place.warning(escape_markdown(str(error)))
    if hidden:
        return default if linked is None else linked
    value: Value = _widget(control, text, linked)
    return value


def _widget(control: Control[Any], text: str | None, linked: Any) -> Any:
    """The widget that fits a control.

    Parameters
    ----------
    text, linked : what stands in the link, and its value; None if there is none
    """
    key, default, help = control.key, control.default, control.help
    label = teacher.labelled(key, control.label)
    bound: dict[str, Any] = {"key": key, "disabled": teacher.is_fixed(key), "bind": "query-params"}
    if isinstance(default, bool):
        return st.toggle(label, default, help=help, **bound)
    if control.options:
        return _choice(label, control.options, control, bound)
    if isinstance(default, str):
        return st.text_input(label, default, control.high, help=help, **bound)
    bound["help"] = f"{help}; from {show(control.low)} to {show(control.high)}"
    if control.stops:
        return _slider(label, control, text, linked, bound)
    if text is not None and linked is None:  # Streamlit itself stumbles over some numbers (1e999)
        bound["bind"] = None
        with contextlib.suppress(StreamlitAPIException):
            del st.query_params[key]
    return st.number_input(label, control.low, control.high, default, 1, **bound)


def _choice(label: str, options: Mapping[str, str], control: Control[Any], bound: dict[str, Any]) -> Any:
    names, captions = list(options), list(options.values())
    k = names.index(control.default)
    if not control.menu:
        shown = captions if any(captions) else None
        return st.radio(label, names, k, captions=shown, horizontal=True, help=control.help, **bound)
    lines = [f"- {name}: {caption}" for name, caption in options.items() if caption]
    return st.selectbox(label, names, k, help="\n".join([control.help, *([""] if lines else []), *lines]), **bound)


def _slider(label: str, control: Control[Any], text: str | None, linked: Any, bound: dict[str, Any]) -> Any:
    key, default = control.key, control.default
    stops = {*control.stops, default, st.session_state.get(key, default)}
    spelt: dict[Any, str] = st.session_state.setdefault(f"{key} as spelt", {})
    if text is not None and linked is not None:
        stops.add(linked)
        spelt[linked] = text  # 0.50 for 0.5: by another text the widget would not know its stop, and drop the link

    def spelling(stop: Any) -> str:
        return spelt.get(stop, show(stop))

    return st.select_slider(label, sorted(stops), default, format_func=spelling, **bound)


def slider(
    key: str,
    label: str,
    stops: Sequence[Number],
    default: Number,
    low: Number,
    high: Number,
    help: str,
    place: Any = st,
) -> Number:
    """A slider over stops; see `Control`."""
    return draw(Control(key, label, default, help, low, high, stops), place)


def integer(key: str, label: str, low: int, high: int, default: int, help: str, place: Any = st) -> int:
    """A box for a whole number, such as a seed."""
    return draw(Control(key, label, default, help, low, high), place)


def choice(
    key: str, label: str, options: Mapping[str, str], default: str, help: str, *, menu: bool = False, place: Any = st
) -> str:
    """A choice by name; see `Control` for its options."""
    return draw(Control(key, label, default, help, options=options, menu=menu), place)


def toggle(key: str, label: str, help: str, *, default: bool = False, place: Any = st) -> bool:
    """On or off."""
    return draw(Control(key, label, default, help), place)


def text(key: str, label: str, default: str, most: int, help: str) -> str:
    """A line of text of at most so many characters; the page says what it cannot read of it."""
    return draw(Control(key, label, default, help, high=most))


def in_columns(widths: int | Sequence[int], *columns: Sequence[Control[Any]], place: Any = st) -> list[Any]:
    """Controls in columns of these widths, each column from the top; the values of all, one column after another.

    Parameters
    ----------
    place : where sentences about a bad link are drawn; left out, above each control
    """
    values = []
    for column, controls in zip(st.columns(widths), columns, strict=True):
        with column:
            values += [draw(control, place) for control in controls]
    return values


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
    tab = Control(key, "The part of this page", labels[0], "", options=dict.fromkeys(labels, ""))
    try:
        tab.read(st.query_params.get(key, labels[0]))
    except ValueError as error:
        place.warning(escape_markdown(str(error)))
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
