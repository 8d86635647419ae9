"""The app without a browser: one pool of processes for all tests, ended with them."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import spawn
from typing import Any

import pytest

from pages.components.jobs import waiting


@pytest.fixture(scope="session", autouse=True)
def _one_pool() -> Iterator[None]:
    """Its processes leave the main program alone: in `AppTest` that is the page, which would ask them for training."""
    prepared = spawn.get_preparation_data

    def without_main(name: str) -> dict[str, Any]:
        return {key: value for key, value in prepared(name).items() if not key.startswith("init_main")}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spawn, "get_preparation_data", without_main)
        yield
        waiting.pool()._executor.shutdown(cancel_futures=True)
