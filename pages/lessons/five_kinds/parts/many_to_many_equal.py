"""Many-to-many of equal length: a part of speech for every word, as it is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.components.figures.itemised_map import itemised_info, itemised_map, itemised_map_alt
from pages.components.sentence import read_or_default
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.answer_map import answer_map, answer_map_alt, answer_map_info
from pages.lessons.five_kinds.networks import Network
from pages.lessons.five_kinds.sentences import many_to_many as sentences
from pages.lessons.five_kinds.sentences import shared as of_kinds
from rnn_core.cells import cell_of
from rnn_core.diagnostics.itemised import itemised
from rnn_core.losses import softmax
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import tagging

from .shared import Question, Shown, gradient_section, introduced, sentence_control

NAME = "many-to-many-equal"
SENTENCE = tagging.EXAMPLE
EXAMPLES = {
    "guides that film dances": {"fk_tagged": SENTENCE},
    "they guide plans": {"fk_tagged": "They guide plans with walks"},
    "the guides plan": {"fk_tagged": "The guides plan walks"},
    "early and early": {"fk_tagged": "The early train arrived early and that train that arrived names that guide"},
}
EQUATION = (
    r"\frac{\partial L}{\partial h_t} = \underbrace{\frac{\partial L_t}{\partial h_t}}_{\text{from its own word}} + "
    r"\frac{\partial L}{\partial h_{t+1}} \, \frac{\partial h_{t+1}}{\partial h_t}"
)


def _right(network: Network) -> tuple[str, str]:
    at, T = 1 + int(network.gradient_flow.norm[1:].argmax()), len(network.gradient_flow.norm) - 1
    right = "at the first word" if at == 1 else "at the last word" if at == T else "in between"
    return right, of_kinds.largest_sentence(network.gradient_flow)


QUESTION = Question(
    r"The loss is read after every word. Where is $\lVert \partial L / \partial h_t \rVert$ largest in training?",
    {"at the first word": "", "in between": "", "at the last word": ""},
    _right,
)


def controls(notices: Any) -> str:
    """The sentence as it was typed."""
    st.markdown(texts.filled("equal_lead", words=len(tagging.VOCABULARY), ambiguous=int(tagging.AMBIGUOUS.sum())))
    return sentence_control("fk_tagged", "Sentence to tag", SENTENCE, EXAMPLES)


def show(text: str, seed: int) -> None:
    network = introduced(NAME, seed)
    record = network.record
    st.markdown(sentences.alone_sentence(record))
    tokens = read_or_default(tagging.read, text, SENTENCE)
    words = tuple(tagging.VOCABULARY[token] for token in tokens)
    right = tagging.right_tags(tokens)
    by_word = tagging.looked_up(tokens[:, None])[tagging.BY_WORD][:, 0]
    unread = np.zeros((len(tokens), 1), np.int64)
    p = softmax(network.read(tagging.as_batch(tokens[:, None], unread, record.config.dtype)).tape.logits[:, 0])
    said = p.argmax(axis=1)
    fooled = np.where((right >= 0) & (by_word != right), by_word, -1)
    info = answer_map_info(words, tagging.TAGS, p, right, "words", {"the word alone, where it is wrong": fooled})
    st.markdown(sentences.tags_sentence(words, said, right, by_word))
    st.plotly_chart(answer_map(info), key="fk_tags", alt=answer_map_alt(info))
    st.caption(", ".join(f"{tag}: {name}" for tag, name in sentences.TAG_NAMES.items()))
    with st.expander("All the words it knows"):
        st.markdown(", ".join(sorted(tagging.VOCABULARY)))
    classes = np.where(right < 0, said, right)[:, None]
    batch = tagging.as_batch(tokens[:, None], classes, record.config.dtype)
    shown = Shown(batch, words, [tagging.TAGS[tag] for tag in said])
    if gradient_section(network, shown, QUESTION, EQUATION, texts.equal_symbols):
        done, cell = network.read(batch), cell_of(record.config)
        matrix = itemised(network.params, batch, done.tape, done.dlogits, cell)
        norms = row_norms(done.gradients.dh), row_norms(done.gradients.dh_direct)
        arrivals = itemised_info(words, tuple(range(1, len(words) + 1)), matrix, *norms)
        st.plotly_chart(itemised_map(arrivals), key="fk_tagged_itemised", alt=itemised_map_alt(arrivals))
        st.markdown(sentences.near_loss_sentence(done.gradients))
