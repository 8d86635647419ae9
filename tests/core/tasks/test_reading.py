"""Sentences that people type: cut before the verb, read word for word, or answered with what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core.config import Config
from rnn_core.tasks import TASKS
from rnn_core.tasks.agreement import ANSWERS, NUMBER, PLURAL, PLURAL_PROBE, SINGULAR, SINGULAR_PROBE, TOKEN, VOCABULARY
from rnn_core.tasks.reading import ARTICLE, ARTICLE_WITHOUT_THEIR, LONGEST, Reading, flip, read

READ = "the artists who performed yesterday had a lot of achievements in their name and"


def lowered(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def rejected(text: str) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - each caller looks at the message
        read(text)
    return str(caught.value)


def test_the_article_s_sentence_is_read_up_to_its_verb() -> None:
    reading = read(ARTICLE)
    assert " ".join(reading.words) == READ
    assert reading.rest == ("were", "from", "India")
    assert [reading.words[i] for i in reading.nouns] == ["artists", "achievements", "name"]
    assert [VOCABULARY[token] for token in reading.tokens] == list(reading.words)
    np.testing.assert_array_equal(TASKS["agreement"].probe(Config()), reading.tokens)


def test_every_word_of_the_article_s_sentence_is_in_the_vocabulary() -> None:
    assert set(ARTICLE.lower().rstrip(".").split()) <= set(VOCABULARY)


def test_the_variant_differs_in_their_alone() -> None:
    changed = [(a, b) for a, b in zip(read(ARTICLE).words, read(ARTICLE_WITHOUT_THEIR).words, strict=True) if a != b]
    assert changed == [("their", "the")]


@pytest.mark.parametrize(
    "text",
    [
        f"{READ} were from India.",
        f"  {READ.upper()}   WERE\tfrom\nIndia !!! ",
        f"“{READ.replace(' and', ', and')} — were… from (India)?”",
        f"{READ.replace(' ', '_')}_were_from_india",
    ],
)
def test_capitals_spaces_and_punctuation_do_not_matter(text: str) -> None:
    reading, plain = read(text), read(ARTICLE)
    assert (reading.words, lowered(reading.rest), reading.nouns) == (plain.words, lowered(plain.rest), plain.nouns)


def test_the_sentence_is_cut_at_its_last_was_or_were() -> None:
    reading = read("the artists that were near the pilot was and were early")
    assert " ".join(reading.words) == "the artists that were near the pilot was and"
    assert reading.rest == ("were", "early")


def test_without_a_verb_all_of_it_is_read() -> None:
    reading = read("the artists who performed")
    assert reading.words == ("the", "artists", "who", "performed")
    assert reading.rest == ()


@pytest.mark.parametrize("text", ["", "   \n\t", "...", "—!?", "_", "🙂", "\u200b", " " * 10_000])
def test_nothing_to_read_is_said(text: str) -> None:
    assert "empty" in rejected(text)


@pytest.mark.parametrize(("text", "verb"), [("was", "was"), ("Were the artists near the pilot", "were")])
def test_a_verb_without_a_subject_before_it_is_said(text: str, verb: str) -> None:
    assert f"starts with its verb “{verb}”" in rejected(text)


def test_the_longest_sentence_is_read_and_one_word_more_is_not() -> None:
    assert len(read("the artists " * (LONGEST // 2)).words) == LONGEST
    assert str(LONGEST) in rejected("the artists " * (LONGEST // 2) + "and")
    assert str(LONGEST) in rejected("the " * 1_000_000)


def test_no_word_is_lost_behind_much_empty_space() -> None:
    assert read(" " * 100_000 + "the artists" + "\n" * 100_000 + "were").words == ("the", "artists")


@pytest.mark.parametrize(
    ("word", "near"), [("artistes", "artists"), ("Achievment", "achievement"), ("preformed", "performed")]
)
def test_an_unknown_word_is_named_with_near_matches(word: str, near: str) -> None:
    message = rejected(f"the {word} who stayed were")
    assert f"“{word.lower()}”" in message
    assert near in message


@pytest.mark.parametrize("word", ["xylophon", "42", "κόσμος", "人工知能", "doesn't", "well-known"])
def test_an_unknown_word_without_near_matches_is_named_too(word: str) -> None:
    message = rejected(f"the {word} waited")
    assert f"“{word}”" in message


def test_a_very_long_word_is_shortened_in_the_message() -> None:
    assert len(rejected("the " + "a" * 1_000_000)) < 200


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "the <b>artists</b> were", "&lt;artists&gt;", "{{artists}} ${name}"]
)
def test_markup_is_read_as_words_and_never_repeated_as_markup(text: str) -> None:
    try:
        said = " ".join(read(text).words)
    except ValueError as error:
        said = str(error)
    assert not set("<>&{}$") & set(said)


@pytest.mark.parametrize("noun", range(len(SINGULAR)))
def test_flip_changes_one_noun_s_number_and_nothing_else(noun: int) -> None:
    reading = read(f"the {SINGULAR[noun]} who stayed with the pilots and was early")
    flipped = flip(reading, 1)
    assert flipped.words == ("the", PLURAL[noun], *reading.words[2:])
    assert flipped.tokens.tolist() == [TOKEN[word] for word in flipped.words]
    assert (flipped.rest, flipped.nouns) == (reading.rest, reading.nouns)
    assert reading.words[1] == SINGULAR[noun]


def same(a: Reading, b: Reading) -> bool:
    return (a.words, a.rest, a.nouns, a.tokens.tolist()) == (b.words, b.rest, b.nouns, b.tokens.tolist())


known_words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=LONGEST)


@given(known_words)
def test_known_words_are_read_or_only_the_verb_s_place_is_wrong(words: list[str]) -> None:
    verbs = [i for i, word in enumerate(words) if word in ANSWERS]
    if verbs and verbs[-1] == 0:
        assert "starts with its verb" in rejected(" ".join(words))
        return
    reading = read(" ".join(words))
    assert [*reading.words, *reading.rest] == words
    assert len(reading.words) == (verbs[-1] if verbs else len(words))
    assert same(read(" ".join(reading.words + reading.rest)), reading)
    assert list(reading.nouns) == [i for i, word in enumerate(reading.words) if NUMBER[TOKEN[word]]]
    for position in reading.nouns:
        flipped = flip(reading, position)
        assert NUMBER[flipped.tokens[position]] == -NUMBER[reading.tokens[position]]
        assert same(flip(flipped, position), reading)


@given(st.text() | st.lists(st.sampled_from([*VOCABULARY, " ", "<", "İ", "ß", "\x00", "’"])).map("".join))
def test_any_text_is_read_or_answered_with_a_value_error(text: str) -> None:
    try:
        reading = read(text)
    except ValueError:
        return
    assert 1 <= len(reading.words) == len(reading.tokens) <= LONGEST
    assert {*reading.words, *lowered(reading.rest)} <= set(VOCABULARY)


def test_the_articles_sentence_and_its_singular_are_the_probe_of_every_run() -> None:
    article = read(ARTICLE)
    np.testing.assert_array_equal(article.tokens, PLURAL_PROBE)
    np.testing.assert_array_equal(flip(article, article.nouns[0]).tokens, SINGULAR_PROBE)
