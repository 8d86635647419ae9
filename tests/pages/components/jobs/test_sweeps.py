"""Many runs for one visitor: each ends as it would alone, a few are in work at a time, and nobody works twice."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

import pytest

from pages.components.jobs import job as jobs
from pages.components.jobs import sweeps, tasks
from pages.components.jobs.cache import ResultCache
from pages.components.jobs.job import Job, TrainingError
from pages.components.jobs.pool import Pool
from pages.components.jobs.sweeps import Sweep
from pages.components.jobs.tasks import Call
from rnn_core.config import Config
from rnn_core.experiments import memory
from rnn_core.experiments.memory import Trained
from tests.pages.lessons.long_memory.studies import STUDY

CONFIGS = [memory.config_at(STUDY, place) for place in memory.grid_points(STUDY)]
LONG = [STUDY.base.replace(updates=3000, seed=seed) for seed in range(6)]
Summaries = ResultCache[Config, Trained]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made._executor.shutdown(cancel_futures=True)


@pytest.fixture
def cache(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Summaries:
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.02)
    return ResultCache(pool.send, 128 * 2**20)


def until(happened: Callable[[], bool], sweep: Sweep | None = None) -> None:
    """Wait, asking the sweep on the way; no test waits in vain for more than a minute."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < 60
        if sweep is not None:
            sweep.ask()
        time.sleep(0.01)


def in_work(sweep: Sweep) -> list[Job[Trained]]:
    return [job for job in sweep._jobs if job._in_work]


def test_each_run_of_a_sweep_ends_as_it_does_alone(cache: Summaries) -> None:
    sweep = Sweep(cache, CONFIGS)
    shares = [sweep.ask()]
    until(lambda: shares.append(sweep.ask()) or sweep.complete)
    assert shares[0] < 1
    assert shares[-1] == 1
    assert sweep.results.keys() == set(CONFIGS) == sweep.configs
    for config in CONFIGS[::5]:
        alone, found = memory.run(config), sweep.results[config]
        assert found[:5] == alone[:5]
        assert found.params["W_hh"].tobytes() == alone.params["W_hh"].tobytes()


def test_only_as_many_runs_are_in_work_as_there_are_processes(cache: Summaries) -> None:
    sweep = Sweep(cache, LONG)
    most = 0
    until(lambda: len(sweep.results) >= 2 or max(len(sweep._jobs), most) > sweeps.LANES, sweep)
    assert len(sweep._jobs) <= sweeps.LANES
    sweep.stop()


def test_two_visitors_who_ask_for_the_same_runs_share_them(cache: Summaries) -> None:
    one, other = Sweep(cache, LONG[:2]), Sweep(cache, LONG[:2])
    one.ask()
    other.ask()
    assert {id(job) for job in one._jobs} == {id(job) for job in other._jobs}
    until(lambda: other.complete, other)
    until(lambda: one.complete, one)
    assert all(one.results[config] is other.results[config] for config in LONG[:2])


def test_what_is_finished_is_there_at_once_for_the_next_visitor(cache: Summaries) -> None:
    first = Sweep(cache, CONFIGS[:3])
    until(lambda: first.complete, first)
    assert Sweep(cache, CONFIGS[:3]).complete
    half = Sweep(cache, CONFIGS[:6])
    assert half.results.keys() == set(CONFIGS[:3])
    assert not half.complete


def test_stop_keeps_what_is_finished_and_go_on_loses_nothing(cache: Summaries) -> None:
    sweep = Sweep(cache, LONG)
    until(lambda: bool(sweep.results), sweep)
    sweep.stop()
    until(lambda: not in_work(sweep))
    done, begun = len(sweep.results), {job.config: job.done for job in sweep._jobs}
    sweep.ask()
    time.sleep(0.1)
    assert len(sweep.results) == done < len(LONG)
    assert {job.config: job.done for job in sweep._jobs} == begun
    sweep.go_on()
    assert all(job.done >= begun.get(job.config, 0) for job in sweep._jobs)
    until(lambda: len(sweep.results) > done, sweep)


def test_a_sweep_that_no_page_asks_about_gets_no_more_turns(cache: Summaries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "FORGOTTEN_AFTER", 0.0)
    monkeypatch.setattr(jobs, "FORGOTTEN_AFTER", 0.0)
    sweep = Sweep(cache, LONG)
    sweep.ask()
    until(lambda: not in_work(sweep))
    assert not sweep.complete
    monkeypatch.undo()
    until(lambda: bool(sweep.results), sweep)


def test_a_sweep_goes_on_without_being_asked_for_every_turn(cache: Summaries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "FORGOTTEN_AFTER", 60.0)
    sweep = Sweep(cache, LONG[:3])  # each of them takes many turns
    sweep.ask()
    until(lambda: sweep.complete)


def test_the_sweeps_on_their_way_are_counted(cache: Summaries) -> None:
    before = Sweep.count()
    three = [Sweep(cache, LONG) for _ in range(3)]
    assert Sweep.count() == before  # none has been asked for
    for sweep in three:
        sweep.ask()
    assert Sweep.count() == before + 3
    for sweep in three:
        sweep.stop()
    assert Sweep.count() == before


def test_what_a_page_needs_comes_first(cache: Summaries) -> None:
    sweep = Sweep(cache, LONG)
    sweep.first([LONG[4], LONG[3]])
    sweep.ask()
    begun = [job.config for job in sweep._jobs]
    assert begun == [LONG[4], LONG[3], *LONG][: sweeps.LANES]
    sweep.stop()


def fails(*_: object) -> None:
    """What a worker runs: a function that it can import, so that it fails there and not on its way."""
    raise ArithmeticError("as a worker would")


def test_a_run_that_fails_ends_the_sweep_with_a_sentence_and_can_be_tried_again(
    cache: Summaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = Sweep(cache, CONFIGS[:1])  # a second one could fail only after it was tried again
    monkeypatch.setattr(memory, "advance", fails)
    until(lambda: sweep.error is not None, sweep)
    assert isinstance(sweep.error, TrainingError)
    assert sweep.stopped
    monkeypatch.undo()
    sweep.go_on()
    until(lambda: sweep.complete, sweep)
    assert sweep.error is None


def test_runs_of_a_sweep_that_is_gone_are_gone_too(cache: Summaries) -> None:
    sweep = Sweep(cache, LONG)
    sweep.ask()
    sweep.stop()
    jobs = list(sweep._jobs)
    until(lambda: not any(job._in_work for job in jobs))
    del sweep
    jobs.clear()
    gc.collect()
    assert not cache._jobs


def test_a_cache_gives_up_what_was_not_used_for_longest() -> None:
    cache: ResultCache[str, str] = ResultCache(lambda job: None, 5)
    a, b, c = "abc"
    cache.keep(a, "aa")
    cache.keep(b, "bb")
    assert cache.request(a, Call(Config(), str)) == "aa"
    cache.keep(c, "cc")
    assert (cache.find(a), cache.find(b), cache.find(c)) == ("aa", None, "cc")
    cache.keep(a, "aa")  # made twice, by two visitors: counted once
    assert (cache.find(a), cache.find(c)) == ("aa", "cc")
    cache.keep(b, "too long for the cache")
    assert cache.find(b) == "too long for the cache"
    assert cache.find(c) is None
