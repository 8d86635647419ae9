"""The page on long memory in a browser: it fills in while networks train, and a link brings back what was on screen."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LabPage, show_answer
from tests.browser.lesson_page import main, query

CHARTS = 10
TINY = {"lm_updates": 10, "lm_hidden": 6, "lm_longest": 14, "lm_seeds": 2}
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with options of a browser context, and with what the link asks for."""

    def follow(options: dict[str, object] | None = None, **query: object) -> Page:
        visitor = new_visitor(**(options or {}))
        visitor.page.goto(f"{visitor.home}/long_memory?{urlencode(TINY | query)}")
        show_answer(visitor.page)
        return visitor.page

    return follow


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot .main-svg:first-of-type")


def expect_all(page: Page) -> None:
    """Wait until nothing is in training and everything is drawn."""
    expect(charts(page)).to_have_count(CHARTS)
    expect(main(page).get_by_test_id("stProgress")).to_have_count(0)
    expect(main(page).get_by_text("Unit ", exact=False).last).to_be_visible()


def test_it_fills_in_by_itself_and_every_formula_is_set(opened: Callable[..., Page]) -> None:
    page = opened()
    expect_all(page)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    expect(main(page).get_by_text("networks are trained so far")).to_have_count(0)
    assert query(page) == {key: str(value) for key, value in TINY.items()}


def test_stop_keeps_what_is_trained_and_train_on_goes_on(opened: Callable[..., Page]) -> None:
    page = opened(lm_updates=800, lm_seed=50)
    main(page).get_by_role("button", name="Stop").click()
    expect(main(page).get_by_text("Stopped after")).to_be_visible()
    expect(main(page).get_by_test_id("stProgress")).to_have_count(0)
    main(page).get_by_role("button", name="Train on").click()
    expect(main(page).get_by_role("button", name="Stop")).to_be_visible()


def test_what_is_chosen_stands_in_the_link_and_comes_back_from_it(opened: Callable[..., Page]) -> None:
    page = opened()
    expect_all(page)
    page.get_by_role("radiogroup", name="Words before the verb").get_by_text("11").click()
    expect(main(page).get_by_role("strong").filter(has_text="11 words").last).to_be_visible()
    box = page.get_by_label("Sentence", exact=True)
    box.fill("the pilots near the doctor")
    box.press("Enter")
    expect(main(page).get_by_text("answer to “pilot” instead")).to_be_visible()
    page.get_by_role("radiogroup", name="Cell").get_by_text("gru").click()
    expect(main(page).get_by_text("of the GRU").last).to_be_visible()
    chosen = {"lm_at": "11", "lm_sentence": "the pilots near the doctor", "lm_cell": "gru"}
    assert query(page) == {key: str(value) for key, value in TINY.items()} | chosen
    other = opened(**chosen)
    expect_all(other)
    for said in ("answer to “pilot” instead", "of the GRU", "from “pilots” to the end"):
        expect(main(other).get_by_text(said).first).to_be_visible()
    assert query(other) == query(page)


def test_a_typed_sentence_is_shown_as_text(opened: Callable[..., Page]) -> None:
    page = opened(lm_sentence='<img src=x onerror="window.hurt=1"> **artsts**')
    expect(main(page).get_by_text("does not know the word")).to_be_visible()
    assert page.evaluate("window.hurt") is None


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Callable[..., Page]) -> None:
    page = opened(PHONE)
    expect_all(page)
    wide = page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
        }"""
    )
    assert wide <= 0
