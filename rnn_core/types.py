"""The data that flows through the project: arrays with named axes.

Axes are written in capitals: T time steps, B batch, D input, H hidden, O output, R time steps at which the loss
is read, U updates, S snapshots. Arrays are time-major, (T, B, ·). An *update* is one optimiser update; a *time step*
is one position of the sequence.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .config import Config

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Values = NDArray[Any]
"""Token ids, class ids or numbers."""

Params = dict[str, Floats]
"""Weights by name: W_xh (D, G·H), W_hh (H, G·H), b_h (G·H,), W_hy (H, O), b_y (O,).

G is the number of blocks that a cell computes side by side: 1 in the vanilla RNN, 3 in the GRU (r, z, n), 4 in the LSTM
(i, f, g, o). The GRU has a bias b_hn (H,) more.
"""


class Batch(NamedTuple):
    """B sequences of T time steps, and where the loss is read.

    Attributes
    ----------
    inputs : (T, B) token ids, or (T, B, D) values
    targets : (T, B) class ids, or values where the task's loss is a squared error; where `weights` is zero, any valid
    weights : (T, B) of the loss; the loss is the sum of weight x cross-entropy (or squared error)
    """

    inputs: Values
    targets: Values
    weights: Floats

    @property
    def read_at(self) -> Ints:
        """(R,) time steps, counted from 0, at which at least one sequence has a loss."""
        return np.flatnonzero(self.weights.any(axis=1))


class EvaluationSet(NamedTuple):
    """Held-out data of one kind, and what rules that need no training get on it, by the rule's name.

    Attributes
    ----------
    baselines : accuracies
    loss_baselines : losses
    """

    batch: Batch
    baselines: dict[str, float]
    loss_baselines: dict[str, float] = {}  # noqa: RUF012 - nobody writes into it, and a read-only view cannot be pickled


class Tape(NamedTuple):
    """What one forward pass saved for the backward pass.

    Attributes
    ----------
    h : (T+1, B, H) hidden states; h[0] is the initial state, h[t] follows the t-th input
    read_at : (R,) `Batch.read_at`
    logits : (R, B, O) outputs y_t at those time steps
    saved : what else the cell keeps of each time step, by name, (T+1, B, H), or (T+1, B, n, H) for n blocks such as the
        gates; those before the first time step are unused but for c_0
    """

    h: Floats
    read_at: Ints
    logits: Floats
    saved: dict[str, Floats]


class Gradients(NamedTuple):
    """What one backward pass found.

    Attributes
    ----------
    params : gradient of the loss by parameter name, each of its parameter's shape
    dh : (T+1, B, H) total ∂L/∂h_t, along every path from h_t to the loss
    dh_direct : (T, B, H) the part of ∂L/∂h_t, t = 1 ... T, that comes straight from the output at t
    da : (T, B, G·H) ∂L/∂a_t, t = 1 ... T, of the pre-activations that x_t W_xh + b_h is a part of
    dc : (T+1, B, H) total ∂L/∂c_t of the LSTM's cell state; None for the other cells
    """

    params: Params
    dh: Floats
    dh_direct: Floats
    da: Floats
    dc: Floats | None = None


class Divergence(NamedTuple):
    """Where the first non-finite value appeared.

    Attributes
    ----------
    update : counted from 0
    tensor : "h", "logits", "loss", "dh", "gradient of NAME" or "NAME after the update"; a model without h_t has others
    time_step : t of h_t, y_t or ∂L/∂h_t; None for a tensor without time
    """

    update: int
    tensor: str
    time_step: int | None

    def __str__(self) -> str:
        at = "" if self.time_step is None else f" at time step {self.time_step}"
        return f"{self.tensor}{at} became non-finite at update {self.update}"


class State(NamedTuple):
    """Everything that one update hands to the next.

    Attributes
    ----------
    params : the weights
    moments : the optimiser's running means, by their name and then by parameter; empty for SGD
    norms : (u,) gradient norms so far, in ascending order; empty unless the clip is a percentile of them
    """

    params: Params
    moments: dict[str, Params]
    norms: Floats


class Snapshots(NamedTuple):
    """The weights at S moments of a run, and what they make of the task's probe sentence of T' words.

    Attributes
    ----------
    updates : (S,) after how many updates, ascending
    params : (S, ...) by parameter name
    probe_h : (S, T'+1, H) hidden states
    """

    updates: Ints
    params: Params
    probe_h: Floats


class UpdateRecord(NamedTuple):
    """What one update measured; norms are Euclidean and taken before anything is changed.

    Attributes
    ----------
    update : counted from 0
    loss, accuracy : of the batch, before the update
    grad_norm : global norm over all parameters together, before clipping
    grad_norm_clipped : the same after clipping
    clip_scale : grad_norm_clipped / grad_norm; the factor that was applied, for clipping by norm
    clip_angle : radians between the gradient before and after clipping
    dh_norm : (T+1,) ‖∂L/∂h_t‖ over batch and units; of a model without h_t, its `LossAndGradients.dstate_norm`
    param_norm : norm of the gradient of each parameter, before clipping
    state : what the next update starts from; if this one diverged, what it started from itself
    divergence : set on the last record of a run that met a non-finite value
    """

    update: int
    loss: float
    accuracy: float
    grad_norm: float
    grad_norm_clipped: float
    clip_scale: float
    clip_angle: float
    dh_norm: Floats
    param_norm: dict[str, float]
    state: State
    divergence: Divergence | None = None

    @property
    def params(self) -> Params:
        """The weights after the update; if it diverged, those before it."""
        return self.state.params


class Evaluation(NamedTuple):
    """Accuracy and loss on one slice of held-out data.

    Attributes
    ----------
    accuracy : share of right answers of the network
    asked : how many sequences there were
    baselines : the same share for each rule that needs no training
    loss : of the network, as in training
    loss_baselines : the same loss for some rules that need no training
    """

    accuracy: float
    asked: int
    baselines: dict[str, float]
    loss: float = math.nan
    loss_baselines: dict[str, float] = {}  # noqa: RUF012 - nobody writes into it, and a read-only view cannot be pickled


@dataclasses.dataclass(frozen=True)
class Record:
    """A run: U updates, S snapshots, and what the trained network can do.

    U is `config.updates`, or less if the run diverged or was stopped. Norms are float64 whatever the run's dtype.

    Attributes
    ----------
    loss, accuracy, grad_norm, grad_norm_clipped, clip_scale, clip_angle : (U,), see `UpdateRecord`
    dh_norm : (U, T+1)
    param_norm : (U,) by parameter name
    probe_updates : (S,) after how many updates each snapshot was taken, ascending; the last is the end of the run
    probe_params : (S, ...) by parameter name: the weights at the snapshots
    probe_h : (S, T'+1, H) hidden states of the task's probe sentence (T' words) at the snapshots
    evaluation : by slice, of the weights at the end
    divergence : None unless the run met a non-finite value
    """

    config: Config
    loss: Floats
    accuracy: Floats
    grad_norm: Floats
    grad_norm_clipped: Floats
    clip_scale: Floats
    clip_angle: Floats
    dh_norm: Floats
    param_norm: dict[str, Floats]
    probe_updates: Ints
    probe_params: Params
    probe_h: Floats
    evaluation: dict[str, Evaluation]
    divergence: Divergence | None

    @property
    def diverged_at(self) -> int | None:
        """The update at which the run met a non-finite value, or None."""
        return None if self.divergence is None else self.divergence.update

    @property
    def updates(self) -> int:
        """U, the number of updates that were recorded."""
        return len(self.loss)
