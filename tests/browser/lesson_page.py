"""What the browser tests of lessons look at."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def charts(page: Page) -> Locator:
    return main(page).locator(".js-plotly-plot:visible")


def query(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}
