"""A whole sentence: which loss sends what to which word, and how far back the gradient of W_hh comes from."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.components.figures.itemised_map import itemised_info
from pages.components.jobs.waiting import trained
from pages.lessons.backpropagation import sentences, texts
from pages.lessons.backpropagation.controls import Wanted, reader_controls
from pages.lessons.backpropagation.figures.distances import distances, distances_alt, distances_info
from pages.lessons.backpropagation.networks import Reader, reader
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import TASKS
from rnn_core.training import starting_params

from .guess import matrix_section
from .prove import prove_section


def whole_sentence() -> None:
    """The gradient of each loss at each word, then by its distance, and the check of it."""
    widgets.section("A whole sentence: which loss sends what to which word")
    wanted = reader_controls()
    read = _reader_of(wanted)
    gradients = read.done.gradients
    dh, dh_direct = row_norms(gradients.dh), row_norms(gradients.dh_direct)
    st.markdown(texts.ITEMISED)
    matrix_section(itemised_info(read.words, read.read, read.itemised, dh, dh_direct), read.asked)
    st.latex(texts.ITEMISED_EQUATION)
    of_lstm = texts.ITEMISED_LSTM if wanted.config.cell == "lstm" else ""
    st.caption(texts.ITEMISED_SYMBOLS[wanted.config.task] + of_lstm)

    widgets.section("How far back ∂L/∂W_hh comes from")
    st.markdown(texts.DISTANCES)
    far = distances_info(read.by_distance)
    st.plotly_chart(distances(far), key="distances", alt=distances_alt(far))
    st.markdown(sentences.distance_sentence(far))
    st.latex(texts.DISTANCES_EQUATION)
    st.caption(texts.DISTANCES_SYMBOLS)
    prove_section("bp_prove_sentence", "L", read.params, read.batch, read.cell, TASKS[wanted.config.task].loss)


def _reader_of(wanted: Wanted) -> Reader:
    """The sentence, read by the weights that are wanted; they are trained first if need be."""
    if not wanted.trained:
        return reader(wanted.text, wanted.config, starting_params(wanted.config))
    (record,) = trained(wanted.config)
    st.caption(sentences.training_sentence(record))
    return reader(wanted.text, wanted.config, {name: W[-1] for name, W in record.probe_params.items()})
