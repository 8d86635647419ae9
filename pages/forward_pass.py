"""Forward pass: the network unrolled over the visitor's sentence, word by word and number by number."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.forward_pass import parts, texts
from pages.lessons.forward_pass.controls import small_controls


def page() -> None:
    """The page, from top to bottom."""
    st.title("Forward pass")
    st.markdown(texts.LEAD)

    widgets.section("Word by word")
    with st.container():
        small = small_controls()
    parts.word_by_word(small)

    widgets.section("A word is a row of W_xh")
    parts.embedding(small)

    widgets.section("Take the past away")
    parts.no_past(small)

    widgets.section("Why tanh?")
    parts.why_tanh(small)
    foot("forward_pass")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
