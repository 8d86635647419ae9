"""Training for the pages: the record of a job is the record of `train`, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from pages.components import runs as module
from pages.components.runs import Job, Runs, TrainingError
from rnn_core.config import Config
from rnn_core.training import train
from rnn_core.types import Record
from tests.core.records import SMALL, assert_same_bits

FOREVER = 600.0
"""Seconds that no test waits in vain: it ends when there is an answer."""

LONG = SMALL.replace(updates=3000)


@pytest.fixture(scope="module")
def pool() -> Iterator[Runs]:
    made = Runs()
    yield made
    made._pool.shutdown(cancel_futures=True)


@pytest.fixture
def runs(pool: Runs, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Nothing kept and nothing in work, and stretches so short that a run takes many."""
    monkeypatch.setattr(module, "STRETCH_SECONDS", 0.02)
    pool._jobs.clear()
    pool._records.clear()
    return pool


def job_of(runs: Runs, config: Config) -> Job:
    job = runs.request(config)
    assert isinstance(job, Job)
    return job


def finished(job: Job) -> Record:
    record = job.wait(FOREVER)
    assert record is not None
    return record


def until_some_are_done(job: Job) -> None:
    while job.done == 0:
        assert job.wait(0.005) is None


def test_a_jobs_record_is_trains_record_bit_for_bit(runs: Runs) -> None:
    job = job_of(runs, LONG)
    record = finished(job)
    assert len(job._stretches) > 1
    assert_same_bits(record, train(LONG))


def test_asking_again_gives_the_same_job_and_then_the_same_record(runs: Runs) -> None:
    job = job_of(runs, SMALL)
    assert runs.request(SMALL) is job
    assert runs.request(Config(**SMALL.to_dict())) is job
    assert runs.request(SMALL.replace(seed=4)) is not job
    record = finished(job)
    assert runs.request(SMALL) is record
    assert finished(job) is record


def test_a_stopped_job_keeps_what_was_trained_and_goes_on_from_there(runs: Runs) -> None:
    whole = train(LONG)
    job = job_of(runs, LONG)
    until_some_are_done(job)
    partial = job.stop()
    assert partial is not None
    assert 0 < partial.updates < LONG.updates
    assert partial.loss.tobytes() == whole.loss[: partial.updates].tobytes()
    assert partial.dh_norm.tobytes() == whole.dh_norm[: partial.updates].tobytes()
    assert partial.evaluation.keys() == whole.evaluation.keys()
    assert_same_bits(finished(job), whole)  # at once: the stretch that was in work is still coming back


def test_stopping_before_the_first_stretch_gives_nothing_and_loses_nothing(runs: Runs) -> None:
    job = job_of(runs, SMALL)
    assert job.stop() is None
    assert job.done == 0
    assert_same_bits(finished(job), train(SMALL))


def test_a_stopped_job_leaves_the_processes_alone(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    job.stop()
    while LONG in runs._jobs:
        time.sleep(0.005)
    done = job.done
    finished(job_of(runs, SMALL))
    assert job.done == done < LONG.updates


def test_a_killed_process_costs_no_run(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    for pid in list(runs._pool._processes):
        os.kill(pid, signal.SIGKILL)
    assert_same_bits(finished(job), train(LONG))
    assert_same_bits(finished(job_of(runs, SMALL)), train(SMALL))


def test_processes_killed_while_idle_are_replaced(runs: Runs) -> None:
    finished(job_of(runs, SMALL))
    for pid in list(runs._pool._processes):
        os.kill(pid, signal.SIGKILL)
    other = SMALL.replace(seed=4)
    assert_same_bits(finished(job_of(runs, other)), train(other))


def test_a_job_nobody_asks_about_ends_and_wakes_when_asked(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    monkeypatch.setattr(module, "FORGOTTEN_AFTER", -1.0)
    while job._active:
        time.sleep(0.005)
    assert job.done < LONG.updates
    assert LONG not in runs._jobs
    monkeypatch.undo()
    assert_same_bits(finished(job), train(LONG))


def test_the_cache_gives_up_the_least_recently_used_first(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    configs = [SMALL.replace(seed=seed) for seed in range(3)]
    records = [finished(job_of(runs, config)) for config in configs[:2]]
    monkeypatch.setattr(module, "CACHE_BYTES", int(2.5 * max(map(module._bytes, records))))
    assert runs.request(configs[0]) is records[0]
    finished(job_of(runs, configs[2]))
    assert isinstance(runs.request(configs[0]), Record)
    assert isinstance(runs.request(configs[1]), Job)
    assert isinstance(runs.request(configs[2]), Record)


def test_a_record_larger_than_the_cache_is_kept_alone(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(job_of(runs, SMALL))
    monkeypatch.setattr(module, "CACHE_BYTES", 1)
    other = SMALL.replace(seed=4)
    record = finished(job_of(runs, other))
    assert runs.request(other) is record
    assert isinstance(runs.request(SMALL), Job)


def test_a_records_bytes_count_its_large_arrays() -> None:
    record = train(SMALL)
    arrays = [record.dh_norm, record.probe_h, *record.probe_params.values()]
    assert sum(array.nbytes for array in arrays) < module._bytes(record) < 2 * sum(array.nbytes for array in arrays)


def _fails(*_: object) -> None:
    raise ArithmeticError("as a worker would")


def test_an_error_in_a_process_is_a_sentence_for_the_visitor(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "advance", _fails)
    job = job_of(runs, SMALL)
    with pytest.raises(TrainingError) as raised:
        job.wait(FOREVER)
    assert isinstance(raised.value.__cause__, ArithmeticError)
    monkeypatch.undo()
    assert_same_bits(finished(job_of(runs, SMALL)), train(SMALL))


def test_a_process_that_dies_over_a_job_again_and_again_ends_it(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def broken(config: Config, after: object) -> Future[object]:
        asked.append(config)
        future: Future[object] = Future()
        future.set_exception(BrokenProcessPool("killed"))
        return future

    monkeypatch.setattr(runs, "submit", broken)
    with pytest.raises(TrainingError):
        job_of(runs, SMALL).wait(FOREVER)
    assert len(asked) == 2
