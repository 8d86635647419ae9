"""What happened in training: where the gradient went, and what clipping did to it."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.components.figures.gradient_maps import (
    gradient_maps,
    gradient_maps_alt,
    gradient_maps_info,
    gradient_ratio,
    gradient_ratio_alt,
)
from pages.lab import sentences, texts
from pages.lab.controls import window_control
from pages.lab.figures.histogram import histogram, histogram_alt, histogram_info
from pages.lab.figures.timelines import learning, learning_alt, timelines, timelines_alt, timelines_info
from rnn_core.tasks import agreement
from rnn_core.types import Record


def training_sections(a: Record, b: Record) -> None:
    """Both parts, over as many of the first updates as the visitor asks for."""
    widgets.section("Where the gradient goes")
    window = window_control(max(a.updates, b.updates))
    _gradient(a, b, window)
    widgets.section("What clipping did")
    _clipping(a, b, window)


def _gradient(a: Record, b: Record, window: int | None) -> None:
    """The norms of both twins on one scale, and the ratio between them."""
    maps = gradient_maps_info(a, b, agreement.SUBJECT_TIME_STEPS, window)
    flow_note = f" {texts.flow_note}" if b.config.clip == "flow" else ""
    st.markdown(texts.gradient_maps + flow_note + sentences.group_note(maps.group))
    for k, column in enumerate(st.columns(2)):
        column.plotly_chart(gradient_maps(maps, k), key=f"gradient_maps_{'ab'[k]}", alt=gradient_maps_alt(maps, k))
    st.plotly_chart(gradient_ratio(maps), key="gradient_ratio", alt=gradient_ratio_alt(maps))
    st.latex(texts.options("gradient_equation")[b.config.cell])
    st.caption(texts.options("gradient_symbols")[b.config.cell])


def _clipping(a: Record, b: Record, window: int | None) -> None:
    """Norms before and after, the loss, and where the threshold cuts A's norms."""
    st.latex(texts.options("clip_equation")[b.config.clip])
    st.caption(texts.options("clip_symbols")[b.config.clip])
    st.markdown(texts.options("timelines")[b.config.optimizer])
    lines = timelines_info(a, b, window)
    left, right = st.columns(2)
    left.plotly_chart(timelines(lines), key="timelines", alt=timelines_alt(lines))
    right.plotly_chart(learning(lines), key="learning", alt=learning_alt(lines))
    st.subheader("Where the threshold cuts A's norms")
    bars = histogram_info(a, b)
    st.plotly_chart(histogram(bars), key="histogram", alt=histogram_alt(bars))
    st.markdown(sentences.replay_sentence(bars, b.config.clip))
