"""Which units carry the number of the subject, in one of the networks."""

from __future__ import annotations

import streamlit as st

from pages.components import widgets
from pages.lessons.long_memory import sentences, texts
from pages.lessons.long_memory.controls import Settings
from pages.lessons.long_memory.figures.unit_curves import (
    unit_costs,
    unit_costs_alt,
    unit_curves,
    unit_curves_alt,
    unit_info,
)
from pages.lessons.long_memory.networks import Networks, units_of
from rnn_core.experiments import memory
from rnn_core.experiments.memory import CELLS, GridPoint


@st.fragment
def units_section(networks: Networks, settings: Settings) -> None:
    """One network, its units from the costliest to lose, and one of them. Reruns alone."""
    left, right = st.columns(2)
    with left:
        cell = widgets.choice("lm_cell", "Cell", dict.fromkeys(CELLS, ""), "lstm", texts.looked_at_help)
    at = GridPoint(cell, settings.clipped, settings.value, settings.seed)
    config = memory.config_at(settings.study, at)
    H = config.hidden_size
    with right:
        rank = widgets.slider(
            "lm_rank", "Unit, from the costliest to lose", tuple(range(1, H + 1)), 1, 1, H, texts.rank_help
        )
    info = unit_info(units_of(config, networks[at].params), rank - 1)
    left, right = st.columns(2)
    left.plotly_chart(unit_curves(info), key="lm_unit", alt=unit_curves_alt(info))
    right.plotly_chart(unit_costs(info), key="lm_costs", alt=unit_costs_alt(info))
    st.markdown(sentences.unit_sentence(info, cell, rank - 1))
