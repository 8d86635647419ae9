"""Predict, then reveal: three states, and what is said about the answer."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.components.predict import predict, reveal

    right = st.selectbox("right", ["128", "127"], key="right")
    said = predict("x_guess", "At which power?", {"127": "", "128": "", "1024": ""})
    st.session_state["got"] = said
    if said is not None:
        st.markdown("the picture")
        reveal("x_guess", said, right, "Because $2^{128}$ is too large.")


def opened() -> AppTest:
    at = AppTest.from_function(page).run()
    assert not at.exception
    return at


def text(at: AppTest) -> str:
    return "\n".join(element.value for element in at.markdown)


def committed(answer: str) -> AppTest:
    at = opened()
    at.radio(key="x_guess_options").set_value(answer).run()
    assert at.session_state["got"] is None
    return at.button(key="x_guess_commit").click().run()


def test_until_the_visitor_commits_the_question_stands_there_and_nothing_below_it() -> None:
    at = opened()
    assert at.session_state["got"] is None
    assert "At which power?" in text(at)
    assert "the picture" not in text(at)
    assert at.radio(key="x_guess_options").value is None


def test_commit_without_an_answer_asks_for_one() -> None:
    at = opened()
    at.button(key="x_guess_commit").click().run()
    assert at.session_state["got"] is None
    assert at.caption[0].value == "Choose an answer first."
    assert "At which power?" in text(at)


def test_a_right_answer_is_called_right_with_its_reason() -> None:
    at = committed("128")
    assert at.session_state["got"] == "128"
    assert "the picture" in text(at)
    assert "Right: 128" in text(at)
    assert "Because $2^{128}$" in text(at)
    assert "At which power?" not in text(at)


def test_a_wrong_answer_hears_what_is_right_and_why() -> None:
    at = committed("1024")
    assert "You said 1024; it is 128" in text(at)
    assert "Because $2^{128}$" in text(at)


def test_just_show_me_is_one_click_and_judges_nobody() -> None:
    at = opened()
    at.button(key="x_guess_show").click().run()
    assert at.session_state["got"] == ""
    assert "the picture" in text(at)
    assert "**Answer: 128.** Because" in text(at)
    assert "You said" not in text(at)
    assert "Right" not in text(at)


def test_an_answer_is_not_judged_by_settings_that_came_after_it() -> None:
    at = committed("128")
    at.selectbox(key="right").set_value("127").run()
    assert "Answer now: 127" in text(at)
    assert "You said 128 when the answer was 128" in text(at)
    assert "it is" not in text(at)


def test_ask_me_again_forgets_the_answer_and_judges_the_next_by_what_is_right_now() -> None:
    at = committed("128")
    at.selectbox(key="right").set_value("127").run()
    at.button(key="x_guess_again").click().run()
    assert at.session_state["got"] is None
    at.radio(key="x_guess_options").set_value("127").run()
    at.button(key="x_guess_commit").click().run()
    assert "Right: 127" in text(at)
