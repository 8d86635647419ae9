"""What came after: gates and attention by the gradient's path back, and a forecast of a series."""

import streamlit as st

from pages.components import widgets
from pages.components.path import foot
from pages.lessons.what_came_after import texts
from pages.lessons.what_came_after.controls import LABELS, seed_control, sentence_control
from pages.lessons.what_came_after.parts import attention, forecast, gradient_path, lengths


def page() -> None:
    """The page, from top to bottom."""
    st.title("What came after")
    st.markdown(texts.lead)
    notices = st.container()
    left, right = st.columns([4, 1])
    with left:
        sentence = sentence_control()
    with right:
        seed = seed_control(notices)
    path_tab, attention_tab, lengths_tab, forecast_tab = widgets.tabs("ca_part", LABELS, notices)
    with path_tab:
        path_settings = gradient_path.controls(notices)
    with forecast_tab:
        forecast_settings = forecast.controls(notices)
    if path_tab.open and sentence is not None:
        with path_tab:
            gradient_path.part(path_settings, sentence, seed)
    elif attention_tab.open and sentence is not None:
        with attention_tab:
            attention.part(sentence, seed)
    elif lengths_tab.open:
        with lengths_tab:
            lengths.part(seed)
    elif forecast_tab.open:
        with forecast_tab:
            forecast.part(forecast_settings, seed)
    foot("what_came_after")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
