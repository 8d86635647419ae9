"""Long memory: how far back each cell remembers, and what of a sentence reaches its end."""

import streamlit as st

from pages.components import widgets
from pages.components.fields import in_labels
from pages.components.path import builds_on, foot
from pages.lessons.long_memory import texts
from pages.lessons.long_memory.controls import asked
from pages.lessons.long_memory.parts.furthest import answer_section, question_section
from pages.lessons.long_memory.parts.sections import curves_section, sentence_section, table_section, units_section


def page() -> None:
    """The page, from top to bottom."""
    st.title("Long memory")
    st.markdown(texts.LEAD)
    builds_on("backpropagation")
    try:
        wanted = asked()
    except ValueError as error:
        st.error(f"These settings make no run: {in_labels(str(error))}.")
        foot("long_memory", whole=False)
        st.stop()

    widgets.section("How far back each cell remembers")
    st.markdown(texts.CURVES)
    said = question_section(wanted)
    networks = curves_section(wanted, said is not None)
    with st.container():
        if said is not None:
            answer_section(wanted, said)
            st.caption(texts.CHANCE)
            st.markdown(texts.HONEST)
            table_section(wanted)

    widgets.section("What of a sentence reaches its end")
    if networks is None:
        st.info("The networks that are looked into here are not trained yet.")
    else:
        sentence_section(networks, wanted)

        widgets.section("Which units carry the number")
        st.markdown(texts.UNITS)
        units_section(networks, wanted)
        st.caption(texts.UNITS_SOURCE)
    foot("long_memory", whole=networks is not None)


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
