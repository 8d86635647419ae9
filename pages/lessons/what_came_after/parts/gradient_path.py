"""Part 1: the gradient's path back, in four networks."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.layout import story
from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.gradient_paths import gradient_paths, paths_alt, paths_info
from pages.lessons.what_came_after.figures.models import NAMES
from pages.lessons.what_came_after.networks import Sentence
from rnn_core.diagnostics.gradient_paths import MODELS

BEFORE, AFTER = "before training", "after training"


class Settings(NamedTuple):
    """What the controls say: whose equation is shown, and whether the networks are trained."""

    model: str
    trained: bool


def controls(notices: Any) -> Settings:
    """Which weights, and which network stands out."""
    left, right = st.columns(2)
    with left:
        times = {BEFORE: "", AFTER: ""}
        when = widgets.choice("ca_when", "Weights", times, BEFORE, texts.when_help, place=notices)
    with right:
        models = dict.fromkeys(MODELS, "")
        model = widgets.choice("ca_model", "Network", models, "attention", texts.model_help, place=notices)
    return Settings(model, when == AFTER)


def part(settings: Settings, sentence: Sentence, seed: int) -> None:
    """Predict, then the picture with its equation, and what it says."""
    before = networks.paths_before(seed, sentence.tokens, sentence.answer)
    options = {NAMES[model]: caption for model, caption in texts.options("captions").items()}
    prediction = predict("ca_predict_way", sentences.path_question(sentence), options)
    if prediction is None:
        return
    furthest = sentences.furthest(before, sentence.word)
    reveal("ca_predict_way", prediction, NAMES[furthest], sentences.path_because(before, sentence))
    shown, when = before, BEFORE
    if settings.trained:
        shown, when = networks.paths_of(networks.trained(seed), sentence.tokens, sentence.answer), AFTER
    info = paths_info(sentence.read.words, shown, settings.model)
    st.markdown(texts.gradient_paths)
    picture, equation = st.columns([3, 2], vertical_alignment="center")
    picture.plotly_chart(gradient_paths(info), key="ca_ways", alt=paths_alt(info))
    equation.markdown(f"**{NAMES[settings.model]}**")
    equation.latex(texts.options("gradient_equation")[settings.model])
    equation.latex(texts.options("jacobian_equation")[settings.model])
    equation.caption(texts.options("gradient_symbols")[settings.model])
    story(sentences.path_sentences(shown, sentence, when))
    st.table(pd.DataFrame(sentences.path_table(shown, sentence)).set_index("network"))
