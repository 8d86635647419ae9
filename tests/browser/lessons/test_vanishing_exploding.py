"""The page on vanishing and exploding in a browser, as a visitor meets it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab_page import LabPage, show_answer, wait_until_quiet
from tests.browser.lesson_page import charts, main, query

PARTS = {"One weight": 2, "The matrix": 2, "The cliff": 3, "What clipping cannot do": 3}
"""Each part with its number of charts."""

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with what a link asks for, and with options of a browser context."""

    def follow(link: dict[str, object] | None = None, **options: object) -> Page:
        visitor = new_visitor(**options)
        link = link or {}
        part = str(link.get("ve_part", "One weight"))
        visitor.page.goto(f"{visitor.home}/vanishing_exploding?{urlencode(link)}")
        if part == "One weight":
            show_answer(visitor.page)
        expect(charts(visitor.page)).to_have_count(PARTS[part])
        return visitor.page

    return follow


def expect_query(page: Page, **values: object) -> None:
    for key, value in values.items():
        page.wait_for_function(
            "([key, value]) => new URLSearchParams(location.search).get(key) === value", arg=[key, str(value)]
        )
    assert query(page) == {key: str(value) for key, value in values.items()}


def test_each_part_opens_by_its_tab_with_every_formula_set(opened: Callable[..., Page]) -> None:
    page = opened()
    assert not query(page)
    for part, count in PARTS.items():
        page.get_by_role("tab", name=part).click()
        expect(charts(page)).to_have_count(count)
        expect(main(page).locator(".katex-error")).to_have_count(0)
        assert main(page).locator(".katex-display:visible").count() >= 2
    expect_query(page, ve_part="What clipping cannot do")


def test_a_copied_link_shows_the_same_part_with_the_controls_of_all(opened: Callable[..., Page]) -> None:
    link = {"ve_part": "The matrix", "ve_rho": "1.50", "ve_f": "sigmoid", "ve_w": "0.5", "ve_seed": "7"}
    page = opened(link)
    expect(main(page).get_by_text("the gradient vanishes")).to_be_visible()
    page.get_by_role("tab", name="The cliff").click()
    expect(charts(page)).to_have_count(3)
    page.get_by_role("button", name="From the plateau").click()
    expect_query(page, **(link | {"ve_part": "The cliff", "ve_b0": "-3", "ve_alpha": "0.05"}))
    wait_until_quiet(page)  # the address is ahead of the text
    told = main(page).get_by_text("throws it out of the picture").inner_text()
    other = opened(query(page))
    expect(main(other).get_by_text("throws it out of the picture")).to_have_text(told)
    assert query(other) == query(page)


def test_an_example_moves_the_controls_and_the_overflow_is_shown_where_it_happens(opened: Callable[..., Page]) -> None:
    page = opened({"ve_part": "What clipping cannot do"})
    page.get_by_role("button", name="Clipping makes it vanish").click()
    expect_query(page, ve_part="What clipping cannot do", ve_gain="1.5", ve_cut="0.002")
    expect(main(page).get_by_text("This is the case in which")).to_be_visible()
    page.get_by_role("button", name="Show it").click()
    show_answer(page)
    expect(main(page).get_by_text("though the gradient is not, from t = 64")).to_be_visible()
    expect(charts(page)).to_have_count(2)
    expect_query(page, ve_gain="1.5", ve_cut="0.002", ve_steps="100")


def test_the_surface_turns_with_the_mouse(opened: Callable[..., Page]) -> None:
    page = opened({"ve_part": "The cliff"})
    surface = charts(page).first
    eye = "plot => plot._fullLayout.scene._scene.getCamera().eye.x"
    before = surface.evaluate(eye)
    box = surface.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 220
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=6)
    page.mouse.up()
    assert abs(surface.evaluate(eye) - before) > 0.1


def test_nonsense_in_a_link_gets_a_sentence_whichever_part_is_open(opened: Callable[..., Page]) -> None:
    page = opened(
        {"ve_part": "The cliff", "ve_w": "banana", "ve_gain": "1e999", "ve_f": "<img src=x onerror=window.hurt=1>"}
    )
    for text in ("Weight w is “banana”", "Spectral radius ρ is “1e999”", "Activation f is “<img"):
        expect(main(page).get_by_text(text)).to_be_visible()
    assert page.evaluate("window.hurt") is None
    assert query(page) == {"ve_part": "The cliff"}


def test_no_part_is_wider_than_a_phone(opened: Callable[..., Page]) -> None:
    page = opened(**PHONE)
    for part, count in PARTS.items():
        page.get_by_role("tab", name=part).click()
        expect(charts(page)).to_have_count(count)
        wait_until_quiet(page)
        wider = page.evaluate(
            """() => {
                const main = document.querySelector('[data-testid="stMain"]');
                return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
            }"""
        )
        assert wider <= 0, part
        for chart in charts(page).all():
            box = chart.bounding_box()
            assert box is not None
            assert 200 < box["width"] <= 390, part
