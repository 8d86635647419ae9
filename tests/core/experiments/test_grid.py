"""Grids over seeds: which runs there are, in which order, what is said on the way, and which learning rate is best."""

from __future__ import annotations

import pytest

from rnn_core.config import Config
from rnn_core.experiments.grid import by_point, outcome_of, over_seeds, results_of
from rnn_core.experiments.table import count, median, spread, table_of
from rnn_core.experiments.tuning import best_rates, mean_scores, tried, tuned


def test_every_point_has_every_seed_counted_up_from_its_own_and_seeds_come_one_after_the_other() -> None:
    config = Config(seed=4)
    jobs = over_seeds({("a", 1): [config, "more"], ("b", 2): [config.replace(hidden_size=3)]}, 2)
    assert list(jobs.items()) == [
        (("a", 1, 4), (config, "more")),
        (("b", 2, 4), (config.replace(hidden_size=3),)),
        (("a", 1, 5), (config.replace(seed=5), "more")),
        (("b", 2, 5), (config.replace(hidden_size=3, seed=5),)),
    ]
    with pytest.raises(ValueError, match="seed is 4294967296"):
        over_seeds({(): [Config(seed=2**32 - 1)]}, 2)


def test_results_are_found_by_their_jobs_in_their_order_and_counted_one_after_the_other() -> None:
    counts: list[tuple[int, int, str]] = []
    found = outcome_of(
        results_of(pow, {"eight": (2, 3), "nine": (3, 2)}, 2, before=3, after=1), lambda *of: counts.append(of)
    )
    assert counts == [(4, 6, ""), (5, 6, "")]
    assert list(found.items()) == [("eight", 8), ("nine", 9)]


def test_a_job_that_goes_on_is_counted_once_and_noted_each_time() -> None:
    notes: list[tuple[int, int, str]] = []
    found = outcome_of(
        results_of(
            pow,
            {"two": (2, 1), "three": (3, 1)},
            1,
            go_on=lambda result: (result, 2) if result < 10 else None,
            note=lambda key, result: f"{key}: {result}",
        ),
        lambda *of: notes.append(of),
    )
    assert found == {"two": 16, "three": 81}
    assert notes == [
        (0, 2, "two: 2"),
        (0, 2, "two: 4"),
        (1, 2, "two: 16"),
        (1, 2, "three: 3"),
        (1, 2, "three: 9"),
        (2, 2, "three: 81"),
    ]


def test_the_error_of_a_job_is_raised_where_its_result_is_asked_for() -> None:
    with pytest.raises(ZeroDivisionError):
        outcome_of(results_of(divmod, {"by nothing": (1, 0)}, 1))


def test_results_are_gathered_by_point_and_ordered_by_seed() -> None:
    assert by_point({("a", 2): "c", ("b", 0): "x", ("a", 0): "b"}) == {("b",): ["x"], ("a",): ["b", "c"]}


def rate_and_seed(config: Config, best: float) -> tuple[float, int]:
    """A run's distance from the best rate, and its seed."""
    return abs(config.learning_rate - best), config.seed


def distance(result: tuple[float, int]) -> float:
    return result[0]


def test_the_best_rate_has_the_lowest_mean_and_of_equals_is_the_lowest() -> None:
    scores = {0.01: (1.0, 1.2), 0.003: (1.1, 1.1), 0.001: (0.9, 1.4)}
    results = {("gru", rate, seed): score for rate, of in scores.items() for seed, score in enumerate(of)}
    assert best_rates(results, float) == {("gru",): 0.003}
    assert list(mean_scores(results, float)["gru",]) == [0.001, 0.003, 0.01]


def test_a_tuned_grid_chooses_with_seeds_of_its_own_and_then_runs_each_point_with_its_best_rate() -> None:
    points = {("a",): [Config(seed=3), 0.003], ("b",): [Config(seed=3), 0.01]}
    assert {seed for *_, seed in tried(points)} == {10_000, 10_001, 10_002}
    counts: list[tuple[int, int]] = []
    found = outcome_of(
        tuned(rate_and_seed, points, 2, distance, 1), lambda done, total, _: counts.append((done, total))
    )
    assert counts == [(k, 22) for k in range(1, 23)]
    assert found == {(name, seed): (0, seed) for name in "ab" for seed in (3, 4)}


def test_cells_of_tables_say_how_many_and_how_far_apart() -> None:
    assert spread([0.5, 0.25, 1.0]) == "50.0% (25.0% to 100.0%)"
    assert spread((1.0, float("inf")), ".3g") == "∞ (1 to ∞)"
    assert (spread([]), median([]), count(0, 0)) == ("–", "–", "–")
    assert (median([1, 4], ",.0f"), count(3, 20)) == ("2", "3 of 20")
    assert table_of({"a": lambda n: n, "b": lambda n: n * n}, [2, 3]) == "| a | b |\n|---|---|\n| 2 | 4 |\n| 3 | 9 |"
