"""What a recurrent cell is: one time step forward, one time step back. The caller scans over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rnn_core.types import Floats, Params

Arrays = Sequence[Floats]
"""The arrays `Cell.saved`, in their order: those of one time step, (B, H) each, or of many, (T, B, H) each."""


class Cell(NamedTuple):
    """The two directions of one time step. Arrays of one time step are (B, ·), rows are sequences.

    The input's part of each pre-activation, ax_t = x_t W_xh + b_h, does not depend on the time step before: the caller
    computes it for all t at once, so that `step` has only the recurrence left. The same on the way back: whatever
    depends on the states alone, `slopes`, is computed for many t at once, and `step_vjp` multiplies.

    Attributes
    ----------
    blocks : names of the G arrays that stem from the blocks of H columns in W_xh, W_hh and b_h, in their order
    states : names of what a time step hands to the next: ("h",), or ("h", "c")
    saved : names of all arrays (B, H) that are saved of a time step: `states` first, and `blocks` side by side
    step : (W, before, now) writes the time step `now`, given the one `before`; where `blocks` will stand is ax_t. W is
        from `with_gates_halved`. Behind the arrays `saved` come, as one more, all blocks together, (G, B, H)
    slopes : (before, now, K) writes ∂states_t/∂a_t, and for each state beside h its part in ∂h_t, of many t at once,
        into K (G + S - 1, T, B, H) for S states, and returns what `step_vjp` multiplies by, with time first
    step_vjp : (W_hhT, slopes_t, da_t, d_t, d_prev) completes ∂L/∂states_t, writes ∂L/∂a_t into da_t and
        ∂L/∂states_{t-1} into d_prev; da_t is given twice, as (B, G·H) and as (G, B, H)
    gates : those of `blocks` that are σ(a_t), from 0 to 1
    biases : names of biases (H,) beside b_h
    to_inputs : (now, da, dh) turns da (T, B, G, H), of what W_hh's products are added to, into ∂L/∂ax_t, in place, and
        returns the gradients of `biases`; dh is that of t = 1 ... T; None where ax_t is what they are added to
    kink : True where h_t has no derivative where it is 0
    """

    blocks: tuple[str, ...]
    states: tuple[str, ...]
    saved: tuple[str, ...]
    step: Callable[[Params, Arrays, Arrays], None]
    slopes: Callable[[Arrays, Arrays, Floats], Arrays]
    step_vjp: Callable[[Floats, Arrays, Arrays, Arrays, Arrays], None]
    gates: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    to_inputs: Callable[[Arrays, Floats, Floats], Params] | None = None
    kink: bool = False
