"""Many-to-one: the network reads a whole sentence, then says whether it is praise."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.components.jobs.waiting import computed
from pages.components.sentence import read_or_default
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.word_saliency import word_saliency, word_saliency_alt, word_saliency_info
from pages.lessons.five_kinds.networks import Network
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.bptt import backward, forward
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics.saliency import saliency
from rnn_core.experiments.kinds import KINDS, bag_of_run
from rnn_core.losses import softmax
from rnn_core.tasks import sentiment
from rnn_core.tasks.reading import known_words
from rnn_core.types import Batch, Floats

from .shared import Question, Shown, gradient_section, introduced, sentence_control

NAME = "many-to-one"
TRAINED = KINDS[NAME].config.sentence_length
SENTENCE = "The film was not good although the music was lovely"
EXAMPLES = {
    "not good although lovely": {"fk_sentence": SENTENCE},
    "lovely although not good": {"fk_sentence": "The music was lovely although the film was not good"},
    "good but bad": {"fk_sentence": "The film was good but the ending was bad"},
    "bad but good": {"fk_sentence": "The ending was bad but the film was good"},
    "never hardly dull": {"fk_sentence": "The plot was never hardly dull"},
}
EQUATION = (
    r"\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial h_T} \, \frac{\partial h_T}{\partial h_{T-1}} "
    r"\cdots \frac{\partial h_2}{\partial h_1}"
)


def _right(network: Network) -> tuple[str, str]:
    ratio = network.gradient_flow.first_to_last
    right = "less" if ratio < 2 / 3 else "more" if ratio > 3 / 2 else "about as much"
    return right, sentences.largest_sentence(network.gradient_flow)


QUESTION = Question(
    r"The loss is read once, after the last word. What arrives at $h_1$ in training, compared with $h_T$?",
    {"more": "", "about as much": "between two thirds and three halves", "less": ""},
    _right,
)


def controls(notices: Any) -> str:
    """The sentence as it was typed."""
    st.markdown(texts.many_to_one_lead)
    return sentence_control("fk_sentence", "Sentence", SENTENCE, EXAMPLES)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in known_words(text, sentiment.VOCABULARY))


def margin_saliency(network: Network, batch: Batch) -> Floats:
    """(T,) gradient times input of y_praise - y_criticism, of a batch of one sentence."""
    cell = cell_of(network.record.config)
    tape = forward(network.params, batch, cell)
    d_margin = np.array([[[-1, 1]]], batch.weights.dtype)
    return saliency(network.params, batch, backward(network.params, batch, tape, d_margin, cell)).times_input[:, 0]


def margin_falls(network: Network, batch: Batch) -> Floats:
    """(T,) by how much y_praise - y_criticism falls if x_t = 0, one time step after the other; one sentence."""
    T, tokens = len(batch.inputs), batch.inputs[:, 0]
    inputs = np.zeros((T, T + 1, len(sentiment.VOCABULARY)), batch.weights.dtype)
    inputs[np.arange(T), :, tokens] = 1
    inputs[np.arange(T), np.arange(T)] = 0  # the last column keeps all of its words
    read = np.repeat(batch.weights, T + 1, axis=1)
    y = forward(network.params, Batch(inputs, np.zeros(read.shape, np.int64), read), cell_of(network.record.config))
    margin = y.logits[0, :, 1] - y.logits[0, :, 0]
    return np.asarray(margin[-1] - margin[:-1])


def show(text: str, seed: int) -> None:
    network = introduced(NAME, seed)
    st.markdown(sentences.bag_sentence(network.kind, network.record, _bag(network.record.config)))
    words = read_or_default(_words, text, SENTENCE)
    padded = (sentiment.NOTHING,) * (TRAINED - len(words)) + words
    tokens = np.array([[sentiment.TOKEN[word]] for word in padded])
    meant = sentiment.meant(words)
    batch = sentiment.as_batch(tokens, np.array([0 if meant is None else meant]), network.record.config.dtype)
    p = softmax(network.read(batch).tape.logits[0, 0])
    worth, fall = (of_words(network, batch)[-len(words) :] for of_words in (margin_saliency, margin_falls))
    info = word_saliency_info(words, worth, fall, sentiment.ANSWERS)
    st.markdown(sentences.sentiment_sentence(p, meant, info))
    st.plotly_chart(word_saliency(info), key="fk_saliency", alt=word_saliency_alt(info))
    st.caption(texts.saliency)
    with st.expander("All the words it knows"):
        st.markdown(sentences.word_lists())
    outputs = [""] * (len(padded) - 1) + [sentiment.ANSWERS[int(p.argmax())]]
    shown = Shown(batch, padded, outputs, sentiment.TOKEN[sentiment.NOTHING])
    gradient_section(
        network,
        shown,
        QUESTION,
        EQUATION,
        texts.filled("many_to_one_symbols", nothing=sentiment.NOTHING, trained=TRAINED),
    )


@st.cache_data(max_entries=50, show_spinner="Training a bag of words …")
def _bag(config: Config) -> dict[str, float]:
    accuracies: dict[str, float] = computed(config, bag_of_run, config)
    return accuracies
