"""A teacher's link: what it fixes and hides, what it cannot have, and that it comes out as it went in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.reading import shown, words


def page() -> None:
    import streamlit as st

    from pages.components import teacher, widgets
    from pages.components.path import foot
    from pages.components.predict import predict

    teacher.begin("here")
    notices = st.container()
    widgets.section("The first part", "first")
    above = st.container()
    gain = widgets.slider("x_gain", "Gain", (0.5, 1.0, 2.0), 1.0, 0.1, 4.0, "how much", place=notices)
    seed = widgets.integer("x_seed", "Seed", 0, 99, 7, "where from", notices)
    kind = widgets.choice("x_kind", "Kind", {"tanh": "", "relu": ""}, "tanh", "which", place=notices)
    clip = widgets.choice("x_clip", "Clip", {"off": "", "norm": ""}, "norm", "how", menu=True, place=notices)
    flag = widgets.toggle("x_flag", "Show it", "or not", place=notices)
    text = widgets.text("x_text", "Words", "the artists", 20, "which words")
    widgets.examples({"Wide": {"x_gain": 2.0}, "Other": {"x_seed": 8}}, above)
    said = predict("x_guess", "Which?", {"a": "", "b": ""})
    st.session_state["got"] = (gain, seed, kind, clip, flag, text)
    st.session_state["said"] = said
    foot("long_memory", whole="unfinished" not in st.query_params)


KEYS = ("x_gain", "x_seed", "x_kind", "x_clip", "x_flag", "x_text")
DEFAULTS = (1.0, 7, "tanh", "norm", False, "the artists")
LINK = {"x_gain": "2", "x_seed": "3", "x_kind": "relu", "x_clip": "off", "x_flag": "true", "x_text": "a guide"}
VALUES = (2.0, 3, "relu", "off", True, "a guide")
EXAMPLES = {"Wide", "Other"}


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page)
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def controls(at: AppTest) -> dict[str, Any]:
    """Every control of the page that is drawn, by its key."""
    kinds = (at.select_slider, at.number_input, at.radio, at.selectbox, at.toggle, at.text_input)
    return {element.key: element for kind in kinds for element in kind if element.key in KEYS}


def with_box_open(at: AppTest) -> AppTest:
    at.session_state["teacher box long_memory"] = True
    return at.run()


def made(at: AppTest) -> dict[str, str]:
    """What the link in the box asks for."""
    return dict(parse_qsl(urlsplit(at.code[0].value).query, keep_blank_values=True))


def test_a_plain_link_fixes_and_hides_nothing() -> None:
    at = opened(**LINK)
    assert at.session_state["got"] == VALUES
    assert controls(at).keys() == set(KEYS)
    assert not any(control.disabled for control in controls(at).values())
    assert not at.warning
    assert "set by your teacher" not in "".join(control.label for control in controls(at).values())


@pytest.mark.parametrize("key", KEYS)
def test_a_fixed_control_stands_there_with_the_links_value_and_cannot_be_moved(key: str) -> None:
    at = opened(fixed=key, **LINK)
    assert at.session_state["got"] == VALUES
    found = controls(at)
    assert found.keys() == set(KEYS)
    assert {name for name in found if found[name].disabled} == {key}
    assert found[key].label.endswith("(set by your teacher)")
    assert not at.warning


@pytest.mark.parametrize("how", ["fixed", "hidden"])
def test_a_control_that_the_link_leaves_out_is_held_at_its_default(how: str) -> None:
    at = opened(**{how: ",".join(KEYS)})
    assert at.session_state["got"] == DEFAULTS
    assert [control.disabled for control in controls(at).values()] == ([True] * len(KEYS) if how == "fixed" else [])


@pytest.mark.parametrize("key", KEYS)
def test_a_hidden_control_is_not_drawn_and_the_links_value_counts(key: str) -> None:
    at = opened(hidden=key, **LINK)
    for _ in range(2):
        assert at.session_state["got"] == VALUES
        assert controls(at).keys() == set(KEYS) - {key}
        assert not at.warning
        at.run()


def test_what_is_hidden_and_fixed_is_hidden() -> None:
    at = opened(hidden="x_gain", fixed="x_gain,x_seed", **LINK)
    assert controls(at).keys() == set(KEYS) - {"x_gain"}
    assert at.session_state["got"] == VALUES
    assert made(with_box_open(at)) == LINK | {"hidden": "x_gain", "fixed": "x_seed"}


@pytest.mark.parametrize("how", ["hidden", "fixed"])
@pytest.mark.parametrize("text", ["banana", "1e999", "![x](http://a.b)"])
def test_a_bad_value_of_a_held_control_gets_a_sentence_and_the_default(how: str, text: str) -> None:
    held = {"x_gain": "Gain", "x_seed": "Seed", "x_kind": "Kind", "x_clip": "Clip", "x_flag": "Show it"}
    at = opened(**{how: ",".join(held)}, **dict.fromkeys(held, text))
    said = [shown(warning.value) for warning in at.warning]
    assert len(said) == len(held)
    for sentence, label in zip(said, held.values(), strict=True):
        assert sentence.startswith(f"{label} is “{text}” in the link; allowed: ")
    assert at.session_state["got"] == DEFAULTS


def test_a_hidden_text_is_cut_at_what_its_box_would_hold() -> None:
    assert opened(hidden="x_text", x_text="x" * 900).session_state["got"][-1] == "x" * 20


def test_an_example_that_would_move_what_is_set_cannot_be_pressed() -> None:
    for how in ("fixed", "hidden"):
        at = opened(**{how: "x_gain"})
        assert {button.label for button in at.button if button.disabled} == {"Wide"}
        next(button for button in at.button if button.label == "Other").click().run()
        assert at.session_state["got"] == (1.0, 8, *DEFAULTS[2:])


@pytest.mark.parametrize("how", ["fixed", "hidden"])
def test_names_of_no_control_get_a_sentence_and_the_others_still_count(how: str) -> None:
    at = opened(**{how: "x_gain,banana,<b>,x_gaim"})
    (warning,) = at.warning
    assert shown(warning.value) == (
        f"The link has “banana”, “<b>”, “x_gaim” among its {how} controls; there is no such control here."
    )
    assert "<b>" not in warning.value
    assert ("x_gain" in controls(at)) == (how == "fixed")


def test_many_and_long_names_make_one_short_sentence() -> None:
    at = opened(hidden=",".join(f"{k}{'y' * 900}" for k in range(99)))
    (warning,) = at.warning
    assert len(warning.value) < 400
    assert "and others" in warning.value


def test_a_page_that_is_not_complete_yet_calls_no_name_unknown() -> None:
    assert not opened(fixed="x_later", unfinished="").warning


def test_a_link_skips_predictions_or_is_told_how_to() -> None:
    assert opened().session_state["said"] is None
    at = opened(reveal="now")
    assert at.session_state["said"] == ""
    assert "Which?" not in words(at)
    at = opened(reveal="never")
    assert at.session_state["said"] is None
    assert "reveal is “never” in the link; allowed: now." in shown(at.warning[0].value)


def test_the_box_is_closed_and_empty_until_it_is_opened() -> None:
    at = opened()
    assert not at.code
    assert not at.multiselect
    at = with_box_open(at)
    assert at.session_state["got"] == DEFAULTS
    assert made(at) == {}


def test_a_link_made_with_clicks_opens_as_it_was_made() -> None:
    at = with_box_open(opened(moment="120", **LINK))
    fixed, hidden = at.multiselect
    assert list(fixed.options) == list(hidden.options) == ["Gain", "Seed", "Kind", "Clip", "Show it", "Words"]
    fixed.select("Gain").select("Words").run()
    assert list(at.multiselect[1].options) == ["Seed", "Kind", "Clip", "Show it"]
    at.multiselect[1].select("Kind").run()
    assert controls(at).keys() == set(KEYS)  # the teacher's own page stays as it is
    assert not any(control.disabled for control in controls(at).values())
    assert made(at) == LINK | {"moment": "120", "fixed": "x_gain,x_text", "hidden": "x_kind"}
    at.toggle(key="teacher reveal long_memory").set_value(True).run()
    at.selectbox(key="teacher at long_memory").select("The first part").run()
    assert at.code[0].value.endswith("#first")
    link = made(at)
    assert link["reveal"] == "now"
    other = opened(**link)
    assert other.session_state["got"] == VALUES
    assert other.session_state["said"] == ""
    assert controls(other).keys() == set(KEYS) - {"x_kind"}
    assert {key for key, control in controls(other).items() if control.disabled} == {"x_gain", "x_text"}
    assert made(with_box_open(other)) == link


def test_a_bad_name_does_not_get_into_the_next_link() -> None:
    at = with_box_open(opened(fixed="x_gain,banana", hidden="cherry", reveal="never"))
    assert made(at) == {"fixed": "x_gain"}


def test_who_comes_back_to_a_page_finds_what_the_link_had_set() -> None:
    at = opened(fixed="x_gain", hidden="x_seed", x_seed="5", reveal="now")
    at.query_params.clear()
    at.run()
    assert controls(at)["x_gain"].disabled
    assert "x_seed" not in controls(at)
    assert at.session_state["got"][1] == 5
    assert at.session_state["said"] == ""


def lab() -> None:
    import streamlit as st

    from pages.components import teacher
    from pages.lab.controls import config_from_sidebar, window_control

    teacher.begin("")
    st.session_state["config"], _ = config_from_sidebar()
    st.session_state["window shown"] = window_control(2000)


def lab_opened(**query: str) -> AppTest:
    at = AppTest.from_function(lab)
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def lab_controls(at: AppTest) -> dict[str, Any]:
    return {e.key: e for kind in (at.select_slider, at.number_input, at.selectbox) for e in kind if e.key != "preset"}


OF_LAB = {"clip_threshold": "0.5", "cell": "gru", "seed": "3", "updates": "200"}


@pytest.mark.parametrize("how", ["fixed", "hidden"])
def test_the_labs_controls_honour_the_link_too(how: str) -> None:
    every = set(lab_controls(lab_opened()))
    at = lab_opened(**{how: ",".join(OF_LAB)}, **OF_LAB)
    found = lab_controls(at)
    config = at.session_state["config"]
    assert (config.clip_threshold, config.cell, config.seed, config.updates) == (0.5, "gru", 3, 200)
    assert found.keys() == (every if how == "fixed" else every - OF_LAB.keys())
    assert {key for key in found if found[key].disabled} == (set(OF_LAB) if how == "fixed" else set())
    assert not at.warning


@pytest.mark.parametrize("how", ["fixed", "hidden"])
def test_a_preset_of_the_lab_moves_only_what_is_free(how: str) -> None:
    at = lab_opened(**{how: "clip_threshold"}, clip_threshold="0.5")
    at.selectbox(key="preset").select("standstill").run()
    config = at.session_state["config"]
    assert config.clip_threshold == 0.5
    assert not at.exception
    free = lab_opened()
    free.selectbox(key="preset").select("standstill").run()
    assert free.session_state["config"].clip_threshold != 0.5


@pytest.mark.parametrize("text", ["banana", "1e999", "-4"])
def test_a_bad_value_that_the_lab_hides_gets_a_sentence_and_the_default(text: str) -> None:
    at = lab_opened(hidden="clip_threshold,seed,cell", clip_threshold=text, seed=text, cell=text)
    assert len(at.warning) == 3
    assert at.session_state["config"] == lab_opened().session_state["config"]


def test_the_labs_window_can_be_hidden() -> None:
    assert lab_opened(hidden="window", window="first 100").session_state["window shown"] == 100
    assert lab_opened(hidden="window", window="banana").session_state["window shown"] is None


def linking() -> None:
    import streamlit as st

    from pages.components import teacher

    teacher.begin("here")
    teacher.note("x_gain", "Gain")
    st.session_state["made"] = teacher.link(["x_gain"], [], True, "", "?at=120&x_gain=9&fixed=x_seed&t=%2B1")


def test_what_only_the_browser_knows_gets_into_the_link_but_no_control_and_no_old_hold() -> None:
    at = AppTest.from_function(linking)
    for key, value in {"x_gain": "2", "at": "7", "hidden": "x_kind"}.items():
        at.query_params[key] = value
    found = at.run().session_state["made"]
    assert found == "?x_gain=2&at=120&t=%2B1&fixed=x_gain&reveal=now"
