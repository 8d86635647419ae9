"""One server, one browser; a page that saw an error, or asked anyone but the server for anything, fails its test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

import pages

from .lab_page import FOREVER, LabPage

ROOT = Path(pages.__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


_PROBES = "/_stcore/"
"""A page below the root first asks for the server's address below itself, and is told 404: Streamlit's own way."""


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "no chromium on the PATH: these tests need a browser (Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _healthy(home: str) -> bool:
    try:
        with urllib.request.urlopen(f"{home}/_stcore/health") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Serve the app; gives the address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true",
               "--server.fileWatcherType", "none",
               "--server.address", "127.0.0.1", "--server.port", str(port)]  # fmt: skip
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            while not _healthy(address):
                if server.poll() is not None:
                    log.seek(0)
                    pytest.fail(f"the app ended at its start:\n{log.read()}")
                time.sleep(0.05)
            yield address
        finally:
            server.terminate()
            server.wait()
        log.seek(0)
        assert "Traceback" not in (written := log.read()), written


@pytest.fixture(scope="session")
def home() -> Iterator[str]:
    """The address of a server of the app."""
    with _server() as address:
        yield address


@pytest.fixture
def unvisited() -> Iterator[str]:
    """The address of a server of the app that nobody has visited yet."""
    with _server() as address:
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
