"""The page on five kinds of RNN in a browser, as a visitor meets it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import LabPage, wait_until_quiet
from tests.browser.lesson_page import main, query

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def opened(new_visitor: Callable[..., LabPage]) -> Callable[..., Page]:
    """Call it with a link's query as a dictionary, and with options of a browser context."""

    def follow(query: dict[str, str], **options: object) -> Page:
        visitor = new_visitor(**options)
        visitor.page.goto(f"{visitor.home}/five_kinds?{urlencode(query)}")
        expect(main(visitor.page).get_by_role("heading", name="Which way the gradient goes")).to_be_visible()
        return visitor.page

    return follow


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot:visible .main-svg:first-of-type")


def test_a_visitor_hears_a_melody_predicts_and_sees_where_the_gradient_goes(opened: Callable[..., Page]) -> None:
    page = opened({"fk_kind": "One to many", "fk_key": "F♯", "fk_scale": "blues"})
    expect(charts(page)).to_have_count(2)
    sounds = main(page).locator("audio:visible")
    expect(sounds).to_have_count(2)
    seconds = sounds.first.evaluate(
        "audio => audio.readyState ? audio.duration : "
        "new Promise(done => { audio.onloadedmetadata = () => done(audio.duration); audio.load(); })"
    )
    assert seconds == pytest.approx(15 * 0.32, abs=0.05)
    main(page).get_by_text("at the last", exact=True).click()
    main(page).get_by_role("button", name="Commit").click()
    expect(main(page).get_by_text("You said at the last; it is at the first.")).to_be_visible()
    expect(charts(page)).to_have_count(3)
    expect(main(page).locator(".katex-error")).to_have_count(0)
    main(page).get_by_role("tab", name="Many to one").click()
    wait_until_quiet(page)
    expect(main(page).get_by_text("Worth most to first order:")).to_be_visible()
    assert query(page) == {"fk_kind": "Many to one", "fk_key": "F♯", "fk_scale": "blues"}


def test_on_a_phone_nothing_is_wider_than_the_page_and_a_typed_sentence_is_in_the_link(
    opened: Callable[..., Page],
) -> None:
    page = opened({"fk_kind": "Many to one", "reveal": "now"}, **PHONE)
    expect(charts(page)).to_have_count(3)
    wait_until_quiet(page)
    box = main(page).get_by_label("Sentence", exact=True)
    box.fill("The cast was hardly charming <img src=x onerror=alert(1)>")
    box.press("Enter")
    expect(main(page).get_by_text("This cannot be read")).to_be_visible()
    expect(main(page).locator("img[src=x]")).to_have_count(0)
    box.fill("The cast was hardly charming")
    box.press("Enter")
    wait_until_quiet(page)
    expect(main(page).get_by_text("By the rules of the corpus it is criticism")).to_be_visible()
    assert query(page)["fk_sentence"] == "The cast was hardly charming"
    assert main(page).evaluate("of => of.scrollWidth - of.clientWidth") <= 0
