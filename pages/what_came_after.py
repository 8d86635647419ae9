"""What came after: gates and attention by the gradient's way back, and a forecast of a series."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.what_came_after import texts
from pages.lessons.what_came_after.controls import seed_control, sentence_control
from pages.lessons.what_came_after.parts import attention, forecast, gradient_path, lengths


def page() -> None:
    """The page, from top to bottom."""
    st.title("What came after")
    st.markdown(texts.LEAD)
    notices = st.container()
    left, right = st.columns([4, 1])
    with left:
        sentence = sentence_control()
    with right:
        seed = seed_control(notices)
    way_tab, looks_tab, lengths_tab, forecast_tab = widgets.tabs("ca_part", texts.LABELS, notices)
    with way_tab:
        wanted_way = gradient_path.controls(notices)
    with forecast_tab:
        wanted_forecast = forecast.controls(notices)
    if way_tab.open and sentence is not None:
        with way_tab:
            gradient_path.part(wanted_way, sentence, seed)
    elif looks_tab.open and sentence is not None:
        with looks_tab:
            attention.part(sentence, seed)
    elif lengths_tab.open:
        with lengths_tab:
            lengths.part(seed)
    elif forecast_tab.open:
        with forecast_tab:
            forecast.part(wanted_forecast, seed)
    foot("what_came_after")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
