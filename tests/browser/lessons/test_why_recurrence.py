"""The page "Why recurrence?" in a browser, as a visitor meets it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LabPage, wait_until_quiet
from tests.browser.lesson_page import main

PHONE = {"viewport": {"width": 390, "height": 844}}


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot .main-svg:first-of-type")


def opened(visitor: LabPage, query: str = "") -> Page:
    visitor.page.goto(f"{visitor.home}/why_recurrence?{query}")
    expect(main(visitor.page).get_by_role("heading", name="What the weights share")).to_be_visible()
    return visitor.page


def test_a_prediction_is_committed_and_the_pictures_come_with_the_answer(new_visitor: Callable[..., LabPage]) -> None:
    page = opened(new_visitor())
    expect(charts(page)).to_have_count(1)
    page.get_by_role("radiogroup").get_by_text("fixed positions", exact=True).first.click()
    wait_until_quiet(page)
    page.get_by_role("button", name="Commit").first.click()
    expect(main(page).get_by_text("You said fixed positions; it is RNN")).to_be_visible()
    expect(charts(page)).to_have_count(5)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    chosen = page.get_by_role("radiogroup", name="Where the sentence grows").get_by_text("before", exact=True)
    chosen.click()
    wait_until_quiet(page)
    assert "wr_grows=before" in page.url


def test_a_phone_has_room_for_the_page(new_visitor: Callable[..., LabPage]) -> None:
    page = opened(new_visitor(**PHONE), "reveal=now")
    expect(charts(page)).to_have_count(7)
    wait_until_quiet(page)
    wider = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            return Math.max(main.scrollWidth - main.clientWidth,
                            document.documentElement.scrollWidth - window.innerWidth);
        }"""
    )
    assert wider <= 0
