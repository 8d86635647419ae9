"""The lessons' controls: what a link may ask of them, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.reading import shown


def page() -> None:
    import streamlit as st

    from pages.components import widgets

    notices = st.container()
    first, second = widgets.tabs("x_part", ("One", "Two things"), notices)
    with first:
        above = st.container()
        gain = widgets.slider("x_gain", "Gain γ", (0.5, 1.0, 2.0), 1.0, 0.1, 4.0, "how much", place=notices)
        steps = widgets.slider("x_steps", "Time steps", (1, 10, 100), 10, 1, 200, "how many", place=notices)
        seed = widgets.integer("x_seed", "Seed", 0, 99, 7, "where from", notices)
        widgets.examples({"Usual": {"x_gain": 1.0, "x_seed": 7}, "Odd": {"x_gain": 3.3, "x_seed": 8}}, above)
    with second:
        kind = widgets.choice("x_kind", "Kind", {"tanh": "bent", "relu": "kinked"}, "tanh", "which", place=notices)
        clip = widgets.choice("x_clip", "Clip", {"off": "", "norm": "shorter"}, "norm", "how", menu=True, place=notices)
        flag = widgets.toggle("x_flag", "Show it", "or not", place=notices)
    st.session_state["got"] = (gain, steps, seed, kind, clip, flag, first.open, second.open)


DEFAULTS = (1.0, 10, 7, "tanh", "norm", False, True, False)
KEYS = ("x_gain", "x_steps", "x_seed", "x_kind", "x_clip", "x_flag", "x_part")


def opened(**query: Any) -> AppTest:
    at = AppTest.from_function(page)
    for key, value in query.items():
        at.query_params[key] = str(value)
    return at.run()


def test_without_a_link_all_have_their_defaults_and_the_url_stays_empty() -> None:
    at = opened()
    assert not at.exception
    assert not at.warning
    assert at.session_state["got"] == DEFAULTS
    assert not at.query_params


LINK = {"x_gain": 2.0, "x_steps": 100, "x_seed": 3, "x_kind": "relu", "x_clip": "off", "x_flag": "true",
        "x_part": "Two things"}  # fmt: skip


def test_a_link_restores_all_of_them_whichever_tab_is_open() -> None:
    at = opened(**LINK)
    assert not at.warning
    assert at.session_state["got"] == (2.0, 100, 3, "relu", "off", True, False, True)
    assert at.run().session_state["got"] == (2.0, 100, 3, "relu", "off", True, False, True)
    assert set(at.query_params) == set(LINK)


@pytest.mark.parametrize(
    ("key", "text", "place", "value"),
    [
        ("x_gain", "0.123456789", 0, 0.123456789),
        ("x_gain", "2.00", 0, 2.0),
        ("x_gain", "1e-1", 0, 0.1),
        ("x_gain", "4", 0, 4.0),
        ("x_steps", "137", 1, 137),
        ("x_steps", "1", 1, 1),
        ("x_seed", "99", 2, 99),
    ],
)
def test_a_link_may_name_any_number_within_bounds_and_it_stays(key: str, text: str, place: int, value: Any) -> None:
    at = opened(**{key: text})
    assert not at.warning
    assert at.session_state["got"][place] == value
    assert at.query_params[key] in (text, [text])
    assert type(at.session_state["got"][place]) is type(DEFAULTS[place])
    at.toggle(key="x_flag").set_value(True).run()
    assert at.session_state["got"][place] == value


NONSENSE = ["banana", "nan", "1e999", "-inf", "-4", "", "9" * 5000, "<script>alert(1)</script>", "![x](http://a.b)"]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:10])
def test_nonsense_gives_one_short_sentence_each_and_the_defaults(text: str) -> None:
    at = opened(**dict.fromkeys(KEYS, text))
    assert not at.exception
    assert len({warning.value for warning in at.warning}) == len(KEYS)
    for warning in at.warning:
        assert f"is “{text[:40]}” in the link; allowed: " in shown(warning.value)
        assert shown(warning.value).endswith("The default is used instead.")
        assert "![x](" not in warning.value
        assert len(shown(warning.value)) < 200
    assert at.session_state["got"] == DEFAULTS
    assert not at.run().warning


@pytest.mark.parametrize(("key", "text"), [("x_gain", "4.0001"), ("x_gain", "0.0999"), ("x_steps", "201"),
                                           ("x_steps", "10.5"), ("x_seed", "100")])  # fmt: skip
def test_numbers_just_beyond_the_bounds_are_told_what_is_allowed(key: str, text: str) -> None:
    at = opened(**{key: text})
    (warning,) = at.warning
    assert " from " in shown(warning.value)
    assert at.session_state["got"] == DEFAULTS


def test_two_bad_values_get_a_sentence_each() -> None:
    assert len(opened(x_gain="banana", x_kind="cubic", x_seed="-1").warning) == 3


def test_the_seed_works_again_after_a_bad_link() -> None:
    at = opened(x_seed="1e999")
    at.query_params.pop("x_seed", None)
    at.number_input(key="x_seed").set_value(5).run()
    assert at.session_state["got"][2] == 5
    assert at.number_input(key="x_seed").proto.query_param_key == "x_seed"


MOVES: list[tuple[Callable[[AppTest], Any], int, Any]] = [
    (lambda at: at.select_slider(key="x_gain").set_value(0.5), 0, 0.5),
    (lambda at: at.select_slider(key="x_steps").set_value(1), 1, 1),
    (lambda at: at.number_input(key="x_seed").set_value(0), 2, 0),
    (lambda at: at.radio(key="x_kind").set_value("relu"), 3, "relu"),
    (lambda at: at.selectbox(key="x_clip").set_value("off"), 4, "off"),
    (lambda at: at.toggle(key="x_flag").set_value(True), 5, True),
]


@pytest.mark.parametrize(("move", "place", "value"), MOVES)
def test_each_control_changes_its_own_value_and_no_other(
    move: Callable[[AppTest], Any], place: int, value: Any
) -> None:
    at = opened()
    move(at).run()
    expected = list(DEFAULTS)
    expected[place] = value
    assert at.session_state["got"] == tuple(expected)


def test_an_example_sets_its_controls_and_stands_out_while_they_are_so() -> None:
    at = opened()
    assert [button.proto.type for button in at.button] == ["primary", "secondary"]
    at.button[1].click().run()
    assert at.session_state["got"][:3] == (3.3, 10, 8)
    assert [button.proto.type for button in at.button] == ["secondary", "primary"]
    at.number_input(key="x_seed").set_value(9).run()
    assert [button.proto.type for button in at.button] == ["secondary", "secondary"]


def test_a_number_that_an_example_sets_becomes_a_stop() -> None:
    at = opened()
    at.button[1].click().run()
    assert at.select_slider(key="x_gain").options == ["0.5", "1", "2", "3.3"]


def test_help_says_what_is_allowed_and_captions_are_shown() -> None:
    at = opened()
    assert at.select_slider(key="x_gain").proto.help == "how much; from 0.1 to 4"
    assert at.number_input(key="x_seed").proto.help == "where from; from 0 to 99"
    assert list(at.radio(key="x_kind").proto.captions) == ["bent", "kinked"]
    assert at.selectbox(key="x_clip").proto.help == "how\n\n- norm: shorter"
