"""Clipping lab: twins that differ in nothing but clipping, trained at once."""

import streamlit as st

from pages.components import widgets
from pages.components.fields import in_labels
from pages.components.jobs.waiting import trained
from pages.components.path import foot
from pages.lab import sentences, texts
from pages.lab.controls import config_from_sidebar
from pages.lab.parts.play import sentence_section
from pages.lab.parts.predict_twins import predict_twins, reveal_twins
from pages.lab.parts.task import task_section
from pages.lab.parts.training import training_sections
from pages.lab.parts.verdicts import verdict_section
from rnn_core.diagnostics import twin


def page() -> None:
    """The page, from top to bottom."""
    st.title("Clipping lab")
    st.markdown(texts.question)
    lead = st.empty()
    try:
        config, preset = config_from_sidebar()
    except ValueError as error:
        st.error(f"These settings make no run: {in_labels(str(error))}.")
        foot("clipping_lab", whole=False)
        st.stop()
    with st.sidebar:
        asks = widgets.toggle("predict", "Predict first", "asks which twin solves the task before anything is shown")
    a, b = trained(twin(config), config)
    if asks:
        prediction = predict_twins()
        if prediction is None:
            foot("clipping_lab", whole=False)
            st.stop()
        reveal_twins(prediction, a, b)
    lead.markdown(sentences.lead(preset))
    verdict_section(a, b)
    task_section(config)

    widgets.section("Play the training")
    st.markdown(texts.play)
    sentence_section(a, b)
    st.latex(texts.options("hidden_equation")[config.cell])
    st.caption(texts.options("hidden_symbols")[config.cell])

    training_sections(a, b)
    foot("clipping_lab")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
