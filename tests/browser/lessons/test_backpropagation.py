"""The page on backpropagation in a browser, as a visitor meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LabPage, show_answer, wait_until_quiet
from tests.browser.lesson_page import main, query

CHARTS = 4
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with a link's query, and with options of a browser context."""

    def follow(query: str = "", **options: object) -> Page:
        visitor = new_visitor(**options)
        visitor.page.goto(f"{visitor.home}/backpropagation?{query}")
        show_answer(visitor.page)
        expect(charts(visitor.page)).to_have_count(CHARTS)
        expect(visitor.page.get_by_role("button", name="Prove it")).to_have_count(2)
        return visitor.page

    return follow


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot .main-svg:first-of-type")


def expect_query(page: Page, **values: str) -> None:
    """Wait until the address bar asks for these, and for nothing else."""
    for _ in range(100):
        if query(page) == values:
            return
        page.wait_for_timeout(100)
    assert query(page) == values


def test_it_opens_with_four_pictures_and_every_formula_set(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(main(page).locator(".katex-error")).to_have_count(0)
    assert main(page).locator(".katex-display").count() > 10
    expect(main(page).get_by_text("has 2 terms")).to_be_visible()
    assert not query(page)


def test_prove_it_says_how_large_the_largest_error_is(opened: Callable[..., Page]) -> None:
    page = opened("bp_hidden=8")
    for k in (0, 1):
        page.get_by_role("button", name="Prove it").nth(k).click()
        verdict = main(page).get_by_test_id("stAlert").nth(k)
        expect(verdict).to_contain_text("Proven:")
        expect(verdict).to_contain_text(re.compile(r"agree to [\d.]+·10⁻"))


def test_what_is_chosen_stands_in_the_link_and_comes_back_from_it(
    opened: Callable[..., Page], new_visitor: Callable[..., LabPage]
) -> None:
    """The small network's formulas, of which there are more or fewer, stand above the sentence."""
    page = opened("bp_hidden=8&bp_sentence=the+artists")
    for group, option, tells in (("Loss to follow", "L3", "has 3 terms"), ("into the weight", "W_xh", "Rows of")):
        wait_until_quiet(page)
        page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()
        expect(main(page).get_by_text(tells)).to_be_visible()
    wait_until_quiet(page)
    box = page.get_by_label("Sentence", exact=True)
    box.fill("the singer who waited was")
    box.press("Enter")
    expect(main(page).get_by_text("over 3 factors")).to_be_visible()
    chosen = {"bp_hidden": "8", "bp_loss": "L3", "bp_weight": "W_xh", "bp_sentence": "the singer who waited was"}
    expect_query(page, **chosen)
    other = opened(urlsplit(page.url).query)
    expect(main(other).get_by_text("has 3 terms")).to_be_visible()
    expect(main(other).get_by_text("over 3 factors")).to_be_visible()
    expect_query(other, **chosen)


def test_a_phone_scrolls_formulas_and_not_the_page(opened: Callable[..., Page]) -> None:
    page = opened("bp_units=3&bp_weight=W_xh", **PHONE)
    wider = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            return Math.max(main.scrollWidth - main.clientWidth,
                            document.documentElement.scrollWidth - window.innerWidth);
        }"""
    )
    assert wider <= 0
    reachable = (
        main(page)
        .locator(".katex-display")
        .evaluate_all(
            """all => all.filter(e => e.scrollWidth > e.clientWidth + 1)
                     .every(e => [e, e.parentElement, e.parentElement.parentElement]
                     .some(box => ['auto', 'scroll'].includes(getComputedStyle(box).overflowX)))"""
        )
    )
    assert reachable
