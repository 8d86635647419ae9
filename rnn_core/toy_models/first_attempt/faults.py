"""The faults of the article's class, as edits of the class that is right.

Names are ours, and so is the code around the faults; what each fault does to shapes and sums is the article's. Source:
Nair, "Unlocking the power of recurrent neural networks: a beginner's guide", Towards AI (2023), `forwardprop` and
`backprop`. Its code has come down damaged, with parts of calls lost; only what still stands there is counted.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Collection
from typing import NamedTuple

from rnn_core.toy_models import forty_lines


class Edit(NamedTuple):
    """Two pieces of a line: as it is right, and as it was typed in."""

    mended: str
    typed: str


class Fault(NamedTuple):
    """A way in which the class goes wrong.

    Attributes
    ----------
    title : what it does, as the end of "the class ..."
    edits : what it changes in the text of `forty_lines`; no two faults change the same piece
    stops : the error that it ends in, alone; "" if the class runs
    spoils : the parameters whose gradient it makes wrong, alone, where the class runs
    shape_decides : whether it runs, against `stops`, where there are as many units as answers
    named : whether it is among the six that the lesson is about; the others stand in the same lines
    """

    title: str
    edits: tuple[Edit, ...]
    stops: str = ""
    spoils: tuple[str, ...] = ()
    shape_decides: bool = False
    named: bool = True


_RECURRENT = ("W_xh", "W_hh", "b_h")

FAULTS: dict[str, Fault] = {
    "start_shape": Fault(
        "starts from a state of the wrong shape",
        (Edit("h_t = np.zeros(len(self.W_hh))\n", "h_t = np.zeros((len(self.W_hh), 1))\n"),),
        stops="ValueError",
    ),
    "elementwise": Fault(
        "multiplies entry by entry where a matrix product is meant",
        (Edit("y_t = h_t @ self.W_hy", "y_t = h_t * self.W_hy"),),
        stops="ValueError",
    ),
    "last_state": Fault(
        "keeps only the last hidden state",
        (Edit("h.append(h_t)", "h = [h_t]"),),
        stops="IndexError",
    ),
    "out_of_range": Fault(
        "takes h[t] outside the range",
        (Edit("- h[t] ** 2", "- h[T] ** 2"),),
        stops="IndexError",
    ),
    "other_name": Fault(
        "writes an array under one name and reads it under another",
        (Edit("np.outer(h_before, da)", "np.outer(h_before, d_a)"),),
        stops="NameError",
        named=False,
    ),
    "bias": Fault(
        "adds the hidden bias' gradient to the output bias",
        (Edit('gradients["b_h"] += da', 'gradients["b_y"] += da'),),
        stops="ValueError",
        spoils=("b_h", "b_y"),
        shape_decides=True,
    ),
    "one_term": Fault(
        "applies the derivative of tanh to one term of the sum only",
        (Edit("(dy @ self.W_hy.T", "dy @ self.W_hy.T"), Edit(") * (1 -", " * (1 -")),
        spoils=_RECURRENT,
    ),
    "no_recurrence": Fault(
        "leaves W_hh out on the way back",
        (Edit("+ da @ self.W_hh.T", "+ da"),),
        spoils=_RECURRENT,
        named=False,
    ),
    "wraps": Fault(
        "takes the last state for the one before the first",
        (Edit(" if t > 0 else np.zeros(len(self.W_hh))", ""),),
        spoils=("W_hh",),
        named=False,
    ),
    "last_error": Fault(
        "uses the last output's error at every time step",
        (Edit("np.exp(log_p[t]) - target[t]", "np.exp(log_p[-1]) - target[-1]"),),
        spoils=("W_xh", "W_hh", "b_h", "W_hy", "b_y"),
        named=False,
    ),
    "tiny_weights": Fault(
        "starts from a thousandth of ordinary weights",
        tuple(
            Edit(f"({rows}, {columns})) / np.sqrt({rows})", f"({rows}, {columns})) / 1000")
            for rows, columns in (("inputs", "units"), ("units", "units"), ("units", "answers"))
        ),
        named=False,
    ),
}
"""By name, in the order in which a reader meets them: first what stops the class, then what only spoils it."""


@functools.cache
def mended() -> str:
    """The class without a fault: the text of `forty_lines`."""
    return inspect.getsource(forty_lines)


def source(faults: Collection[str]) -> str:
    """The class with these faults, as text.

    Raises
    ------
    ValueError
        If there is no such fault.
    """
    text = mended()
    for name in faults:
        if name not in FAULTS:
            raise ValueError(f"fault is {name}; allowed: {', '.join(FAULTS)}")
        for edit in FAULTS[name].edits:
            text = text.replace(edit.mended, edit.typed)
    return text


def lines_of(fault: str) -> list[int]:
    """The numbers of the lines that a fault changes, from 1; no fault adds or takes away a line."""
    pairs = zip(mended().splitlines(), source([fault]).splitlines(), strict=True)
    return [number for number, (right, typed) in enumerate(pairs, 1) if right != typed]
