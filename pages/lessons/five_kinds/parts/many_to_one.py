"""Many-to-one: the network reads a whole sentence, then says whether it is praise."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.components.jobs.waiting import computed
from pages.components.markdown import escape_markdown
from pages.lessons.five_kinds.figures.word_saliency import word_saliency, word_saliency_alt, word_saliency_info
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

from .shared import Network, Question, Shown, draw_part, gradient_section, network_of, sentence_control

NAME = "many-to-one"
TRAINED = KINDS[NAME].config.sentence_length
SENTENCE = "The film was not good although the music was lovely"
LEAD = (
    "Many inputs, one output: **sentiment**. The network reads what somebody says about a film, word by word, and "
    "after the last word it says whether that is praise. The corpus is made up: a negator turns a clause around; of "
    "two clauses, the one after *but* decides, and the one that *although* does not introduce. So the same words in "
    "another order can mean the opposite. What the other clause says is a coin of its own, and gives nothing away."
)
EXAMPLES = {
    "not good although lovely": {"fk_sentence": SENTENCE},
    "lovely although not good": {"fk_sentence": "The music was lovely although the film was not good"},
    "good but bad": {"fk_sentence": "The film was good but the ending was bad"},
    "bad but good": {"fk_sentence": "The ending was bad but the film was good"},
    "never hardly dull": {"fk_sentence": "The plot was never hardly dull"},
}
SALIENCY = (
    r"Bars: what each word is worth to first order, $\partial m / \partial x_t \cdot x_t$, where the margin $m = "
    r"y_{praise} - y_{criticism}$ is how far one output is above the other. Diamonds: by how much $m$ does fall if "
    r"nothing is read in the word's place, $x_t = 0$. Were the network linear, they would be the same; where they "
    "part, the gradient says what a small change would do, and nothing of the word as a whole."
)
EQUATION = (
    r"\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial h_T} \, \frac{\partial h_T}{\partial h_{T-1}} "
    r"\cdots \frac{\partial h_2}{\partial h_1}"
)
SYMBOLS = (
    "$L$: the loss, read after the last word alone. $h_t$: the state after time step $t$. One term, no sum: whatever "
    "arrives at an early word has come through every state after it. Shorter sentences are padded in front "
    f"(“{sentiment.NOTHING}”), so the last word is at time step $T = {TRAINED}$ in training."
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


def controls() -> str:
    """The sentence as it was typed."""
    return sentence_control("fk_sentence", "Sentence", SENTENCE, EXAMPLES)


def part(tab: Any, notices: Any, seed: int) -> None:
    """Controls always; pictures and words where the tab is open."""
    draw_part(tab, LEAD, controls, _section, seed)


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(word.lower() for word in known_words(text, sentiment.VOCABULARY))
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. “{SENTENCE}” is read instead.")
        return tuple(SENTENCE.lower().split())


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


def _section(text: str, seed: int) -> None:
    network = network_of(NAME, seed)
    st.markdown(sentences.bag_sentence(network.kind, network.record, _bag(network.record.config)))
    words = _words(text)
    padded = (sentiment.NOTHING,) * (TRAINED - len(words)) + words
    tokens = np.array([[sentiment.TOKEN[word]] for word in padded])
    meant = sentiment.meant(words)
    batch = sentiment.as_batch(tokens, np.array([0 if meant is None else meant]), network.record.config.dtype)
    p = softmax(network.read(batch).tape.logits[0, 0])
    worth, fall = (found(network, batch)[-len(words) :] for found in (margin_saliency, margin_falls))
    info = word_saliency_info(words, worth, fall, sentiment.ANSWERS)
    st.markdown(sentences.sentiment_sentence(p, meant, info))
    st.plotly_chart(word_saliency(info), key="fk_saliency", alt=word_saliency_alt(info))
    st.caption(SALIENCY)
    with st.expander("All the words it knows"):
        st.markdown(sentences.word_lists())
    outputs = [""] * (len(padded) - 1) + [sentiment.ANSWERS[int(p.argmax())]]
    shown = Shown(batch, padded, outputs, sentiment.TOKEN[sentiment.NOTHING])
    gradient_section(network, shown, QUESTION, EQUATION, SYMBOLS)


@st.cache_data(max_entries=50, show_spinner="Training a bag of words …")
def _bag(config: Config) -> dict[str, float]:
    found: dict[str, float] = computed(config, bag_of_run, config)
    return found
