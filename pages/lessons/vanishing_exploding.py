"""Vanishing and exploding: one weight, the matrix, the cliff, and what clipping can and cannot do."""

import streamlit as st

from pages.components.lesson_controls import parts
from pages.components.path import foot
from pages.components.vanishing import cliff, limits, matrix, weight

LABELS = ("One weight", "The matrix", "The cliff", "What clipping cannot do")

st.title("Vanishing and exploding")
notices = st.container()
one, square, steep, last = parts("ve_part", LABELS, notices)
weight.part(one, notices)
matrix.part(square, notices)
cliff.part(steep, notices)
limits.part(last, notices)
foot("vanishing_exploding")
