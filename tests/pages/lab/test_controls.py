"""The sidebar: names, defaults and stops are public API, since links are made of them."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.fields import CAPTIONS, FIELDS
from pages.components.widgets import show
from pages.lab import texts
from pages.lab.controls import CONTROLS, CUSTOM, OF_PRESETS, matching_preset
from rnn_core.config import DEFAULTS, SPECS, Config, shortest_sentence
from rnn_core.presets import PRESETS
from tests.pages.reading import assert_alive, opened, shown, words

LINK_DEFAULTS = {
    "clip": "norm",
    "clip_threshold": 1.0,
    "cell": "vanilla",
    "hidden_size": 80,
    "spectral_radius": 1.3,
    "optimizer": "sgd",
    "learning_rate": 0.6,
    "updates": 1000,
    "batch_size": 32,
    "dtype": "float32",
    "seed": 0,
    "sentence_length": 14,
    "attractors": 2,
}
"""What a link leaves out. To change one of these changes what every link means that was ever shared."""

SMALL = {"updates": 100, "hidden_size": 8}

STOPS = {field: tuple(FIELDS[field].stops or FIELDS[field].options or ()) for field in OF_PRESETS}

ALONE = {"sentence_length": 100, "attractors": 0, "hidden_size": 1, "batch_size": 1}
"""A run beside which each value of one control is judged by itself."""

MOVED: dict[str, Any] = {
    "clip": "value",
    "clip_threshold": 0.2,
    "cell": "lstm",
    "hidden_size": 16,
    "spectral_radius": 0.7,
    "optimizer": "adam",
    "learning_rate": 0.1,
    "updates": 200,
    "batch_size": 8,
    "dtype": "float64",
    "seed": 5,
    "sentence_length": 20,
    "attractors": 1,
}
"""Another value for each control."""


def widgets(at: AppTest) -> dict[str, Any]:
    """The sidebar's controls by key."""
    side = at.sidebar
    return {w.key: w for kind in (side.radio, side.select_slider, side.selectbox, side.number_input) for w in kind}


def widget(at: AppTest, field: str) -> Any:
    return widgets(at)[field]


def trained_config(at: AppTest) -> Config:
    """The config of the last run that the page asked for."""
    return Config(**{field: at.session_state[field] for field in LINK_DEFAULTS})


@pytest.fixture(scope="module")
def default_page() -> AppTest:
    return opened(short=False)


def test_defaults_of_links_are_pinned(default_page: AppTest) -> None:
    assert {field: widget(default_page, field).value for field in LINK_DEFAULTS} == LINK_DEFAULTS
    assert {field: DEFAULTS[field] for field in LINK_DEFAULTS} == LINK_DEFAULTS


def test_every_control_is_bound_to_the_url_by_the_name_of_its_field(default_page: AppTest) -> None:
    assert widgets(default_page).keys() == {*LINK_DEFAULTS, "preset"}
    for field in LINK_DEFAULTS:
        assert widget(default_page, field).proto.query_param_key == field
    bound = {w.proto.query_param_key for w in (*default_page.text_input, *default_page.toggle, *default_page.slider)}
    assert bound == {"sentence", "pair", "charts", "predict"}


def test_stops_are_pinned(default_page: AppTest) -> None:
    per_decade = ["1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8"]
    assert [show(stop) for stop in STOPS["clip_threshold"]][40:51] == [*per_decade, "10"]
    assert (len(STOPS["clip_threshold"]), STOPS["clip_threshold"][0], STOPS["clip_threshold"][-1]) == (71, 1e-4, 1e3)
    assert (len(STOPS["learning_rate"]), STOPS["learning_rate"][0], STOPS["learning_rate"][-1]) == (51, 1e-4, 10.0)
    assert [show(stop) for stop in STOPS["spectral_radius"]] == [f"{k / 10:g}" for k in range(1, 41)]
    assert STOPS["hidden_size"] == (4, 8, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256)
    assert STOPS["sentence_length"] == (*range(8, 41), 50, 60, 80, 100)
    assert STOPS["attractors"] == (0, 1, 2, 3, 4, 5, 6)
    assert STOPS["updates"] == (100, 200, 300, 500, 1000, 1500, 2000, 3000, 4000, 5000, 10000, 20000, 50000)
    assert STOPS["batch_size"] == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
    assert STOPS["clip"] == ("norm", "param_norm", "value", "adaptive", "autoclip", "flow")
    assert (STOPS["clip_percentile"][0], DEFAULTS["clip_percentile"], STOPS["clip_percentile"][-1]) == (1, 10, 99)
    assert (STOPS["cell"], STOPS["optimizer"]) == (("vanilla", "gru", "lstm"), ("sgd", "momentum", "rmsprop", "adam"))
    assert STOPS["dtype"] == ("float32", "float64")
    for field, stops in ((field, STOPS[field]) for field in STOPS if field in LINK_DEFAULTS):
        assert list(widget(default_page, field).options) == [show(stop) for stop in stops]


