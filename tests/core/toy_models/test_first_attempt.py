"""Each fault is an edit of the class that is right, and does to its gradients what is said of it."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest

from rnn_core.__main__ import main
from rnn_core.experiments import faults as study
from rnn_core.experiments.faults import ATTEMPTS, RUNNING, GridPoint, Outcome
from rnn_core.toy_models.first_attempt.attempt import (
    CHECK,
    DELAY,
    FILE,
    PARAMETERS,
    TIME_STEPS,
    Sizes,
    Stop,
    network,
    params_of,
    run,
    sequence,
    stream,
)
from rnn_core.toy_models.first_attempt.check import check
from rnn_core.toy_models.first_attempt.faults import FAULTS, lines_of, mended, source
from rnn_core.toy_models.first_attempt.learning import Learning, guessing, learn
from tests.core.oracle import central_differences

SIZES = [Sizes(3, 8), Sizes(5, 5), Sizes(2, 3), Sizes(8, 8)]
SHOWN_ELSEWHERE = {"start_shape": 18, "last_state": 37}
"""Where a fault shows that does not stop the class in its own line."""


def test_no_fault_leaves_the_class_as_it_is_and_each_fault_changes_lines_of_its_own_kind() -> None:
    assert source([]) == mended()
    for name, fault in FAULTS.items():
        assert len(lines_of(name)) == (3 if name == "tiny_weights" else 1)
        for edit in fault.edits:
            assert mended().count(edit.mended) == 1, edit
            assert edit.typed not in mended() or edit.typed in edit.mended, edit


@pytest.mark.parametrize("pair", list(itertools.combinations(FAULTS, 2)), ids="+".join)
def test_any_two_faults_go_together_in_any_order(pair: tuple[str, str]) -> None:
    both = source(pair)
    assert both == source(pair[::-1])
    compile(both, FILE, "exec")
    for mine, other in (pair, pair[::-1]):  # mending one leaves exactly the other
        for edit in FAULTS[mine].edits:
            assert both.count(edit.typed) >= 1
            both_but_mine = source([other])
            assert both_but_mine.count(edit.mended) == 1


def test_all_faults_together_are_all_there() -> None:
    text = source(FAULTS)
    compile(text, FILE, "exec")
    assert "da = dy @ self.W_hy.T + da * (1 - h[T] ** 2)" in text
    for line in ("h_before = h[t - 1]\n", "dy = np.exp(log_p[-1]) - target[-1]\n", 'gradients["b_y"] += da\n'):
        assert line in text
    for name in FAULTS:
        for edit in FAULTS[name].edits:
            assert edit.mended not in text


def test_a_fault_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"fault is typo; allowed: start_shape, elementwise, .*tiny_weights"):
        source(["bias", "typo"])


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", FAULTS)
def test_alone_a_fault_stops_the_class_or_spoils_exactly_the_gradients_that_it_says(name: str, sizes: Sizes) -> None:
    fault = FAULTS[name]
    runs = not fault.stops or (fault.shape_decides and sizes.units == sizes.symbols)
    for seed in range(3):
        found = check([name], sizes, seed)
        if isinstance(found, Stop):
            assert not runs
            assert found.error == fault.stops
            assert found.code == source([name]).splitlines()[found.line - 1].strip()
            hidden = name == "elementwise" and sizes.units == sizes.symbols
            assert found.line in (39 if hidden else SHOWN_ELSEWHERE.get(name), *lines_of(name))
        else:
            assert runs
            assert tuple(one.name for one in found) == PARAMETERS
            assert {one.name for one in found if not one.right} == set(fault.spoils)
            assert all(one.error < 5e-7 if one.right else one.error > 1e-3 for one in found)
            assert all(one.largest > 0 for one in found)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_class_that_is_right_passes_the_check(sizes: Sizes) -> None:
    for seed in range(3):
        found = check([], sizes, seed)
        assert not isinstance(found, Stop)
        assert all(one.right and one.error < 1e-7 for one in found)


def test_errors_are_relative_to_the_larger_of_gradient_and_differences() -> None:
    sizes = Sizes(4, 4)
    found = check(["bias"], sizes, 0)
    assert not isinstance(found, Stop)
    by_name = {one.name: one for one in found}
    assert by_name["b_h"].error == 1.0  # the class's own gradient is zero
    rnn, (x, target) = network(["bias"], sizes, 0), sequence(sizes, stream(0, CHECK))
    right = central_differences(lambda: rnn.loss(rnn.forward(x)[1], target), rnn.b_y)
    wrong = rnn.backward(x, target)["b_y"]
    scale = max(np.abs(right).max(), np.abs(wrong).max())
    assert by_name["b_y"].error == pytest.approx(np.abs(wrong - right).max() / scale, rel=1e-8)
    assert by_name["b_y"].largest == pytest.approx(np.abs(right).max(), rel=1e-8)


def test_the_state_of_the_wrong_shape_would_run_with_the_product_the_other_way_round() -> None:
    rnn, (x, _) = network([], Sizes(3, 5), 0), sequence(Sizes(3, 5), stream(0, CHECK))
    column = np.zeros((5, 1))
    assert np.tanh(x[0] @ rnn.W_xh + rnn.W_hh @ column + rnn.b_h).shape == (5, 5)


def test_an_index_into_a_flat_last_state_is_a_unit_and_no_error() -> None:
    rnn, (x, _) = network([], Sizes(3, 8), 0), sequence(Sizes(3, 8), stream(0, CHECK))
    last = rnn.forward(x)[0][-1]
    assert np.outer(last[7], x[7]).shape == (1, 3)
    assert (np.zeros((8, 3)) + np.outer(last[7], x[7])).shape == (8, 3)


def test_an_error_outside_the_class_is_not_the_classs() -> None:
    with pytest.raises(ZeroDivisionError):
        run([], lambda: 1 / 0)


def test_the_task_is_to_say_the_symbol_of_two_time_steps_ago() -> None:
    x, target = sequence(Sizes(4, 4), np.random.default_rng(3))
    assert x.shape == target.shape == (TIME_STEPS, 4)
    np.testing.assert_array_equal(target[DELAY:], x[:-DELAY])
    np.testing.assert_array_equal(target[:DELAY, 0], 1)
    np.testing.assert_array_equal(x.sum(axis=1), 1)


def test_of_one_seed_all_classes_start_alike_and_tiny_weights_are_a_thousandth() -> None:
    sizes = Sizes(3, 8)
    right, wraps, tiny = (params_of(network(faults, sizes, 5)) for faults in ([], ["wraps"], ["tiny_weights"]))
    for name in PARAMETERS:
        np.testing.assert_array_equal(right[name], wraps[name])
    np.testing.assert_allclose(tiny["W_hh"], right["W_hh"] * np.sqrt(8) / 1000, rtol=1e-13)
    np.testing.assert_allclose(tiny["W_xh"], right["W_xh"] * np.sqrt(3) / 1000, rtol=1e-13)
    other = params_of(network([], sizes, 6))
    assert (other["W_hh"] != right["W_hh"]).all()


def test_the_class_that_is_right_learns_and_the_last_error_everywhere_teaches_nothing() -> None:
    sizes = Sizes(3, 8)
    right, wrong = learn([], sizes, 0), learn(["last_error"], sizes, 0)
    assert isinstance(right, Learning)
    assert isinstance(wrong, Learning)
    assert right.loss.shape == (30,)
    assert right.end == pytest.approx(right.loss[-5:].mean())
    assert right.end < 0.1 * guessing(sizes) < 0.1 * right.start
    assert wrong.end > guessing(sizes)
    assert guessing(sizes) == pytest.approx(6 / 8 * np.log(3))
    assert isinstance(learn(["out_of_range"], sizes, 0, 20), Stop)


def test_the_table_counts_what_the_outcomes_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(place: GridPoint) -> Outcome:
        if place.faults == ("bias",):
            return Outcome(Stop("ValueError", "shapes", 1, ""), {}, (), np.nan, np.nan)
        if place.faults == ("wraps",):
            errors = dict.fromkeys(PARAMETERS, 1e-12) | {"W_hh": 0.5 + place.seed}
            return Outcome(None, errors, ("W_hh",), 1.2, 0.1 * place.seed)
        return Outcome(None, dict.fromkeys(PARAMETERS, 1e-11), (), 1.0, 1.0)

    def results_of(work: object, jobs: dict[GridPoint, object], workers: int | None) -> Any:
        yield 1, 1, ""
        return {point: found(point) for point in jobs}

    monkeypatch.setattr(study, "results_of", results_of)
    monkeypatch.setattr(study, "SIZES", (Sizes(3, 8),))
    arguments = ["faults", "--seeds", "3", "--seed", "7"]
    assert main([*arguments, "--json"]) == 0
    rows = {tuple(row["faults"]): row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert len(rows) == len(ATTEMPTS)
    assert rows[("bias",)]["stopped"] == {"ValueError": 3}
    wraps = rows[("wraps",)]
    assert (wraps["wrong"], wraps["smallest_wrong"], wraps["largest_right"]) == ({"W_hh": 3}, 7.5, 1e-12)
    assert wraps["losses"] == pytest.approx([0.7, 0.8, 0.9])
    assert (wraps["fell"], wraps["below_guessing"], rows[()]["fell"]) == (3, 2, 0)
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| bias | 3, 8 | stops: ValueError, 3 of 3 | – | – | – | – | – |" in lines
    assert "| wraps | 3, 8 | wrong, of 3: W_hh 3 | 7.5 | 1e-12 | 0.80 (0.70 to 0.90) | 3 of 3 | 2 of 3 |" in lines


def test_an_outcome_is_that_of_the_check_and_of_learning() -> None:
    place = GridPoint(("wraps",), Sizes(3, 8), 1)
    found = study.outcome(place, 40)
    checks, learnt = check(*place), learn(*place, 40)
    assert not isinstance(checks, Stop)
    assert isinstance(learnt, Learning)
    assert found == Outcome(None, {c.name: c.error for c in checks}, ("W_hh",), learnt.start, learnt.end)
    stopped = study.outcome(GridPoint(("bias",), Sizes(3, 8), 1), 40)
    assert stopped.stop is not None
    assert np.isnan(stopped.end)
    assert RUNNING == ("one_term", "no_recurrence", "wraps", "last_error", "tiny_weights")
