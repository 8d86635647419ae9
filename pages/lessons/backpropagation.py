"""Backpropagation through time: the chain rule by hand, then which loss sends what to which word of a sentence."""

import pandas as pd
import streamlit as st

from pages.components.backpropagation import prose, texts
from pages.components.backpropagation.controls import alpha_control, follow_controls, reader_controls, small_controls
from pages.components.backpropagation.formulas import chain_of
from pages.components.backpropagation.guess import matrix_section
from pages.components.backpropagation.prove import prove_section
from pages.components.backpropagation.sections import chain_section, reader_of, update_section
from pages.components.figures.descent import descent, descent_alt, descent_info
from pages.components.figures.distances import distances, distances_alt, distances_info
from pages.components.figures.itemised_map import itemised_info
from pages.components.figures.unrolled import unrolled, unrolled_alt, unrolled_info
from pages.components.lesson_controls import section
from pages.components.path import builds_on, foot
from rnn_core.cells import VANILLA
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.miniatures.chain_rule import as_batch, chain_rule
from rnn_core.norms import row_norms
from rnn_core.tasks import TASKS

st.title("Backpropagation through time")
st.markdown(texts.LEAD)
builds_on("forward_pass")

section("One loss, by hand")
with st.container():
    small = small_controls()
everything = tuple(range(1, len(small.words) + 1))
whole = chain_rule(small.params, small.inputs, small.targets, everything)
st.markdown(prose.small_sentence(small))
st.table(pd.DataFrame(prose.forward_table(small, whole)).set_index("t"))
st.latex(texts.FORWARD_EQUATION)
st.caption(texts.FORWARD_SYMBOLS)
read, weight = follow_controls(len(small.words))
rule = chain_rule(small.params, small.inputs, small.targets, read)
way = unrolled_info(rule, small.words, weight)
picture, symbols = st.columns([3, 2], vertical_alignment="center")
picture.plotly_chart(unrolled(way), key="unrolled", alt=unrolled_alt(way))
symbols.latex(chain_of(rule, weight))
symbols.markdown(prose.path_sentence(rule, weight))
with st.container():  # one element, however many steps: a control that moves down the page loses its place in the link
    chain_section(small, rule, weight)
followed = as_batch(small.inputs, small.targets, read)
prove_section("bp_prove", prose.loss_in_words(rule), small.params, followed, VANILLA, SOFTMAX_CROSS_ENTROPY)

section("The update: each weight against its gradient")
alpha = alpha_control()
step = descent_info(small.params, whole, as_batch(small.inputs, small.targets, everything), alpha)
left, right = st.columns(2)
left.latex(texts.UPDATE_EQUATION)
left.markdown(texts.UPDATE)
left.markdown(prose.update_sentence(step))
right.plotly_chart(descent(step), key="descent", alt=descent_alt(step))
update_section(small, whole, alpha)

section("A whole sentence: which loss sends what to which word")
wanted = reader_controls()
reader = reader_of(wanted)
gradients = reader.done.gradients
matrix = itemised_info(
    reader.words, reader.read, reader.itemised, row_norms(gradients.dh), row_norms(gradients.dh_direct)
)
st.markdown(texts.ITEMISED)
matrix_section(matrix, reader.asked)
st.latex(texts.ITEMISED_EQUATION)
st.caption(texts.ITEMISED_SYMBOLS[wanted.config.task] + (texts.ITEMISED_LSTM if wanted.config.cell == "lstm" else ""))

section("How far back ∂L/∂W_hh comes from")
st.markdown(texts.DISTANCES)
far = distances_info(reader.by_distance)
st.plotly_chart(distances(far), key="distances", alt=distances_alt(far))
st.markdown(prose.distance_sentence(far))
st.latex(texts.DISTANCES_EQUATION)
st.caption(texts.DISTANCES_SYMBOLS)
loss = TASKS[wanted.config.task].loss
prove_section("bp_prove_sentence", "L", reader.params, reader.batch, reader.cell, loss)
foot("backpropagation")
