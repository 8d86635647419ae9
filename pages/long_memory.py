"""Long memory: how far back each cell remembers, and what of a sentence reaches its end."""

import streamlit as st

from pages.components import widgets
from pages.components.fields import in_labels
from pages.components.path import builds_on, foot
from pages.lessons.long_memory import texts
from pages.lessons.long_memory.controls import settings_from_sidebar
from pages.lessons.long_memory.parts.curves import curves_section, table_section
from pages.lessons.long_memory.parts.furthest import answer_section, question_section
from pages.lessons.long_memory.parts.sentence import sentence_section
from pages.lessons.long_memory.parts.units import units_section
from pages.lessons.long_memory.results import SOLVED_WITH_ADAM


def page() -> None:
    """The page, from top to bottom."""
    st.title("Long memory")
    st.markdown(texts.lead)
    builds_on("backpropagation")
    try:
        settings = settings_from_sidebar()
    except ValueError as error:
        st.error(f"These settings make no run: {in_labels(str(error))}.")
        foot("long_memory", whole=False)
        st.stop()

    widgets.section("How far back each cell remembers")
    st.markdown(texts.curves)
    prediction = question_section(settings)
    networks = curves_section(settings, prediction is not None)
    with st.container():
        if prediction is not None:
            answer_section(settings, prediction)
            st.caption(texts.rules)
            st.markdown(texts.filled("at_chance", **SOLVED_WITH_ADAM))
            table_section(settings)

    widgets.section("What of a sentence reaches its end")
    if networks is None:
        st.info("The networks that are looked into here are not trained yet.")
    else:
        sentence_section(networks, settings)

        widgets.section("Which units carry the number")
        st.markdown(texts.units)
        units_section(networks, settings)
        st.caption(texts.units_source)
    foot("long_memory", whole=networks is not None)


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
