"""What of a sentence is left at its end: how far each word's state can move the last one, and what the gates keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn_core.bptt import forward
from rnn_core.cells import Cell, cell_of
from rnn_core.config import Config
from rnn_core.numerics.blas import one_blas_thread
from rnn_core.types import Batch, Floats, Ints, Params, Tape

from .jacobians import products, singular_values, step_jacobians

LOST = 1e-3
"""Below this ‖∂h_T/∂h_t‖, word t is lost: a small change of its state moves h_T by less than a thousandth of it."""

KEEP_GATES = {"gru": "z", "lstm": "f"}
"""The gate that the old state is multiplied with, by cell: 1 keeps all of it."""


def read(params: Params, tokens: Ints, cell: Cell) -> Tape:
    """One sentence, (T,) token ids, read from h_0 = 0; no loss is read."""
    nothing_read = np.zeros((len(tokens), 1))
    batch = Batch(tokens[:, None], nothing_read.astype(int), nothing_read)
    with np.errstate(over="ignore", invalid="ignore"):  # the last weights before a divergence: finite but huge
        return forward(params, batch, cell)


@one_blas_thread()
def jacobian_norms(params: Params, tokens: Ints, cell: Cell) -> Floats:
    """‖∂h_T/∂state_t‖₂ for t = 0 ... T: the most that h_T can move, per unit that the state at word t is moved.

    The state is h_t; for the LSTM h_t and c_t side by side, because both are handed on. The norm is the Jacobian's
    largest singular value. A large one says that a change there is felt at the end, not that it is the right change.

    Returns
    -------
    (T+1,) float64; nan where an entry of the Jacobian is not finite
    """
    found = products(step_jacobians(params, read(params, tokens, cell), cell))
    to_h = found[:, :, : len(params["W_hh"])]  # ∂h_T alone, of ∂state_T
    return singular_values(to_h)[:, 0]


@one_blas_thread()
def reach_from(params: Params, tokens: Ints, cell: Cell, word: int) -> float:
    """The one entry of `reach` after the word at this position, from 0; many networks take less time so."""
    found = products(step_jacobians(params, read(params, tokens, cell), cell)[word + 1 :])[0]
    return float(singular_values(found[:, : len(params["W_hh"])])[0])


def reaches(networks: Sequence[tuple[Config, Params]], tokens: Ints, word: int) -> list[float]:
    """`reach_from` of many networks."""
    return [reach_from(params, tokens, cell_of(config), word) for config, params in networks]


@one_blas_thread()
def gates(params: Params, tokens: Ints, cell: Cell) -> dict[str, Floats]:
    """The gates over one sentence, from 0 (shut) to 1 (open), each (T, H); none for the vanilla cell."""
    if not cell.gates:
        return {}
    saved = read(params, tokens, cell).saved
    return {name: saved[name][1:, 0] for name in cell.gates}


def kept(gate: Floats, word: int) -> Floats:
    """Share of each unit's state after `word` that the keep gate alone leaves at the end: Π gate_t, t after `word`.

    Parameters
    ----------
    gate : (T, H), see KEEP_GATES
    word : its position, from 0

    Returns
    -------
    (H,)
    """
    share: Floats = np.prod(gate[word + 1 :], axis=0, dtype=np.float64)
    return share
