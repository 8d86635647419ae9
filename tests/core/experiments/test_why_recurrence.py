"""Why recurrence: the same data for three networks of one size, and what each of them can do."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from rnn_core.__main__ import main
from rnn_core.batches import random_stream
from rnn_core.bptt import forward
from rnn_core.experiments import why_recurrence, why_recurrence_study
from rnn_core.experiments.grid import Point
from rnn_core.experiments.results import load, plain
from rnn_core.experiments.tuning import best_rates, mean_scores
from rnn_core.experiments.why_recurrence import (
    EVALUATED,
    GROWS,
    KINDS,
    LENGTHS,
    MOVED,
    OPENINGS,
    SHIFTS,
    SLOTS,
    Trained,
    batches,
    config_of,
    grown,
    judged,
    logits,
    moved,
    p_verb,
    size,
    starting_params,
    trained,
)
from rnn_core.experiments.why_recurrence_study import report, runs, summary, tuning
from rnn_core.tasks import homograph
from rnn_core.types import Batch

FIRST, EVERYWHERE = OPENINGS
UPDATES = 400


@pytest.fixture(scope="module")
def results() -> dict[Point, Trained]:
    """What runs of less than half the length come to; one seed."""
    jobs = runs(why_recurrence.BASE.replace(updates=UPDATES), 1)
    return {key: why_recurrence_study.run(*job) for key, job in jobs.items() if key[:2] != ("rnn", EVERYWHERE)}


def of(results: dict[Point, Trained], kind: str, openings: str = FIRST) -> Trained:
    return next(result for run, result in results.items() if run[:2] == (kind, openings))


def lengths_of(batch: Batch) -> np.ndarray:
    return len(batch.weights) - (batch.weights[::-1] > 0).argmax(axis=0)


def test_a_bag_of_words_does_what_words_alone_can_do_and_is_right_of_every_other_where_order_tells(
    results: dict[Point, Trained],
) -> None:
    bag = of(results, "bag")
    assert bag.fresh[0] > 0.95
    assert min(bag.words_tell) > 0.95
    assert {bag.fresh[1], *bag.order_tells, *itertools.chain(*bag.lengths.values())} == {0.5}


def test_fixed_positions_know_what_they_were_trained_on_and_not_what_is_moved(results: dict[Point, Trained]) -> None:
    fixed = of(results, "fixed")
    assert min(fixed.fresh) > 0.95
    assert min(fixed.order_tells[: homograph.BEFORE + 1]) > 0.95
    assert fixed.order_tells[MOVED] < 0.5
    assert fixed.words_tell[MOVED] < 0.9


def test_fixed_positions_that_were_trained_on_all_positions_know_them_all(results: dict[Point, Trained]) -> None:
    assert min(of(results, "fixed", EVERYWHERE).order_tells) > 0.95


def test_the_rnn_is_right_wherever_the_sentence_stands(results: dict[Point, Trained]) -> None:
    rnn = of(results, "rnn")
    assert min(*rnn.fresh, *rnn.words_tell, *rnn.order_tells) > 0.9


def test_what_is_added_after_and_cut_off_again_does_not_hurt_fixed_positions(results: dict[Point, Trained]) -> None:
    fixed = of(results, "fixed")
    assert min(fixed.lengths["after", "end"]) > 0.9
    assert fixed.lengths["after", "front"][-1] == fixed.lengths["before", "end"][-1] == 0.5


def test_the_networks_are_of_equal_size_to_within_a_percent() -> None:
    sizes = [size(starting_params(kind, config_of(kind, 0))) for kind in KINDS]
    assert max(sizes) <= 1.01 * min(sizes)


def test_a_seed_draws_the_same_batches_for_all_networks_and_another_seed_others() -> None:
    drawn = [list(itertools.islice(batches(config_of(kind, seed), 2), 60)) for kind, seed in
             (("bag", 3), ("rnn", 3), ("rnn", 4))]  # fmt: skip
    for one, other, different in zip(*drawn, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
        assert not np.array_equal(one.inputs, different.inputs)
    assert len({batch.inputs.tobytes() for batch in drawn[0]}) == 60


@pytest.mark.parametrize("most_before", OPENINGS.values())
def test_training_sentences_fit_into_the_slots_and_their_openings_are_as_long_as_asked(most_before: int) -> None:
    found = set()
    for batch in itertools.islice(batches(config_of("rnn", 0), most_before), 60):
        assert batch.inputs.shape[1] == config_of("rnn", 0).batch_size
        assert lengths_of(batch).max() <= SLOTS
        subject = np.isin(batch.inputs, [homograph.TOKEN[word] for word in homograph.WORDS_OF_SLOT["SUBJECT"]])
        found |= set(subject.argmax(axis=0).tolist())
    assert found == set(range(most_before + 1))


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("before", SHIFTS)
def test_moved_sentences_fit_into_the_slots_whatever_stands_before_them(before: int, order: bool) -> None:
    batch = moved(config_of("rnn", 0), np.random.default_rng(0), (before, before), order=order)
    assert batch.inputs.shape[1] == EVALUATED
    assert lengths_of(batch).max() <= SLOTS
    assert batch.targets.sum(axis=0).mean() == pytest.approx(0.5, abs=0 if order else 0.06)


@pytest.mark.parametrize("grows", GROWS)
@pytest.mark.parametrize("length", LENGTHS)
def test_grown_sentences_have_exactly_so_many_words_and_grow_where_they_should(grows: str, length: int) -> None:
    batch = grown(config_of("rnn", 0), np.random.default_rng(0), length, grows)
    assert (lengths_of(batch) == length).all()
    place = np.isin(batch.inputs, [homograph.TOKEN[word] for word in homograph.HOMOGRAPHS]).argmax(axis=0)
    assert (place < homograph.BEFORE + 7).all() if grows == "after" else (place >= length - homograph.AFTER - 1).all()


def test_the_rnn_reads_a_padded_sentence_as_if_it_stood_alone() -> None:
    config = config_of("rnn", 0)
    params, batch = starting_params("rnn", config), next(batches(config, 2))
    together = logits("rnn", params, batch)
    for n, length in enumerate(lengths_of(batch)):
        alone = Batch(*(array[:length, n : n + 1] for array in batch))
        np.testing.assert_allclose(together[n], forward(params, alone).logits[-1, 0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_network_says_of_one_sentence_is_what_it_says_of_it_in_a_batch(kind: str) -> None:
    config = config_of(kind, 0)
    params, batch = starting_params(kind, config), next(batches(config, 2))
    y = logits(kind, params, batch).astype(float)
    for n, length in enumerate(lengths_of(batch)):
        words = [homograph.VOCABULARY[token] for token in batch.inputs[:length, n]]
        assert p_verb(kind, params, words) == pytest.approx(1 / (1 + np.exp(y[n, 0] - y[n, 1])), abs=1e-5)


def test_accuracy_and_loss_are_those_of_the_last_words() -> None:
    config = config_of("fixed", 0)
    params, batch = starting_params("fixed", config), moved(config, random_stream(config, 9), (0, 2), order=False)
    y, answer = logits("fixed", params, batch).astype(float), batch.targets.max(axis=0)
    accuracy, loss = judged("fixed", params, batch)
    assert accuracy == pytest.approx((y.argmax(axis=1) == answer).mean())
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-np.log(p[np.arange(len(answer)), answer]).mean(), rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_the_same_each_time_and_another_with_another_seed(kind: str) -> None:
    short = [config_of(kind, seed).replace(updates=3) for seed in (0, 0, 1)]
    same, again, other = (trained(kind, config, FIRST) for config in short)
    assert all(np.array_equal(W, again.params[name]) for name, W in same.params.items())
    assert same._replace(params={}) == again._replace(params={})
    assert not np.array_equal(next(iter(same.params.values())), next(iter(other.params.values())))


def fake(kind: str, openings: str, loss: float = 1.0, share: float = 0.5) -> Trained:
    shares = {(grows, cut): (share,) * len(LENGTHS) for grows in GROWS for cut in ("end", "front")}
    params = {"E": np.zeros((2, 3))}
    return Trained(kind, openings, params, loss, (share, share), (share,) * 6, (share,) * 6, shares)


def test_the_report_gives_the_median_and_the_range_over_seeds_of_every_network() -> None:
    results = {key: fake(*key[:2], share=(0.2, 0.4, 0.9)[key[-1]]) for key in runs(why_recurrence.BASE, 3)}
    text = report(plain(summary(why_recurrence.BASE, results)))
    for kind, openings in (("bag", FIRST), ("fixed", FIRST), ("rnn", FIRST), ("fixed", EVERYWHERE)):
        assert f"| {KINDS[kind]} | 6 | {openings} | 40.0% (20.0% to 90.0%) |" in text
    assert text.count("| fixed positions | first positions | end |") == 1
    assert text.count("| fixed positions | first positions | front |") == 1


def test_the_best_learning_rate_is_that_of_the_lowest_mean_loss() -> None:
    third = why_recurrence.RATES[2]
    results = {key: fake(*key[:2], abs(key[2] - third) + 0.01 * (key[3] % 2)) for key in tuning(why_recurrence.BASE, 2)}
    assert best_rates(results, lambda result: result.loss) == {(kind, FIRST): third for kind in KINDS}
    assert mean_scores(results, lambda result: result.loss)["rnn", FIRST][third] == pytest.approx(0.005)
    text = report(plain(summary(why_recurrence.BASE, results)))
    assert "| RNN |" in text
    assert "**0.005**" in text


def test_learning_rates_are_tried_on_seeds_apart_from_those_of_the_tables_and_all_on_the_same_ones() -> None:
    tried, asked = tuning(why_recurrence.BASE, 4), runs(why_recurrence.BASE, 20)
    assert not {seed for *_, seed in tried} & {seed for *_, seed in asked}
    assert {(kind, rate) for kind, _, rate, _ in tried} == set(itertools.product(KINDS, why_recurrence.RATES))
    assert all(rate == why_recurrence.BEST[kind] for kind, _, rate, _ in asked)
    for (kind, openings, rate, seed), job in (tried | asked).items():
        assert job == (why_recurrence.BASE.replace(learning_rate=rate, seed=seed), kind, openings)


def test_the_best_rates_are_those_of_the_result() -> None:
    losses = {
        (run["kind"], run["rate"], run["seed"]): run["loss"] for run in load("why_recurrence_tune").result["runs"]
    }
    assert best_rates(losses, float) == {(kind,): rate for kind, rate in why_recurrence.BEST.items()}


def test_a_summary_is_plain_values() -> None:
    key = next(iter(runs(why_recurrence.BASE, 1)))
    found = summary(config_of("bag", 0), {key: fake(*key[:2])})
    assert json.loads(json.dumps(found))["runs"][0]["parameters"] == 6


def test_the_command_prints_one_json_object_with_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why-recurrence", "--seeds", "1", "--updates", "2", "--workers", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [run["seed"] for run in found["runs"]] == [0] * 5
    assert found["config"]["updates"] == 2
