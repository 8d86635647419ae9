"""Forward pass: the network unrolled over the visitor's sentence, word by word and number by number."""

import streamlit as st

from pages.components.forward import sections, texts
from pages.components.forward.controls import small_controls
from pages.components.lesson_controls import section
from pages.components.path import foot

st.title("Forward pass")
st.markdown(texts.LEAD)

section("Word by word")
with st.container():
    small = small_controls()
sections.word_by_word(small)

section("A word is a row of W_xh")
sections.embedding(small)

section("Take the past away")
sections.no_past(small)

section("Why tanh?")
sections.why_tanh(small)
foot("forward_pass")
