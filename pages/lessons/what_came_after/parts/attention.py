"""Part 2: what attention looks at from the last word, and all its weights."""

from __future__ import annotations

import streamlit as st

from pages.components.layout import equations
from pages.components.predict import predict, reveal
from pages.lessons.what_came_after import networks, sentences, texts
from pages.lessons.what_came_after.figures.attention_weights import (
    AttentionInfo,
    attention_bars,
    attention_bars_alt,
    weights,
    weights_alt,
    weights_info,
)
from pages.lessons.what_came_after.networks import Sentence
from rnn_core.diagnostics import gradient_paths
from rnn_core.models import attention
from rnn_core.tasks.agreement import VOCABULARY
from rnn_core.types import Floats, Params


def part(sentence: Sentence, seed: int) -> None:
    """Predict, then the shares before training and after it."""
    question = f"The network is trained. Which word gets most of the attention after “{sentence.read.words[-1]}”?"
    said = predict("ca_predict_look", question, sentences.look_options(sentence))
    if said is None:
        return
    trained = networks.trained_attention(seed)
    before, after = (_shares(W, sentence) for W in (networks.untrained(seed)["attention"], trained))
    reveal(
        "ca_predict_look", said, sentences.looked_at(after, sentence), sentences.look_because(before, after, sentence)
    )
    st.markdown(texts.LOOKS)
    info = AttentionInfo(sentence.read.words, before, after)
    st.plotly_chart(attention_bars(info), key="ca_looks", alt=attention_bars_alt(info))
    equations(texts.ATTENTION_EQUATIONS)
    st.caption(texts.ATTENTION_SYMBOLS)
    st.markdown(texts.ATTENTION_FAIR)
    with st.expander(f"{texts.WEIGHTS}: {sum(W.size for W in trained.values()):,} numbers"):
        every = weights_info(trained, VOCABULARY)
        st.plotly_chart(weights(every), key="ca_weights", alt=weights_alt(every))
        st.caption(sentences.bias_sentence(trained["b_y"]))


def _shares(params: Params, sentence: Sentence) -> Floats:
    """(T,) α_Ts of the last word."""
    shares: Floats = attention.forward(params, gradient_paths.sentence(sentence.read.tokens, sentence.answer)).alpha[
        0, -1
    ]
    return shares
