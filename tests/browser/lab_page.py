"""The lab as a visitor handles it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Locator, Page, expect

FOREVER = 60_000
"""Milliseconds that no test waits in vain."""

expect.set_options(timeout=FOREVER)

QUICK = {"updates": 200, "hidden_size": 16}
"""A run of some hundredths of a second."""

CHARTS = 6

_IDLE = """() => {
    const busy = ['stStatusWidget', 'stSkeleton', 'stProgress'].map(name => `[data-testid="${name}"]`);
    const app = document.querySelector('[data-testid="stApp"]');
    const running = app?.getAttribute('data-test-script-state') !== 'notRunning';
    return !running && !document.querySelector([...busy, '[data-stale="true"]'].join());
}"""


def wait_until_quiet(page: Page) -> None:
    """Until no script runs and nothing is left to draw, some times in a row: between two reruns a page is idle, too."""
    quiet = 0
    while quiet < 6:
        quiet = quiet + 1 if page.evaluate(_IDLE) else 0
        page.wait_for_timeout(50)


def show_answer(page: Page) -> None:
    """Press "Just show me", which every lesson has where it asks for a prediction."""
    page.get_by_role("button", name="Just show me").click()
    expect(page.get_by_role("button", name="Just show me")).to_have_count(0)


class LabPage:
    """One visitor's tab.

    Parameters
    ----------
    page : the browser's page
    home : the server's address
    """

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home

    def open(self, **query: Any) -> LabPage:
        """Follow a link with these controls, and wait for the end of the page."""
        return self.follow(f"{self.home}/?{urlencode(query)}")

    def follow(self, url: str) -> LabPage:
        self.page.goto(url)
        self.settle()
        return self

    def settle(self) -> None:
        """Until the page has ended its script and drawn; a script that has not begun yet needs `expect` instead."""
        self.main.get_by_role("heading", name="Clipping lab").wait_for()
        wait_until_quiet(self.page)

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    @property
    def query(self) -> dict[str, str]:
        """What the address bar asks for."""
        asked = parse_qs(urlsplit(self.page.url).query, keep_blank_values=True)
        return {key: values[-1] for key, values in asked.items()}

    def expect_query(self, **values: Any) -> None:
        """Wait until the address bar asks for these and for nothing else."""
        for key, value in values.items():
            self.page.wait_for_function(
                "([key, value]) => new URLSearchParams(location.search).get(key) === value", arg=[key, str(value)]
            )
        assert self.query == {key: str(value) for key, value in values.items()}

    def words(self) -> str:
        """The text of the main part, without the charts, whose labels depend on the width."""
        return str(
            self.main.evaluate(
                """main => {
                    const copy = main.cloneNode(true);
                    copy.querySelectorAll('[data-testid="stPlotlyChart"], style, script').forEach(e => e.remove());
                    return copy.textContent;
                }"""
            )
        )

    def slider(self, label: str) -> Locator:
        """The input behind a slider's thumb; its `aria-valuetext` is the stop."""
        return self.page.get_by_role("slider", name=re.compile(f"^{label}"))

    def drag(self, label: str, stop: int) -> str:
        """Take a slider's thumb with the mouse and let it go at its n-th stop; the text of the stop."""
        thumb = self.slider(label)
        thumb.scroll_into_view_if_needed()
        at = thumb.locator("xpath=../..").bounding_box()
        track = thumb.locator("xpath=../../..").bounding_box()
        assert at is not None
        assert track is not None
        y = at["y"] + at["height"] / 2
        self.page.mouse.move(at["x"] + at["width"] / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + stop / int(thumb.get_attribute("max") or 0) * track["width"], y, steps=8)
        self.page.mouse.up()
        return str(thumb.get_attribute("aria-valuetext"))

    def charts(self) -> Locator:
        return self.main.locator(".js-plotly-plot .main-svg:first-of-type")

    def badges(self) -> list[str]:
        """The words on the cards, without their icons."""
        badges = self.main.locator(".stMarkdownBadge:visible")
        return list(badges.evaluate_all("all => all.map(e => e.lastChild.textContent.trim())"))

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox").click()
        self.page.get_by_role("option", name=option).click()

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(
            self.page.evaluate(
                """() => {
                    const main = document.querySelector('[data-testid="stMain"]');
                    return Math.max(main.scrollWidth - main.clientWidth,
                                    document.documentElement.scrollWidth - window.innerWidth);
                }"""
            )
        )
