"""A teacher's link: an ordinary link of a page that fixes some of its controls, hides others, and skips predictions.

Everything is in the URL. `fixed` and `hidden` name controls by their keys, with commas between; `reveal` is `now` where
predictions are not asked. The names are public API. A fixed control is drawn with the link's value and cannot be moved,
a hidden one is not drawn, and the link's value is used. It is a help for a class, not a lock: who edits the link has
all controls back.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

from .markdown import escape_markdown

FIXED, HIDDEN, REVEAL = "fixed", "hidden", "reveal"
NOW = "now"
SET = "set by your teacher"
_OWN = (FIXED, HIDDEN, REVEAL)
_DRAWN, _SEEN, _HEADINGS, _KEPT = "teacher: drawn", "teacher: seen", "teacher: headings", "teacher: kept"
_AGAIN = "teacher: looks"


_ARRIVE = """<script>
if (location.hash && !window.arrivesAtHash) {
    window.arrivesAtHash = true;
    const anchor = decodeURIComponent(location.hash.slice(1)), until = Date.now() + 10000;
    let moved = false;
    for (const touch of ["wheel", "touchstart", "pointerdown", "keydown"])
        addEventListener(touch, () => { moved = true; }, { once: true, passive: true });
    const arrive = () => {
        if (moved || Date.now() > until) return;
        document.getElementById(anchor)?.scrollIntoView();
        setTimeout(arrive, 250);
    };
    arrive();
}
</script>"""
"""A browser goes to the heading of a link as soon as it is drawn. What comes above it later pushes it away, so it is
gone to again until the visitor moves, or ten seconds have passed."""


_address = st.components.v2.component(
    "rnn_gradient_flow.address",
    js="""export default ({ data, setStateValue }) => {
        if (location.search !== data.known) setStateValue("search", location.search);
    };""",
)
"""What a script in the browser, such as the player, has put into the address, Streamlit does not always tell us."""


def begin(page: str) -> None:
    """The first line of a page's run: forget what the last run drew.

    Parameters
    ----------
    page : its address; a visitor who comes back to it finds what the link had set
    """
    st.session_state[_DRAWN], st.session_state[_HEADINGS] = {}, {}
    kept: dict[str, dict[str, str]] = st.session_state.setdefault(_KEPT, {})
    linked = {name: st.query_params[name] for name in (*_OWN, *_names(HIDDEN)) if name in st.query_params}
    if linked.keys() & set(_OWN):
        kept[page] = linked
    elif page in kept:
        st.query_params.update(kept[page])


def note(key: str, label: str) -> None:
    """A control is drawn, or would be if the link did not hide it."""
    st.session_state.setdefault(_DRAWN, {})[key] = label
    st.session_state.setdefault(_SEEN, set()).add(key)


def is_fixed(key: str) -> bool:
    return key in _names(FIXED) and not is_hidden(key)


def is_hidden(key: str) -> bool:
    return key in _names(HIDDEN)


def holds(key: str) -> bool:
    """Whether the link has set this control, so that nothing else may."""
    return is_fixed(key) or is_hidden(key)


def labelled(key: str, label: str) -> str:
    """The label of a control, with a note if it cannot be moved."""
    return f"{label} ({SET})" if is_fixed(key) else label


def reveals() -> bool:
    """Whether the link skips predictions."""
    return st.query_params.get(REVEAL) == NOW


def heading(text: str, anchor: str) -> None:
    """A part of the page begins here, where a link may open."""
    st.session_state.setdefault(_HEADINGS, {})[anchor] = text


def link(fixed: Iterable[str], hidden: Iterable[str], reveal: bool, anchor: str, search: str = "") -> str:
    """The link of the page as it stands, with what it is to fix and hide.

    Parameters
    ----------
    fixed, hidden : keys of controls
    reveal : predictions are skipped
    anchor : of the heading that the page opens at; empty for its beginning
    search : the query in the browser's address, for what is in it and no control of the page
    """
    drawn = st.session_state.get(_DRAWN, {})
    query = {name: value for name, value in parse_qsl(search.removeprefix("?")) if name not in drawn}
    query = {name: value for name, value in (st.query_params.to_dict() | query).items() if name not in _OWN}
    own = {FIXED: ",".join(fixed), HIDDEN: ",".join(hidden), REVEAL: NOW if reveal else ""}
    query_text = urlencode(query | {name: value for name, value in own.items() if value}, safe=",")
    page = st.context.url or ""
    root = "" if urlsplit(page).path or not page else "/"
    return page + root + (f"?{query_text}" if query_text else "") + (f"#{anchor}" if anchor else "")


def section(page: str, whole: bool) -> None:
    """A closed box at the foot in which a link is made; above it, sentences on what this page's link cannot have.

    Parameters
    ----------
    whole : False if controls are still missing, so that no name can be called unknown
    """
    with st.container():
        for sentence in complaints(whole):
            st.warning(escape_markdown(sentence))
    _box(page)
    st.html(_ARRIVE, unsafe_allow_javascript=True)


def complaints(whole: bool) -> list[str]:
    """What the link names that this page does not have."""
    sentences = []
    for what in (FIXED, HIDDEN) if whole else ():
        unknown = [name for name in _names(what) if name not in st.session_state.get(_SEEN, ())]
        if unknown:
            names = ", ".join(f"“{name[:40]}”" for name in unknown[:5]) + (" and others" if len(unknown) > 5 else "")
            sentences.append(f"The link has {names} among its {what} controls; there is no such control here.")
    reveal = st.query_params.get(REVEAL, NOW)
    if reveal != NOW:
        sentences.append(f"{REVEAL} is “{reveal[:40]}” in the link; allowed: {NOW}. Predictions are asked.")
    return sentences


@st.fragment
def _box(page: str) -> None:
    box = st.expander("Teacher's link", key=f"teacher box {page}", on_change="rerun", icon="🔗")
    if not box.open:
        return
    drawn: dict[str, str] = st.session_state.get(_DRAWN, {})
    headings: dict[str, str] = st.session_state.get(_HEADINGS, {})
    labels = list(drawn.values())
    names = {key: label if labels.count(label) == 1 else f"{label} ({key})" for key, label in drawn.items()}
    with box:
        st.markdown(
            "A link to this page as it stands now. Choose what it sets for your class. This page itself stays as it is."
        )
        left, right = st.columns(2)
        held = [key for key in names if is_fixed(key)]
        fixed = left.multiselect(
            "Fixed: drawn, cannot be moved", list(names), held, names.__getitem__, key=f"teacher fixed {page}"
        )
        others = [key for key in names if key not in fixed]
        held = [key for key in others if is_hidden(key)]
        hidden = right.multiselect(
            "Hidden: not drawn, the value counts", others, held, names.__getitem__, key=f"teacher hidden {page}"
        )
        anchor = ""
        if headings:
            starts = {"": "the beginning"} | headings
            anchor = left.selectbox("Opens at", list(starts), format_func=starts.__getitem__, key=f"teacher at {page}")
        reveal = right.toggle("Skip predictions: show every picture at once", reveals(), key=f"teacher reveal {page}")
        address = link(fixed, hidden, reveal, anchor, _search(page))
        st.code(address, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.link_button("Try it in a new tab", address or "?")
            name = f"teacher again {page}"
            st.button("Take the page as it stands now", key=name, type="tertiary", on_click=_look_again)


def _look_again() -> None:
    st.session_state[_AGAIN] = st.session_state.get(_AGAIN, 0) + 1


def _search(page: str) -> str:
    """The query in the browser's address; empty before the browser has said."""
    key = f"teacher address {page}"
    known = (st.session_state.get(key) or {}).get("search", "")
    now = str(st.query_params.to_dict()), st.session_state.get(_AGAIN, 0)  # what changes makes the browser look again
    _address(key=key, data={"known": known, "now": now}, on_search_change=lambda: None)
    return str(known)


def _names(what: str) -> list[str]:
    """The keys that the link fixes or hides, each once."""
    return [name for name in dict.fromkeys(st.query_params.get(what, "").split(",")) if name]
