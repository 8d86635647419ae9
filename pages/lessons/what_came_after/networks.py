"""The networks that the page looks into: trained in the page's processes, and kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from pages.components.jobs import waiting
from rnn_core.config import Config
from rnn_core.diagnostics import gradient_paths
from rnn_core.diagnostics.gradient_paths import MODELS, RECURRENT, GradientPath
from rnn_core.experiments import forecasts as forecasting
from rnn_core.experiments import successors
from rnn_core.experiments.successors import BASE, LENGTHS, TRAINED_AT, config_of
from rnn_core.tasks import agreement
from rnn_core.tasks.reading import Reading
from rnn_core.types import Floats, Params

RATES = {"vanilla": 0.003, "gru": 0.01, "lstm": 0.003, "attention": 0.003}
"""The learning rates that the study chose at TRAINED_AT words."""

FORECAST_RATES = {"vanilla": 0.001, "gru": 0.001, "lstm": 0.003}
"""Those that the study of forecasts chose."""


ASKED = 1200
"""Fresh stations: so few that the page need not wait for them."""


class Sentence(NamedTuple):
    """What is read, and the answer that the loss asks for."""

    read: Reading
    answer: int

    @property
    def tokens(self) -> tuple[int, ...]:
        """The ids of its words."""
        return tuple(self.read.tokens.tolist())

    @property
    def word(self) -> int:
        """Position of the first noun that the gradient has a way back to; where there is none, of the first word."""
        return next((noun for noun in self.read.nouns if noun < len(self.read.words) - 1), 0)

    @property
    def verb(self) -> str:
        return agreement.ANSWERS[self.answer]


def sentence_of(read: Reading) -> Sentence:
    """The verb that was typed is right; without one, that of the first noun.

    Raises
    ------
    ValueError
        If a single word is read.
    """
    if len(read.words) < 2:
        raise ValueError(
            f"from “{read.words[0]}”, the only word before the verb, there is no way back; type two or more"
        )
    if read.rest and read.rest[0].lower() in agreement.ANSWERS:
        return Sentence(read, agreement.ANSWERS.index(read.rest[0].lower()))
    plural = any(agreement.NUMBER[read.tokens[noun]] > 0 for noun in read.nouns[:1])
    return Sentence(read, int(plural))


def agreement_config(model: str, seed: int) -> Config:
    """The run of one network on the page."""
    return config_of(model, BASE, sentence_length=TRAINED_AT, seed=seed, learning_rate=RATES[model])


def forecast_config(cell: str, seed: int) -> Config:
    """The run of one forecasting network on the page."""
    return forecasting.BASE.replace(cell=cell, seed=seed, learning_rate=FORECAST_RATES[cell])


def untrained(seed: int) -> dict[str, Params]:
    """The weights of all four before training."""
    return {model: successors.starting_params(model, agreement_config(model, seed)) for model in MODELS}


def trained(seed: int) -> dict[str, Params]:
    """The weights of all four after training; the page waits for them."""
    records = waiting.trained(*(agreement_config(model, seed) for model in RECURRENT))
    params = {
        model: {name: W[-1] for name, W in record.probe_params.items()}
        for model, record in zip(RECURRENT, records, strict=True)
    }
    return params | {"attention": trained_attention(seed)}


@st.cache_data(max_entries=64, show_spinner="Training attention …")
def trained_attention(seed: int) -> Params:
    """The weights of attention after training."""
    config = agreement_config("attention", seed)
    weights: Params = waiting.computed(config, successors.trained_params, "attention", config)
    return weights


@st.cache_data(max_entries=100, show_spinner=False)
def paths_before(seed: int, tokens: tuple[int, ...], answer: int) -> dict[str, GradientPath]:
    """The gradient's path in each network before training."""
    return paths_of(untrained(seed), tokens, answer)


def paths_of(params: dict[str, Params], tokens: tuple[int, ...], answer: int) -> dict[str, GradientPath]:
    """The gradient's path in each network."""
    return {model: gradient_paths.gradient_path(model, W, np.array(tokens), answer) for model, W in params.items()}


@st.cache_data(max_entries=64, show_spinner="Asking at other lengths …")
def asked_at_lengths(seed: int, params: dict[str, Params]) -> dict[str, dict[int, float]]:
    """Held-out accuracy by length, by network."""
    configs = {model: agreement_config(model, seed) for model in params}
    return {
        model: waiting.computed(config, successors.accuracy_over, model, config, params[model], LENGTHS)
        for model, config in configs.items()
    }


@st.cache_data(max_entries=64, show_spinner=False)
def linear_model(seed: int) -> Floats:
    """The coefficients of linear autoregression, fitted to what the network of this seed is trained on."""
    config = forecast_config("vanilla", seed)
    coefficients: Floats = waiting.computed(config, forecasting.fitted, config)
    return coefficients
