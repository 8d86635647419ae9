"""The benchmark runs, checks that all peers do the same work, and prints what its readers expect."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

TINY = ["--sizes", "3,2,4", "--rounds", "1", "--peers", "rnn_core", "torch_loop", "torch_cell", "torch_fused", "floor"]


def test_the_benchmark_prints_one_json_object_with_a_figure_for_each_peer() -> None:
    pytest.importorskip("torch", reason="PyTorch is a peer of the benchmark")
    command = [sys.executable, "-m", "tests.benchmarks.bptt", "--json", *TINY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    [size] = json.loads(done.stdout)["sizes"]
    assert {k: size[k] for k in ("cell", "T", "B", "H")} == {"cell": "vanilla", "T": 3, "B": 2, "H": 4}
    seconds = size["seconds"]
    assert set(seconds) >= {"rnn_core", "torch_loop", "torch_fused", "jax", "floor"}
    assert seconds["jax"] is None  # it was not asked
    assert all(seconds[name] > 0 for name in ("rnn_core", "torch_loop", "torch_cell", "torch_fused", "floor"))
