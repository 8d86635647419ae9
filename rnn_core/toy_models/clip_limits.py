"""What clipping can and cannot do to the flow of a gradient: one small network, one batch, one backward pass each.

Clipping by norm or by value comes after the backward pass, so nothing that flowed is changed by it. Clipping inside the
flow shortens ∂L/∂h_t at each time step before it goes on: the factors multiply on the way back, and what a late loss
sends to an early state is cut by all of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rnn_core.batches import batch_of_update
from rnn_core.bptt import backward, loss_and_gradients
from rnn_core.cells import Cell, cell_of
from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions, Clipped, clipped_to
from rnn_core.config import Config
from rnn_core.diagnostics.itemised import itemised
from rnn_core.diagnostics.terms import recurrent_terms
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import TASKS
from rnn_core.training import starting_params
from rnn_core.types import Batch, Floats, Gradients, Params, Tape

KINDS = ("norm", "value", "flow")


class Network(NamedTuple):
    """Weights before the first update, the first batch, and the forward pass over it."""

    params: Params
    batch: Batch
    cell: Cell
    tape: Tape
    dlogits: Floats


def network(config: Config) -> Network:
    """What the first update of this run, of the vanilla cell, starts from."""
    params, batch, cell = starting_params(config), batch_of_update(config, 0), cell_of(config)
    done = loss_and_gradients(params, batch, cell, None, TASKS[config.task].loss)
    return Network(params, batch, cell, done.tape, done.dlogits)


class Flow(NamedTuple):
    """One backward pass through T time steps; norms are over batch and units.

    Attributes
    ----------
    dh : (T+1,) ‖∂L/∂h_t‖ as it flows on from t
    kept : (T+1,) the factor by which it was shortened at t; 1 where it was not
    last : (T+1,) the part of it that the loss at the last time step alone sent, likewise shortened
    terms : (T, H, H) of ∂L/∂W_hh, one for each t = 1 ... T
    gradients : of all parameters
    """

    dh: Floats
    kept: Floats
    last: Floats
    terms: Floats
    gradients: Gradients

    @property
    def term_norms(self) -> Floats:
        """(T,) norms of `terms`; the first is 0, as h_0 is."""
        return row_norms(self.terms)


def flow(net: Network, limit: float = math.inf) -> Flow:
    """Send the gradient back, shortened to the limit at each time step; without a limit, as it is."""
    params, batch, cell, tape, dlogits = net
    gradients = backward(params, batch, tape, dlogits, cell, flow_limit=limit)
    kept = np.ones(len(tape.h))
    arrives = gradients.dh_direct.copy()  # at t from the output at t, and from t + 1
    arrives[:-1] += gradients.da[1:] @ params["W_hh"].T
    norms = row_norms(arrives)
    longer = (norms > limit) & np.isfinite(norms)
    kept[1:][longer] = limit / norms[longer]
    of_last = itemised(params, batch, tape, dlogits, cell)[-1]
    return Flow(
        dh=row_norms(gradients.dh),
        kept=kept,
        last=of_last * np.cumprod(kept[::-1])[::-1],
        terms=recurrent_terms(params, batch, tape, gradients, cell),
        gradients=gradients,
    )


def clipped(net: Network, free: Flow, kind: str, threshold: float) -> Clipped:
    """The gradient of all parameters, clipped by one of KINDS.

    Parameters
    ----------
    free : `flow` without a limit
    """
    raw = free.gradients.params
    if kind == "flow":
        return clipped_to(backward(*net[:2], net.tape, net.dlogits, net.cell, flow_limit=threshold).params, raw)
    return CLIPS[kind](raw, ClipOptions(threshold, net.params, NO_NORMS, 0.0))


def angles(net: Network, free: Flow, thresholds: Floats) -> dict[str, Floats]:
    """By kind of clip: radians between the clipped gradient and the raw one at each threshold, (N,)."""
    return {kind: np.array([clipped(net, free, kind, c).angle for c in thresholds]) for kind in KINDS}


class EarlyToLate(NamedTuple):
    """How much of a gradient is early: two ratios, each of norms.

    Attributes
    ----------
    states : ‖∂L/∂h_1‖ / ‖∂L/∂h_T‖
    terms : of the term of ∂L/∂W_hh at t = 2 to that at t = T; the one at t = 1 is 0, as h_0 is
    """

    states: float
    terms: float


def early_to_late(dh: Floats, term_norms: Floats) -> EarlyToLate:
    """The two ratios; inf or nan where what is late is 0.

    Parameters
    ----------
    dh : (T+1,)
    term_norms : (T,)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return EarlyToLate(float(dh[1] / dh[-1]), float(term_norms[1] / term_norms[-1]))
