"""The page on the forward pass as a visitor handles it: word by word, cell by cell, on any screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.lab_page import LabPage, wait_until_quiet

CHARTS = 5
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def opened(visitor: LabPage, query: str = "") -> Page:
    page = visitor.page
    page.goto(f"{visitor.home}/forward_pass?{query}")
    expect(page.get_by_test_id("stMain").locator(".js-plotly-plot .main-svg:first-of-type")).to_have_count(CHARTS)
    wait_until_quiet(page)
    return page


def test_the_next_word_and_the_sum_behind_a_cell(new_visitor: Callable[..., LabPage]) -> None:
    page = opened(new_visitor())
    main = page.get_by_test_id("stMain")
    expect(main.locator(".katex-error")).to_have_count(0)
    page.get_by_role("button", name="Next word").click()
    expect(main.get_by_text("It reads “near”")).to_be_visible()
    page.wait_for_function("new URLSearchParams(location.search).get('fp_t') === '3'")
    wait_until_quiet(page)
    cells = main.locator(".js-plotly-plot").nth(1)
    cells.scroll_into_view_if_needed()
    grid = cells.locator(".heatmaplayer image").bounding_box()
    assert grid is not None
    page.mouse.move(grid["x"] + grid["width"] / 6, grid["y"] + 0.3 * grid["height"])
    expect(cells.locator(".hoverlayer .hovertext")).to_contain_text(re.compile(r"unit 1:.*·.*\+.*·.*= "))


def test_after_the_prediction_the_states_are_drawn_and_a_phone_does_not_scroll_sideways(
    new_visitor: Callable[..., LabPage],
) -> None:
    visitor = new_visitor(**PHONE)
    page = opened(visitor, "fp_words=one+should+never+tell+anyone+a+silly+lie&fp_units=5&fp_f=identity")
    page.get_by_text("∞ or NaN", exact=True).click()
    wait_until_quiet(page)
    page.get_by_role("button", name="Commit").last.click()
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("Right: ∞ or NaN")).to_be_visible()
    expect(main.locator(".js-plotly-plot .main-svg:first-of-type")).to_have_count(CHARTS + 1)
    assert visitor.overflow() <= 0
