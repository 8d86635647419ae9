"""The app without a browser: one pool of processes for all tests, ended with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pages.components import waiting


@pytest.fixture(scope="session", autouse=True)
def _one_pool() -> Iterator[None]:
    yield
    waiting.runs()._pool.shutdown(cancel_futures=True)
