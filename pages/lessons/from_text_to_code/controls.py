"""The page's controls; keys, defaults and names stand in links."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.components import teacher, widgets
from pages.components.fields import seed
from pages.components.widgets import Control
from pages.lessons.from_text_to_code import texts
from rnn_core.experiments.faults import RUNNING
from rnn_core.toy_models.first_attempt.attempt import Sizes
from rnn_core.toy_models.first_attempt.faults import FAULTS

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


class Settings(NamedTuple):
    """Which class, whatever its faults."""

    sizes: Sizes
    seed: int


def size_controls() -> Settings:
    """How large the class is, and where its weights and sequences come from."""
    with st.container(border=True):
        symbols, units, number = widgets.in_columns(
            [1, 1, 1],
            [Control("tc_symbols", "Symbols of the task", 3, texts.symbols_help, 2, 8, range(2, 9))],
            [Control("tc_units", "Hidden units H", 8, texts.units_help, 3, 8, range(3, 9))],
            [seed("tc_seed", texts.seed_help)],
        )
    return Settings(Sizes(symbols, units), number)


def fault_control() -> str:
    """The fault that is looked at alone."""
    captions = {label: FAULTS[name].title for label, name in NAMES.items()}
    label = widgets.choice("tc_fault", "The fault", captions, "slope on one term only", texts.fault_help, menu=True)
    return NAMES[label]


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
        st.caption(texts.switches)
        columns = st.columns(2)
        for k, (label, name) in enumerate(NAMES.items()):
            where = texts.named_help if FAULTS[name].named else texts.unnamed_help
            with columns[2 * k // len(NAMES)]:
                if widgets.toggle(key_of(name), label, f"the class {FAULTS[name].title}; {where}", default=True):
                    faults.append(name)
        free = [key_of(name) for name in faults if not teacher.holds(key_of(name))]
        mend: dict[str, Any] = {"on_click": st.session_state.update, "kwargs": dict.fromkeys(free[:1], False)}
        st.button("Mend the next fault", key="tc_next", type="primary", disabled=not free, **mend)
    widgets.examples({label: {key_of(name): name in of for name in FAULTS} for label, of in EXAMPLES.items()}, buttons)
    return tuple(faults)
