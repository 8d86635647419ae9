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
    prediction = predict("ca_predict_look", question, sentences.attention_options(sentence))
    if prediction is None:
        return
    trained = networks.trained_attention(seed)
    before, after = (_shares(W, sentence) for W in (networks.untrained(seed)["attention"], trained))
    because = sentences.attention_because(before, after, sentence)
    reveal("ca_predict_look", prediction, sentences.most_attended(after, sentence), because)
    st.markdown(texts.attention)
    info = AttentionInfo(sentence.read.words, before, after)
    st.plotly_chart(attention_bars(info), key="ca_looks", alt=attention_bars_alt(info))
    equations(((3, texts.embedding_equation), (5, texts.shares_equation), (4, texts.output_equation)))
    st.caption(texts.attention_symbols)
    st.markdown(texts.attention_fair)
    with st.expander(f"Every weight of attention: {sum(W.size for W in trained.values()):,} numbers"):
        every = weights_info(trained, VOCABULARY)
        st.plotly_chart(weights(every), key="ca_weights", alt=weights_alt(every))
        st.caption(sentences.bias_sentence(trained["b_y"]))


def _shares(params: Params, sentence: Sentence) -> Floats:
    """(T,) α_Ts of the last word."""
    batch = gradient_paths.sentence(sentence.read.tokens, sentence.answer)
    shares: Floats = attention.forward(params, batch).alpha[0, -1]
    return shares
