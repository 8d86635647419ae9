"""Why recurrence? Three networks tell a noun from a verb, wherever the sentence stands and however long it is."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.why_recurrence import texts
from pages.lessons.why_recurrence.networks import networks
from pages.lessons.why_recurrence.parts import long_section, move_section, sentence_controls, sharing_section, verdicts


def page() -> None:
    """The page, from top to bottom."""
    st.title("Why recurrence?")
    st.markdown(texts.LEAD)

    widgets.section("The same word, two meanings")
    st.markdown(texts.TASK)
    asked = sentence_controls()
    trained = networks(asked.seed, asked.openings)
    if trained is None:
        foot("why_recurrence", whole=False)
        st.stop()
    verdicts("wr_meanings", trained, asked.reading.words, asked.reading.place)

    widgets.section("Move the sentence")
    revealed = move_section(trained, asked.reading)

    widgets.section("Make it longer")
    long_section(trained, asked.reading)

    widgets.section("What the weights share")
    sharing_section(trained, revealed)
    foot("why_recurrence")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
