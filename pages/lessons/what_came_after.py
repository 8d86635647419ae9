"""What came after: gates and attention by the gradient's way back, and a forecast of a series."""

import streamlit as st

from pages.components.after import forecast, lengths, looks, texts, way
from pages.components.after.controls import seed_control, sentence_control
from pages.components.lesson_controls import parts
from pages.components.path import foot

st.title("What came after")
st.markdown(texts.LEAD)
notices = st.container()
left, right = st.columns([4, 1])
with left:
    sentence = sentence_control()
with right:
    seed = seed_control(notices)
way_tab, looks_tab, lengths_tab, forecast_tab = parts("ca_part", texts.LABELS, notices)
with way_tab:
    wanted_way = way.controls(notices)
with forecast_tab:
    wanted_forecast = forecast.controls(notices)
if way_tab.open and sentence is not None:
    with way_tab:
        way.part(wanted_way, sentence, seed)
elif looks_tab.open and sentence is not None:
    with looks_tab:
        looks.part(sentence, seed)
elif lengths_tab.open:
    with lengths_tab:
        lengths.part(seed)
elif forecast_tab.open:
    with forecast_tab:
        forecast.part(wanted_forecast, seed)
foot("what_came_after")
