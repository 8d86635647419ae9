"""Processes that train: one BLAS thread each, and gone when the process that started them is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rnn_core
from rnn_core.experiments.workers import THREAD_VARIABLES, worker_pool

ROOT = Path(rnn_core.__file__).parents[1]

PARENT = """
import os, time
from rnn_core.experiments.workers import worker_pool

if __name__ == "__main__":
    pool = worker_pool(2)
    pool.submit(os.getpid).result()
    busy = pool.submit(time.sleep, 600)
    print(*pool._processes, flush=True)
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


@pytest.mark.skipif(sys.platform == "win32", reason="asks ps")
def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert workers
        assert all(map(alive, workers))
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    left = workers
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [pid for pid in left if alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def test_workers_end_with_their_pool() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(os.getenv, THREAD_VARIABLES[0]).result() == "1"
        processes = list(pool._processes.values())
    assert [process.exitcode for process in processes] == [0]
