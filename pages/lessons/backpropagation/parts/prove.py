"""The "Prove it" button: the gradient on screen against central differences, at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
import streamlit as st

from pages.components.numbers import power_of_ten
from pages.lessons.backpropagation import sentences, texts
from rnn_core import checking
from rnn_core.bptt import forward
from rnn_core.cells import Cell
from rnn_core.checking import EPSILON, TOLERANCE, TensorCheck
from rnn_core.losses import Loss
from rnn_core.types import Batch, Params, Values


@st.fragment
def prove_section(key: str, of: str, params: Params, batch: Batch, cell: Cell, loss: Loss) -> None:
    """A button, and what the check says; it reruns alone, and its result goes with the gradient that it is about.

    Parameters
    ----------
    key : of the button
    of : the loss whose gradient is on screen, as it is written in words: L or L₂
    """
    shown = cell, loss, _digest([*params.values(), *batch])
    pressed = st.button("Prove it", key=key, icon=":material/verified:", type="primary", help=texts.prove_help)
    if pressed:
        with st.spinner("Checking against differences …"):
            st.session_state[f"{key} checked"] = shown, proof(params, batch, cell, loss)
    about, checks = st.session_state.get(f"{key} checked", (None, []))
    if about != shown:
        st.caption(texts.prove)
        return
    if sentences.worst_of(checks).error <= TOLERANCE:
        st.success(sentences.proof_sentence(of, checks))
    elif (largest := largest_state(params, batch, cell)) > LARGEST_STATE:
        st.warning(sentences.no_judge_sentence(checks, largest))
    else:
        st.error(sentences.proof_sentence(of, checks))
    st.table(pd.DataFrame(sentences.proof_table(of, checks)).set_index("gradient"))
    st.latex(texts.proof_equation)
    st.caption(texts.filled("proof", epsilon=power_of_ten(EPSILON), tolerance=power_of_ten(TOLERANCE)))
    if any(check.kinks for check in checks):
        st.caption(sentences.kinks_sentence(checks))


LARGEST_STATE = 100.0
"""Beyond it a disagreement is nobody's fault. Of 192 networks whose states have no bound (identity and ReLU, gains 1.5
to 4, 16 units), 188 were proven; the 4 others had states of 132 and more, and softmax had no slope left to resolve."""


def largest_state(params: Params, batch: Batch, cell: Cell) -> float:
    """The largest |h_t[i]|."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.abs(forward(params, batch, cell).h).max())


def proof(params: Params, batch: Batch, cell: Cell, loss: Loss) -> list[TensorCheck]:
    """Errors of all gradients; the same at every press."""
    return checking.check(params, batch, cell, loss, np.random.default_rng(0))


def _digest(arrays: Iterable[Values]) -> bytes:
    """One value for all that a gradient depends on."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.tobytes())
    return digest.digest()
