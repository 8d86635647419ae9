"""What all kinds share: the trained network, its marks, the diagram, and the way of its gradient.

A kind is a module with `controls(notices)`, drawn whichever tab is open, and `show(settings, seed)`. It says what is
learnt, lets the visitor use the network, and ends with `gradient_section`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages.components import widgets
from pages.components.predict import predict, reveal
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.answer_map import answer_map, answer_map_alt, answer_map_info
from pages.lessons.five_kinds.figures.flow_map import flow_map, flow_map_alt, flow_map_info
from pages.lessons.five_kinds.figures.kind_diagram import kind_diagram, kind_diagram_alt, kind_diagram_info
from pages.lessons.five_kinds.networks import Network, Written, network_of
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks.encoder_decoder import Symbols
from rnn_core.types import Batch


def introduced(name: str, seed: int) -> Network:
    """The network of a kind, and how well it does, drawn."""
    network = network_of(name, seed)
    st.markdown(sentences.marks_sentence(network.kind, network.record))
    return network


class Question(NamedTuple):
    """What the visitor predicts before the gradient is shown.

    Attributes
    ----------
    text : Markdown
    options : name and caption of each answer
    right : of a network: the name of the right answer, and why, in Markdown with its numbers
    """

    text: str
    options: dict[str, str]
    right: Callable[[Network], tuple[str, str]]


class Shown(NamedTuple):
    """One sequence as the diagram names it.

    Attributes
    ----------
    batch : it alone
    inputs, outputs : T names of what is read and said; "" where there is nothing to name
    nothing : the token id that stands for no input
    """

    batch: Batch
    inputs: Sequence[str]
    outputs: Sequence[str]
    nothing: int | None = None


def sentence_control(key: str, label: str, default: str, offered: Mapping[str, Mapping[str, Any]]) -> str:
    """A sentence as it was typed, with examples above."""
    above = st.container()
    text = widgets.text(key, label, default, 400, "any of the words below")
    widgets.examples(offered, above)
    return text


def gradient_section(network: Network, shown: Shown, question: Question, equation: str, symbols: str) -> bool:
    """The diagram; then, once the visitor has committed, the gradient on it, over the updates, and in words.

    Parameters
    ----------
    equation, symbols : how ∂L/∂h_t comes about in this kind, and what stands in it

    Returns whether the gradient is shown.
    """
    widgets.section("Which way the gradient goes")
    above = st.container()
    key = f"fk_{network.name.replace('-', '_')}"
    answer = predict(f"{key}_way", question.text, question.options)
    norm = row_norms(network.read(shown.batch).gradients.dh)
    largest = norm.max()
    shares = None if answer is None else norm / largest if largest > 0 else np.zeros_like(norm)
    info = kind_diagram_info(shown.batch, shown.inputs, shown.outputs, shares, nothing=shown.nothing)
    above.markdown(texts.diagram if answer is None else f"{texts.diagram} {texts.diagram_coloured}")
    above.plotly_chart(kind_diagram(info), key=f"{key}_diagram", alt=kind_diagram_alt(info))
    if answer is None:
        return False
    reveal(f"{key}_way", answer, *question.right(network))
    st.markdown(texts.heatmap)
    flow = flow_map_info(network.record, network.gradient_flow.read)
    st.plotly_chart(flow_map(flow), key=f"{key}_heatmap", alt=flow_map_alt(flow))
    st.latex(equation)
    st.caption(f"{symbols} {texts.layout}" if len(shown.inputs) > 1 else symbols)
    st.markdown("**What just happened.** " + sentences.way_sentence(network.gradient_flow, network.record))
    return True


def draw_written(key: str, symbols: Symbols, written: Written, right: Sequence[int] | None) -> None:
    """The probabilities of every symbol at every place; `right` are classes, with END."""
    K = len(written.classes)
    marked = [-1] * K if right is None else [*right, *[-1] * K][:K]
    places = [symbols.written[k] for k in written.classes]
    info = answer_map_info(places, symbols.written, written.p, marked, "what it writes, symbol by symbol")
    st.plotly_chart(answer_map(info), key=key, alt=answer_map_alt(info))
    st.caption(texts.greedy)
