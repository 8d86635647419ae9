"""A sentence, read by a run's network at all its snapshots, and the gradient that its answer sends back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.numerics.workspace import Workspace
from rnn_core.tasks import TASKS
from rnn_core.types import Batch, Floats, Ints, Params

from .probes import Probe


class History(NamedTuple):
    """One sentence, read by a run's network at each of S snapshots, such as `Record.probe_params`.

    Attributes
    ----------
    h : (S, T+1, H) hidden states in the run's dtype, h[:, 0] before the first word
    p : (S, T+1, O) what the outputs would say after so many words: the probability of each class, or a value
    dh_norm : (S, T+1) float64, ‖∂L/∂h_t‖ over units, of the loss L of the answer after the last word
    """

    h: Floats
    p: Floats
    dh_norm: Floats

    def at(self, snapshot: int) -> Probe:
        """The sentence read at one of the snapshots."""
        return Probe(self.h[snapshot], self.p[snapshot])


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")  # inf and nan are findings here
def history(config: Config, params: Params, tokens: Ints | Floats, answer: float) -> History:
    """Read a sentence with the weights of every snapshot, and send the gradient of its loss back through it.

    Parameters
    ----------
    params : each with a leading axis S
    tokens : (T,) token ids, or (T, D) values
    answer : what should be said after the last word: a class id, for which L = -log p(answer), or a value

    The gradient is what training would see, before any clipping; truncated BPTT cuts it off as in training.
    """
    cell, loss, window, W_hh = cell_of(config), TASKS[config.task].loss, config.bptt_window, params["W_hh"]
    S, T, H = len(W_hh), len(tokens), W_hh.shape[1]
    weights = np.zeros((T, 1), W_hh.dtype)
    weights[-1] = 1
    batch, work = Batch(tokens[:, None], np.full((T, 1), answer), weights), Workspace()
    h, dh = np.empty((2, S, T + 1, H), W_hh.dtype)
    for s in range(S):
        done = loss_and_gradients({name: W[s] for name, W in params.items()}, batch, cell, work, loss, window)
        h[s], dh[s] = done.tape.h[:, 0], done.gradients.dh[:, 0]
    p = loss.answers(h @ params["W_hy"] + params["b_y"][:, None])
    return History(h, p, row_norms(dh.reshape(-1, H)).reshape(S, T + 1))
