"""From text to code in a browser: predict, reveal, mend, and take the class away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from rnn_core.toy_models import forty_lines
from tests.browser.lab_page import LabPage, wait_until_quiet
from tests.browser.lesson_page import main


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with a link's query, and with options of a browser context."""

    def follow(query: str = "", **options: object) -> Page:
        visitor = new_visitor(**options)
        visitor.page.goto(f"{visitor.home}/from_text_to_code?{query}")
        expect(main(visitor.page).get_by_text("On the sequence above")).to_be_visible()
        return visitor.page

    return follow


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot .main-svg:first-of-type")


def test_a_visitor_predicts_mends_and_takes_the_class_away(opened: Callable[..., Page]) -> None:
    page = opened()
    expect(charts(page)).to_have_count(1)
    main(page).get_by_text("W_xh, W_hh and b_h", exact=True).click()
    page.get_by_role("button", name="Commit").click()
    expect(main(page).get_by_text("Right: W_xh, W_hh and b_h.")).to_be_visible()
    expect(charts(page)).to_have_count(2)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    for left in (10, 9):
        wait_until_quiet(page)
        page.get_by_role("button", name="Mend the next fault").click()
        expect(main(page).get_by_text(f"{left} of 11 faults are in.")).to_be_visible()
    linked = parse_qs(urlsplit(page.url).query)
    assert linked == {"tc_start_shape": ["false"], "tc_elementwise": ["false"]}
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the class").click()
    assert waiting.value.suggested_filename == "forty_lines.py"
    assert Path(waiting.value.path()).read_bytes() == Path(forty_lines.__file__).read_bytes()


def test_a_phone_scrolls_code_and_not_the_page(opened: Callable[..., Page]) -> None:
    page = opened("tc_fault=tiny+weights&reveal=now", viewport={"width": 390, "height": 844})
    expect(charts(page)).to_have_count(2)
    assert page.evaluate(
        """() => {
            const main = document.querySelector('[data-testid="stMain"]');
            return main.scrollWidth <= main.clientWidth && document.documentElement.scrollWidth <= innerWidth;
        }"""
    )
    labels = main(page).get_by_test_id("stCheckbox").get_by_test_id("stWidgetLabel").locator("p")
    expect(labels).to_have_count(11)
    assert labels.evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth + 1)")
