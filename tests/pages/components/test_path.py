"""The path: its order, its navigation, and what stands at the foot of each lesson."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import pages
from pages.components.path import LAB, LESSONS

ROOT = Path(pages.__file__).parents[1]
ORDER = (
    "why_recurrence",
    "forward_pass",
    "backpropagation",
    "five_kinds",
    "long_memory",
    "vanishing_exploding",
    "clipping_lab",
    "from_text_to_code",
    "what_came_after",
)
NAMES = [lesson.name for lesson in LESSONS]


def test_lessons_stand_in_the_order_of_the_course_and_every_script_of_a_page_is_on_the_path() -> None:
    assert [name for name in ORDER if name in NAMES] == NAMES
    scripts = {script.stem for script in (ROOT / "pages").glob("*.py")} - {"__init__"}
    assert set(NAMES) == scripts
    assert len({lesson.icon for lesson in LESSONS}) == len({lesson.title for lesson in LESSONS}) == len(LESSONS)


def test_the_readme_lists_the_path_in_its_order() -> None:
    (rows,) = re.findall(r"^\| lesson \|.*\n\|.*\n((?:\|.*\n)+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = [row.split("|")[1].strip(" *") for row in rows.splitlines()]
    assert titles == [lesson.title for lesson in LESSONS]


def navigation() -> None:
    import streamlit as st

    from pages.components import path

    st.session_state["got"] = [(page.title, page.icon, page.url_path) for page in path.pages()]


def test_the_navigation_is_the_path_with_the_lab_at_the_root() -> None:
    found = AppTest.from_function(navigation).run().session_state["got"]
    assert found == [(of.title, of.icon, "" if of.name == LAB else of.name) for of in LESSONS]


def page() -> None:
    import streamlit as st

    from pages.components.path import foot

    foot(st.query_params["lesson"])


@pytest.mark.parametrize("name", NAMES)
def test_the_foot_leads_to_both_neighbours_and_says_where_one_is(name: str) -> None:
    at = AppTest.from_function(page)
    at.query_params["lesson"] = name
    at.run()
    assert not at.exception
    k = NAMES.index(name)
    around = [*LESSONS[max(0, k - 1) : k], *LESSONS[k + 1 : k + 2]]
    links = [link.proto for link in at.get("page_link")]
    assert [link.page for link in links] == ["" if lesson.name == LAB else lesson.name for lesson in around]
    for link, lesson in zip(links, around, strict=True):
        assert link.label == f"{'Previous' if LESSONS.index(lesson) < k else 'Next'}: {lesson.title}"
    numbered = [other for other in NAMES if other != LAB]
    said = at.caption[0].value
    if name == LAB:
        assert f"The lab, after lesson {k} of {len(numbered)}" in said
    else:
        assert f"Lesson {numbered.index(name) + 1} of {len(numbered)}" in said


def test_the_foot_marks_the_lessons_opened_in_this_visit_and_no_others() -> None:
    at = AppTest.from_function(page)
    for name in (NAMES[0], NAMES[2]):
        at.query_params["lesson"] = name
        at.run()
    marks = at.caption[0].value.split("Opened in this visit: ")[1].split(" · ")
    assert [mark[0] for mark in marks] == ["✓" if k in (0, 2) else "○" for k in range(len(NAMES))]
    assert [k for k, mark in enumerate(marks) if "**" in mark] == [2]


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_ends_with_its_own_foot(name: str) -> None:
    page = ast.parse((ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8")).body[-2]
    assert isinstance(page, ast.FunctionDef)
    assert page.name == "page"
    assert ast.unparse(page.body[-1]).startswith(f"foot('{name}'")
