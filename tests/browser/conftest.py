"""One server, one browser; a page that saw an error, or asked anyone but the server for anything, fails its test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from .lab_page import FOREVER, LabPage
from .serving import FLAGS, chromium, served

_PROBES = "/_stcore/"
"""A page below the root first asks for the server's address below itself, and is told 404: Streamlit's own way."""


def _chromium() -> str:
    path = chromium()
    if path is None:
        reason = "no chromium on the PATH: these tests need a browser (Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def home() -> Iterator[str]:
    """The address of a server of the app."""
    with served() as address:
        yield address


@pytest.fixture
def unvisited() -> Iterator[str]:
    """The address of a server of the app that nobody has visited yet."""
    with served() as address:
        yield address


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in any page of this test."""
    return []


@pytest.fixture
def new_page(browser: Browser, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """Call it with options of a browser context for a page that shares nothing with the others."""
    contexts: list[BrowserContext] = []

    def listen(page: Page) -> None:
        def console(message: ConsoleMessage) -> None:
            if message.type == "error" and _PROBES not in message.location.get("url", ""):
                faults.append(f"console: {message.text}")

        page.on("console", console)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))

    def request(asked: Request) -> None:
        address = urlsplit(asked.url)
        if address.scheme not in ("data", "blob", "about", "file") and address.hostname != "127.0.0.1":
            faults.append(f"left this machine: {asked.url}")

    def opened(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 1000}} | options))
        context.set_default_timeout(FOREVER)
        context.on("request", request)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def new_visitor(new_page: Callable[..., Page], home: str) -> Callable[..., LabPage]:
    """Call it with options of a browser context for a visitor of the app."""
    return lambda **options: LabPage(new_page(**options), home)


@pytest.fixture
def lab(new_visitor: Callable[..., LabPage]) -> LabPage:
    """A visitor who has not opened anything yet."""
    return new_visitor()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured."""
    measured = [
        f"{name}: {value}"
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if report.when == "call"
        for name, value in report.user_properties
    ]
    if measured:
        terminalreporter.section("measured in the browser")
        for line in measured:
            terminalreporter.line(line)
