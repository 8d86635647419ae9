"""The very first visitor of a server comes by a link to a lesson."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from pages.components.path import LESSONS
from tests.browser.lab_page import LabPage


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("vanishing_exploding?ve_part=The+cliff", "Vanishing and exploding"),
        ("long_memory?lm_seeds=1&lm_updates=100", "Long memory"),
    ],
)
def test_a_fresh_server_knows_the_page_of_a_link(
    unvisited: str, new_visitor: Callable[..., LabPage], path: str, title: str
) -> None:
    page = new_visitor().page
    page.goto(f"{unvisited}/{path}")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(LESSONS))
    expect(page.get_by_role("dialog")).to_have_count(0)
