"""What weights can do: held-out accuracy, and the hidden states of one sequence under the weights of many updates."""

from __future__ import annotations

import numpy as np

from .batches import EVALUATION, random_stream
from .bptt import forward
from .cells import cell_of
from .config import EVALUATED_AT_ONCE, Config
from .numerics.blas import one_blas_thread
from .tasks import TASKS
from .types import Batch, Evaluation, Floats, Ints, Params


@one_blas_thread()
def probe_states(config: Config, params: Params, inputs: Ints | Floats) -> Floats:
    """Hidden states of one sequence under many weights.

    Parameters
    ----------
    params : each with a leading axis S
    inputs : (T,) token ids, or (T, D) values

    Returns
    -------
    (S, T+1, H), starting from h_0 = 0
    """
    S, T = len(params["W_hh"]), len(inputs)
    nothing_read = np.zeros((T, 1))
    batch, cell = Batch(inputs[:, None], nothing_read.astype(int), nothing_read), cell_of(config)
    with np.errstate(over="ignore", invalid="ignore"):  # the last weights before a divergence: finite but huge
        tapes = [forward({name: W[s] for name, W in params.items()}, batch, cell) for s in range(S)]
    return np.stack([tape.h[:, 0] for tape in tapes])


@one_blas_thread()
def evaluate(config: Config, params: Params) -> dict[str, Evaluation]:
    """Accuracy and loss on each held-out slice of the run's task, beside the task's baselines."""
    task = TASKS[config.task]
    slices = task.slices(config, random_stream(config, EVALUATION), task.held_out)
    return {
        name: Evaluation(accuracy, batch.inputs.shape[1], baselines, loss, loss_baselines)
        for name, (batch, baselines, loss_baselines) in slices.items()
        for accuracy, loss in (answers_on(config, params, batch),)
    }


def accuracy_on(config: Config, params: Params, batch: Batch) -> float:
    """Share of right answers on a batch of any size."""
    return answers_on(config, params, batch)[0]


def answers_on(config: Config, params: Params, batch: Batch) -> tuple[float, float]:
    """Share of right answers, and the loss, on a batch of any size, EVALUATED_AT_ONCE sequences at a time."""
    cell, task_loss, asked = cell_of(config), TASKS[config.task].loss, batch.inputs.shape[1]
    right = loss = 0.0
    for first in range(0, asked, EVALUATED_AT_ONCE):
        some = Batch(*(array[:, first : first + EVALUATED_AT_ONCE] for array in batch))
        with np.errstate(over="ignore", invalid="ignore"):  # weights that are finite but huge: wrong, but no error
            tape = forward(params, some, cell)
            asked_for = tape.logits, some.targets[tape.read_at], some.weights[tape.read_at]
            right += task_loss.accuracy(*asked_for) * some.inputs.shape[1] / asked
            loss += task_loss.value_and_gradient(*asked_for)[0]
    return right, loss