@pytest.mark.parametrize("field", STOPS)
def test_every_stop_is_allowed_and_every_default_and_preset_is_a_stop(field: str) -> None:
    for stop in STOPS[field]:
        assert CONTROLS[field].read(show(stop)) == stop
        assert getattr(Config(**(ALONE | {field: stop})), field) == stop
    assert DEFAULTS[field] in STOPS[field]
    for preset in PRESETS.values():
        assert preset.changes.get(field, DEFAULTS[field]) in STOPS[field]


@pytest.mark.parametrize("field", MOVED)
def test_a_control_changes_the_field_of_its_name_and_nothing_else(field: str) -> None:
    at = opened()
    widget(at, field).set_value(MOVED[field]).run()
    assert_alive(at)
    assert trained_config(at) == Config(**(SMALL | {field: MOVED[field]}))
    shown = {field: widget(at, field).value for field in LINK_DEFAULTS}
    assert shown == LINK_DEFAULTS | SMALL | {field: MOVED[field]}


def test_a_link_restores_every_control() -> None:
    at = opened(**MOVED)
    assert_alive(at)
    assert not at.warning
    assert trained_config(at) == Config(**MOVED)
    assert {key: at.query_params[key] for key in MOVED} == {key: show(value) for key, value in MOVED.items()}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("clip_threshold", "0.7", 0.7),
        ("clip_threshold", "0.50", 0.5),
        ("clip_threshold", "1e-1", 0.1),
        ("clip_threshold", "0.123456789", 0.123456789),
        ("learning_rate", "0.0001", 0.0001),
        ("spectral_radius", "3.75", 3.75),
        ("hidden_size", "7", 7),
        ("updates", "123", 123),
        ("batch_size", "3", 3),
        ("sentence_length", "45", 45),
        ("seed", "4294967295", 2**32 - 1),
    ],
)
def test_a_link_may_name_any_allowed_value_written_in_any_way(field: str, text: str, value: Any) -> None:
    at = opened(**{field: text})
    assert_alive(at)
    assert not at.warning
    assert at.session_state[field] == value
    assert at.query_params[field] in (text, [text])
    assert at.run().session_state[field] == value
    widget(at, "dtype").set_value("float64").run()
    assert at.session_state[field] == value


NONSENSE = ["banana", "nan", "1e999", "-4", "", "9" * 5000, "<script>alert(1)</script>"]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:10])
def test_nonsense_in_a_link_gives_one_sentence_a_field_and_the_defaults(text: str) -> None:
    fields = [field for field in LINK_DEFAULTS if field not in SMALL]
    at = opened(**dict.fromkeys(fields, text))
    assert_alive(at)
    assert [shown(warning.value).split()[0] for warning in at.warning] == fields
    for field, warning in zip(fields, at.warning, strict=True):
        assert f"“{text[:40]}”" in shown(warning.value)
        assert "default" in warning.value
        assert "allowed" in warning.value
        assert len(shown(warning.value)) < 200
        assert at.session_state[field] == LINK_DEFAULTS[field]
    assert set(at.query_params) == set(SMALL)
    assert not at.run().warning


@pytest.mark.parametrize("field", SMALL)
def test_nonsense_for_what_makes_a_run_small_gives_the_default_too(field: str) -> None:
    at = opened(**{field: "banana"})
    assert_alive(at)
    (warning,) = at.warning
    assert f"{field} is “banana”" in shown(warning.value)
    assert at.session_state[field] == LINK_DEFAULTS[field]


@pytest.mark.parametrize("field", [field for field in STOPS if SPECS[field].low is not None])
def test_a_number_beyond_its_bounds_gives_the_default(field: str) -> None:
    spec = SPECS[field]
    assert spec.low is not None
    assert spec.high is not None
    for text in (show(spec.high * 1.01 + 1), show(spec.low - 1)):
        with pytest.raises(ValueError, match=field):
            CONTROLS[field].read(text)
    for bound in (spec.low, spec.high):
        assert CONTROLS[field].read(show(type(DEFAULTS[field])(bound))) == bound


