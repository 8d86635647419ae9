"""Clipping lab: twins that differ in nothing but clipping, trained at once."""

import streamlit as st

from pages.components.controls import config_from_sidebar, in_labels, window_control
from pages.components.figures.gradient_maps import (
    gradient_maps,
    gradient_maps_alt,
    gradient_maps_info,
    gradient_ratio,
    gradient_ratio_alt,
)
from pages.components.jobs.waiting import trained
from pages.components.lesson_controls import section, switch
from pages.components.path import foot
from pages.lab import sentences, texts
from pages.lab.figures.histogram import histogram, histogram_alt, histogram_info
from pages.lab.figures.timelines import learning, learning_alt, timelines, timelines_alt, timelines_info
from pages.lab.predict_twins import predict_twins, reveal_twins
from pages.lab.sentence import sentence_section
from pages.lab.task import task_section
from pages.lab.verdicts import verdict_section
from rnn_core.diagnostics import twin
from rnn_core.tasks import agreement


def page() -> None:
    """The page, from top to bottom."""
    st.title("Clipping lab")
    st.markdown(texts.QUESTION)
    lead = st.empty()
    try:
        config, preset = config_from_sidebar()
    except ValueError as error:
        st.error(f"These settings make no run: {in_labels(str(error))}.")
        foot("clipping_lab", whole=False)
        st.stop()
    with st.sidebar:
        asks = switch("predict", "Predict first", "asks which twin solves the task before anything is shown")
    a, b = trained(twin(config), config)
    if asks:
        said = predict_twins()
        if said is None:
            foot("clipping_lab", whole=False)
            st.stop()
        reveal_twins(said, a, b)
    lead.markdown(sentences.lead(preset))

    verdict_section(a, b)

    task_section(config)

    section("Play the training")
    st.markdown(texts.PLAY)
    sentence_section(a, b)
    st.latex(texts.HIDDEN_EQUATIONS[config.cell])
    st.caption(texts.HIDDEN_SYMBOLS[config.cell])

    section("Where the gradient goes")
    window = window_control(max(a.updates, b.updates))
    maps = gradient_maps_info(a, b, agreement.SUBJECT_TIME_STEPS, window)
    st.markdown(
        texts.GRADIENT_MAPS + (texts.FLOW_NOTE if config.clip == "flow" else "") + sentences.group_note(maps.group)
    )
    for k, column in enumerate(st.columns(2)):
        column.plotly_chart(gradient_maps(maps, k), key=f"gradient_maps_{'ab'[k]}", alt=gradient_maps_alt(maps, k))
    st.plotly_chart(gradient_ratio(maps), key="gradient_ratio", alt=gradient_ratio_alt(maps))
    st.latex(texts.GRADIENT_EQUATIONS[config.cell])
    st.caption(texts.GRADIENT_SYMBOLS[config.cell])

    section("What clipping did")
    st.latex(texts.CLIP_EQUATIONS[config.clip])
    st.caption(texts.CLIP_SYMBOLS[config.clip])
    st.markdown(texts.TIMELINES[config.optimizer])
    lines = timelines_info(a, b, window)
    left, right = st.columns(2)
    left.plotly_chart(timelines(lines), key="timelines", alt=timelines_alt(lines))
    right.plotly_chart(learning(lines), key="learning", alt=learning_alt(lines))
    st.subheader("Where the threshold cuts A's norms")
    bars = histogram_info(a, b)
    st.plotly_chart(histogram(bars), key="histogram", alt=histogram_alt(bars))
    st.markdown(sentences.replay_sentence(bars, config.clip))
    foot("clipping_lab")


if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
