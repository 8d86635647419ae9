"""Forward pass: the network unrolled over the visitor's sentence, word by word and number by number."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.forward_pass import texts
from pages.lessons.forward_pass.controls import small_controls
from pages.lessons.forward_pass.parts.embedding import embedding
from pages.lessons.forward_pass.parts.no_past import no_past
from pages.lessons.forward_pass.parts.why_tanh import why_tanh
from pages.lessons.forward_pass.parts.word_by_word import word_by_word


def page() -> None:
    """The page, from top to bottom."""
    st.title("Forward pass")
    st.markdown(texts.lead)

    widgets.section("Word by word")
    with st.container():
        small = small_controls()
    word_by_word(small)

    widgets.section("A word is a row of W_xh")
    embedding(small)

    widgets.section("Take the past away")
    no_past(small)

    widgets.section("Why tanh?")
    why_tanh(small)
    foot("forward_pass")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
