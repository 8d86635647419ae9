"""Vanishing and exploding: one weight, the matrix, the cliff, and what clipping can and cannot do."""

import streamlit as st

from pages.components import widgets
from pages.components.path import builds_on, foot
from pages.lessons.vanishing_exploding.parts import cliff, limits, matrix, weight

LABELS = ("One weight", "The matrix", "The cliff", "What clipping cannot do")

LEAD = (
    "On its way back in time a gradient meets one factor per word. Here is what so many factors do to it: first as one "
    "number, then as a matrix; then a cliff that the error has, and in the end what clipping cannot do about it."
)


def page() -> None:
    """The page, from top to bottom."""
    st.title("Vanishing and exploding")
    st.markdown(LEAD)
    builds_on("backpropagation")
    notices = st.container()
    one, square, steep, last = widgets.tabs("ve_part", LABELS, notices)
    weight.part(one, notices)
    matrix.part(square, notices)
    cliff.part(steep, notices)
    limits.part(last, notices)
    foot("vanishing_exploding")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
