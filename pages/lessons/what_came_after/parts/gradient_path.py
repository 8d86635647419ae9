"""Part 1: the gradient's way back, in four networks."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.gradient_paths import ways, ways_alt, ways_info
from pages.lessons.what_came_after.figures.models import NAMES
from pages.lessons.what_came_after.networks import Sentence
from rnn_core.diagnostics.gradient_paths import MODELS


class Wanted(NamedTuple):
    """What the controls say: whose equation is shown, and whether the networks are trained."""

    model: str
    trained: bool


def controls(notices: Any) -> Wanted:
    """Which weights, and which network stands out."""
    left, right = st.columns(2)
    with left:
        when = widgets.choice(
            "ca_when", "Weights", {texts.BEFORE: "", texts.AFTER: ""}, texts.BEFORE, texts.WHEN, place=notices
        )
    with right:
        model = widgets.choice(
            "ca_model", "Network", dict.fromkeys(MODELS, ""), "attention", texts.MODEL, place=notices
        )
    return Wanted(model, when == texts.AFTER)


def part(wanted: Wanted, sentence: Sentence, seed: int) -> None:
    """Predict, then the picture with its equation, and what it says."""
    before = networks.ways_before(seed, sentence.tokens, sentence.answer)
    options = {NAMES[model]: caption for model, caption in texts.CAPTIONS.items()}
    said = predict("ca_predict_way", sentences.way_question(sentence), options)
    if said is None:
        return
    furthest = sentences.furthest(before, sentence.word)
    reveal("ca_predict_way", said, NAMES[furthest], sentences.way_because(before, sentence))
    shown = before
    if wanted.trained:
        shown = networks.ways_of(networks.trained(seed), sentence.tokens, sentence.answer)
    info = ways_info(sentence.read.words, shown, wanted.model)
    st.markdown(texts.WAYS)
    picture, equation = st.columns([3, 2], vertical_alignment="center")
    picture.plotly_chart(ways(info), key="ca_ways", alt=ways_alt(info))
    equation.markdown(f"**{NAMES[wanted.model]}**")
    for line in texts.WAY_EQUATIONS[wanted.model]:
        equation.latex(line)
    equation.caption(texts.WAY_SYMBOLS[wanted.model])
    when = texts.AFTER if wanted.trained else texts.BEFORE
    st.markdown("**What just happened**")
    st.markdown("\n".join(f"- {line}" for line in sentences.way_sentences(shown, sentence, when)))
    st.table(pd.DataFrame(sentences.way_table(shown, sentence)).set_index("network"))
