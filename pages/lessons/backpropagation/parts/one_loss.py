"""One loss of a small network, by hand: the chain rule with its numbers, and the update by all of its losses."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.lessons.backpropagation import equations, sentences, texts
from pages.lessons.backpropagation.controls import alpha_control, follow_controls, small_controls
from pages.lessons.backpropagation.figures.descent import descent, descent_alt, descent_info
from pages.lessons.backpropagation.figures.unrolled import unrolled, unrolled_alt, unrolled_info
from pages.lessons.backpropagation.networks import Small
from rnn_core.cells import VANILLA
from rnn_core.losses import SOFTMAX_CROSS_ENTROPY
from rnn_core.toy_models.chain_rule import ChainRule, as_batch, chain_rule

from .prove import prove_section


def one_loss() -> None:
    """One loss followed through the small network, then the update by all of its losses."""
    widgets.section("One loss, by hand")
    with st.container():
        small = small_controls()
    everything = tuple(range(1, len(small.words) + 1))
    whole = chain_rule(small.params, small.inputs, small.targets, everything)
    st.markdown(sentences.small_sentence(small))
    st.table(pd.DataFrame(sentences.forward_table(small, whole)).set_index("t"))
    st.latex(texts.forward_equation)
    st.caption(texts.forward_symbols)
    read, weight = follow_controls(len(small.words))
    rule = chain_rule(small.params, small.inputs, small.targets, read)
    path = unrolled_info(rule, small.words, weight)
    picture, symbols = st.columns([3, 2], vertical_alignment="center")
    picture.plotly_chart(unrolled(path), key="unrolled", alt=unrolled_alt(path))
    symbols.latex(equations.chain_of(rule, weight))
    symbols.markdown(sentences.path_sentence(rule, weight))
    with st.container():  # one element, however many steps: a control that moves down the page loses its link
        _chain(small, rule, weight)
    followed = as_batch(small.inputs, small.targets, read)
    prove_section("bp_prove", sentences.loss_in_words(rule), small.params, followed, VANILLA, SOFTMAX_CROSS_ENTROPY)
    _update(small, whole)


def _chain(small: Small, rule: ChainRule, weight: str) -> None:
    """Each step of the chain rule with its numbers."""
    for step in equations.steps(rule, small.params, weight):
        st.markdown(step.says)
        for equation in step.equations:
            st.latex(equation)
    st.caption(texts.back_symbols)
    if weight == "W_xh":
        rows = ", ".join(f"{k} is *{word}*" for k, word in enumerate(small.rows, 1))
        st.caption(f"Rows of $W_{{xh}}$: {rows}. A word's row gets a term only where the word was read.")


def _update(small: Small, rule: ChainRule) -> None:
    """The loss along the update's direction, then before, gradient and after of each weight."""
    widgets.section("The update: each weight against its gradient")
    alpha = alpha_control()
    step = descent_info(small.params, rule, as_batch(small.inputs, small.targets, rule.read), alpha)
    left, right = st.columns(2)
    left.latex(texts.update_equation)
    left.markdown(texts.update)
    left.markdown(sentences.update_sentence(step))
    right.plotly_chart(descent(step), key="descent", alt=descent_alt(step))
    for name, W in small.params.items():
        gradient = rule.gradients[name]
        st.latex(equations.update_of(name, W, gradient, W - alpha * gradient, alpha))
