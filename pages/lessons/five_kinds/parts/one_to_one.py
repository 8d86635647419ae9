"""One-to-one: a digit from seven segments; a network with one time step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.segments import segments, segments_alt, segments_info
from pages.lessons.five_kinds.networks import Network
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.losses import softmax
from rnn_core.tasks import led
from rnn_core.types import Ints

from .shared import Question, Shown, gradient_section, introduced

NAME = "one-to-one"
_KEYS = tuple("fk_led_" + name.replace(" ", "_") for name in led.SEGMENTS)
_DEFAULT = led.DIGITS[3]


def _lit(row: Ints) -> dict[str, Any]:
    return dict(zip(_KEYS, (bool(lit) for lit in row), strict=True))


EXAMPLES = {
    "an unbroken 3": _lit(led.DIGITS[3]),
    "an 8 without its middle": _lit(led.DIGITS[0]),
    "a 9 without its top": _lit(led.DIGITS[4] | np.array([0, 0, 0, 0, 0, 0, 1])),
    "all dark": _lit(np.zeros(7, int)),
}
EQUATION = (
    r"\begin{gathered} h_1 = \tanh(x_1 W_{xh} + \underbrace{h_0}_{0} W_{hh} + b_h) \\ "
    r"\frac{\partial L}{\partial W_{hh}} = h_0^\top \frac{\partial L}{\partial a_1} = 0 \end{gathered}"
)


def _right(network: Network) -> tuple[str, str]:
    record = network.record
    largest = record.param_norm["W_hh"].max()
    moved = np.abs(record.probe_params["W_hh"][-1] - record.probe_params["W_hh"][0]).max()
    return "W_hh", (
        rf"Over all {record.updates:,} updates the largest $\lVert \partial L / \partial W_{{hh}} \rVert$ was "
        f"{largest:g}, and its entries moved by {moved:g} in all: it multiplies $h_0$, which is zero."
    )


QUESTION = Question(
    "One time step. Which of the weights gets no gradient at all?",
    {"W_xh": "from the input", "W_hh": "from state to state", "W_hy": "to the output", "none of them": ""},
    _right,
)


def controls(notices: Any) -> Ints:
    """(7,) which segments are lit."""
    st.markdown(texts.filled("one_to_one_lead", best=f"{led.BEST:.1%}"))
    st.markdown("**Light the segments yourself:**")
    above = st.container()
    lit = []
    with st.container(horizontal=True):
        for key, name, default in zip(_KEYS, led.SEGMENTS, _DEFAULT, strict=True):
            lit.append(widgets.toggle(key, name, f"the segment {name}", default=bool(default), place=notices))
    widgets.examples(EXAMPLES, above)
    return np.array(lit, int)


def show(lit: Ints, seed: int) -> None:
    network = introduced(NAME, seed)
    wrong = (lit != led.DIGITS).sum(axis=1)
    batch = led.as_batch(lit[None], wrong.argmin()[None], network.record.config.dtype)
    p = softmax(network.read(batch).tape.logits[0, 0])
    said = int(p.argmax())
    info = segments_info(lit, p)
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.plotly_chart(segments(info), key="fk_segments", alt=segments_alt(info))
    right.markdown(f"The network says **{said}** with {sentences.probability(p)}.")
    order = np.argsort(-p)[:3]
    right.table(
        pd.DataFrame(
            {
                "digit": [str(k) for k in order],
                "probability": [f"{p[k]:.3f}" for k in order],
                "segments that would be broken": [str(wrong[k]) for k in order],
            }
        ).set_index("digit")
    )
    shown = Shown(batch, ("segments",), (str(said),))
    gradient_section(network, shown, QUESTION, EQUATION, texts.one_to_one_symbols)
