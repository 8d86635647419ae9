"""Vanishing and exploding: one weight, the matrix, the cliff, and what clipping can and cannot do."""

import streamlit as st

from pages.components import widgets
from pages.components.path import builds_on, foot
from pages.lessons.vanishing_exploding import texts
from pages.lessons.vanishing_exploding.parts import cliff, limits, matrix, weight

PARTS = {"One weight": weight, "The matrix": matrix, "The cliff": cliff, "What clipping cannot do": limits}


def page() -> None:
    """The page, from top to bottom."""
    st.title("Vanishing and exploding")
    st.markdown(texts.lead)
    builds_on("backpropagation")
    notices = st.container()
    for tab, part in zip(widgets.tabs("ve_part", list(PARTS), notices), PARTS.values(), strict=True):
        with tab:
            settings = part.controls(notices)
            if tab.open:
                part.show(settings)
    foot("vanishing_exploding")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
