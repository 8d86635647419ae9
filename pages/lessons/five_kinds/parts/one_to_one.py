"""One-to-one: a digit from seven segments; a network with one time step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.lessons.five_kinds.figures.segments import segments, segments_alt, segments_info
from pages.lessons.five_kinds.sentences import shared as sentences
from rnn_core.losses import softmax
from rnn_core.tasks import led
from rnn_core.types import Ints

from .shared import Network, Question, Shown, draw_part, gradient_section, network_of

NAME = "one-to-one"
LEAD = (
    "One input, one output: **a digit from seven segments**, each of which shows the opposite of what it should one "
    f"time in ten. That makes some displays ambiguous: no rule at all can be right more often than {led.BEST:.1%} in "
    "the long run; on the displays of one test, luck can add or take a per cent or two. The network has T = 1. What "
    "remains of the recurrence?"
)
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
SYMBOLS = (
    "$x_1$: seven zeros and ones, one for each segment. $h_0 = 0$: the state before anything is read. $a_1$: what "
    "tanh is taken of. What remains is a feed-forward network with one hidden layer. $W_{hh}$ is there, but it meets "
    "nothing but zeros."
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
    st.markdown("**Light the segments yourself:**")
    above = st.container()
    lit = []
    with st.container(horizontal=True):
        for key, name, default in zip(_KEYS, led.SEGMENTS, _DEFAULT, strict=True):
            lit.append(widgets.toggle(key, name, f"the segment {name}", default=bool(default), place=notices))
    widgets.examples(EXAMPLES, above)
    return np.array(lit, int)


def part(tab: Any, notices: Any, seed: int) -> None:
    """Controls always; pictures and words where the tab is open."""
    draw_part(tab, LEAD, lambda: controls(notices), _section, seed)


def _section(lit: Ints, seed: int) -> None:
    network = network_of(NAME, seed)
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
    gradient_section(network, shown, QUESTION, EQUATION, SYMBOLS)
