"""Why recurrence? Three networks tell a noun from a verb, wherever the sentence stands and however long it is."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.why_recurrence import texts
from pages.lessons.why_recurrence.controls import sentence_controls
from pages.lessons.why_recurrence.networks import networks
from pages.lessons.why_recurrence.parts.longer import longer_section
from pages.lessons.why_recurrence.parts.move import move_section
from pages.lessons.why_recurrence.parts.sharing import sharing_section
from pages.lessons.why_recurrence.parts.verdicts import verdicts


def page() -> None:
    """The page, from top to bottom."""
    st.title("Why recurrence?")
    st.markdown(texts.lead)

    widgets.section("The same word, two meanings")
    st.markdown(texts.task)
    settings = sentence_controls()
    trained = networks(settings.seed, settings.openings)
    if trained is None:
        foot("why_recurrence", whole=False)
        st.stop()
    verdicts("wr_meanings", trained, settings.reading.words, settings.reading.place)

    widgets.section("Move the sentence")
    revealed = move_section(trained, settings.reading)

    widgets.section("Make it longer")
    longer_section(trained, settings.reading)

    widgets.section("What the weights share")
    sharing_section(trained, revealed)
    foot("why_recurrence")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
