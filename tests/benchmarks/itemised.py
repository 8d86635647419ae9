"""How long itemised gradients take, next to one backward pass, and how much memory.

    python -m tests.benchmarks.itemised [--json]

Itemised gradients are the norms ‖∂L_s/∂h_t‖ for every loss L_s and every state h_t: T backward passes' worth of work,
for a loss at each of T time steps. Both are done in float32 on one thread, in turns; figures are medians. The peak is
what Python's allocator, with NumPy's arrays, holds more than before; O(T²·B·H) would be the gradients themselves.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnn_core.bptt import backward, loss_and_gradients
from rnn_core.cells import CELLS, cell_of
from rnn_core.diagnostics.itemised import itemised
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.workspace import Workspace

from .bptt import TBH
from .problem import Size, random_problem


class Figures(NamedTuple):
    """Seconds and bytes.

    Attributes
    ----------
    backward, itemised : median seconds of one backward pass, and of itemised gradients
    ratio : median of their ratios, round by round
    peak : bytes that itemised gradients hold at most
    gradients : bytes of all ∂L_s/∂h_t together, (T, T+1, B, H)
    """

    backward: float
    itemised: float
    ratio: float
    peak: int
    gradients: int


@one_blas_thread()
def measure(size: Size, rounds: int) -> Figures:
    problem = random_problem(size, learning_rate=1.0)
    everywhere = problem.batch._replace(weights=np.full((size.T, size.B), 1 / size.B, np.float32))
    params, cell = problem.params, cell_of(problem.config)
    done, work = loss_and_gradients(params, everywhere, cell), Workspace()

    def one_backward_pass() -> object:
        return backward(params, everywhere, done.tape, done.dlogits, cell, work)  # as in training

    def all_losses_apart() -> object:
        return itemised(params, everywhere, done.tape, done.dlogits, cell)

    one_backward_pass(), all_losses_apart()
    tracemalloc.start()
    all_losses_apart()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pairs = [(_median(one_backward_pass, 10), _median(all_losses_apart, 1)) for _ in range(rounds)]
    return Figures(
        backward=statistics.median(b for b, _ in pairs),
        itemised=statistics.median(i for _, i in pairs),
        ratio=statistics.median(i / b for b, i in pairs),
        peak=peak,
        gradients=size.T * (size.T + 1) * size.B * size.H * 4,
    )


def _median(run: Callable[[], object], count: int) -> float:
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def table(rows: Sequence[tuple[Size, Figures]]) -> str:
    """Markdown."""
    lines = [
        "| cell | T | B | H | one backward pass (ms) | itemised / backward | peak (MiB) | all gradients (MiB) |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for size, found in rows:
        figures = [1e3 * found.backward, found.ratio, found.peak / 2**20, found.gradients / 2**20]
        lines.append(f"| {' | '.join(map(str, size))} | {' | '.join(f'{figure:.3g}' for figure in figures)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.itemised", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout instead of the table")
    parser.add_argument("--sizes", nargs="+", type=TBH, default=[(50, 32, 32)], metavar="T,B,H")
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=list(CELLS), help="recurrent cells")
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args(arguments)
    sizes = [Size(cell, *lengths) for cell in chosen.cells for lengths in chosen.sizes]
    rows = [(size, measure(size, chosen.rounds)) for size in sizes]
    if chosen.json:
        print(json.dumps({"sizes": [{**size._asdict(), **found._asdict()} for size, found in rows]}))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
