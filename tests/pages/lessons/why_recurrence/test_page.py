"""The page "Why recurrence?" end to end, without a browser: predict, then what three trained networks say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.jobs.job import TrainingError
from pages.lessons.why_recurrence import networks as of_page
from pages.lessons.why_recurrence import texts
from pages.lessons.why_recurrence.controls import DEFAULT, EXAMPLES
from pages.lessons.why_recurrence.networks import Networks, _networks
from pages.lessons.why_recurrence.parts.longer import ASKED_LENGTH
from pages.lessons.why_recurrence.parts.sharing import READ_WORDS
from pages.lessons.why_recurrence.results import LONG_OVER_SEEDS, MOVED_OVER_SEEDS
from rnn_core.experiments.why_recurrence import KINDS, LENGTHS, OPENINGS, SHIFTS, SLOTS, config_of, p_verb, trained
from rnn_core.models.feedforward import by_position
from rnn_core.tasks import homograph
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words

FIRST, EVERYWHERE = OPENINGS
PREDICTIONS = ("wr_moved", "wr_longer")
REVEALED = ("wr_meanings", "wr_moved_meanings", "wr_shifts", "wr_bars", "wr_long_meanings", "wr_lengths", "wr_cosines")


@pytest.fixture(scope="module")
def networks() -> Networks:
    """Those that the page keeps."""
    return _networks(0, FIRST)


@pytest.fixture(scope="module")
def everywhere() -> Networks:
    return _networks(0, EVERYWHERE)


def opened(shown: bool = True, **query: Any) -> AppTest:
    at = page_of("why_recurrence")
    for key, value in query.items():
        at.query_params[key] = str(value)
    at.run()
    for key in PREDICTIONS if shown else ():
        at.button(key=f"{key}_show").click().run()
    assert not at.exception
    assert not at.error
    return at


def charts(at: AppTest) -> list[str]:
    return [chart.proto.id.rsplit("-", 1)[-1] for chart in at.get("plotly_chart")]


def chart(at: AppTest, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[charts(at).index(name)].proto.spec)
    return found


def marks(at: AppTest, name: str) -> list[float]:
    """The probability of a verb that each network's mark stands at."""
    return [float(_decoded(trace["x"])[-1]) for trace in chart(at, name)["data"]]


def expected(networks: Networks, words: tuple[str, ...], cut: str = "end") -> list[float]:
    return [p_verb(kind, networks[kind].params, words, cut) for kind in KINDS]


def lines(at: AppTest, name: str) -> list[list[float]]:
    return [np.asarray(_decoded(trace["y"]), float).tolist() for trace in chart(at, name)["data"]]


def test_before_the_predictions_one_sentence_is_shown_and_nothing_that_gives_them_away(networks: Networks) -> None:
    at = opened(shown=False)
    assert charts(at) == ["wr_meanings"]
    assert "Predict first" in words(at)
    for given_away in (
        texts.filled("moved_over_seeds", **MOVED_OVER_SEEDS),
        texts.filled("long_over_seeds", **LONG_OVER_SEEDS),
        "What the others can do",
        "Answer:",
        texts.filled("sharing", slots=SLOTS),
    ):
        assert given_away not in words(at)
    assert marks(at, "wr_meanings") == pytest.approx(expected(networks, homograph.read(DEFAULT).words))
    assert "“lie”" in chart(at, "wr_meanings")["layout"]["xaxis"]["title"]["text"]


def test_a_committed_answer_is_judged_by_the_visitors_own_networks(networks: Networks) -> None:
    at = opened(shown=False)
    at.radio(key="wr_moved_options").set_value("fixed positions").run()
    at.button(key="wr_moved_commit").click().run()
    assert "You said fixed positions; it is RNN" in words(at)
    assert f"fixed positions {networks['fixed'].order_tells[4]:.0%}, RNN {networks['rnn'].order_tells[4]:.0%}" in words(
        at
    )
    assert charts(at) == ["wr_meanings", "wr_moved_meanings", "wr_shifts", "wr_bars", "wr_cosines"]


def test_all_pictures_show_the_numbers_of_the_core(networks: Networks) -> None:
    at = opened()
    assert charts(at) == list(REVEALED)
    own = trained("rnn", config_of("rnn", 0), FIRST)
    assert own.order_tells == networks["rnn"].order_tells
    assert lines(at, "wr_shifts") == [pytest.approx(networks[kind].order_tells) for kind in KINDS]
    assert lines(at, "wr_lengths") == [pytest.approx(networks[kind].lengths["after", "end"]) for kind in KINDS]


