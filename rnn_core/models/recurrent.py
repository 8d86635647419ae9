"""The recurrent network of a run, as a model that can be trained and checked."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from rnn_core.bptt import Pass, backward, loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.initializers import initial_params
from rnn_core.numerics.norms import row_norms
from rnn_core.numerics.workspace import Workspace
from rnn_core.regularizers import omega_gradient
from rnn_core.tasks import TASKS
from rnn_core.types import Batch, Params

from .model import LossAndGradients, Model, Tensor, over_time


def model(config: Config) -> Model:
    """The network that learns the run's task; its gradients are those of the loss and Ω, truncated as the run says."""
    task = TASKS[config.task]
    cell, window = cell_of(config), config.bptt_window

    def measure(params: Params, batch: Batch, work: Workspace) -> LossAndGradients:
        done = loss_and_gradients(params, batch, cell, work, task.loss, window)
        gradients, clipped = done.gradients.params, None
        if config.clip == "flow":
            limit = config.clip_threshold
            clipped = backward(params, batch, done.tape, done.dlogits, cell, None, window, limit).params
        if config.omega:
            penalty = config.omega * omega_gradient(params, done.tape, done.gradients.da, config.activation)
            for regularized in filter(None, (gradients, clipped)):
                regularized["W_hh"] = regularized["W_hh"] + penalty
        dh_norm = row_norms(done.gradients.dh)
        return LossAndGradients(done.loss, done.accuracy, gradients, dh_norm, _computed(done), clipped)

    return Model(functools.partial(initial_params, config, task.inputs, task.outputs), measure)


def _computed(done: Pass) -> Iterator[Tensor]:
    """Forward in time for states and outputs, backward in time for ∂L/∂h_t."""
    (h, read_at, logits, _), T = done.tape, len(done.tape.h) - 1
    yield from over_time("h", range(1, T + 1), h[1:])
    yield from over_time("logits", (read_at + 1).tolist(), logits)
    yield "loss", None, done.loss
    yield from over_time("dh", range(T, -1, -1), done.gradients.dh[::-1])
