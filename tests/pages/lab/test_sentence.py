"""The sentence box, the minimal pair, what the player is sent, and the charts of one moment."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.player.wire import pack
from rnn_core.config import Config
from rnn_core.diagnostics import probe, snapshot_at, twin
from rnn_core.recording import train
from rnn_core.tasks import reading
from rnn_core.types import Record
from tests.pages.players import player_data_of
from tests.pages.reading import CHARTS, STATES, assert_alive, chart, charts, heatmaps, opened, played, words

CONFIG = Config(updates=100, hidden_size=8, clip_threshold=0.05)
LINK = {"clip_threshold": 0.05}


@pytest.fixture
def at() -> AppTest:
    return opened(**LINK, charts="true")


@pytest.fixture(scope="module")
def twins() -> tuple[Record, Record]:
    return train(twin(CONFIG)), train(CONFIG)


def type_in(at: AppTest, text: str) -> AppTest:
    return at.text_input(key="sentence").set_value(text).run()


def labels(at: AppTest) -> list[str]:
    """The words on the axis of the hidden states."""
    layout = chart(at, "hidden_maps_a")["layout"]
    names = next(
        axis["labelalias"] for name, axis in layout.items() if name.startswith("xaxis") and "labelalias" in axis
    )
    return [names[str(t)] for t in range(1, len(names))]


def assert_a_sentence_instead_of_the_chart(at: AppTest, *needed: str) -> None:
    assert not at.exception
    (error,) = at.error
    for text in needed:
        assert text in error.value
    assert {*charts(at)} == {*CHARTS}
    assert not at.get("bidi_component")


def test_the_articles_sentence_stands_there_and_its_hint_is_named(at: AppTest) -> None:
    assert at.text_input(key="sentence").value == reading.ARTICLE
    assert labels(at) == list(reading.read(reading.ARTICLE).words)
    assert "“their”" in words(at)
    assert "“were from India”" in words(at)
    next(button for button in at.button if "without" in button.label).click().run()
    assert at.text_input(key="sentence").value == reading.ARTICLE_WITHOUT_THEIR
    assert labels(at) == list(reading.read(reading.ARTICLE_WITHOUT_THEIR).words)
    next(button for button in at.button if "article" in button.label).click().run()
    assert at.text_input(key="sentence").value == reading.ARTICLE


def test_both_twins_read_a_typed_sentence(at: AppTest, twins: tuple[Record, Record]) -> None:
    type_in(at, "The pilots near the doctor who waited")
    assert_alive(at)
    read = reading.read("the pilots near the doctor who waited")
    assert labels(at) == list(read.words)
    answers = next(text.value for text in at.markdown if "says" in text.value)
    assert answers.startswith("In the end, A says **")
    for states, record in zip(heatmaps(at, *STATES), twins, strict=True):
        found = probe(record, read.tokens, -1)
        np.testing.assert_array_equal(states["z"], found.h.T)
        assert f"**{('was', 'were')[int(found.p[-1].argmax())]}**" in answers
        assert f"{found.p[-1].max():.3f}" in answers
    assert "7 words" in words(at)
    assert "14" in words(at)


def test_the_minimal_pair_flips_the_chosen_noun(at: AppTest, twins: tuple[Record, Record]) -> None:
    type_in(at, "the artists near the doctor")
    at.toggle(key="pair").set_value(True).run()
    assert_alive(at)
    assert at.selectbox(key="noun").options == ["artists (word 2)", "doctor (word 5)"]
    sentence = reading.read("the artists near the doctor")
    for noun, pair in (
        ("artists (word 2)", "the artist near the doctor"),
        ("doctor (word 5)", "the artists near the doctors"),
    ):
        at.selectbox(key="noun").set_value(noun).run()
        shown = heatmaps(at, *STATES)
        differences = [trace["z"] for trace in shown if trace["zmax"] == 2]
        for difference, record in zip(differences, twins, strict=True):
            h = probe(record, sentence.tokens, -1).h - probe(record, reading.read(pair).tokens, -1).h
            np.testing.assert_array_equal(difference, h.T)
    at.toggle(key="pair").set_value(False).run()
    assert_alive(at)
    assert len(heatmaps(at, *STATES)) == 2


def test_the_pair_survives_another_sentence_without_that_noun(at: AppTest) -> None:
    at.toggle(key="pair").set_value(True).run()
    at.selectbox(key="noun").set_value(at.selectbox(key="noun").options[1]).run()
    type_in(at, "near the pilot the singers")
    assert_alive(at)
    assert len(heatmaps(at, *STATES)) == 4
    type_in(at, "who waited")
    assert_alive(at)
    assert "no noun" in words(at)
    type_in(at, "the guides")
    assert at.selectbox(key="noun").options == ["guides (word 2)"]
    assert_alive(at)


def test_a_link_opens_the_pair_at_its_noun_and_its_update() -> None:
    query = {"sentence": "the artists near the doctor", "pair": "true", "noun": "doctor (word 5)", "charts": "true"}
    page = opened(**LINK, **query, at=50)
    assert_alive(page)
    assert page.toggle(key="pair").value is True
    assert page.selectbox(key="noun").value == "doctor (word 5)"
    assert page.toggle(key="charts").value is True
    assert "after 50 updates" in words(page)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("?!…", "empty"),
        ("the artsts waited", "artists"),
        ("the wug waited", "“wug”"),
        ("were the artists", "starts with its verb"),
        ("the artist " * 60, f"{reading.LONGEST}"),
        ("x" * 10_000, "x" * 40),
    ],
    ids=lambda text: text[:12],
)
def test_what_cannot_be_read_gets_a_sentence_and_the_page_goes_on(at: AppTest, text: str, needed: str) -> None:
    type_in(at, text)
    assert_a_sentence_instead_of_the_chart(at, needed)
    assert len(at.error[0].value) < 250
    type_in(at, reading.ARTICLE)
    assert_alive(at)


@pytest.mark.parametrize("text", ["", "wug", "the " * 3000, "x" * 10_000], ids=lambda text: text[:8])
def test_such_a_sentence_in_a_link_leaves_the_page_alive(text: str) -> None:
    page = opened(sentence=text)
    assert not page.exception
    assert page.error or {*charts(page)} == {*CHARTS}


def test_markup_in_a_sentence_is_never_html(at: AppTest) -> None:
    for text in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[artists](javascript:alert(1))"):
        type_in(at, text)
        assert_a_sentence_instead_of_the_chart(at)
        assert "<" not in at.error[0].value
    assert not any(text.allow_html for text in at.markdown)


@pytest.mark.parametrize(("asked", "update"), [("0", 0), ("37", 37), ("2000", 100), ("banana", 100), ("-1", 100)])
def test_the_charts_show_the_moment_of_the_link(twins: tuple[Record, Record], asked: str, update: int) -> None:
    page = opened(**LINK, charts="true", at=asked)
    assert_alive(page)
    tokens = reading.read(reading.ARTICLE).tokens
    for states, record in zip(heatmaps(page, *STATES), twins, strict=True):
        snapshot = snapshot_at(record, update)
        np.testing.assert_array_equal(states["z"], probe(record, tokens, snapshot).h.T)
        assert f"after {record.probe_updates[snapshot]:,} updates" in words(page)


def test_the_player_is_sent_the_data_of_the_sentence(at: AppTest, twins: tuple[Record, Record]) -> None:
    read = reading.read("the pilots near the doctor who waited")
    assert pack(player_data_of(*twins, read)) == at_bytes(type_in(at, " ".join(read.words)))
    assert played(at)["words"] == list(read.words)


def test_the_player_is_sent_the_difference_to_the_pair(at: AppTest, twins: tuple[Record, Record]) -> None:
    read = reading.read("the artists near the doctor")
    type_in(at, "the artists near the doctor")
    at.toggle(key="pair").set_value(True).run()
    pair = reading.flip(read, 1)
    assert played(at)["pair"] == list(pair.words)
    assert at_bytes(at) == pack(player_data_of(*twins, read, pair))


def test_the_player_keeps_its_place_on_the_page_over_reruns(at: AppTest) -> None:
    before = at.get("bidi_component")[0].proto.id
    type_in(at, "the pilots near the doctor")
    assert at.get("bidi_component")[0].proto.id == before


def at_bytes(at: AppTest) -> bytes:
    return bytes(at.get("bidi_component")[0].proto.bytes)


def test_the_other_number_of_the_first_noun_is_answered_without_asking() -> None:
    text = " ".join(markdown.value for markdown in opened().markdown)
    assert "With “artist” instead of “artists”, A says **" in text
    assert "; B says **" in text


def test_the_noun_that_was_chosen_is_answered_in_its_other_number(at: AppTest) -> None:
    type_in(at, "the artists near the doctor")
    at.toggle(key="pair").set_value(True).run()
    at.selectbox(key="noun").set_value("doctor (word 5)").run()
    assert "With “doctors” instead of “doctor”, A says **" in words(at)
