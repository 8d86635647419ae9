"""Config: what a run may be, and what is said about a value that it may not have."""

from __future__ import annotations

import dataclasses
import math
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core import config as config_module
from rnn_core.config import DEFAULTS, SPECS, Config, shortest_sentence

PUBLIC_DEFAULTS = {  # links leave defaults out: changing one changes what an old link means
    "task": "agreement",
    "sentence_length": 14,
    "attractors": 2,
    "cell": "vanilla",
    "activation": "tanh",
    "hidden_size": 80,
    "initializer": "scaled",
    "spectral_radius": 1.3,
    "init_std": 0.1,
    "forget_bias": 1.0,
    "optimizer": "sgd",
    "learning_rate": 0.6,
    "momentum": 0.9,
    "decay": 0.999,
    "clip": "norm",
    "clip_threshold": 1.0,
    "clip_percentile": 10.0,
    "omega": 0.0,
    "bptt_window": 0,
    "updates": 1000,
    "batch_size": 32,
    "dtype": "float32",
    "seed": 0,
}

BOUNDS = {  # what links, widgets and commands may ask for
    "sentence_length": (8, 100),
    "attractors": (0, 6),
    "hidden_size": (1, 256),
    "spectral_radius": (0.01, 4.0),
    "init_std": (1e-4, 2.0),
    "forget_bias": (-10.0, 10.0),
    "learning_rate": (1e-4, 10.0),
    "momentum": (0.0, 0.999),
    "decay": (0.0, 0.9999),
    "clip_threshold": (1e-4, 1e3),
    "clip_percentile": (0.0, 100.0),
    "omega": (0.0, 100.0),
    "bptt_window": (0, 100),
    "updates": (1, 50_000),
    "batch_size": (1, 512),
    "seed": (0, 4294967295),
}

CHOICES = {
    "task": {"agreement", "next_word", "temporal_order", "adding", "copying", "led", "melody", "sentiment"}
    | {"tagging", "dates", "reversal", "forecast"},
    "cell": {"vanilla", "gru", "lstm"},
    "activation": {"tanh", "relu", "sigmoid", "identity"},
    "initializer": {"scaled", "gaussian", "orthogonal", "identity", "sparse"},
    "optimizer": {"sgd", "momentum", "rmsprop", "adam"},
    "clip": {"off", "norm", "param_norm", "value", "adaptive", "autoclip", "flow"},
    "dtype": {"float32", "float64"},
}

WHOLE = [name for name in BOUNDS if isinstance(PUBLIC_DEFAULTS[name], int)]


def with_room(name: str, value: object) -> dict[str, Any]:
    """The field alone, with whatever else it needs so that the fields fit together."""
    return {"sentence_length": {"sentence_length": value, "attractors": 0}, "attractors": {"attractors": value}}.get(
        name, {}
    ) | ({name: value, "sentence_length": 100} if name != "sentence_length" else {})


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_what_a_gated_cell_has_no_choice_of_is_named(cell: str) -> None:
    for name, value in (("activation", "relu"), ("omega", 4.0)):
        with pytest.raises(ValueError, match=rf"^{name} is {value}, but cell {cell} .* allowed: {DEFAULTS[name]}$"):
            Config(cell=cell, **{name: value})


def rejected(name: str, value: object) -> str:
    with pytest.raises(ValueError, match=rf"^{name} is ") as caught:
        Config(**with_room(name, value))
    message = str(caught.value)
    assert repr(value.item() if isinstance(value, np.generic) else value) in message
    return message


def test_defaults_are_public_api() -> None:
    assert PUBLIC_DEFAULTS == Config().to_dict() == DEFAULTS
    assert list(SPECS) == list(PUBLIC_DEFAULTS)


def test_every_field_has_bounds_or_choices_and_a_help() -> None:
    assert BOUNDS.keys() | CHOICES.keys() == SPECS.keys()
    for name, spec in SPECS.items():
        assert spec.help
        if name in CHOICES:
            assert set(spec.choices) == CHOICES[name]
        else:
            assert (spec.low, spec.high) == BOUNDS[name]


@pytest.mark.parametrize("name", BOUNDS)
def test_both_bounds_are_allowed_and_kept_in_the_default_s_type(name: str) -> None:
    for bound in BOUNDS[name]:
        kept = getattr(Config(**with_room(name, bound)), name)
        assert kept == bound
        assert type(kept) is type(PUBLIC_DEFAULTS[name])


@pytest.mark.parametrize("name", BOUNDS)
def test_a_number_just_outside_its_bounds_is_named_with_what_is_allowed(name: str) -> None:
    low, high = BOUNDS[name]
    just_below, just_above = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    for value in (low - 1, high + 1) if name in WHOLE else (just_below, just_above):
        message = rejected(name, value)
        _, _, allowed = message.partition("allowed: ")
        assert [float(number) for number in re.findall(r"-?\d[\d.e+-]*", allowed)] == [low, high]


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize(
    "value",
    [True, False, np.True_, "3", "", b"3", None, [3], (3,), {}, 3 + 0j, np.complex128(3), np.array(3), np.arange(2)],
    ids=repr,
)
def test_a_number_of_the_wrong_type_is_rejected(name: str, value: object) -> None:
    assert "allowed: a " in rejected(name, value)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.float64("inf")], ids=repr)
def test_a_non_finite_number_is_rejected(name: str, value: float) -> None:
    rejected(name, value)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["huge", "-huge"])
def test_a_whole_number_beyond_every_float_is_rejected_like_any_other(name: str, value: int) -> None:
    rejected(name, value)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [3.5, 8.000001, Fraction(17, 2), np.float32(8.5)], ids=repr)
