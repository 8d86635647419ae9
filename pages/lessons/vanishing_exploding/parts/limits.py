"""Part 4: why clipping cannot cure vanishing, and how it can cause it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.fields import recurrent_gain, seed
from pages.components.layout import equations
from pages.components.widgets import Control
from pages.lessons.vanishing_exploding import texts
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

NORM_EQUATIONS = (
    (2, r"g \leftarrow s\,g,\;\; s = \min\Bigl(1, \frac{c}{\lVert g \rVert}\Bigr)"),
    (
        3,
        r"\frac{\partial L}{\partial W_{hh}} = \sum_t h_{t-1}^\top \frac{\partial L}{\partial a_t} \;\to\; "
        r"\sum_t s\, h_{t-1}^\top \frac{\partial L}{\partial a_t}",
    ),
)
VALUE_EQUATIONS = ((1, r"g_i \leftarrow \max(-c, \min(c, g_i)) \;\; \text{for each } i"),)
FLOW_EQUATIONS = (
    (2, r"\frac{\partial L}{\partial h_t} \leftarrow s_t\,\frac{\partial L}{\partial h_t} \text{ at every } t"),
    (2, r"s_t = \min\Bigl(1, \frac{c}{\lVert \partial L / \partial h_t \rVert}\Bigr)"),
    (3, r"\frac{\partial L_T}{\partial h_1} \to \Bigl(\prod_{t=1}^{T} s_t\Bigr) \frac{\partial L_T}{\partial h_1}"),
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
_WORDS = (8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
_CONTROLS: tuple[Control[Any], ...] = (
    Control("ve_cut", "Threshold c", 0.005, "of all three kinds of clipping", 1e-6, 100.0, _CUTS),
    recurrent_gain("ve_gain", 1.0, "gain of W_hh at the start", "Spectral radius ρ"),
    Control("ve_loss", "A loss is read at", "every word", "where L comes from", options=LOSSES),
    Control("ve_words", "Words T", 30, "length of the sentences", 8, 100, _WORDS),
    seed("ve_draw", "of weights and sentences"),
)
_FREEZES: dict[str, Any] = {"ve_part": "One weight", "ve_w": 2.0, "ve_steps": 100, "ve_dtype": "float32"}


class Settings(NamedTuple):
    """What the controls say, in their order."""

    threshold: float
    gain: float
    loss: str
    words: int
    seed: int


def controls(notices: Any) -> Settings:
    """The network, the loss, and the threshold of all three clips."""
    st.markdown(texts.limits_lead)
    above = st.container()
    settings = widgets.in_columns([4, 4, 5, 4, 3], *([control] for control in _CONTROLS), place=notices)
    widgets.examples(EXAMPLES, above)
    return Settings(*settings)


@st.cache_data(max_entries=64, show_spinner=False)
def measured(settings: Settings) -> LimitsInfo:
    """The first gradient of the network, clipped in three ways."""
    config = Config(
        task=TASK_OF[settings.loss],
        sentence_length=settings.words,
        attractors=0,
        hidden_size=16,
        spectral_radius=settings.gain,
        batch_size=16,
        dtype="float64",
        seed=settings.seed,
    )
    return limits_info(network(config), settings.threshold)


def show(settings: Settings) -> None:
    """What is left of early and late terms, then each kind of clipping in turn."""
    info = measured(settings)
    st.table(pd.DataFrame(sentences.table(info)))
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences.article(info)))
    st.caption(texts.limits_symbols)
    _row("Clipping by norm: all terms shrink alike", NORM_EQUATIONS, texts.limits_norm, sentences.norm_sentence(info))
    st.plotly_chart(terms(info), key="ve_terms", alt=terms_alt(info))
    _row("Clipping by value: the direction turns", VALUE_EQUATIONS, texts.limits_value, sentences.value_sentence(info))
    st.plotly_chart(turns(info), key="ve_turns", alt=turns_alt(info))
    _row(
        "Clipping inside the flow: the past receives less",
        FLOW_EQUATIONS,
        texts.limits_flow,
        sentences.flow_sentence(info),
    )
    st.plotly_chart(flows(info), key="ve_flows", alt=flows_alt(info))
    st.subheader("A norm that overflows: nothing is left")
    st.markdown(texts.limits_overflow)
    st.button("Show it: 2¹⁰⁰ in float32", key="ve_show", on_click=st.session_state.update, kwargs=_FREEZES)


def _row(title: str, parts: Sequence[tuple[int, str]], text: str, computed: str) -> None:
    st.subheader(title)
    equations(parts)
    st.markdown(f"{text} {computed}")
