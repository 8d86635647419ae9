"""From text to code: a first attempt at the class, its faults one by one, and the class that is left."""

import streamlit as st

from pages.components.code import prose, texts
from pages.components.code.controls import size_controls
from pages.components.code.sections import forty, mending, one_fault
from pages.components.lesson_controls import section
from pages.components.path import foot

st.title("From text to code")
st.markdown(texts.LEAD)
wanted = size_controls()
st.markdown(prose.task_sentence(wanted))

section("One fault at a time")
one_fault(wanted)

section("Mend them one after another")
mending(wanted)

section("The class in forty lines")
forty(wanted)
foot("from_text_to_code")