def test_a_fraction_is_no_whole_number(name: str, value: float) -> None:
    assert "allowed: a whole number from" in rejected(name, value)


@pytest.mark.parametrize("kind", [float, np.int8, np.int64, np.uint16, np.float16, np.float32, np.float64, Fraction])
def test_whole_values_of_any_number_type_become_plain_numbers(kind: type) -> None:
    config = Config(**{name: kind(PUBLIC_DEFAULTS[name]) for name in WHOLE if PUBLIC_DEFAULTS[name] < 100})
    assert config == Config()
    assert all(type(getattr(config, name)) is int for name in WHOLE)
    radius = Config(spectral_radius=kind(2)).spectral_radius
    assert (radius, type(radius)) == (2.0, float)


def test_a_bound_rounded_to_low_precision_is_held_against_the_exact_bound() -> None:
    for name, bound in (("learning_rate", 1e-4), ("spectral_radius", 0.01)):
        assert float(np.float32(bound)) < bound
        rejected(name, np.float32(bound))


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_allowed(name: str) -> None:
    for value in CHOICES[name]:
        assert getattr(Config(sentence_length=30, **{name: value}), name) == value
        from_numpy = getattr(Config(sentence_length=30, **{name: np.str_(value)}), name)
        assert (from_numpy, type(from_numpy)) == (value, str)


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["other", "", "NORM", " norm", None, 0, 1.0, True, ["norm"], np.array(["norm"])])
def test_anything_but_a_choice_is_named_with_the_choices(name: str, value: object) -> None:
    message = rejected(name, value)
    assert all(choice in message for choice in CHOICES[name])


@pytest.mark.parametrize("attractors", range(7))
def test_the_sentence_must_have_room_for_the_attractors(attractors: int) -> None:
    shortest = shortest_sentence(attractors)
    assert Config(sentence_length=shortest, attractors=attractors).attractors == attractors
    if shortest > BOUNDS["sentence_length"][0]:
        with pytest.raises(ValueError, match=rf"sentence_length is {shortest - 1}, but {attractors} .* {shortest}"):
            Config(sentence_length=shortest - 1, attractors=attractors)


def test_a_run_that_needs_too_much_memory_is_rejected_with_what_makes_it_big(monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config(sentence_length=100, batch_size=512, hidden_size=256)
    monkeypatch.setattr(config_module, "MEMORY_LIMIT", config.memory())
    assert config.replace() == config
    monkeypatch.setattr(config_module, "MEMORY_LIMIT", config.memory() - 1)
    with pytest.raises(ValueError, match=r"sentence_length 100, batch_size 512, hidden_size 256 .*MiB"):
        config.replace()


def test_the_largest_run_within_all_other_bounds_needs_too_much_memory() -> None:
    largest = {"sentence_length": 100, "batch_size": 512, "hidden_size": 256}
    Config(**largest)
    with pytest.raises(ValueError, match=r"MiB are allowed"):
        Config(**largest, dtype="float64")


def test_memory_counts_at_least_the_states_and_their_gradients() -> None:
    small, large = Config(dtype="float32"), Config(dtype="float64")
    states = small.sentence_length * small.batch_size * small.hidden_size
    assert small.memory() >= 2 * 4 * states
    assert large.memory() - small.memory() >= 2 * 4 * states


def configs() -> st.SearchStrategy[Config]:
    def field(name: str) -> st.SearchStrategy[Any]:
        if name in CHOICES:
            return st.sampled_from(sorted(CHOICES[name]))
        low, high = BOUNDS[name]
        return st.integers(int(low), int(high)) if name in WHOLE else st.floats(low, high)

    def fitting(values: dict[str, Any]) -> Config:
        length = max(values["sentence_length"], 30)  # every task's, with any number of attractors
        values = values | {"sentence_length": length}
        gated = values["cell"] != "vanilla"
        values["batch_size"] = min(values["batch_size"], 16 if gated else 256)  # with all else largest, memory's limit
        return Config(**values | ({"activation": "tanh", "omega": 0.0} if gated else {}))

    return st.fixed_dictionaries({name: field(name) for name in PUBLIC_DEFAULTS}).map(fitting)


@given(configs())
def test_a_config_survives_the_trip_through_a_dict(config: Config) -> None:
    values = config.to_dict()
    assert all(type(value) is type(PUBLIC_DEFAULTS[name]) for name, value in values.items())
    again = Config.from_dict(values)
    assert again == config
    assert hash(again) == hash(config)


@given(configs())
def test_only_what_differs_from_the_defaults_is_needed_to_rebuild_a_config(config: Config) -> None:
    different = {name: value for name, value in config.to_dict().items() if value != PUBLIC_DEFAULTS[name]}
    assert Config.from_dict(different) == config


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    for make in (lambda: Config.from_dict({"epochs": 3}), lambda: Config().replace(epochs=3)):
        with pytest.raises(ValueError, match=r"epochs is not a field of Config; .*updates"):
            make()


def test_replace_changes_what_it_is_told_and_validates_it() -> None:
    assert Config().replace(clip="off", seed=7) == Config(clip="off", seed=7)
    with pytest.raises(ValueError, match=r"^seed is -1"):
        Config().replace(seed=-1)


def test_a_config_cannot_be_changed_and_can_be_a_key() -> None:
    config = Config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 1
    assert {config: "run"}[Config()] == "run"
    assert len({Config(), Config(seed=1), Config(seed=1.0)}) == 2
