"""Training for the pages: the record of a job is the record of `train`, whatever happens on the way."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from pages.components.jobs import job as jobs
from pages.components.jobs import tasks
from pages.components.jobs.cache import ResultCache, size_of
from pages.components.jobs.job import Job, TrainingError
from pages.components.jobs.pool import Pool
from pages.components.jobs.tasks import FullRun
from rnn_core import recording
from rnn_core.config import Config
from rnn_core.recording import Chunk, train
from rnn_core.types import Record
from tests.core.records import SMALL, assert_same_bits

FOREVER = 600.0
"""Seconds that no test waits in vain: it ends when there is an answer."""

LONG = SMALL.replace(updates=3000)


class Runs:
    """The records of runs, and processes that train them."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.records: ResultCache[Config, Record] = ResultCache(self.pool.send, 512 * 2**20)

    def request(self, config: Config) -> Record | Job[Record]:
        return self.records.request(config, FullRun(config))


@pytest.fixture(scope="module")
def made() -> Iterator[Runs]:
    made = Runs()
    yield made
    made.pool._executor.shutdown(cancel_futures=True)


@pytest.fixture
def runs(made: Runs, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Nothing kept and nothing in work, and turns so short that a run takes many."""
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.02)
    made.records.clear()
    return made


def job_of(runs: Runs, config: Config) -> Job[Record]:
    job = runs.request(config)
    assert isinstance(job, Job)
    return job


def chunks_of(job: Job[Record]) -> list[Chunk]:
    assert isinstance(job._task, FullRun)
    return job._task._chunks


def finished(job: Job[Record]) -> Record:
    record = job.wait(FOREVER)
    assert record is not None
    return record


def until_some_are_done(job: Job[Record]) -> None:
    while job.done == 0:
        assert job.wait(0.005) is None


def until_idle(job: Job[Record]) -> None:
    while job._in_work:
        time.sleep(0.005)


def so_far(job: Job[Record]) -> Record:
    """Stop, and the record that this gives."""
    ending = job.stop()
    assert ending is not None
    return finished(ending)


def kept(runs: Runs, config: Config) -> Record:
    record = runs.request(config)
    assert isinstance(record, Record)
    return record


def test_a_jobs_record_is_trains_record_bit_for_bit(runs: Runs) -> None:
    job = job_of(runs, LONG)
    record = finished(job)
    assert job.done == LONG.updates
    assert_same_bits(record, train(LONG))


def test_a_finished_job_keeps_nothing_but_its_record(runs: Runs) -> None:
    job = job_of(runs, SMALL)
    finished(job)
    assert job._task is None
    assert SMALL not in runs.records._jobs


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
    partial = so_far(job)
    assert 0 < partial.updates < LONG.updates
    assert partial.loss.tobytes() == whole.loss[: partial.updates].tobytes()
    assert partial.dh_norm.tobytes() == whole.dh_norm[: partial.updates].tobytes()
    assert partial.evaluation.keys() == whole.evaluation.keys()
    assert_same_bits(finished(job), whole)  # at once: the turn that was in work is still coming back


def test_stopping_before_the_first_turn_gives_nothing_and_loses_nothing(runs: Runs) -> None:
    job = job_of(runs, SMALL)
    assert job.stop() is None
    assert job.done == 0
    assert_same_bits(finished(job), train(SMALL))


def test_a_stopped_job_leaves_the_processes_alone(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    job.stop()
    until_idle(job)
    done = job.done
    finished(job_of(runs, SMALL))
    assert job.done == done < LONG.updates


def test_a_job_that_one_visitor_stopped_goes_on_for_another_who_waits(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    other = threading.Thread(target=lambda: [job.wait(0.05) for _ in iter(lambda: job.ended, True)])
    other.start()
    partial = so_far(job)
    other.join(FOREVER)
    assert kept(runs, LONG).updates == LONG.updates
    assert 0 < partial.updates < LONG.updates


def test_what_a_stopped_job_shows_is_evaluated_by_a_process(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("evaluated here")

    job = job_of(runs, LONG)
    until_some_are_done(job)
    monkeypatch.setattr(recording, "evaluate", never)
    partial = so_far(job)
    monkeypatch.undo()
    assert partial.evaluation == train(LONG.replace(updates=partial.updates)).evaluation


def test_who_asks_for_a_run_that_was_stopped_gets_the_same_job_as_long_as_it_is_held(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    job.stop()
    until_idle(job)
    assert runs.request(LONG) is job
    del job
    gc.collect()
    assert LONG not in runs.records._jobs
    assert job_of(runs, LONG).done == 0


def test_processes_killed_again_and_again_cost_no_run(runs: Runs) -> None:
    configs = [LONG.replace(seed=seed) for seed in range(4)]
    held = [job_of(runs, config) for config in configs]

    def ask() -> int:
        for job in held:
            job.wait(0.005)
        return sum(job.done for job in held)

    for _ in range(3):
        before = ask()
        while ask() == before:
            pass
        executor = runs.pool._executor
        os.kill(next(iter(executor._processes)), signal.SIGKILL)
        while runs.pool._executor is executor:
            ask()
    for job, config in zip(held, configs, strict=True):
        assert_same_bits(finished(job), train(config))
    assert_same_bits(finished(job_of(runs, SMALL)), train(SMALL))


def test_a_pool_that_holds_its_lock_while_it_calls_back_is_no_deadlock(runs: Runs) -> None:
    """As in Python 3.12 and later, where a killed process is reported under the lock that `submit` takes."""
    lock = threading.Lock()
    calls = []

    class Executor:
        def submit(self, *_: object) -> Future[object]:
            with lock:
                calls.append(self)
                future: Future[object] = Future()
            if len(calls) == 1:
                threading.Timer(0.1, self.report, [future]).start()
            else:
                future.set_exception(ArithmeticError("the end of this test"))
            return future

        def report(self, future: Future[object]) -> None:
            with lock:
                future.set_exception(BrokenProcessPool("killed"))

    made = Runs()
    made.pool._executor.shutdown()
    made.pool._executor = Executor()  # type: ignore[assignment]
    with pytest.raises(TrainingError):
        job_of(made, SMALL).wait(FOREVER)
    assert len(calls) == 2


def test_a_process_is_sent_the_weights_and_no_more_of_what_was_trained(runs: Runs) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    job.stop()
    until_idle(job)
    whole, (_, sent, _) = chunks_of(job)[-1], job.work()[1]
    assert sent.end == whole.end == job.done
    assert sent.params is whole.params
    assert not sent.snapshots
    assert sum(column.nbytes for column in sent.columns.values()) == 0


def test_processes_killed_while_idle_are_replaced(runs: Runs) -> None:
    finished(job_of(runs, SMALL))
    for pid in list(runs.pool._executor._processes):
        os.kill(pid, signal.SIGKILL)
    other = SMALL.replace(seed=4)
    assert_same_bits(finished(job_of(runs, other)), train(other))


def test_a_job_nobody_asks_about_ends_and_wakes_when_asked(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of(runs, LONG)
    until_some_are_done(job)
    monkeypatch.setattr(jobs, "FORGOTTEN_AFTER", -1.0)
    until_idle(job)
    assert job.done < LONG.updates
    monkeypatch.undo()
    assert_same_bits(finished(job), train(LONG))


def test_a_job_is_not_forgotten_as_long_as_somebody_waits(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FORGOTTEN_AFTER", -1.0)
    assert_same_bits(finished(job_of(runs, LONG)), train(LONG))


def test_the_cache_gives_up_the_least_recently_used_first(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    configs = [SMALL.replace(seed=seed) for seed in range(3)]
    records = [finished(job_of(runs, config)) for config in configs[:2]]
    monkeypatch.setattr(runs.records, "limit", int(2.5 * max(map(size_of, records))))
    assert runs.request(configs[0]) is records[0]
    finished(job_of(runs, configs[2]))
    assert isinstance(runs.request(configs[0]), Record)
    assert isinstance(runs.request(configs[1]), Job)
    assert isinstance(runs.request(configs[2]), Record)


def test_a_record_larger_than_the_cache_is_kept_alone(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    finished(job_of(runs, SMALL))
    monkeypatch.setattr(runs.records, "limit", 1)
    other = SMALL.replace(seed=4)
    record = finished(job_of(runs, other))
    assert runs.request(other) is record
    assert isinstance(runs.request(SMALL), Job)


def test_a_records_bytes_count_its_large_arrays() -> None:
    record = train(SMALL)
    arrays = [record.dh_norm, record.probe_h, *record.probe_params.values()]
    assert sum(array.nbytes for array in arrays) < size_of(record) < 2 * sum(array.nbytes for array in arrays)


def _fails(*_: object) -> None:
    raise ArithmeticError("as a worker would")


def test_an_error_in_a_process_is_a_sentence_for_the_visitor(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "advance", _fails)
    job = job_of(runs, SMALL)
    with pytest.raises(TrainingError) as raised:
        job.wait(FOREVER)
    assert isinstance(raised.value.__cause__, ArithmeticError)
    monkeypatch.undo()
    assert_same_bits(finished(job_of(runs, SMALL)), train(SMALL))


def test_a_process_that_dies_over_a_job_again_and_again_ends_it(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def broken(*work: object) -> Future[object]:
        asked.append(work)
        future: Future[object] = Future()
        future.set_exception(BrokenProcessPool("killed"))
        return future

    monkeypatch.setattr(runs.pool, "_submit", broken)
    with pytest.raises(TrainingError):
        job_of(runs, SMALL).wait(FOREVER)
    assert len(asked) == jobs.TRIES


def test_work_that_cannot_be_handed_over_is_a_sentence_for_the_visitor(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Future[object]:
        raise OSError("no process can be started")

    monkeypatch.setattr(runs.pool, "_submit", fails)
    job = job_of(runs, SMALL)
    for _ in range(2):  # whoever waits for it, and however often
        with pytest.raises(TrainingError) as raised:
            job.wait(FOREVER)
        assert isinstance(raised.value.__cause__, OSError)
    monkeypatch.undo()
    assert_same_bits(finished(job_of(runs, SMALL)), train(SMALL))


def test_a_server_that_ends_while_it_trains_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    ending = Runs()
    ending.pool._executor.shutdown()
    with pytest.raises(TrainingError):
        job_of(ending, SMALL).wait(FOREVER)
    assert not caplog.records
