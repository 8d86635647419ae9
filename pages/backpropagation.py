"""Backpropagation through time: the chain rule by hand, then which loss sends what to which word of a sentence."""

import streamlit as st

from pages.components.path import builds_on, foot
from pages.lessons.backpropagation import texts
from pages.lessons.backpropagation.parts.one_loss import one_loss
from pages.lessons.backpropagation.parts.whole_sentence import whole_sentence


def page() -> None:
    """The page, from top to bottom."""
    st.title("Backpropagation through time")
    st.markdown(texts.lead)
    builds_on("forward_pass")
    one_loss()
    whole_sentence()
    foot("backpropagation")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
