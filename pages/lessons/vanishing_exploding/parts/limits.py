"""Part 4: why clipping cannot cure vanishing, and how it can cause it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.layout import equations
from pages.lessons.vanishing_exploding.figures.clipping_limits import (
    LimitsInfo,
    flows,
    flows_alt,
    limits_info,
    terms,
    terms_alt,
    turns,
    turns_alt,
)
from pages.lessons.vanishing_exploding.sentences import limits as sentences
from rnn_core.config import Config
from rnn_core.toy_models.clip_limits import network

LEAD = (
    "The article says that in certain cases “clipping might result in vanishing gradients”. Which cases? Here one "
    "gradient of one small network is clipped to the same threshold $c$ in three ways. **Look for what becomes of the "
    "ratio of early to late.**"
)
NORM_EQUATIONS = (
    (2, r"g \leftarrow s\,g,\;\; s = \min\Bigl(1, \frac{c}{\lVert g \rVert}\Bigr)"),
    (
        3,
        r"\frac{\partial L}{\partial W_{hh}} = \sum_t h_{t-1}^\top \frac{\partial L}{\partial a_t} \;\to\; "
        r"\sum_t s\, h_{t-1}^\top \frac{\partial L}{\partial a_t}",
    ),
)
NORM_TEXT = (
    "Clipping by norm comes after the backward pass. Nothing that flowed back is changed by it, and every term of the "
    "sum is multiplied with the same number $s ≤ 1$. On a logarithmic axis the line moves down and keeps its shape. "
    "If the early terms had vanished, they have still vanished. If the whole gradient is shorter than $c$, nothing "
    "happens at all."
)
VALUE_EQUATIONS = ((1, r"g_i \leftarrow \max(-c, \min(c, g_i)) \;\; \text{for each } i"),)
VALUE_TEXT = (
    "Clipping by value cuts each entry by itself. Large entries lose more than small ones, so the gradient **turns**. "
    "Far below all entries only their signs are left. The terms have been summed by then: what is cut cannot be told "
    "apart by time step."
)
FLOW_EQUATIONS = (
    (2, r"\frac{\partial L}{\partial h_t} \leftarrow s_t\,\frac{\partial L}{\partial h_t} \text{ at every } t"),
    (2, r"s_t = \min\Bigl(1, \frac{c}{\lVert \partial L / \partial h_t \rVert}\Bigr)"),
    (3, r"\frac{\partial L_T}{\partial h_1} \to \Bigl(\prod_{t=1}^{T} s_t\Bigr) \frac{\partial L_T}{\partial h_1}"),
)
FLOW_TEXT = (
    "Clipping inside the flow shortens the gradient at every time step, before it goes on. What the last loss $L_T$ "
    "sends to the first word is multiplied with *all* the factors. It is the only one of the three that changes what "
    "earlier time steps receive. Where a gradient explodes, it holds it, as long as all numbers are finite: in this "
    "project's training loop a run whose unclipped $∂L/∂h_t$ is not finite still ends. Where losses are read at every "
    "word, the shares of the far ones shrink by $s_t$ per time step, and vanish."
)
OVERFLOW_TEXT = (
    "There is a fourth way: by accident. If the norm is computed from squares, it overflows while the gradient is "
    "still finite. Then the factor is $c / ∞ = 0$ and the update is lost in silence. This project's clip does not do "
    "that. The first part of this page shows where it happens in each precision."
)
SYMBOLS = (
    "$g$: gradient of the loss $L$ over all parameters. $L$ is the sum of the losses $L_t$ that are read. $h_t$: "
    "state after word $t$; $a_t$: what goes into its tanh. Norms are over all units and the sentences of one batch, "
    "in float64. The network has 16 tanh units and its weights before the first update; its task is agreement (loss "
    "at the last word), or agreement as next-word prediction (loss at every word)."
)
LOSSES = {"every word": "each word predicts the next", "last word": "only the verb is asked for"}
TASK_OF = {"every word": "next_word", "last word": "agreement"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Vanishing, made worse": {"ve_gain": 1.0, "ve_loss": "every word", "ve_cut": 0.005, "ve_words": 30},
    "Clipping makes it vanish": {"ve_gain": 1.5, "ve_loss": "every word", "ve_cut": 0.002, "ve_words": 30},
    "Vanishing: clipping cannot help": {"ve_gain": 0.7, "ve_loss": "last word", "ve_cut": 0.001, "ve_words": 30},
    "Exploding: clipping holds it": {"ve_gain": 2.5, "ve_loss": "last word", "ve_cut": 0.1, "ve_words": 30},
    "Too large to matter": {"ve_gain": 1.0, "ve_loss": "every word", "ve_cut": 100.0, "ve_words": 30},
}
_CUTS = (*(round(m * 10.0**e, 8) for e in range(-6, 2) for m in (1.0, 2.0, 5.0)), 100.0)
_GAINS = tuple(round(k / 10, 1) for k in range(1, 41))
_WORDS = (8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_FREEZES: dict[str, Any] = {"ve_part": "One weight", "ve_w": 2.0, "ve_steps": 100, "ve_dtype": "float32"}


class Wanted(NamedTuple):
    """What the controls say."""

    gain: float
    words: int
    loss: str
    threshold: float
    seed: int


def controls(notices: Any) -> Wanted:
    """The network, the loss, and the threshold of all three clips."""
    above = st.container()
    columns = st.columns([4, 4, 5, 4, 3])
    with columns[0]:
        c = widgets.slider(
            "ve_cut", "Threshold c", _CUTS, 0.005, 1e-6, 100.0, "of all three kinds of clipping", place=notices
        )
    with columns[1]:
        gain = widgets.slider(
            "ve_gain", "Spectral radius ρ", _GAINS, 1.0, 0.01, 4.0, "gain of W_hh at the start", place=notices
        )
    with columns[2]:
        loss = widgets.choice("ve_loss", "A loss is read at", LOSSES, "every word", "where L comes from", place=notices)
    with columns[3]:
        words = widgets.slider("ve_words", "Words T", _WORDS, 30, 8, 100, "length of the sentences", place=notices)
    with columns[4]:
        seed = widgets.integer("ve_draw", "Seed", 0, 2**32 - 1, 0, "of weights and sentences", place=notices)
    widgets.examples(EXAMPLES, above)
    return Wanted(gain, words, loss, c, seed)


@st.cache_data(max_entries=64, show_spinner=False)
def measured(wanted: Wanted) -> LimitsInfo:
    """The first gradient of the network, clipped in three ways."""
    config = Config(
        task=TASK_OF[wanted.loss],
        sentence_length=wanted.words,
        attractors=0,
        hidden_size=16,
        spectral_radius=wanted.gain,
        batch_size=16,
        dtype="float64",
        seed=wanted.seed,
    )
    return limits_info(network(config), wanted.threshold)


def part(tab: Any, notices: Any) -> None:
    """Controls always; pictures and words where the tab is open."""
    with tab:
        st.markdown(LEAD)
        wanted = controls(notices)
        if tab.open:
            _pictures(measured(wanted))


def _pictures(info: LimitsInfo) -> None:
    st.table(pd.DataFrame(sentences.table(info)))
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences.article(info)))
    st.caption(SYMBOLS)
    _row("Clipping by norm: all terms shrink alike", NORM_EQUATIONS, NORM_TEXT, sentences.norm_sentence(info))
    st.plotly_chart(terms(info), key="ve_terms", alt=terms_alt(info))
    _row("Clipping by value: the direction turns", VALUE_EQUATIONS, VALUE_TEXT, sentences.value_sentence(info))
    st.plotly_chart(turns(info), key="ve_turns", alt=turns_alt(info))
    _row("Clipping inside the flow: the past receives less", FLOW_EQUATIONS, FLOW_TEXT, sentences.flow_sentence(info))
    st.plotly_chart(flows(info), key="ve_flows", alt=flows_alt(info))
    st.subheader("A norm that overflows: nothing is left")
    st.markdown(OVERFLOW_TEXT)
    st.button("Show it: 2¹⁰⁰ in float32", key="ve_show", on_click=st.session_state.update, kwargs=_FREEZES)


def _row(title: str, parts: Sequence[tuple[int, str]], text: str, computed: str) -> None:
    st.subheader(title)
    equations(parts)
    st.markdown(f"{text} {computed}")
