"""Pictures and words of the page on vanishing and exploding, from numbers that are made up or known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.components.figures.log_axis import drawable
from pages.components.numbers import any_number, count, listed, power
from pages.lessons.vanishing_exploding.figures import (
    cliff,
    clipping_limits,
    descents,
    recurrent_spectrum,
    repeated_product,
)
from pages.lessons.vanishing_exploding.sentences import cliff as cliff_prose
from pages.lessons.vanishing_exploding.sentences import limits as limits_prose
from pages.lessons.vanishing_exploding.sentences import weight as weight_prose
from rnn_core.config import Config
from rnn_core.toy_models import clip_limits
from rnn_core.toy_models.cliff import descend
from rnn_core.toy_models.recurrence import fading, recurrence
from rnn_core.toy_models.repeated_product import Event, first_updates


@pytest.mark.parametrize(
    ("number", "said"),
    [(math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (0.0, "0"), (-2.5, "−2.5"), (3.273e150, "3.27·10¹⁵⁰"),
     (1.2e-7, "1.20·10⁻⁷")],
)  # fmt: skip
def test_numbers_are_said_also_where_they_are_none(number: float, said: str) -> None:
    assert any_number(number) == said


def test_powers_lists_and_counts_are_written_as_one_reads_them() -> None:
    assert (power(2, 500), power(-0.5, 31)) == ("2⁵⁰⁰", "(−0.5)³¹")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
    assert (count(1, "update"), count(2000, "update")) == ("1 update", "2,000 updates")


def test_an_operation_is_said_with_its_place() -> None:
    event = Event(1, "h", 7, -math.inf, "·", 0.0, math.nan)
    assert weight_prose.event_words(event).endswith("at time step 7: −∞\u00a0·\u00a00")
    assert weight_prose.operation(event._replace(sign="+", right=-math.inf)) == "−∞\u00a0+\u00a0(−∞)"


@pytest.mark.parametrize(("w", "T"), [(2.0, 5), (0.5, 30)])
def test_a_training_that_stays_finite_is_told_as_such(w: float, T: int) -> None:
    (sentence,) = weight_prose.nan_sentences(first_updates(w, T, "float64", 0.1), "float64")
    assert "3 updates stay finite" in sentence


def test_what_becomes_zero_or_loses_digits_is_marked_at_its_first_t() -> None:
    info = repeated_product.products_info(0.5, 500)
    figure = repeated_product.products(info)
    marks = {(t.name, t.x[0], t.y[0]) for t in figure.data if t.mode in ("markers", "markers+text")}
    ends = info.products["float16"], info.products["float32"]
    assert ("exactly zero from here", 25, ends[0].smallest) in marks
    assert ("exactly zero from here", 150, ends[1].smallest) in marks
    assert ("begins to lose digits", 15, math.log10(2.0**-15)) in marks
    assert ("begins to lose digits", 127, pytest.approx(math.log10(2.0**-127))) in [*marks]
    low, high = figure.layout.yaxis.range
    assert low < min(y for _, _, y in marks)
    assert high > 0
    assert "float16 is zero from t = 25; float32 is zero from t = 150; float64 ends at 3.055e-151" in (
        repeated_product.products_alt(info)
    )


@pytest.mark.parametrize(("low", "high"), [(-330.0, 20.0), (-0.3, 310.0), (-1.0, 1.0), (0.0, 12.0)])
def test_an_axis_of_powers_has_a_few_round_labels(low: float, high: float) -> None:
    axis = repeated_product.power_axis(low, high)
    ticks = axis["tickvals"]
    assert isinstance(ticks, list)
    assert 2 <= len(ticks) <= 9
    assert all(low <= tick <= high for tick in ticks)
    assert axis["ticktext"][0] == f"10<sup>{ticks[0]}</sup>"  # type: ignore[index]


def test_each_end_of_a_clipped_gradient_runs_along_an_edge_of_its_own() -> None:
    figure = repeated_product.clipped(repeated_product.clipped_info(2.0, 200, "float32", 1.0))
    edges = {trace.y[0] for trace in figure.data if trace.mode == "lines" and trace.line.dash == "dot"}
    low, high = figure.layout.yaxis.range
    assert len(edges) == 3
    assert min(edges) == low
    assert max(edges) == high
    assert not np.isnan(list(edges)).any()


def test_no_clip_is_said_to_freeze_a_gradient_that_is_zero_by_itself() -> None:
    sentence = weight_prose.clipped_sentence(repeated_product.clipped_info(0.5, 300, "float32", 1.0))
    assert "exactly 0" not in sentence
    assert "From t = 150 there is no gradient left to clip" in sentence


def test_the_sigmoid_has_a_circle_of_its_own_and_the_others_share_the_unit_circle() -> None:
    net = recurrence("scaled", 8, 1.0, 0, "sigmoid", 0.5, 10, 0)
    for steepest, names in ((0.25, {"unit circle", "1/γ = 4"}), (1.0, {"unit circle, here also 1/γ"})):
        figure = recurrent_spectrum.spectrum(recurrent_spectrum.spectrum_info(net.params["W_hh"], steepest))
        assert names <= {trace.name for trace in figure.data}
    circle = next(trace for trace in figure.data if trace.name.startswith("σ"))
    largest = np.linalg.svd(net.params["W_hh"], compute_uv=False)[0]
    np.testing.assert_allclose(np.hypot(circle.x, circle.y), largest, rtol=1e-12)


def test_the_axis_of_the_fading_gradient_holds_all_that_was_measured() -> None:
    found = fading(recurrence("scaled", 16, 2.5, 0, "tanh", 0.3, 60, 0))
    low, high = recurrent_spectrum.fading_range(found)
    exponents = np.log10(drawable(np.concatenate([found.largest, found.typical])))
    assert low < np.nanmin(exponents)
    assert high > np.nanmax(exponents)
    assert high < np.log10(found.predicted.bound[-1])


@pytest.mark.parametrize(
    ("outside", "expected"),
    [
        ((10.0, 0.0), (1.0, 0.0)),
        ((0.0, -math.inf), (0.0, -1.0)),
        ((4.0, 2.0), (1.0, 0.5)),
        ((-1.0, -4.0), (-0.25, -1.0)),
        ((math.inf, math.nan), (1.0, 0.0)),
    ],
)
def test_a_descent_leaves_the_window_at_its_edge(outside: tuple[float, float], expected: tuple[float, float]) -> None:
    assert cliff.edge_point((0.0, 0.0), outside, ((-1.0, 1.0), (-1.0, 1.0))) == pytest.approx(expected)


def sides() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return cliff.surface(cliff.W_RANGE, cliff.B_RANGE)


def test_a_descent_that_leaves_the_picture_is_drawn_up_to_there_with_an_arrow() -> None:
    paths = descend(5.0, -2.3, 0.1, 200), descend(5.0, -2.3, 0.1, 200, 1.0)
    info = cliff.cliff_info(sides(), paths, 1.0)
    thrown, kept = info.drawn
    assert thrown.left_at == 52
    assert thrown.to == (paths[0].w[53], paths[0].b[53])
    assert len(thrown.w) == 53
    assert (kept.left_at, len(kept.w)) == (None, 201)
    (arrow,) = cliff.from_above(info).layout.annotations
    assert arrow.y == pytest.approx(info.near_b[-1])
    assert info.near_w[0] < arrow.x < info.near_w[-1]
    assert "A · without clipping leaves the picture with update 52." in cliff.cliff_alt(info)


def test_a_descent_out_of_the_numbers_is_told_and_drawn_up_to_its_end() -> None:
    wall = 0.5 - 7.0 / (1 + math.exp(-0.5))
    paths = descend(7.0, wall, 1e305, 20), descend(7.0, wall, 0.1, 20, 1.0)
    assert paths[0].stopped == 0
    info = cliff.cliff_info(sides(), paths, 1.0)
    assert len(info.drawn[0].w) == 1
    assert "descents" not in descents.descents_alt(info)
    descents.descents(info)
    cliff.from_above(info)
    told = cliff_prose.what_happened(info, 1e305, np.array([np.nan, paths[1].error[-1]]))
    assert "Update 0 leads out of the numbers" in told[0]


def test_the_wall_is_drawn_only_where_a_push_grows() -> None:
    info = cliff.cliff_info(sides(), (descend(5.0, -2.3, 0.1, 1), descend(5.0, -2.3, 0.1, 1, 1.0)), 1.0)
    assert 4.2 < info.wall_w.min() < 4.3
    np.testing.assert_allclose(info.wall_b, 0.5 - info.wall_w / (1 + math.exp(-0.5)))


def test_the_lines_over_time_mark_the_zero_of_the_first_term_and_the_angles_have_all_kinds() -> None:
    config = Config(hidden_size=4, sentence_length=8, attractors=0, batch_size=2, dtype="float64")
    info = clipping_limits.limits_info(clip_limits.network(config), 0.01)
    assert {"without clipping", "clipped by norm", "exactly zero"} == {t.name for t in clipping_limits.terms(info).data}
    turned = {trace.name: trace.y for trace in clipping_limits.turns(info).data if trace.y is not None}
    assert not turned["clipped by norm"].any()
    assert turned["clipped by value"][0] > 5
    assert turned["clipped by value"][-1] == 0
    assert info.ratios["norm"].states == info.ratios["off"].states


def test_a_ratio_that_differs_in_its_last_digit_is_not_called_the_same() -> None:
    config = Config(hidden_size=4, sentence_length=8, attractors=0, batch_size=2, dtype="float64")
    info = clipping_limits.limits_info(clip_limits.network(config), 0.01)
    before = info.ratios["off"]
    for terms, said in ((before.terms, "the same in every digit"), (before.terms * (1 + 4e-16), "of the last digit")):
        ratios = info.ratios | {"norm": before._replace(terms=terms)}
        assert said in limits_prose.norm_sentence(info._replace(ratios=ratios))
