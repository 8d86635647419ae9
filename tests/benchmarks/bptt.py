"""How long one training update takes that also records ‖∂L/∂h_t‖ for every t, next to PyTorch and JAX.

    python -m tests.benchmarks.bptt [--json]

An update is: loss, forward, backward, ‖∂L/∂h_t‖ for t = 0 ... T, global norm, clipping by it, SGD; float32, on one
thread. Inputs are token ids (T, B) from 65 words, as the project's task feeds them; the loss is read at the last time
step, in two classes. All peers get the same weights and batch, and must find the same loss, norms and new weights
before any of them is timed.

- rnn_core: `training.training_update`, which the training loop calls for each update
- torch_loop: PyTorch, one time step after the other; the faster of a loop by hand and PyTorch's own cell
- torch_cell: PyTorch, the loop over its own `nn.RNNCell`, `nn.GRUCell` or `nn.LSTMCell` alone, as its documentation
  shows it
- torch_fused: PyTorch's `nn.RNN`, `nn.GRU` or `nn.LSTM`, without the norms ‖∂L/∂h_t‖, which they give no access to
- jax: compiled `lax.scan`, the whole update in one function
- floor: only the matrix products and the tanh that an update with NumPy cannot do without

The peers take turns, a few updates at a time, so a machine that slows down slows all of them: trust the ratios. Each
figure is the median over all rounds.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from rnn_core.cells import CELLS

from .problem import Outcome, Peer, Problem, Size, disagreements, random_problem

SIZES = [(20, 32, 32), (200, 32, 32), (50, 64, 64), (100, 128, 128), (50, 64, 256)]
"""(T, B, H)"""

PEERS = {
    "rnn_core": ("peers_numpy", "rnn_core"),
    "torch_loop": ("peers_torch", "torch_loop"),
    "torch_cell": ("peers_torch", "torch_cell"),
    "torch_fused": ("peers_torch", "torch_fused"),
    "jax": ("peers_jax", "jax_scan"),
    "floor": ("peers_numpy", "floor"),
}
"""By name: module and function. The function returns one peer, or several that do the same in different ways."""

RATIOS = [*((peer, "rnn_core") for peer in ("torch_loop", "torch_cell", "torch_fused", "jax")), ("rnn_core", "floor")]

TURN_SECONDS = 0.02
"""How long a peer's turn is, but it is three updates at least."""

Seconds = dict[str, float | None]
Make = Callable[[Problem], list[Peer]]


def load_peers(names: Iterable[str]) -> dict[str, Make]:
    """The peers whose library is installed; the others are named on stderr."""
    found: dict[str, Make] = {}
    for name in names:
        module, function = PEERS[name]
        try:
            found[name] = getattr(importlib.import_module(f"{__package__}.{module}"), function)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.split(".")[0] not in ("torch", "jax", "jaxlib"):
                raise
            print(f'{name} is left out: no {error.name} here; pip install -e ".[bench]"', file=sys.stderr)
    return found


def check(size: Size, makers: dict[str, Make]) -> None:
    """Raise AssertionError unless all peers do the same work; α = 1, so that the new weights show the gradients."""
    problem = random_problem(size, learning_rate=1.0)
    [core] = importlib.import_module(f"{__package__}.peers_numpy").rnn_core(problem)
    reference: Outcome = core.outcome(core.update())
    assert reference.grad_norm > problem.config.clip_threshold, f"{size}: nothing to clip"
    for name, make in makers.items():
        for update, outcome in make(problem):
            if outcome is not None:
                wrong = disagreements(problem, outcome(update()), reference)
                assert not wrong, f"{size}: {name} and rnn_core differ in {', '.join(wrong)}"


def time_of(update: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of so many updates in a row."""
    clock = [time.perf_counter()]
    for _ in range(count):
        update()
        clock.append(time.perf_counter())
    return [after - before for before, after in itertools.pairwise(clock)]


def measure(size: Size, makers: dict[str, Make], rounds: int) -> Seconds:
    """Median seconds of an update by the peer's name; None for a peer that is not there."""
    problem = random_problem(size, learning_rate=1e-3)  # so small that all updates do the same work
    updates: dict[str, Callable[[], object]] = {}
    per_turn: dict[str, int] = {}
    for name, make in makers.items():
        candidates = [peer.update for peer in make(problem)]
        typical = [statistics.median(time_of(update, 12)[2:]) for update in candidates]  # the first two warm up
        updates[name] = candidates[typical.index(min(typical))]
        per_turn[name] = max(3, round(TURN_SECONDS / min(typical)))
    seconds: dict[str, list[float]] = {name: [] for name in updates}
    wall, cpu = dict.fromkeys(updates, 0.0), dict.fromkeys(updates, 0.0)
    for _ in range(rounds):
        for name, update in updates.items():
            cpu_before = time.process_time()
            turn = time_of(update, per_turn[name])
            cpu[name] += time.process_time() - cpu_before
            wall[name] += sum(turn)
            seconds[name] += turn
    for name in updates:
        if cpu[name] > 1.1 * wall[name]:
            print(f"{size}: {name} used {cpu[name] / wall[name]:.1f} threads, not one", file=sys.stderr)
    return {name: statistics.median(seconds[name]) if name in seconds else None for name in PEERS}


def table(rows: Sequence[tuple[Size, Seconds]]) -> str:
    """Markdown: rnn_core's median in milliseconds, then ratios; the peers' own medians are in the JSON."""
    head = ["cell", "T", "B", "H", "rnn_core (ms)", *(f"{a} / {b}" for a, b in RATIOS)]
    lines = [head, ["---"] * 4 + ["---:"] * (len(head) - 4)]
    for size, seconds in rows:
        own = seconds["rnn_core"]
        pairs = [(seconds[a], seconds[b]) for a, b in RATIOS]
        ratios = ["–" if a is None or b is None else f"{a / b:.2f}" for a, b in pairs]
        lines.append([*map(str, size), "–" if own is None else f"{1e3 * own:.3f}", *ratios])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def stay_on_one_core() -> None:
    """JAX's CPU backend starts threads whatever it is told; on one core they cannot run side by side."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    else:
        print("this system cannot pin a process to a core: JAX may use more than one", file=sys.stderr)


def TBH(text: str) -> tuple[int, int, int]:  # noqa: N802 - argparse shows the name in its message
    T, B, H = map(int, text.split(","))
    return T, B, H


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bptt", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout instead of the table")
    parser.add_argument("--sizes", nargs="+", type=TBH, default=SIZES, metavar="T,B,H", help="instead of all five")
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=list(CELLS), help="recurrent cells")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=list(PEERS), help="who takes part")
    parser.add_argument("--rounds", type=int, default=40, help="turns of each peer at each size")
    chosen = parser.parse_args(arguments)
    stay_on_one_core()
    makers = load_peers(chosen.peers)
    rows = []
    for size in [Size(cell, *lengths) for cell in chosen.cells for lengths in chosen.sizes]:
        check(size, makers)
        rows.append((size, measure(size, makers, chosen.rounds)))
    if chosen.json:
        print(json.dumps({"sizes": [{**size._asdict(), "seconds": seconds} for size, seconds in rows]}))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
