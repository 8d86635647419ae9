"""The page on vanishing and exploding end to end, without a browser: its numbers are those of `rnn_core`."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.vanishing_exploding.parts import cliff, limits, matrix, weight
from rnn_core.config import Config
from rnn_core.diagnostics.spectra import eigenvalues, singular_values
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models import clip_limits, repeated_product
from rnn_core.toy_models.cliff import descend, error
from rnn_core.toy_models.recurrence import fading, recurrence
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, shown, words

ONE, MATRIX, CLIFF, LIMITS = PARTS = ("One weight", "The matrix", "The cliff", "What clipping cannot do")
CHARTS = {
    ONE: ("products", "clipped"),
    MATRIX: ("spectrum", "fading"),
    CLIFF: ("cliff", "above", "descents"),
    LIMITS: ("terms", "turns", "flows"),
}
EXAMPLES = {ONE: weight.EXAMPLES, MATRIX: matrix.EXAMPLES, CLIFF: cliff.EXAMPLES, LIMITS: limits.EXAMPLES}

DEFAULTS: dict[str, Any] = {
    "ve_w": 2.0, "ve_steps": 500, "ve_dtype": "float32", "ve_c": 1.0,
    "ve_init": "Gaussian", "ve_rho": 1.2, "ve_link": 0.6, "ve_units": 32,
    "ve_f": "tanh", "ve_drive": 0.5, "ve_lags": 50, "ve_seed": 0,
    "ve_w0": 5.0, "ve_b0": -2.3, "ve_alpha": 0.1, "ve_limit": 1.0, "ve_updates": 200,
    "ve_cut": 0.005, "ve_gain": 1.0, "ve_loss": "every word", "ve_words": 30, "ve_draw": 0,
}  # fmt: skip
"""What a link leaves out. To change one of these changes what every link means that was ever shared."""

MOVED: dict[str, Any] = {
    "ve_w": -1.07, "ve_steps": 123, "ve_dtype": "float16", "ve_c": 0.03,
    "ve_init": "chain", "ve_rho": 0.77, "ve_link": 1.4, "ve_units": 5,
    "ve_f": "relu", "ve_drive": 0.25, "ve_lags": 33, "ve_seed": 4,
    "ve_w0": 4.85, "ve_b0": -2.61, "ve_alpha": 0.3, "ve_limit": 0.7, "ve_updates": 77,
    "ve_cut": 0.003, "ve_gain": 1.75, "ve_loss": "last word", "ve_words": 22, "ve_draw": 9,
}  # fmt: skip


def opened(part: str = ONE, **query: Any) -> AppTest:
    at = page_of("vanishing_exploding")
    at.query_params["reveal"] = "now"
    for key, value in (({} if part == ONE else {"ve_part": part}) | query).items():
        at.query_params[key] = str(value)
    return at.run()


def chart(at: AppTest, part: str, name: str) -> dict[str, Any]:
    return _decoded(json.loads(at.get("plotly_chart")[CHARTS[part].index(name)].proto.spec))


def traces(at: AppTest, part: str, name: str) -> dict[str, dict[str, Any]]:
    """The traces of a chart by name; those without are left out."""
    return {trace["name"]: trace for trace in chart(at, part, name)["data"] if trace.get("name")}


def assert_alive(at: AppTest, part: str) -> None:
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == len(CHARTS[part])
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 60
        assert "nan" not in element.proto.alt


def values(at: AppTest) -> dict[str, Any]:
    return {key: at.session_state[key] for key in DEFAULTS}


@pytest.fixture(scope="module")
def one() -> AppTest:
    return opened(ONE)


@pytest.fixture(scope="module")
def square() -> AppTest:
    return opened(MATRIX)


@pytest.fixture(scope="module")
def steep() -> AppTest:
    return opened(CLIFF)


@pytest.fixture(scope="module")
def last() -> AppTest:
    return opened(LIMITS)


@pytest.mark.parametrize(("part", "name"), list(zip(PARTS, ("one", "square", "steep", "last"), strict=True)))
def test_each_part_opens_by_a_link_with_its_pictures_alone(
    part: str, name: str, request: pytest.FixtureRequest
) -> None:
    at = request.getfixturevalue(name)
    assert_alive(at, part)
    assert not at.warning
    assert values(at) == DEFAULTS
    for text in at.markdown:
        assert not re.search(r"\b(nan|inf|None)\b", text.value)
    assert sum("Look for" in text.value for text in at.markdown) == len(PARTS)


@pytest.mark.parametrize("part", [ONE, LIMITS])
def test_a_link_restores_every_control_of_every_part(part: str) -> None:
    at = opened(part, **MOVED)
    assert_alive(at, part)
    assert not at.warning
    assert values(at) == MOVED
    again = at.run()
    assert values(again) == MOVED
    assert {key: str(value) for key, value in MOVED.items()}.items() <= {
        key: text if isinstance(text, str) else text[-1] for key, text in at.query_params.items()
    }.items()


@pytest.mark.parametrize("text", ["banana", "nan", "1e999", "-1e9", "<b>"])
def test_nonsense_in_a_link_gives_a_sentence_each_above_the_parts_and_the_defaults(text: str) -> None:
    at = opened(CLIFF, **dict.fromkeys(DEFAULTS, text))
    assert_alive(at, CLIFF)
    assert len({warning.value for warning in at.warning}) >= len(DEFAULTS) - 2  # some controls have one label
    assert len(at.warning) == len(DEFAULTS)
    assert all(f"“{text}”" in shown(warning.value) for warning in at.warning)
    assert values(at) == DEFAULTS


@pytest.mark.parametrize(("part", "label"), [(part, label) for part in PARTS for label in EXAMPLES[part]])
def test_an_example_sets_the_controls_it_names_and_the_page_shows_it(part: str, label: str) -> None:
    at = opened(part, **MOVED)
    next(button for button in at.button if button.label == label).click().run()
    assert_alive(at, part)
    chosen = EXAMPLES[part][label]
    assert values(at) == MOVED | chosen
    assert next(button for button in at.button if button.label == label).proto.type == "primary"
    assert set(chosen) <= set(DEFAULTS)


# one weight


def test_the_powers_are_the_cores_in_every_dtype(one: AppTest) -> None:
    for dtype in repeated_product.DTYPES:
        trace = traces(one, ONE, "products")[dtype]
        powers = repeated_product.powers(2.0, 500, dtype).astype(float)
        finite = np.isfinite(powers)
        np.testing.assert_array_equal(np.array(trace["y"], float)[finite], np.log10(powers[finite]))
        assert np.isnan(np.array(trace["y"], float)[~finite]).all()


def test_what_runs_out_of_numbers_is_marked_and_said(one: AppTest) -> None:
    marks = [trace for trace in chart(one, ONE, "products")["data"] if trace.get("mode") == "markers+text"]
    assert [mark["text"] for mark in marks] == [["float32: ∞ from t = 128"], ["float16: ∞ from t = 16"]]
    text = words(one)
    assert "2⁵⁰⁰ is **infinite** in float16 (from t = 16), **infinite** in float32 (from t = 128)" in text
    assert "3.27·10¹⁵⁰ in float64" in text
    table = one.table[0].value
    assert list(table["infinite from t ="]) == ["16", "128", "beyond T: 1,024 predicted"]
    assert list(table["its norm overflows from t ="]) == ["8", "64", "beyond T: 512 predicted"]


def test_two_to_the_fifth_is_32() -> None:
    at = opened(ONE, ve_steps=5)
    assert_alive(at, ONE)
    assert "2⁵ is 32 in float16, 32 in float32 and 32 in float64." in words(at)
    assert "never" in at.table[0].value["exactly 0 from t ="].iloc[0]


def test_where_the_first_nan_comes_from_is_what_the_core_found(one: AppTest) -> None:
    found = repeated_product.first_updates(2.0, 500, "float32", weight.ALPHA)
    assert found.infinite is not None
    assert found.not_a_number is not None
    assert (found.infinite.time_step, found.not_a_number.time_step) == (129, 1)
    text = words(one)
    assert "forward pass, w · h for the state at time step 129: 2\u00a0·\u00a01.70·10³⁸" in text
    assert "**The first NaN:** first update, ∂L/∂w, its term of time step 1: 0\u00a0·\u00a0∞." in text
    table = one.table[1].value
    assert list(table["without clipping"])[2] == "NaN in the second update: 0\u00a0·\u00a0(−∞)"
    kept = repeated_product.first_updates(2.0, 500, "float64", weight.ALPHA, 1.0, "scaled")
    assert list(table["this project's clip"])[2] == f"w = {kept.weights[-1, 0]:.3g} after 3 updates"


def test_infinity_first_and_nan_later_is_told_with_its_reason() -> None:
    at = opened(ONE, ve_steps=125)
    text = words(at)
    assert "**The first ∞** in float32: first update, ∂L/∂w, its sum down to time step 94" in text
    assert "**The first NaN:** second update, forward pass" in text
    assert "The first update made w −∞" in text


def test_a_clip_that_freezes_is_told() -> None:
    table = opened(ONE, ve_steps=100).table[1].value
    assert table["plain formula"]["float32"] == "frozen: every update is 0 though the gradient is not"
    assert table["this project's clip"]["float32"] == "w = 1.7 after 3 updates"


def test_the_clipped_norms_are_the_cores_and_what_has_no_place_is_marked(one: AppTest) -> None:
    powers = repeated_product.powers(2.0, 500, "float32")
    data = chart(one, ONE, "clipped")["data"]
    drawn = {trace["name"]: trace for trace in data if trace.get("name")}
    for clip, name in (("plain", "plain formula"), ("scaled", "this project's clip")):
        norms = repeated_product.clipped_norms(powers, 1.0, clip)
        y = np.array(drawn[name]["y"], float)
        has_place = np.isfinite(norms) & (norms > 0)
        np.testing.assert_array_equal(y[has_place], np.log10(norms[has_place]))
        assert np.isnan(y[~has_place]).all()
    assert {"exactly zero from t = 64", "not a number from t = 128"} <= set(drawn)
    assert "left infinite, and reported from t = 128" in drawn
    assert "from t = 64 to 127 and **NaN** from t = 128" in words(one)


EXTREMES: list[dict[str, Any]] = [
    {"ve_w": -3, "ve_steps": 2000, "ve_dtype": "float16"},
    {"ve_w": 0, "ve_steps": 10},
    {"ve_w": 1, "ve_steps": 2000, "ve_dtype": "float64"},
    {"ve_w": -1, "ve_steps": 1},
    {"ve_w": 1e-9, "ve_dtype": "float16"},
    {"ve_w": 0.999, "ve_steps": 2000, "ve_dtype": "float16", "ve_c": 1e-4},
    {"ve_w": 0.5, "ve_steps": 1999, "ve_dtype": "float64", "ve_c": 1000},
    {"ve_w": -0.6, "ve_steps": 1000, "ve_dtype": "float16"},
    {"ve_w": 3, "ve_steps": 2000, "ve_dtype": "float64"},
]


@pytest.mark.parametrize("link", EXTREMES, ids=lambda link: " ".join(map(str, link.values())))
def test_extreme_weights_keep_the_page_alive_and_every_end_is_marked(link: dict[str, Any]) -> None:
    at = opened(ONE, **link)
    assert_alive(at, ONE)
    assert not at.warning
    data = chart(at, ONE, "products")["data"]
    marked = {trace["text"][0] for trace in data if trace.get("mode") == "markers+text"}
    expected = set()
    for dtype in repeated_product.DTYPES:
        fate = repeated_product.measured_fate(repeated_product.powers(link["ve_w"], link.get("ve_steps", 500), dtype))
        expected |= {f"{dtype}: ∞ from t = {fate.overflow:,}"} if fate.overflow is not None else set()
        expected |= {f"{dtype}: 0 from t = {fate.zero:,}"} if fate.zero is not None else set()
    assert marked == expected


def test_a_product_that_comes_to_rest_above_zero_is_explained() -> None:
    at = opened(ONE, ve_w=0.9, ve_steps=2000)
    assert list(at.table[0].value["exactly 0 from t ="]) == [
        "never: stays at 2.38·10⁻⁷ from t = 142",
        "never: stays at 5.61·10⁻⁴⁵ from t = 964",
        "never: rounding will keep it up",
    ]
    assert "comes to rest just above 0" in words(at)
    gradient = repeated_product.first_updates(0.9, 2000, "float32", weight.ALPHA).gradients[0, 0]
    assert list(at.table[1].value["without clipping"])[1].startswith("w does not move: the gradient, 1.04·10⁻⁴³")
    assert f"{gradient:.2e}" == "1.04e-43"
    raw = np.sqrt(2) * 0.9 ** np.arange(10)
    assert f"From t = {int((raw > 1).sum())} on the gradient is not longer than c" in words(at)


def test_a_gradient_that_is_exactly_zero_is_not_said_to_be_lost_in_rounding() -> None:
    table = opened(ONE, ve_steps=1).table[1].value
    assert repeated_product.first_updates(2.0, 1, "float32", weight.ALPHA).gradients[0, 0] == 0
    assert set(table["without clipping"]) == {"w does not move: its gradient is exactly 0, as h₀ is"}


def test_a_weight_of_zero_loses_no_digits() -> None:
    assert set(opened(ONE, ve_w=0).table[0].value["loses digits from t ="]) == {"never: 0 is exact"}


# the matrix


def network(**changes: Any) -> Any:
    usual = {"initializer": "scaled", "size": 32, "radius": 1.2, "link": 0.6, "activation": "tanh", "drive": 0.5}
    return recurrence(**(usual | {"T": 50, "seed": 0} | changes))


def test_the_spectrum_and_the_lines_are_the_cores(square: AppTest) -> None:
    net = network()
    drawn, found = traces(square, MATRIX, "spectrum"), fading(net)
    points = eigenvalues(net.params["W_hh"])
    np.testing.assert_array_equal(drawn["eigenvalues"]["x"], points.real)
    np.testing.assert_array_equal(drawn["eigenvalues"]["y"], points.imag)
    np.testing.assert_array_equal(drawn["singular values"]["x"], singular_values(net.params["W_hh"]))
    lines = traces(square, MATRIX, "fading")
    expected = {
        "measured: largest": found.largest,
        "measured: typical": found.typical,
        "ρ<sup>k</sup> × mean slopes": found.predicted.by_radius,
        "σ<sup>k</sup> × mean slopes": found.predicted.by_largest,
        "bound (γσ)<sup>k</sup>": found.predicted.bound,
    }
    assert lines.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(lines[name]["y"], array)


def test_it_says_that_a_radius_above_one_did_not_make_it_explode(square: AppTest) -> None:
    found = fading(network())
    text = words(square)
    assert "Measured: the gradient vanishes" in text
    assert f"factor of {found.rate:.3g} per time step" in text
    assert "ρ = 1.2 is above 1/γ" in text
    assert "the bound allows it to explode" in text
    assert "*sufficient*" in text
    assert "*necessary*" in text
    assert "*not sufficient* either" in text


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("It explodes", "the gradient explodes"),
        ("It must vanish: σ < 1/γ", "it must vanish"),
        ("A rotation keeps all", "it cannot explode**, and need not vanish"),
        ("A rotation keeps all", "W_hh is normal"),
        ("ρ < 1, yet it grows first", "It grows first, though ρ < 1"),
        ("Sigmoid, ρ = 3", "the gradient vanishes"),
    ],
)
def test_the_examples_of_the_matrix_tell_their_story(label: str, said: str) -> None:
    at = opened(MATRIX, **matrix.EXAMPLES[label])
    assert_alive(at, MATRIX)
    assert said in words(at)


@pytest.mark.parametrize(
    ("link", "limit"),
    [({"ve_rho": 1, "ve_f": "identity"}, 1), ({"ve_rho": 4, "ve_f": "sigmoid"}, 4)],
)
def test_a_rotation_at_the_limit_is_said_to_be_at_it_by_both_its_numbers(link: dict[str, Any], limit: int) -> None:
    text = words(opened(MATRIX, ve_init="orthogonal", **link))
    assert f"σ = {limit} and 1/γ = {limit}: it cannot explode" in text
    assert f"ρ = {limit} is equal to 1/γ" in text


def test_a_radius_is_said_to_be_below_one_only_if_it_is() -> None:
    at_one, below = (words(opened(MATRIX, ve_rho=rho, ve_f="identity")) for rho in (1, 0.95))
    assert "though ρ < 1" not in at_one
    assert "ρ = 1 is equal to 1/γ" in at_one
    assert "though ρ < 1" in below
    assert "ρ = 0.95 is below 1/γ" in below


def test_what_must_vanish_does_so_in_the_long_run_and_the_limits_of_the_words_are_named() -> None:
    at = opened(MATRIX, ve_init="orthogonal", ve_rho=0.99, ve_lags=10)
    text = words(at)
    assert "neither vanishes nor explodes" in text
    assert "it must vanish in the long run" in text
    caption = " ".join(element.value for element in at.caption)
    assert "*vanish* if less than 0.01 is left" in caption
    assert "*explode* if more than 100" in caption
    assert "transposed, compared with the page Backpropagation through time" in caption


@pytest.mark.parametrize("link", [{}, {"ve_f": "relu", "ve_drive": 0}])
def test_one_time_step_is_said_in_the_singular(link: dict[str, Any]) -> None:
    text = words(opened(MATRIX, ve_lags=1, **link))
    assert "fter 1 time step" in text
    assert "1 time steps" not in text


def test_a_network_that_is_switched_off_is_marked_as_zero() -> None:
    at = opened(MATRIX, ve_f="relu", ve_drive=0)
    assert_alive(at, MATRIX)
    assert "Nothing is left" in words(at)
    assert "exactly zero" in traces(at, MATRIX, "fading")


def test_the_largest_network_with_the_largest_gain_keeps_the_page_alive() -> None:
    link = {"ve_rho": 4, "ve_units": 64, "ve_lags": 100, "ve_f": "identity", "ve_drive": 3}
    assert_alive(opened(MATRIX, **link), MATRIX)
    assert_alive(opened(MATRIX, ve_rho=0.01, ve_units=2, ve_lags=1, ve_init="chain", ve_link=0), MATRIX)


# the cliff


def test_the_surface_and_both_descents_are_the_cores(steep: AppTest) -> None:
    surface = chart(steep, CLIFF, "cliff")["data"][0]
    expected = error(*np.meshgrid(np.linspace(3.5, 7.5, 161), np.linspace(-4.5, -0.5, 161)))
    np.testing.assert_array_equal(surface["z"], expected.astype(np.float32))
    free, kept = descend(5.0, -2.3, 0.1, 200), descend(5.0, -2.3, 0.1, 200, 1.0)
    drawn, lines = traces(steep, CLIFF, "above"), chart(steep, CLIFF, "descents")["data"]
    np.testing.assert_array_equal(drawn["B · with clipping"]["x"], kept.w)
    np.testing.assert_array_equal(drawn["B · with clipping"]["y"], kept.b)
    inside = len(drawn["A · without clipping"]["x"])
    assert inside == 53
    np.testing.assert_array_equal(drawn["A · without clipping"]["x"], free.w[:inside])
    for line, values in zip(lines, (free.error, kept.error, free.norm, kept.norm), strict=False):
        np.testing.assert_array_equal(line["y"], values)


def test_the_words_on_the_cliff_are_computed_from_the_paths(steep: AppTest) -> None:
    free, kept = descend(5.0, -2.3, 0.1, 200), descend(5.0, -2.3, 0.1, 200, 1.0)
    text = words(steep)
    assert f"Update 52 throws it out of the picture, to w = {free.w[53]:.3g}" in text
    assert f"{kept.clipped.sum()} of 200 updates of B were clipped" in text
    assert "too flat to come back" in text
    assert "A wall magnifies" in text


def test_where_clipping_has_no_work_it_says_so() -> None:
    at = opened(CLIFF, **cliff.EXAMPLES["Small w: no wall"])
    assert "A and B take the same way" in words(at)
    assert "pushes die out" in words(at)


@pytest.mark.parametrize(
    "link",
    [
        {"ve_w0": 7.5, "ve_b0": -4.2, "ve_alpha": 5, "ve_updates": 500, "ve_limit": 1000},
        {"ve_w0": 3.5, "ve_b0": -0.5, "ve_alpha": 0.001, "ve_updates": 1, "ve_limit": 0.0001},
        {"ve_w0": 7.5, "ve_b0": -0.5},
        {"ve_w0": 8 - 0.5, "ve_b0": -4.168589, "ve_alpha": 5},
    ],
)
def test_any_start_keeps_the_cliff_alive(link: dict[str, Any]) -> None:
    at = opened(CLIFF, **link)
    assert_alive(at, CLIFF)
    assert not at.warning


# what clipping cannot do


def measured(threshold: float, gain: float = 1.0, task: str = "next_word") -> Any:
    config = Config(
        task=task, sentence_length=30, attractors=0, hidden_size=16, spectral_radius=gain, batch_size=16,
        dtype="float64",
    )  # fmt: skip
    net = clip_limits.network(config)
    free = clip_limits.flow(net)
    clips = {kind: clip_limits.clipped(net, free, kind, threshold) for kind in clip_limits.KINDS}
    return free, clip_limits.flow(net, threshold), clips


def test_the_flow_and_the_terms_are_the_cores(last: AppTest) -> None:
    free, cut, clips = measured(0.005)
    drawn = traces(last, LIMITS, "flows")
    for name, array in (
        ("all losses, without clipping", free.dh),
        ("all losses, clipped inside the flow", cut.dh),
        ("last loss alone, without clipping", free.last),
        ("last loss alone, clipped inside the flow", cut.last),
    ):
        np.testing.assert_array_equal(drawn[name]["y"], array)
    drawn = traces(last, LIMITS, "terms")
    np.testing.assert_array_equal(np.array(drawn["without clipping"]["y"], float)[1:], free.term_norms[1:])
    scaled = row_norms(free.terms * clips["norm"].scale)
    np.testing.assert_array_equal(np.array(drawn["clipped by norm"]["y"], float)[1:], scaled[1:])
    assert "exactly zero" in drawn


def test_the_table_and_the_sentences_are_the_cores_numbers(last: AppTest) -> None:
    free, cut, clips = measured(0.005)
    table = last.table[0].value
    assert list(table["turned by"]) == [
        "0.0°",
        "0.0°",
        *(f"{np.degrees(clips[k].angle):.1f}°" for k in ("value", "flow")),
    ]
    text = words(last)
    ratio = free.term_norms[1] / free.term_norms[-1]
    assert f"{ratio:.15g} before and" in text
    assert free.last[1] / free.last[-1] < 0.01
    assert "It had vanished before; clipping inside the flow makes it vanish further" in text
    assert "results in vanishing gradients" not in text
    assert "clipping did not make it vanish, and cannot make it come back" in text
    assert f"all of them together are {np.prod(cut.kept[1:]) * 1e8:.2f}·10⁻⁸" in text
    assert f"turned by {np.degrees(clips['value'].angle):.1f}°; by norm by 0.0°" in text


def test_clipping_is_blamed_for_vanishing_only_where_the_gradient_had_not_vanished_before() -> None:
    example = limits.EXAMPLES["Clipping makes it vanish"]
    free, cut, _ = measured(example["ve_cut"], example["ve_gain"])
    assert free.last[1] / free.last[-1] > 0.1
    assert cut.last[1] / cut.last[-1] < 1e-9
    text = words(opened(LIMITS, **example))
    assert "This is the case in which clipping results in vanishing gradients" in text
    assert "It had vanished" not in text
    assert "cannot make it come back" not in text


def test_a_threshold_is_written_as_the_other_numbers_are() -> None:
    text = words(opened(LIMITS, ve_cut=1e-6))
    assert "At c = 1.00·10⁻⁶ it is turned" in text
    assert "e-06" not in text


def test_clipping_in_the_flow_is_not_said_to_rescue_a_run_that_overflows(last: AppTest) -> None:
    assert "whose unclipped $∂L/∂h_t$ is not finite still ends" in words(last)


def test_an_explosion_that_is_held_is_not_called_vanishing() -> None:
    at = opened(LIMITS, **limits.EXAMPLES["Exploding: clipping holds it"])
    assert "What had grown on its way is held" in words(at)
    assert "results in vanishing" not in words(at)
    assert "it explodes on its way back, with clipping as without" in words(at)
    assert "did not make it vanish" not in words(at)
    helpless = words(opened(LIMITS, **limits.EXAMPLES["Vanishing: clipping cannot help"]))
    assert "It had vanished before, and has vanished still" in helpless
    assert "results in vanishing" not in helpless


def test_a_threshold_that_nothing_reaches_is_said_to_do_nothing() -> None:
    at = opened(LIMITS, **limits.EXAMPLES["Too large to matter"])
    assert words(at).count("othing is clipped") == 3
    assert "no gradient on the way is above c" in words(at)


@pytest.mark.parametrize(
    "link",
    [
        {"ve_gain": 4, "ve_words": 100, "ve_cut": 1e-6},
        {"ve_gain": 0.01, "ve_words": 100, "ve_loss": "last word", "ve_cut": 100},
        {"ve_gain": 4, "ve_words": 8, "ve_draw": 2**32 - 1},
    ],
)
def test_extreme_networks_keep_the_part_alive(link: dict[str, Any]) -> None:
    at = opened(LIMITS, **link)
    assert_alive(at, LIMITS)
    assert not at.warning


def test_show_it_leads_to_the_weight_whose_norm_overflows(last: AppTest) -> None:
    at = opened(LIMITS)
    at.button(key="ve_show").click().run()
    assert_alive(at, ONE)
    assert (at.session_state["ve_w"], at.session_state["ve_steps"], at.session_state["ve_dtype"]) == (
        2.0,
        100,
        "float32",
    )
    assert "**exactly 0**, though the gradient is not, from t = 64" in words(at)
