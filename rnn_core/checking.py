"""Gradients against central differences: the check that anyone can run on any network and batch.

In float64, up to MOST_ENTRIES entries of each tensor, always with the largest, in steps through one time step each:

- ∂L/∂h_t and ∂L/∂c_t follow from ∂L/∂h_{t+1} and ∂L/∂c_{t+1}, from the last time step to the first;
- ∂L/∂W follows from all of them.

So each difference is as large as the gradient it is compared with. Differences of the loss itself, through all time
steps at once, could not tell a vanished gradient from nothing, and where gradients explode no ε is small enough. On
configurations between these, the tests compare with those, too. Networks without a recurrence have one way of a few
operations from each weight to the loss, and differences of the loss itself are right for them.

What is differenced is ⟨∂L/∂states_t, states_t⟩. In the LSTM, ∂L/∂c_t holds what c_t sends through h_t, too. So of h_t
only what does not come through c_t may be counted beside it: h_t = o_t ⊙ tanh(c_t) with c_t held where it is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .batches import CHECK, batch_of_update, random_stream
from .bptt import Pass, forward, loss_and_gradients
from .cells import Cell, cell_of
from .config import Config
from .losses import Loss
from .models import attention, feedforward, recurrent
from .models.model import Model
from .numerics.blas import one_blas_thread
from .numerics.differences import EPSILON, TOLERANCE, TensorCheck, Term, Weighted, compare
from .numerics.workspace import Workspace
from .tasks import TASKS
from .training import starting_params
from .types import Batch, Floats, Ints, Params, Tape

__all__ = ["EPSILON", "MODELS", "TOLERANCE", "TensorCheck", "check", "check_gradients", "check_model"]

MOST_ENTRIES = 300
"""Entries checked in each tensor; of larger tensors a random choice, always with the largest entry."""

MODEL_ENTRIES = 50
"""The same where each entry takes four passes through a whole network."""


def _feedforward(config: Config, slots: int) -> Model:
    """As many embedding entries as hidden units."""
    task, H = TASKS[config.task], config.hidden_size
    return feedforward.model(task.inputs, H, slots, H, task.outputs, config.dtype)


RECURRENT = "recurrent"
MODELS: dict[str, Callable[[Config], Model]] = {
    RECURRENT: recurrent.model,
    "attention": attention.model,
    "feed_forward": lambda config: _feedforward(config, config.sentence_length),
    "bag": lambda config: _feedforward(config, 1),
}
"""What can be checked, by name. All but the first are networks of the run's size that learn its task without a state;
of the config they read the task and its sequences, hidden_size and seed.
"""


def check_gradients(config: Config, model: str = RECURRENT) -> list[TensorCheck]:
    """Check the gradient of the loss of the run's first batch, in float64 whatever its dtype.

    Parameters
    ----------
    model : of MODELS

    Raises
    ------
    ValueError
        If there is no such model, or it cannot read the task, or the run's gradient is not that of its loss: with
        truncated BPTT, or clipped in the flow.
    """
    if model not in MODELS:
        raise ValueError(f"model is {model!r}; allowed: one of {', '.join(MODELS)}")
    if config.bptt_window:
        raise ValueError(f"bptt_window is {config.bptt_window}, but a truncated gradient is no derivative; allowed: 0")
    if config.clip == "flow":
        raise ValueError("clip is flow, but a gradient clipped on its way is no derivative; allowed: any other clip")
    config = config.replace(dtype="float64")
    network, batch, rng = MODELS[model](config), batch_of_update(config, 0), random_stream(config, CHECK)
    params = starting_params(config, network)
    if model == RECURRENT:
        return check(params, batch, cell_of(config), TASKS[config.task].loss, rng)
    return check_model(network, params, batch, rng)


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def check_model(model: Model, params: Params, batch: Batch, rng: np.random.Generator) -> list[TensorCheck]:
    """Check every parameter's gradient of any model by differences of its loss, through the whole network at once."""
    params, batch = _in_float64(params, batch)
    work = Workspace()
    gradients = model.loss_and_gradients(params, batch, work).gradients

    def loss() -> Weighted:
        return [(np.ones(()), np.array(model.loss_and_gradients(params, batch, work).loss))]

    return [compare(name, W, gradients[name], [loss], rng, MODEL_ENTRIES) for name, W in params.items()]


def _in_float64(params: Params, batch: Batch) -> tuple[Params, Batch]:
    """Copies, as entries are moved."""
    numbers = (array.astype(np.float64) if array.dtype.kind == "f" else array for array in batch)
    return {name: W.astype(np.float64) for name, W in params.items()}, Batch(*numbers)


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")  # what is not finite makes an error that is not a number
def check(params: Params, batch: Batch, cell: Cell, loss: Loss, rng: np.random.Generator) -> list[TensorCheck]:
    """Check every parameter's gradient and every ∂L/∂h_t and ∂L/∂c_t of any network and batch, in float64."""
    params, batch = _in_float64(params, batch)
    done = loss_and_gradients(params, batch, cell, None, loss)
    network = _Network(params, batch, cell, loss, done, Workspace())
    checks = []
    for name, W in params.items():
        terms = network.outputs() if name in ("W_hy", "b_y") else [network.states]
        epsilon = EPSILON / max(1.0, float(np.abs(done.tape.h).max())) if name == "W_hy" else EPSILON
        gradient = done.gradients.params[name]
        checks.append(compare(name, W, gradient, terms, rng, MOST_ENTRIES, epsilon, kinks=cell.kink))
    return [*checks, *(_check_states(network, state, rng) for state in cell.states)]


