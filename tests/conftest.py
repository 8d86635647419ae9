"""In CI every test must run: a skipped one fails, since nobody reads its reason there."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _allowed((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A whole file may ask to be skipped."""
    return _allowed((yield))


def _allowed(report: Report) -> Report:
    """The report itself, or that of a failure. It is changed where it is made, so that it holds for every worker."""
    expected = hasattr(report, "wasxfail")  # pytest counts an expected failure as skipped, too
    if os.environ.get("CI") and report.skipped and not expected:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report
