"""Five kinds of RNN: what is read and where the loss is read, and what that makes of the gradient's way."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.parts import (
    many_to_many_equal,
    many_to_many_unequal,
    many_to_one,
    one_to_many,
    one_to_one,
    side_by_side,
)

KINDS = {
    "One to one": one_to_one,
    "One to many": one_to_many,
    "Many to one": many_to_one,
    "Many to many, equal": many_to_many_equal,
    "Many to many, unequal": many_to_many_unequal,
    "Side by side": side_by_side,
}


def page() -> None:
    """The page, from top to bottom."""
    st.title("Five kinds of RNN")
    st.markdown(texts.lead)
    notices = st.container()
    seed = widgets.integer(
        "fk_seed", "Seed", 0, 2**32 - 1, 0, "where the weights and the batches of all five come from", notices
    )
    for tab, kind in zip(widgets.tabs("fk_kind", list(KINDS), notices), KINDS.values(), strict=True):
        with tab:
            settings = kind.controls(notices)
            if tab.open:
                kind.show(settings, seed)
    foot("five_kinds")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
