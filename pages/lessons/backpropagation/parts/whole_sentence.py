"""A whole sentence: which loss sends what to which word, and how far back the gradient of W_hh comes from."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.components.figures.itemised_map import itemised_info
from pages.components.jobs.waiting import trained
from pages.lessons.backpropagation import sentences, texts
from pages.lessons.backpropagation.controls import Settings, reader_controls
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
    settings = reader_controls()
    config, (words, right, batch) = settings.config, settings.sentence
    read = _reader_of(settings)
    gradients = read.done.gradients
    dh, dh_direct = row_norms(gradients.dh), row_norms(gradients.dh_direct)
    st.markdown(texts.itemised)
    matrix_section(itemised_info(words, read.read, read.itemised, dh, dh_direct), right)
    st.latex(texts.itemised_equation)
    of_lstm = f" {texts.itemised_lstm}" if config.cell == "lstm" else ""
    st.caption(texts.options("itemised_symbols")[config.task] + of_lstm)

    widgets.section("How far back ∂L/∂W_hh comes from")
    st.markdown(texts.distances)
    far = distances_info(read.by_distance)
    st.plotly_chart(distances(far), key="distances", alt=distances_alt(far))
    st.markdown(sentences.distance_sentence(far))
    st.latex(texts.distances_equation)
    st.caption(texts.distances_symbols)
    prove_section("bp_prove_sentence", "L", read.params, batch, read.cell, TASKS[config.task].loss)


def _reader_of(settings: Settings) -> Reader:
    """The sentence, read by a network that is trained first if it is to be."""
    if not settings.trained:
        return reader(settings.sentence, settings.config, starting_params(settings.config))
    (record,) = trained(settings.config)
    st.caption(sentences.training_sentence(record))
    return reader(settings.sentence, settings.config, {name: W[-1] for name, W in record.probe_params.items()})
