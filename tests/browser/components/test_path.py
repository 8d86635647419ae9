"""The path in a browser: on from lesson to lesson, a prediction, and a teacher's link made with clicks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LabPage, wait_until_quiet

PHONE = {"viewport": {"width": 390, "height": 844}}
ONE_WEIGHT = {"ve_w": "0.5", "ve_steps": "100", "at": "12"}


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with the path and query of a link, and with options of a browser context."""

    def follow(address: str, **options: object) -> Page:
        visitor = new_visitor(**options)
        visitor.page.goto(address if "://" in address else f"{visitor.home}/{address}")
        expect(visitor.page.get_by_text("Teacher's link")).to_be_visible()
        wait_until_quiet(visitor.page)
        return visitor.page

    return follow


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def link(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stPageLink").get_by_role("link", name=label)


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=option).click()
    page.keyboard.press("Escape")
    wait_until_quiet(page)


def test_a_visitor_predicts_goes_on_and_comes_back_to_the_answer(opened: Callable[..., Page]) -> None:
    page = opened("vanishing_exploding", **PHONE)
    expect(page.locator(".js-plotly-plot:visible")).to_have_count(0)
    page.get_by_role("radiogroup", name="Your prediction").get_by_text("t = 64").click()
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_text("You said t = 64; it is t = 128.")).to_be_visible()
    expect(page.locator(".js-plotly-plot:visible")).to_have_count(2)
    link(page, "Previous: Long memory").click()
    expect(page.get_by_role("heading", name="Long memory", level=1)).to_be_visible()
    expect(page.get_by_text("✓\u00a0Vanishing and exploding")).to_be_visible()
    link(page, "Next: Vanishing and exploding").click()
    expect(page.get_by_text("You said t = 64; it is t = 128.")).to_be_visible()


def test_a_link_made_with_clicks_holds_what_it_says_while_the_rest_moves(opened: Callable[..., Page]) -> None:
    teacher = opened("vanishing_exploding?ve_w=0.5&ve_steps=100&at=7")
    teacher.get_by_text("Teacher's link").click()
    expect(teacher.get_by_test_id("stCode")).to_be_visible()
    choose(teacher, "Fixed", "Weight w")
    choose(teacher, "Hidden", "Time steps T (ve_steps)")
    teacher.get_by_text("Skip predictions").click()
    expect(teacher.get_by_test_id("stCode")).to_contain_text("reveal=now")
    teacher.evaluate("history.replaceState(history.state, '', location.search.replace('at=7', 'at=12'))")
    teacher.get_by_role("button", name="Take the page as it stands now").click()
    expect(teacher.get_by_test_id("stCode")).to_contain_text("at=12")
    made = teacher.get_by_test_id("stCode").inner_text()
    held = {"fixed": "ve_w", "hidden": "ve_steps", "reveal": "now"}
    assert query(made) == ONE_WEIGHT | held
    assert query(teacher.url) == ONE_WEIGHT

    page = opened(made)
    expect(page.get_by_text("0.5¹⁰⁰ is")).to_be_visible()
    weight = page.get_by_role("slider", name="Weight w (set by your teacher)")
    expect(weight).to_be_disabled()
    expect(page.get_by_role("slider", name="Time steps T")).to_have_count(0)
    page.get_by_role("radiogroup", name="Precision").get_by_text("float16").click()
    wait_until_quiet(page)
    assert query(page.url) == ONE_WEIGHT | held | {"ve_dtype": "float16"}
    link(page, "Previous: Long memory").click()
    expect(page.get_by_role("heading", name="Long memory", level=1)).to_be_visible()
    assert not query(page.url)
    link(page, "Next: Vanishing and exploding").click()
    expect(weight).to_be_disabled()
    expect(page.get_by_text("0.5¹⁰⁰ is")).to_be_visible()


def test_a_link_opens_at_a_heading(opened: Callable[..., Page]) -> None:
    page = opened("backpropagation?bp_hidden=4#how-far-back-l-w-hh-comes-from")
    page.wait_for_function(
        """anchor => {
            const top = document.getElementById(anchor)?.getBoundingClientRect().top;
            return top >= 0 && top < 150;
        }""",
        arg="how-far-back-l-w-hh-comes-from",
    )
