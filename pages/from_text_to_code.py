"""From text to code: a first attempt at the class, its faults one by one, and the class that is left."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.from_text_to_code import sentences, texts
from pages.lessons.from_text_to_code.controls import size_controls
from pages.lessons.from_text_to_code.parts.forty_lines import forty_lines
from pages.lessons.from_text_to_code.parts.mending import mending
from pages.lessons.from_text_to_code.parts.one_fault import one_fault


def page() -> None:
    """The page, from top to bottom."""
    st.title("From text to code")
    st.markdown(texts.lead)
    settings = size_controls()
    st.markdown(sentences.task_sentence(settings))

    widgets.section("One fault at a time")
    one_fault(settings)

    widgets.section("Mend them one after another")
    mending(settings)

    widgets.section("The class in forty lines")
    forty_lines(settings)
    foot("from_text_to_code")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
