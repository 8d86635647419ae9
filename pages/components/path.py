"""The path through the lessons: their order, the navigation, and what stands at the foot of each."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from . import teacher


class Lesson(NamedTuple):
    """A stop on the path.

    Attributes
    ----------
    name : of its module in `pages`, and of its address
    title, icon : as they stand in the navigation and at the foot of its neighbours
    """

    name: str
    title: str
    icon: str


LAB = "clipping_lab"
LESSONS = (
    Lesson("why_recurrence", "Why recurrence?", "🔁"),
    Lesson("forward_pass", "Forward pass", "⏩"),
    Lesson("backpropagation", "Backpropagation through time", "⏪"),
    Lesson("five_kinds", "Five kinds of RNN", "🖐️"),
    Lesson("long_memory", "Long memory", "🐘"),
    Lesson("vanishing_exploding", "Vanishing and exploding", "💥"),
    Lesson(LAB, "Clipping lab", "✂️"),
    Lesson("from_text_to_code", "From text to code", "⌨️"),
    Lesson("what_came_after", "What came after", "🔭"),
)
"""In the order of the path. Names stand in links, so they are public API."""

ARTICLE = (
    "The article that the lessons speak of: Gaurav Nair, “Unlocking the Power of Recurrent Neural Networks: A "
    "Beginner's Guide”, Towards AI, 2023."
)
_OPENED = "lessons opened"


def page_of(name: str) -> st.Page:
    """The page of a lesson; the lab's is at the root."""
    lesson = next(lesson for lesson in LESSONS if lesson.name == name)
    return st.Page(_opening(name), title=lesson.title, icon=lesson.icon, url_path=name, default=name == LAB)


def _opening(name: str) -> Callable[[], None]:
    """What draws a page; its module is loaded when it is opened for the first time."""

    def page() -> None:
        importlib.import_module(f"pages.{name}").page()

    return page


def pages() -> list[st.Page]:
    """What the navigation shows."""
    return [page_of(lesson.name) for lesson in LESSONS]


def place(name: str) -> str:
    """Where on the path a lesson is; the lab is where the lessons lead, and has no number of its own."""
    numbered = [lesson.name for lesson in LESSONS if lesson.name != LAB]
    if name != LAB:
        return f"Lesson {numbered.index(name) + 1} of {len(numbered)}"
    before = [lesson.name for lesson in LESSONS].index(LAB)
    return f"The lab, after lesson {before} of {len(numbered)}"


def builds_on(*names: str) -> None:
    """Links to the lessons whose words this one uses; it can be read without them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Builds on", width="content")
        for name in names:
            st.page_link(page_of(name))


def foot(name: str, *, whole: bool = True) -> None:
    """The last line of a lesson: where on the path it is, which lessons this visitor has opened, and the way on.

    Parameters
    ----------
    whole : False if the page is not complete yet, and controls of it are missing
    """
    opened: set[str] = st.session_state.setdefault(_OPENED, set())
    opened.add(name)
    with st.container(key="foot"):
        st.divider()
        st.caption(f"**{place(name)}.** Opened in this visit: {_marks(name, opened)}")
        at = [lesson.name for lesson in LESSONS].index(name)
        left, right = st.columns(2)
        if at > 0:
            left.page_link(page_of(LESSONS[at - 1].name), label=f"Previous: {LESSONS[at - 1].title}")
        if at + 1 < len(LESSONS):
            right.page_link(page_of(LESSONS[at + 1].name), label=f"Next: {LESSONS[at + 1].title}")
        teacher.section(name, whole)
        st.caption(ARTICLE)


def _marks(name: str, opened: set[str]) -> str:
    """Every lesson of the path in a line: ✓ before those opened, this one in bold."""
    return " · ".join(
        f"{'✓' if lesson.name in opened else '○'}\u00a0"
        + (f"**{lesson.title}**" if lesson.name == name else lesson.title)
        for lesson in LESSONS
    )