class _Network(NamedTuple):
    """What is checked, and one time step of it at a time."""

    params: Params
    batch: Batch
    cell: Cell
    loss: Loss
    done: Pass
    work: Workspace

    def outputs(self) -> list[Term]:
        """L = Σ_t L_t(h_t), all h_t fixed: its derivative by an output weight is ∂L/∂W_hy or ∂L/∂b_y.

        Where states explode, so do losses. A term of the sum holds those that are alike in size: one ε suits them.
        """
        h, read_at, *_ = self.done.tape
        values = [float(self._loss(h[t : t + 1], np.array([t - 1]))[0][1]) for t in (read_at + 1).tolist()]
        sizes = np.frexp(values)[1].clip(min=0) // 10  # alike: within a factor of 2¹⁰, or below 1
        groups = [read_at[sizes == size] for size in np.unique(sizes)]
        return [functools.partial(self._loss, h[group + 1], group) for group in groups]

    def states(self) -> Weighted:
        """Σ_t ⟨∂L/∂states_t, states_t⟩, all states before fixed: its derivative by any other weight is ∂L/∂W."""
        tape = self.done.tape
        before = {name: _array(tape, name)[:-1] for name in self.cell.states}
        return self.one_time_step(slice(1, len(tape.h)), before)

    def one_time_step(self, times: slice, before: dict[str, Floats], scale: float = 1.0) -> Weighted:
        """⟨∂L/∂states_t, states_t⟩ / scale for some t, each one time step after the states that are given.

        Parameters
        ----------
        times : t of the states
        before : the states at t - 1 by name, each (n, B, H); they are n·B sequences of one time step
        """
        n, B, H = before["h"].shape
        nothing_read = np.zeros((1, n * B))
        inputs = self.batch.inputs[times.start - 1 : times.stop - 1]
        rows = Batch(inputs.reshape(1, n * B, *inputs.shape[2:]), nothing_read.astype(int), nothing_read)
        starts = [before[name].reshape(n * B, H) for name in self.cell.states]
        c_0 = starts[1] if len(starts) > 1 else None
        tape, gradients = forward(self.params, rows, self.cell, starts[0], c_0, self.work), self.done.gradients
        if gradients.dc is None:
            return [(gradients.dh[times] / scale, tape.h[1].reshape(n, B, H).copy())]
        h_at_c = tape.saved["o"][1].reshape(n, B, H) * self.done.tape.saved["tanh_c"][times]
        c = tape.saved["c"][1].reshape(n, B, H).copy()
        return [(gradients.dh[times] / scale, h_at_c), (gradients.dc[times] / scale, c)]

    def loss_at(self, t: int, h_t: Floats, scale: float = 1.0) -> Weighted:
        """The loss read at time step t alone; nothing is read at the initial state, t = 0."""
        if t == 0 or not self.batch.weights[t - 1].any():
            return []
        return self._loss(h_t[None], np.array([t - 1]), scale)

    def _loss(self, h: Floats, read_at: Ints, scale: float = 1.0) -> Weighted:
        outputs = h @ self.params["W_hy"] + self.params["b_y"]
        value, _ = self.loss.value_and_gradient(outputs, self.batch.targets[read_at], self.batch.weights[read_at])
        return [(np.array(1 / scale), np.array(value))]


def _array(tape: Tape, name: str) -> Floats:
    return tape.h if name == "h" else tape.saved[name]


def _check_states(network: _Network, state: str, rng: np.random.Generator) -> TensorCheck:
    """Check ∂L/∂h_t, or ∂L/∂c_t, from the last time step to the first, each from the ones after it.

    It is the derivative of ⟨∂L/∂states_{t+1}, states_{t+1}⟩ plus that of the loss read at t. The product is one time
    step away, so its differences are as large as the gradient itself, however small that is.
    """
    cell, done = network.cell, network.done
    gradients, last = done.gradients, len(done.tape.h) - 1
    gradient = gradients.dh if state == "h" or gradients.dc is None else gradients.dc
    checks = []
    for t in range(last, -1, -1):
        now = {name: _array(done.tape, name)[t].copy() for name in cell.states}
        after = [d[t + 1] for d in (gradients.dh, gradients.dc) if d is not None and t < last]
        following = max((float(np.abs(d).max()) for d in after), default=0.0) or 1.0

        def weighted(t: int = t, now: dict[str, Floats] = now, following: float = following) -> Weighted:
            """What of the loss depends on the state at t, in units of what comes from t + 1."""
            h_t = now["h"]
            if state == "c" and t > 0:  # the initial h_0 does not come from c_0
                h_t = done.tape.saved["o"][t] * np.tanh(now["c"])
            of_loss = network.loss_at(t, h_t, following)
            if t == last:
                return of_loss
            before = {name: array[None] for name, array in (now | {"h": h_t}).items()}
            return of_loss + network.one_time_step(slice(t + 1, t + 2), before, following)

        analytic, most = gradient[t] / following, -(-MOST_ENTRIES // (last + 1))
        checks.append(compare(state, now[state], analytic, [weighted], rng, most, kinks=cell.kink))
    return TensorCheck(
        name=state,
        entries=sum(check.entries for check in checks),
        largest=float(np.abs(gradient).max()),
        error=float(np.max([check.error for check in checks])),  # np.max, unlike max, lets a nan through
        kinks=sum(check.kinks for check in checks),
    )
