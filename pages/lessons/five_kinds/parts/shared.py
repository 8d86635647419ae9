"""What all kinds share: the trained network, its marks, the diagram, and the way of its gradient.

A kind is a module with `part(tab, notices, seed)`: controls always, the rest where the tab is open. It says what is
learnt, lets the visitor use the network, and ends with `gradient_section`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import streamlit as st

from pages.components import widgets
from pages.components.jobs.waiting import trained
from pages.components.predict import predict, reveal
from pages.lessons.five_kinds.figures.flow_map import flow_map, flow_map_alt, flow_map_info
from pages.lessons.five_kinds.figures.kind_diagram import kind_diagram, kind_diagram_alt, kind_diagram_info
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.experiments.kinds import KINDS, GradientFlow, Kind, gradient_flow
from rnn_core.losses import Loss
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import TASKS
from rnn_core.types import Batch, Params, Record

Asked = TypeVar("Asked")


class Network(NamedTuple):
    """A trained network of one kind.

    Attributes
    ----------
    name, kind : of `KINDS`
    record : its run
    params : the weights at the end
    way : which way its gradient went in training
    """

    name: str
    kind: Kind
    record: Record
    params: Params
    gradient_flow: GradientFlow

    def read(self, batch: Batch) -> Pass:
        """Let it read a batch, and send the loss back."""
        return loss_and_gradients(self.params, batch, cell_of(self.record.config), loss=self.loss)

    @property
    def loss(self) -> Loss:
        """What is asked of its outputs."""
        return TASKS[self.record.config.task].loss


def network_of(name: str, seed: int) -> Network:
    """The network of a kind, trained now if it is not kept; draws how well it does."""
    config = KINDS[name].config.replace(seed=seed)
    (record,) = trained(config)
    params = {key: W[-1] for key, W in record.probe_params.items()}
    found = Network(name, KINDS[name], record, params, gradient_flow(record, batch_of_update(config, 0)))
    st.markdown(sentences.marks_sentence(found.kind, record))
    return found


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


def draw_part(
    tab: Any, lead: str, controls: Callable[[], Asked], section: Callable[[Asked, int], None], seed: int
) -> None:
    """A kind's tab: its controls always, so that links keep them; pictures and words where the tab is open."""
    with tab:
        st.markdown(lead)
        asked = controls()
        if tab.open:
            section(asked, seed)


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
    place = st.container()
    key = f"fk_{network.name.replace('-', '_')}"
    said = predict(f"{key}_way", question.text, question.options)
    norm = row_norms(network.read(shown.batch).gradients.dh)
    largest = norm.max()
    shares = None if said is None else norm / largest if largest > 0 else np.zeros_like(norm)
    info = kind_diagram_info(shown.batch, shown.inputs, shown.outputs, shares, nothing=shown.nothing)
    place.markdown(sentences.DIAGRAM if said is None else sentences.DIAGRAM_COLOURED)
    place.plotly_chart(kind_diagram(info), key=f"{key}_diagram", alt=kind_diagram_alt(info))
    if said is None:
        return False
    reveal(f"{key}_way", said, *question.right(network))
    st.markdown(sentences.HEATMAP)
    found = flow_map_info(network.record, network.gradient_flow.read)
    st.plotly_chart(flow_map(found), key=f"{key}_heatmap", alt=flow_map_alt(found))
    st.latex(equation)
    st.caption(f"{symbols} {sentences.LAYOUT}" if len(shown.inputs) > 1 else symbols)
    st.markdown("**What just happened.** " + sentences.way_sentence(network.gradient_flow, network.record))
    return True