@pytest.mark.parametrize("before", [0, 3, SHIFTS[-1]])
def test_the_sentence_moves_by_so_many_words(networks: Networks, before: int) -> None:
    at = opened(wr_before=before, wr_sentence="Doctor asked him to lie down")
    sentence = homograph.stretched(["doctor", "asked", "him", "to", "lie", "down"], before, 0)
    assert marks(at, "wr_moved_meanings") == pytest.approx(expected(networks, sentence))
    assert " ".join(sentence).replace("lie", "**lie**") in words(at)


@pytest.mark.parametrize("grows", ["before", "after"])
@pytest.mark.parametrize("cut", ["end", "front"])
def test_the_sentence_grows_and_fixed_positions_lose_what_is_cut(networks: Networks, grows: str, cut: str) -> None:
    at = opened(wr_added=10, wr_grows=grows, wr_cut=cut)
    added = {"before": (10, 0), "after": (0, 10)}[grows]
    sentence = homograph.stretched(homograph.read(DEFAULT).words, *added)
    assert marks(at, "wr_long_meanings") == pytest.approx(expected(networks, sentence, cut))
    assert lines(at, "wr_lengths") == [pytest.approx(networks[kind].lengths[grows, cut]) for kind in KINDS]
    assert "16 words, 4 too many" in words(at)


@pytest.mark.parametrize("word", READ_WORDS)
def test_how_positions_read_a_word_is_a_picture_of_the_fixed_networks_own_blocks(networks: Networks, word: str) -> None:
    at = opened(wr_word=word)
    parts = by_position(networks["fixed"].params, homograph.TOKEN[word])
    z = np.array(_decoded(chart(at, "wr_cosines")["data"][0]["z"]))
    for s, t in ((0, 1), (3, 7), (11, 2)):
        norms = np.linalg.norm(parts[s]) * np.linalg.norm(parts[t])
        assert z.reshape(SLOTS, SLOTS)[s, t] == pytest.approx(parts[s] @ parts[t] / norms, abs=1e-5)


def test_training_at_all_positions_changes_the_answer(everywhere: Networks) -> None:
    at = opened(wr_everywhere="true")
    assert "fixed positions and RNN" in words(at)
    assert lines(at, "wr_shifts") == [pytest.approx(everywhere[kind].order_tells) for kind in KINDS]


def test_the_examples_are_the_articles_sentences_and_a_pair(networks: Networks) -> None:
    at = opened(shown=False)
    for label, sentence in EXAMPLES.items():
        at.button(key=f"example {label} wr_sentence").click().run()
        read = homograph.read(sentence)
        assert marks(at, "wr_meanings") == pytest.approx(expected(networks, read.words))
        assert "✓" in words(at)


@pytest.mark.parametrize("text", ["", "they asked the judge", "they asked [the](x) unicorn to lie", "walk to lie"])
def test_a_sentence_that_cannot_be_read_is_answered_and_the_default_is_read(networks: Networks, text: str) -> None:
    at = opened(shown=False, wr_sentence=text)
    assert "This cannot be read" in at.warning[0].value
    assert marks(at, "wr_meanings") == pytest.approx(expected(networks, homograph.read(DEFAULT).words))


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("wr_before", "6", "a whole number from 0 to 5"),
        ("wr_added", "99", "a whole number from 0 to 24"),
        ("wr_grows", "up", "one of before, after"),
        ("wr_cut", "middle", "one of end, front"),
        ("wr_everywhere", "maybe", "true or false"),
    ],
)
def test_a_link_that_asks_for_what_there_is_not_gets_a_sentence(
    networks: Networks, key: str, value: str, allowed: str
) -> None:
    at = opened(shown=False, **{key: value})
    assert any(allowed in warning.value.replace("\\", "") for warning in at.warning)


def test_defaults_that_stand_in_links_stay(networks: Networks) -> None:
    at = opened()
    assert at.text_input(key="wr_sentence").value == "They asked the judge to lie."
    assert at.select_slider(key="wr_before").value == 4
    assert at.select_slider(key="wr_added").value == 14
    assert [at.radio(key=key).value for key in ("wr_grows", "wr_cut")] == ["after", "end"]
    assert at.number_input(key="wr_seed").value == 0
    assert not at.toggle(key="wr_everywhere").value
    assert ASKED_LENGTH in LENGTHS


def test_training_that_fails_is_told_in_a_sentence_and_the_way_on_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(seed: int, openings: str) -> Networks:
        raise TrainingError("a training process ended unexpectedly")

    monkeypatch.setattr(of_page, "_networks", fail)
    at = page_of("why_recurrence").run()
    assert not at.exception
    assert at.error[0].value == "Training failed: a training process ended unexpectedly."
    assert not charts(at)
    assert "Lesson 1 of" in words(at)


def test_the_text_on_sharing_names_the_last_position() -> None:
    superscript = str(SLOTS).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert f"W₁⁽{superscript}⁾" in texts.filled("sharing", slots=SLOTS)
