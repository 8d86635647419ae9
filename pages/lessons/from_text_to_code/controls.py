"""The page's controls; keys, defaults and names stand in links."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.components import teacher, widgets
from rnn_core.experiments.faults import RUNNING
from rnn_core.toy_models.first_attempt.attempt import Sizes
from rnn_core.toy_models.first_attempt.faults import FAULTS

from . import texts

NAMES = {
    "wrong shape to start from": "start_shape",
    "product entry by entry": "elementwise",
    "only the last state kept": "last_state",
    "index out of range": "out_of_range",
    "two names for one array": "other_name",
    "biases mixed up": "bias",
    "slope on one term only": "one_term",
    "W_hh missing on the way back": "no_recurrence",
    "last state before the first": "wraps",
    "last error everywhere": "last_error",
    "tiny weights": "tiny_weights",
}
"""Of the faults, so short that a phone shows them whole: as they stand in the menu and in links, and in `FAULTS`."""


def key_of(fault: str) -> str:
    """Of the switch that puts a fault into the class."""
    return f"tc_{fault}"


class Wanted(NamedTuple):
    """Which class, whatever its faults."""

    sizes: Sizes
    seed: int


def size_controls() -> Wanted:
    """How large the class is, and where its weights and sequences come from."""
    with st.container(border=True):
        left, middle, right = st.columns(3)
        with left:
            symbols = widgets.slider("tc_symbols", "Symbols of the task", range(2, 9), 3, 2, 8, texts.SYMBOLS_HELP)
        with middle:
            units = widgets.slider("tc_units", "Hidden units H", range(3, 9), 8, 3, 8, texts.UNITS_HELP)
        with right:
            seed = widgets.integer("tc_seed", "Seed", 0, 2**32 - 1, 0, "where the weights and the sequences come from")
    return Wanted(Sizes(symbols, units), seed)


def fault_control() -> str:
    """The fault that is looked at alone."""
    captions = {said: FAULTS[name].title for said, name in NAMES.items()}
    return NAMES[
        widgets.choice(
            "tc_fault", "The fault", captions, "slope on one term only", "the class has this fault alone", menu=True
        )
    ]


EXAMPLES: dict[str, tuple[str, ...]] = {
    "As typed in": tuple(FAULTS),
    "Only what never stops it": RUNNING,
    "One wrong gradient, and it learns": ("wraps",),
    "All right, and it does not learn": ("tiny_weights",),
    "Without a fault": (),
}
"""Of 20 seeds with 3 symbols and 8 units, the third ended below guessing in 20, the fourth in none."""


def mend_controls() -> tuple[str, ...]:
    """The faults that are in, each with a switch, and a button that mends the next."""
    buttons = st.container()
    faults = []
    with st.container(border=True):
        st.caption(texts.SWITCHES)
        columns = st.columns(2)
        for k, (label, name) in enumerate(NAMES.items()):
            help = f"the class {FAULTS[name].title}; {texts.SWITCH_HELP[FAULTS[name].named]}"
            with columns[2 * k // len(NAMES)]:
                if widgets.toggle(key_of(name), label, help, default=True):
                    faults.append(name)
        free = [key_of(name) for name in faults if not teacher.holds(key_of(name))]
        after: dict[str, Any] = dict.fromkeys(free[:1], False)
        st.button(
            "Mend the next fault",
            key="tc_next",
            type="primary",
            disabled=not free,
            on_click=st.session_state.update,
            kwargs=after,
        )
    widgets.examples({label: {key_of(name): name in of for name in FAULTS} for label, of in EXAMPLES.items()}, buttons)
    return tuple(faults)
