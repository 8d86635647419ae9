"""The page on what came after in a browser, as a visitor meets it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab_page import LabPage, show_answer, wait_until_quiet
from tests.browser.lesson_page import charts, main, query

PARTS = ("The way back", "What attention looks at", "Other lengths", "A forecast")


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with what a link asks for, and with options of a browser context."""

    def follow(link: dict[str, str] | None = None, **options: object) -> Page:
        visitor = new_visitor(**options)
        visitor.page.goto(f"{visitor.home}/what_came_after?{urlencode(link or {})}")
        expect(main(visitor.page).get_by_role("heading", name="What came after")).to_be_visible()
        return visitor.page

    return follow


def test_a_visitor_predicts_and_then_sees_the_picture_and_the_link_keeps_what_was_chosen(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    expect(charts(page)).to_have_count(0)
    main(page).get_by_text("LSTM", exact=True).click()
    page.get_by_role("button", name="Commit").click()
    expect(main(page).get_by_text("You said LSTM; it is Attention.")).to_be_visible()
    expect(charts(page)).to_have_count(1)
    main(page).get_by_text("after training", exact=True).click()
    page.get_by_role("radiogroup", name="Network").get_by_text("gru").click()
    expect(main(page).get_by_text("on this sentence, after training")).to_be_visible()
    page.get_by_role("tab", name="What attention looks at").click()
    show_answer(page)
    expect(charts(page)).to_have_count(1)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    wait_until_quiet(page)
    assert query(page) == {"ca_when": "after training", "ca_model": "gru", "ca_part": "What attention looks at"}


def test_every_part_fits_a_phone(opened: Callable[..., Page]) -> None:
    page = opened({"reveal": "now"}, viewport={"width": 390, "height": 844})
    for part in PARTS:
        page.get_by_role("tab", name=part).click()
        expect(charts(page)).to_have_count(1)
        wait_until_quiet(page)
        expect(main(page).locator(".katex-error")).to_have_count(0)
        wider = page.evaluate(
            """() => {
                const main = document.querySelector('[data-testid="stMain"]');
                return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
            }"""
        )
        assert wider <= 0, part
        box = charts(page).first.bounding_box()
        assert box is not None
        assert 200 < box["width"] <= 390, part
