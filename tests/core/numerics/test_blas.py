"""One BLAS thread while anything is computed, also where several runs are computed at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rnn_core.config import Config
from rnn_core.numerics import blas
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.recording import train
from tests.core.records import digest


@pytest.fixture
def threads_now() -> Iterator[object]:
    """OpenBLAS' own count, set to two for the test, so that a change to one shows."""
    functions = blas._thread_functions()
    if functions is None:
        pytest.skip("NumPy was built with another BLAS")
    set_threads, get_threads = functions
    before = get_threads()
    set_threads(2)
    yield get_threads
    set_threads(before)


def test_one_thread_inside_and_what_was_set_before_after_it(threads_now) -> None:
    outside = threads_now()
    with one_blas_thread():
        assert threads_now() == 1
        with one_blas_thread():
            assert threads_now() == 1
        assert threads_now() == 1
    assert threads_now() == outside


def test_an_error_inside_restores_the_setting_too(threads_now) -> None:
    outside = threads_now()
    with pytest.raises(ZeroDivisionError), one_blas_thread():
        raise ZeroDivisionError
    assert threads_now() == outside


def test_a_block_that_ends_does_not_disturb_one_that_overlaps_it(threads_now) -> None:
    outside = threads_now()
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert threads_now() == 1
    second.__exit__(None, None, None)
    assert threads_now() == outside


def test_runs_in_two_threads_at_once_have_the_bits_that_each_has_alone() -> None:
    configs = [Config(hidden_size=128, batch_size=64, updates=25, seed=seed) for seed in (0, 1)]
    alone = [digest(train(config)) for config in configs]
    together: dict[int, str] = {}

    def run(index: int) -> None:
        together[index] = digest(train(configs[index]))

    threads = [threading.Thread(target=run, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[0], together[1]] == alone
