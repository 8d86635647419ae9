"""Tagging and writing on the page on five kinds: type, predict, see."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.five_kinds.parts import digits
from rnn_core.experiments.bottleneck import BASE
from rnn_core.experiments.kinds import KINDS

from .test_page import opened, text

EQUAL, UNEQUAL = "many-to-many-equal", "many-to-many-unequal"
TABS = {EQUAL: "Many to many, equal", UNEQUAL: "Many to many, unequal"}


@pytest.fixture(autouse=True)
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's networks after fewer updates."""
    for name, updates in ((EQUAL, 150), (UNEQUAL, 60)):
        kind = KINDS[name]
        monkeypatch.setitem(KINDS, name, kind._replace(config=kind.config.replace(updates=updates)))
    monkeypatch.setattr(digits, "BASE", BASE.replace(updates=60))


def page(name: str, **query: str) -> AppTest:
    at = opened(TABS[name], fk_seed=3, **query)
    assert not at.exception
    return at


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def test_a_sentence_is_tagged_and_the_gradient_waits_for_the_prediction() -> None:
    at = page(EQUAL, fk_tagged="They guide plans")
    assert "On their words that can be two things: **" in text(at)
    assert "of these right." in text(at)
    assert "is wrong at “guide”" in text(at)
    assert charts(at) == 2
    assert "has a loss one product away" not in text(at)
    at.radio(key="fk_many_to_many_equal_way_options").set_value("in between").run()
    at.button(key="fk_many_to_many_equal_way_commit").click().run()
    assert not at.exception
    assert charts(at) == 4
    assert "On your sentence, every state has a loss one product away." in text(at)
    assert "The loss is read at all 14 time steps" in text(at)


@pytest.mark.parametrize(
    ("name", "key", "typed", "told"),
    [
        (EQUAL, "fk_tagged", "the <b>xylophone</b>", "does not know the word"),
        (UNEQUAL, "fk_date", "3/4/2024", "has never read"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_the_default(name: str, key: str, typed: str, told: str) -> None:
    at = page(name, **{key: typed})
    (warning,) = at.warning
    assert told in warning.value
    assert "is read instead" in warning.value
    assert charts(at) == 2


def test_a_date_is_written_and_both_ways_of_reading_are_measured() -> None:
    at = page(UNEQUAL, fk_date="September 3, 1950")
    assert "It reads “sep 3\\, 1950”. It writes **" in text(at)
    assert "a beam of width 1" in text(at)
    assert "On 300 days that it was never trained on" in text(at)
    assert charts(at) == 2
    at.button(key="fk_many_to_many_unequal_way_show").click().run()
    assert not at.exception
    assert charts(at) == 4
    assert "the states $h_1$ to $h_{11}$ have no loss of their own: what comes straight from a loss is 0" in text(at)
    assert "from 11 losses at once" in text(at)
    assert "**Through the encoder**, where no loss is read, it goes from " in text(at)
    assert " at $h_{10}$ to " in text(at)
    at.text_input(key="fk_date").set_value("31 feb 2024").run()
    assert "This input has no right answer" in text(at)
    assert not at.exception


def test_digits_are_written_by_both_sizes_and_what_they_forget_waits_for_the_prediction() -> None:
    at = page(UNEQUAL, fk_writes="digits", fk_digits="123", fk_digits_n="4")
    assert "**With 16 hidden units.** It writes **" in text(at)
    assert "**With 64 hidden units.** It writes **" in text(at)
    assert charts(at) == 1
    at.button(key="fk_digits_far_show").click().run()
    assert not at.exception
    assert charts(at) == 3
    assert "**Where in the answer, with 4 digits?**" in text(at)
    assert "**H = 16:** " in text(at)
    at.text_input(key="fk_digits").set_value("12x").run()
    assert "“x”" in at.warning[0].value.replace("\\", "")
    assert "trained on the same batches: 2 to 8 digits" in text(at)