def test_the_percentile_is_asked_for_only_where_it_is_used() -> None:
    at = opened(clip="autoclip", clip_percentile=70)
    assert_alive(at)
    assert widget(at, "clip_percentile").value == 70
    widget(at, "clip").set_value("norm").run()
    assert_alive(at)
    assert "clip_percentile" not in widgets(at)
    widget(at, "clip").set_value("autoclip").run()
    assert widget(at, "clip_percentile").value in (10, 70)  # Streamlit may forget a control that was away


@pytest.mark.parametrize("clip", STOPS["clip"])
@pytest.mark.parametrize("cell", STOPS["cell"])
def test_every_cell_with_every_kind_of_clipping_has_its_page(clip: str, cell: str) -> None:
    at = opened(clip=clip, cell=cell, clip_threshold=0.01)
    assert_alive(at)
    assert CAPTIONS[clip] in words(at.sidebar)
    assert texts.options("clip_equation")[clip] in words(at)
    assert texts.options("hidden_equation")[cell] in words(at)
    assert texts.options("gradient_equation")[cell] in words(at)


def test_values_that_fit_only_together_are_not_judged_alone() -> None:
    at = opened(sentence_length=8, attractors=0)
    assert_alive(at)
    assert not at.warning
    assert trained_config(at) == Config(**SMALL, sentence_length=8, attractors=0)


def test_after_a_wrong_seed_the_seed_still_works() -> None:
    at = opened(seed="1e999")
    at.query_params.pop("seed", None)
    widget(at, "seed").set_value(5).run()
    assert trained_config(at).seed == 5
    assert widget(at, "seed").proto.query_param_key == "seed"


def test_nonsense_for_what_is_not_a_run_leaves_the_page_alone() -> None:
    for text in ("banana", "", "-4", "1e999"):
        assert_alive(opened(**dict.fromkeys(("at", "pair", "window", "noun", "preset", "unknown"), text)))


def test_attractors_that_do_not_fit_get_a_sentence_and_the_sidebar_goes_on() -> None:
    at = opened(attractors=6)
    assert not at.exception
    (error,) = at.error
    assert "6 attractors" in error.value
    assert str(shortest_sentence(6)) in error.value
    widget(at, "sentence_length").set_value(shortest_sentence(6)).run()
    assert_alive(at)
    assert trained_config(at) == Config(**SMALL, attractors=6, sentence_length=26)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_recognised_by_its_values_whatever_the_seed(name: str) -> None:
    values = {field: DEFAULTS[field] for field in STOPS} | PRESETS[name].changes
    assert matching_preset(values | {"seed": 7}) == name
    for field, stops in STOPS.items():
        other = next(stop for stop in stops if stop != values[field])
        assert matching_preset(values | {field: other}) == CUSTOM


@pytest.mark.parametrize("name", PRESETS)
def test_choosing_a_preset_sets_its_fields(name: str) -> None:
    at = opened(short=True, seed=1, batch_size=4)
    widget(at, "preset").set_value(name).run()
    assert_alive(at)
    assert trained_config(at) == PRESETS[name].config(seed=1)
    assert widget(at, "preset").value == name
    assert PRESETS[name].story in words(at)


@pytest.mark.parametrize("name", PRESETS)
def test_a_link_with_a_presets_values_is_that_preset(name: str) -> None:
    at = opened(short=False, **PRESETS[name].changes)
    assert widget(at, "preset").value == name


def test_moving_anything_makes_it_the_visitors_own(default_page: AppTest) -> None:
    assert widget(default_page, "preset").value == "rescued"
    assert widget(default_page, "preset").options == [preset.title for preset in PRESETS.values()]
    moved = opened()
    assert widget(moved, "preset").value == CUSTOM
    assert not any(preset.story in words(moved) for preset in PRESETS.values())


def test_every_control_has_a_label_and_help_with_what_is_allowed(default_page: AppTest) -> None:
    for field in LINK_DEFAULTS:
        proto = widget(default_page, field).proto
        assert proto.label == FIELDS[field].label
        assert SPECS[field].help in proto.help


def test_markdown_in_a_link_stays_text() -> None:
    at = opened(clip_threshold="![x](http://a.b/c.png)")
    (warning,) = at.warning
    assert r"\!\[x\]\(http\:\/\/a\.b" in warning.value
