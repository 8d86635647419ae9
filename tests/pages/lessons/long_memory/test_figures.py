"""The figures of the page on long memory: their numbers are those of the runs, and every mark means one thing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.components.figures import style
from pages.lessons.long_memory.figures.accuracy_curves import accuracy_alt, accuracy_curves, accuracy_info
from pages.lessons.long_memory.figures.gate_maps import gate_maps, gates_alt, gates_info
from pages.lessons.long_memory.figures.information_flow import (
    LOG_RANGE,
    WIDTHS,
    colour_of,
    flow_alt,
    flow_info,
    information_flow,
    width_of,
)
from pages.lessons.long_memory.figures.unit_curves import (
    unit_costs,
    unit_costs_alt,
    unit_curves,
    unit_curves_alt,
    unit_info,
)
from rnn_core.diagnostics.retention import LOST
from rnn_core.diagnostics.units import Answers, NumberUnits
from rnn_core.experiments.memory import HELD_OUT_ACCURACY, GridPoint, study_of
from rnn_core.tasks.agreement import DISAGREE

from .studies import STUDY, TINY, all_ended, ended

WORDS = ("the", "artists", "near", "the", "doctor")


def test_every_seed_is_a_dot_and_the_band_goes_from_worst_to_best() -> None:
    results = all_ended() | {GridPoint("lstm", True, 14, 3): ended(0.6)}
    vanilla, _, lstm = accuracy_info(STUDY, results, HELD_OUT_ACCURACY)
    assert [info.cell for info in (vanilla, lstm)] == ["vanilla", "lstm"]
    np.testing.assert_array_equal(lstm.with_clipping.dots, [[11, 3, 1.0], [11, 4, 1.0], [14, 3, 0.6], [14, 4, 1.0]])
    np.testing.assert_allclose(lstm.with_clipping.median, [1.0, 0.8])
    np.testing.assert_allclose(lstm.with_clipping.low, [1.0, 0.6])
    np.testing.assert_allclose(lstm.with_clipping.high, [1.0, 1.0])
    np.testing.assert_allclose(vanilla.without.median, [0.5, 0.5])
    np.testing.assert_allclose(vanilla.with_clipping.median, [1.0, 0.5])
    assert lstm.rules["vote of nouns"] == {11: pytest.approx(0.75), 14: pytest.approx(0.75)}
    figure = accuracy_curves(lstm)
    colours = {trace.name: trace.line.color for trace in figure.data if trace.mode == "lines+markers"}
    assert list(colours.values()) == [style.COLOUR_A, style.COLOUR_B]
    (dots,) = (trace for trace in figure.data if trace.name == "with clipping: each seed")
    np.testing.assert_array_equal(dots.y, lstm.with_clipping.dots[:, 2])
    np.testing.assert_array_equal(dots.customdata, lstm.with_clipping.dots[:, :2])
    assert "80% at 14" in accuracy_alt(lstm)


def test_a_slice_of_its_own_has_its_own_accuracies() -> None:
    info = accuracy_info(STUDY, all_ended(), DISAGREE)[0]
    np.testing.assert_allclose(info.without.median, [0.4, 0.4])


def test_the_curves_of_a_study_that_has_just_begun_can_be_drawn() -> None:
    for results in ({}, {GridPoint("gru", False, 11, 3): ended(0.7)}):
        for info in accuracy_info(STUDY, results, HELD_OUT_ACCURACY):
            figure = accuracy_curves(info)
            assert list(figure.layout.xaxis.tickvals) == [11, 14]
            assert accuracy_alt(info)


def test_the_curves_of_one_value_and_of_attractors_can_be_drawn() -> None:
    for study in (study_of("distance", (12,), 1, **TINY), study_of("attractors", (0, 1), 1, **TINY)):
        for measure in (HELD_OUT_ACCURACY, DISAGREE):
            for info in accuracy_info(study, all_ended(study), measure):
                assert accuracy_curves(info).layout.xaxis.title.text


def flow(*norms: list[float]) -> object:
    return flow_info("gru", WORDS, [np.array([0.0, *of_stage]) for of_stage in norms])


def test_arrows_are_sorted_into_drawn_lost_and_not_finite() -> None:
    info = flow([1, 1, 1, 1, 1], [LOST / 2, LOST, 10, 0, 1], [math.nan, math.inf, 1, 1, 1])
    np.testing.assert_array_equal(info.lost[1], [True, False, False, True, False])
    np.testing.assert_array_equal(info.non_finite[2], [True, True, False, False, False])
    np.testing.assert_allclose(info.log_norms[1, :3], [math.log10(LOST / 2), -3, 1])
    assert np.isnan(info.log_norms[1, 3])
    figure = information_flow(info)
    arrows = figure.layout.shapes
    assert len(arrows) == 3 * 4
    assert [arrow.line.dash for arrow in arrows[4:8]] == ["dash", None, None, "dash"]
    assert [arrow.line.color for arrow in arrows[8:10]] == [style.COLOUR_NON_FINITE] * 2
    heads = [trace for trace in figure.data if trace.hovertext is not None]
    assert [head.hovertext[0] for head in heads] == [
        "from “the” (word 1) to the end: 1",
        f"from “the” (word 1) to the end: {LOST / 2:.2g}: lost",
        "from “the” (word 1) to the end: not finite",
    ]
    assert "2 of 4 words lost" in flow_alt(info)
    assert "2 not finite" in flow_alt(info)


def test_each_arrow_starts_at_its_word_and_ends_at_the_last_and_all_panels_share_one_scale() -> None:
    figure = information_flow(flow([1.0] * 5, [0.5] * 5, [0.1] * 5))
    for k, arrow in enumerate(figure.layout.shapes):
        assert arrow.path.startswith(f"M {k % 4 + 1},0 ")
        assert arrow.path.endswith(" 5,0")
        assert arrow.yref == ("y", "y2", "y3")[k // 4]
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == LOG_RANGE
    widths = [figure.layout.shapes[k].line.width for k in (0, 4, 8)]
    assert widths == sorted(widths, reverse=True)


def test_width_and_colour_follow_the_logarithm() -> None:
    low, high = LOG_RANGE
    assert (width_of(low), width_of(high), width_of(high + 5)) == (*WIDTHS, WIDTHS[1])
    assert width_of((low + high) / 2) == pytest.approx(sum(WIDTHS) / 2)
    assert colour_of(0.0) == "rgb(20, 120, 190)"
    assert colour_of(high) == colour_of(high + 3) != colour_of(low)


@pytest.mark.parametrize("T", [1, 2, 60])
def test_short_and_long_sentences_can_be_drawn(T: int) -> None:
    info = flow_info("lstm", ("word",) * T, [np.ones(T + 1)] * 3)
    assert len(information_flow(info).layout.shapes) == 3 * (T - 1)
    assert flow_alt(info)


def test_gates_are_sorted_by_the_gate_that_keeps_and_share_one_scale() -> None:
    rng = np.random.default_rng(0)
    gates = {name: rng.random((5, 3)) for name in ("i", "f", "o")}
    gates["f"] = np.array([[0.9, 0.1, 0.5]] * 5)
    info = gates_info("lstm", WORDS, gates)
    np.testing.assert_array_equal(info.units, [1, 2, 0])
    for name, gate in gates.items():
        np.testing.assert_array_equal(info.gates[name], gate.T[[1, 2, 0]])
    figure = gate_maps(info)
    assert len(figure.data) == 3
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 1)
    np.testing.assert_array_equal(figure.data[1].customdata[:, 0], [1, 2, 0])
    assert "f 0.50" in gates_alt(info)


def units() -> NumberUnits:
    curves = np.arange(4 * 4 * 3, dtype=float).reshape(4, 4, 3) / 100
    answers = Answers(np.array([0.9, 0.6, 1.0]), np.array([3.0, 1.0, 4.0]))
    zeroed = Answers(np.array([0.8, 0.7, 1.0]), np.zeros(3))
    together = Answers(np.array([1.0, 0.6, 0.5, 0.5]), np.zeros(4))
    whole = Answers(np.array(1.0), np.array(5.0))
    slots, examples = ("the", "SUBJECT", "ATTRACTOR"), np.zeros((4, 3), int)
    return NumberUnits(slots, examples, curves, 240, whole, zeroed, answers, np.array([1, 0, 2]), together)


def test_the_unit_looked_at_is_the_one_at_its_rank() -> None:
    found = units()
    info = unit_info(found, 1)
    assert info.unit == 0
    np.testing.assert_array_equal(info.curves, found.curves[:, 1:, 0])
    np.testing.assert_array_equal(info.averaged, [0.6, 0.9, 1.0])
    np.testing.assert_array_equal(info.zeroed, [0.7, 0.8, 1.0])
    np.testing.assert_array_equal(info.together, [0.6, 0.5, 0.5])
    assert (info.accuracy, info.margin, info.margin_without) == (1.0, 5.0, 3.0)
    figure = unit_curves(info)
    assert [trace.name for trace in figure.data] == [
        f"{subject} subject, {attractor} attractor"
        for subject in ("singular", "plural")
        for attractor in ("singular", "plural")
    ]
    for trace, curve in zip(figure.data, info.curves, strict=True):
        np.testing.assert_array_equal(trace.y, curve)
    colours = [trace.line.color for trace in figure.data]
    assert colours[0] == colours[1] != colours[2] == colours[3]
    assert [trace.line.dash for trace in figure.data] == ["solid", "dot", "solid", "dot"]
    costs = unit_costs(info)
    np.testing.assert_array_equal(costs.data[0].y, info.averaged)
    np.testing.assert_array_equal(costs.data[0].customdata, [1, 0, 2])
    assert np.argmax(costs.data[0].marker.size) == 1
    assert "unit 0" in unit_curves_alt(info)
    assert "60.0%" in unit_costs_alt(info)
