"""Opening one page without a browser, and without the frame around it."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

FOREVER = 600
"""Seconds that no test waits in vain."""


def page_of(name: str, **query: Any) -> AppTest:
    """A page behind a link, before its first run.

    Parameters
    ----------
    name : of its module in `pages`
    query : what its address asks for
    """
    at = AppTest.from_string(f"from pages.{name} import page\n\npage()\n", default_timeout=FOREVER)
    for key, value in query.items():
        at.query_params[key] = str(value)
    return at
