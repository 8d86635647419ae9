"""Texts of the page that all kinds share, and sentences computed from a kind's run."""

from __future__ import annotations

from pages.components.prose import number
from rnn_core.kinds import Kind, Way
from rnn_core.types import Record

LEAD = (
    "The same cell, the same loop that trains it, the same backward pass: what makes five kinds of RNN is only where "
    "something is read and where the loss is read. Each kind below is a small network that is trained now, on this "
    "page, and that you can then use. **Look for the time step at which the gradient is largest, and whether it grows "
    "or shrinks on its way back.**"
)
DIAGRAM = (
    "The network unrolled over what you chose: below what is read, above what is said. An orange output is one where "
    "the loss is read."
)
DIAGRAM_COLOURED = (
    f"{DIAGRAM} The colour of a state is $\\lVert \\partial L / \\partial h_t \\rVert$ of this one sequence in the "
    "trained network, divided by the largest of them: 0 is the largest, −1 a tenth of it."
)
HEATMAP = (
    "The same over the whole training, in the batches: each column is an update, each row a time step, the last one "
    r"on top. The colour is $\lVert \partial L / \partial h_t \rVert$, on one scale for all five kinds."
)


def marks_sentence(kind: Kind, record: Record) -> str:
    """How well the network does on held-out data, beside rules that need no training."""
    first, *others = (record.evaluation[name] for name in kind.slices)
    rules = ", ".join(f"{rule} {share:.1%}" for rule, share in first.baselines.items())
    also = "".join(
        f" On {name}: **{found.accuracy:.1%}**." for name, found in zip(kind.slices[1:], others, strict=True)
    )
    return (
        f"Trained for {record.updates:,} updates. Right on {kind.slices[0]}: **{first.accuracy:.1%}**; rules that need "
        f"no training: {rules}.{also}"
    )


def way_sentence(way: Way, record: Record) -> str:
    """How the gradient's way looked over all updates of the run."""
    T, R = len(way.norm) - 1, len(way.read)
    where = "the only one" if T == 1 else "every one" if R == T else f"{R} of {T}"
    enters = f"The loss is read at {where} of the time steps" if R == T > 1 else f"The loss is read at {where}"
    enters = "There is one time step, and the loss is read there" if T == 1 else enters
    if T == 1:
        return f"{enters}: there is no way back to go."
    ratio = way.first_to_last
    if ratio != ratio:
        return f"{enters}. No gradient arrived at the last state in any of the {record.updates:,} updates."
    verb = "grows" if ratio > 1 else "shrinks"
    change = f"{number(ratio)} times" if ratio > 1 else f"{number(ratio)} of"
    return (
        f"{enters}. On its way from $h_{{{T}}}$ to $h_1$ the gradient **{verb}**: in half of the {record.updates:,} "
        f"updates $\\lVert \\partial L / \\partial h_1 \\rVert$ was more than {change} "
        f"$\\lVert \\partial L / \\partial h_{{{T}}} \\rVert$."
    )
