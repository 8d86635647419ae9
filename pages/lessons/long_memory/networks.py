"""The networks of the study, trained for the page, and what is computed from the few that it looks into."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from pages.components.jobs import waiting
from pages.components.jobs.sweeps import Sweep
from pages.lessons.long_memory.controls import Settings
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics import retention
from rnn_core.diagnostics.units import NumberUnits, number_units
from rnn_core.experiments import memory
from rnn_core.experiments.memory import GridPoint, Study, Trained
from rnn_core.losses import log_softmax
from rnn_core.tasks.reading import Reading
from rnn_core.types import Floats, Params

Networks = Mapping[GridPoint, Trained]


def begun_sweep(settings: Settings) -> Sweep:
    """The sweep over all networks of the study: first those that the page looks into, then their like with other
    seeds, then the rest in the order of the study."""
    configs, looked_into = configs_of(settings.study), settings.looked_into()
    urgent = sorted(configs, key=lambda at: (at not in looked_into, at.value != settings.value))
    return waiting.sweep_of("lm_sweep", list(configs.values()), [configs[at] for at in urgent])


def configs_of(study: Study) -> dict[GridPoint, Config]:
    """The runs of the study."""
    return {at: memory.config_at(study, at) for at in memory.grid_points(study)}


def results_of(study: Study) -> dict[GridPoint, Trained]:
    """The networks that are trained."""
    results = st.session_state["lm_sweep"].results
    return {at: results[config] for at, config in configs_of(study).items() if config in results}


def networks_of(settings: Settings) -> Networks | None:
    """The networks that are looked into; None until all of them are trained."""
    results, looked_into = results_of(settings.study), settings.looked_into()
    return {at: results[at] for at in looked_into} if results.keys() >= set(looked_into) else None


def answer(config: Config, network: Trained, read: Reading) -> Floats:
    """(O,) Probability of each answer after the last word."""
    params = network.params
    h_T = retention.read(params, read.tokens, cell_of(config)).h[-1, 0]
    with np.errstate(over="ignore", invalid="ignore"):  # weights on their way to divergence may overflow here
        p: Floats = np.exp(log_softmax(h_T @ params["W_hy"] + params["b_y"]))
    return p


@st.cache_data(max_entries=500, show_spinner=False)
def jacobian_norms(config: Config, trained: bool, tokens: tuple[int, ...], _params: Params) -> Floats:
    """(T+1,) ‖∂h_T/∂h_t‖ of one network, which its run names once it is said whether that is over."""
    return retention.jacobian_norms(_params, np.array(tokens), cell_of(config))


def norms_over_seeds(settings: Settings, read: Reading, word: int) -> dict[GridPoint, float]:
    """‖∂h_T/∂h_t‖ from one word in all networks like those looked into that are trained, whatever their seed."""
    alike = {at: result for at, result in results_of(settings.study).items() if at.value == settings.value}
    configs = [memory.config_at(settings.study, at) for at in alike]
    params = [result.params for result in alike.values()]
    return dict(zip(alike, _norms_from(word, tuple(read.tokens.tolist()), configs, params), strict=True))


@st.cache_data(max_entries=100, show_spinner=False)
def _norms_from(word: int, tokens: tuple[int, ...], configs: list[Config], _params: list[Params]) -> list[float]:
    networks = list(zip(configs, _params, strict=True))
    norms: list[float] = waiting.computed(configs[0], retention.reaches, networks, np.array(tokens), word)
    return norms


@st.cache_data(max_entries=100, show_spinner=False)
def units_of(config: Config, _params: Params) -> NumberUnits:
    """Which units of a trained network carry the number."""
    units: NumberUnits = waiting.computed(config, number_units, config, _params, random_stream(config, EVALUATION))
    return units
