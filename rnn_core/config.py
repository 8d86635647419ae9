"""Every choice of a run, each with its default, bounds, unit and one-line help, stated once and read by all.

Validation, the command line's options and the app's widgets are made from the fields here.
A run is a pure function of its `Config`: same config, same record, bit for bit, on one machine and NumPy version.
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

MEMORY_LIMIT = 2**29
"""Bytes that one run may hold at once: what a forward and a backward pass save, the evaluation, and the record."""

EVALUATION_COUNT = 1200
"""Held-out sequences of each kind that a run is evaluated on ..."""

EVALUATED_AT_ONCE = 300
"""... and how many of them are read side by side."""


class Spec(NamedTuple):
    """What a field of `Config` may hold, and how to explain it.

    Attributes
    ----------
    help : one line, for a tooltip or an option's help
    unit : what the number counts ("" if it has no unit)
    low, high : inclusive bounds of a number (both None for a choice)
    choices : the allowed names (empty for a number)
    log : True where equal ratios, not equal differences, are equal steps
    """

    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    log: bool = False

    def allowed(self) -> str:
        """The allowed values in words, for error messages and help texts."""
        return "one of " + ", ".join(self.choices) if self.choices else f"from {self.low:.10g} to {self.high:.10g}"


def _number(default: float, low: float, high: float, help: str, *, unit: str = "", log: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"spec": Spec(help, unit, low, high, log=log)})


def _choice(default: str, choices: tuple[str, ...], help: str) -> Any:
    return dataclasses.field(default=default, metadata={"spec": Spec(help, choices=choices)})


def shortest_sentence(attractors: int) -> int:
    """Fewest words in which every template of the agreement task can place that many attractors."""
    return 8 + 3 * attractors


SHORTEST = {"temporal_order": 10, "adding": 8, "copying": 21, "led": 8, "melody": 8, "sentiment": 13, "forecast": 12}
SHORTEST |= {"tagging": 8, "dates": 23, "reversal": 8}
"""Fewest time steps of the tasks that have no sentences: where their fixed parts still fit."""

OUTPUTS_EVERYWHERE = {"next_word": 61, "copying": 9, "melody": 28, "tagging": 8, "dates": 12, "reversal": 11}
"""Outputs O of the tasks that read them at every time step, or at many, where they need memory of their own."""


@dataclasses.dataclass(frozen=True)
class Config:
    """A run, whole: what is learnt, by which network, with which optimiser, and from which seed.

    Raises
    ------
    ValueError
        Names the field, the value and what is allowed.
    """

    task: str = _choice(
        "agreement",
        (
            *("agreement", "next_word", "temporal_order", "adding", "copying"),
            *("led", "melody", "sentiment", "tagging", "dates", "reversal", "forecast"),
        ),
        "what the network learns: agreement: the verb of a sentence; next_word: every next word and so the verb; "
        "temporal_order: which two of many symbols carried information; adding: the sum of two marked numbers; "
        "copying: ten symbols, after a delay; led: a digit from seven segments, in one time step; melody: a scale from "
        "its name; sentiment: praise or criticism; tagging: every word's part of speech; dates: the same day in "
        "another form; reversal: digits, backwards; forecast: next month's temperature",
    )
    sentence_length: int = _number(
        14, 8, 100, "words that the network reads before it chooses the verb; other tasks: time steps", unit="words"
    )
    attractors: int = _number(2, 0, 6, "nouns between the subject and the verb; of sentences alone", unit="nouns")
    cell: str = _choice("vanilla", ("vanilla", "gru", "lstm"), "recurrent cell; vanilla is the simple RNN")
    activation: str = _choice(
        "tanh", ("tanh", "relu", "sigmoid", "identity"), "nonlinearity of the vanilla cell; the gated cells have theirs"
    )
    hidden_size: int = _number(80, 1, 256, "hidden units H", unit="units")
    initializer: str = _choice(
        "scaled",
        ("scaled", "gaussian", "orthogonal", "identity", "sparse"),
        "how W_hh starts: scaled, sparse: Gaussian, scaled to the spectral radius; orthogonal, identity: times the "
        "spectral radius; gaussian: all weights with the standard deviation init_std",
    )
    spectral_radius: float = _number(
        1.3,
        0.01,
        4.0,
        "recurrent gain: largest |eigenvalue| of each block of W_hh before training; gaussian has its own",
    )
    init_std: float = _number(0.1, 1e-4, 2.0, "standard deviation of all weights, for the initializer gaussian")
    forget_bias: float = _number(1.0, -10.0, 10.0, "bias of the LSTM's forget gate before training")
    optimizer: str = _choice(
        "sgd", ("sgd", "momentum", "rmsprop", "adam"), "how gradients change the weights; sgd is plain descent"
    )
    learning_rate: float = _number(
        0.6, 1e-4, 10.0, "α, how far an update goes; in plain descent, times the (clipped) gradient", log=True
    )
    momentum: float = _number(
        0.9, 0.0, 0.999, "share of the last velocity (momentum) or mean gradient (adam) that is kept, β₁"
    )
    decay: float = _number(0.999, 0.0, 0.9999, "share of the last mean square that is kept (rmsprop, adam), β₂")
    clip: str = _choice(
        "norm",
        ("off", "norm", "param_norm", "value", "adaptive", "autoclip", "flow"),
        "off; norm: shorten the whole gradient to the threshold; param_norm: each parameter's gradient by itself; "
        "value: cut each entry at ± the threshold; adaptive: each unit's, relative to its weights; autoclip: at a "
        "percentile of the norms so far; flow: shorten ∂L/∂h_t on its way back, at every time step",
    )
    clip_threshold: float = _number(
        1.0,
        1e-4,
        1e3,
        "the largest norm (value: entry; adaptive: ratio) that clipping lets through; autoclip does not read it",
        log=True,
    )
    clip_percentile: float = _number(
        10.0, 0.0, 100.0, "percentile of the norms so far that autoclip clips at", unit="%"
    )
    omega: float = _number(
        0.0, 0.0, 100.0, "weight of Pascanu's regulariser Ω of the vanilla cell, added before clipping; 0 is without"
    )
    bptt_window: int = _number(
        0,
        0,
        100,
        "truncated BPTT: time steps in a window, no gradient crosses its border; 0 is without",
        unit="time steps",
    )
    updates: int = _number(1000, 1, 50_000, "optimiser updates U", unit="updates", log=True)
    batch_size: int = _number(32, 1, 512, "sentences B in each update", unit="sentences", log=True)
    dtype: str = _choice("float32", ("float32", "float64"), "precision of every weight, state and gradient")
    seed: int = _number(0, 0, 2**32 - 1, "where the initial weights and the batches come from")

    def __post_init__(self) -> None:
        for name, spec in SPECS.items():
            value = getattr(self, name)
            object.__setattr__(self, name, _validated(name, value, spec, type(DEFAULTS[name])))
        shortest = SHORTEST.get(self.task, shortest_sentence(self.attractors))
        if self.sentence_length < shortest:
            needed = (
                f"task {self.task} needs at least {shortest} time steps"
                if self.task in SHORTEST
                else f"{self.attractors} attractors need at least {shortest} words"
            )
            raise ValueError(f"sentence_length is {self.sentence_length}, but {needed}")
        if self.cell != "vanilla":
            for name in ("activation", "omega"):
                if getattr(self, name) != DEFAULTS[name]:
                    raise ValueError(
                        f"{name} is {getattr(self, name)}, but cell {self.cell} has none to choose; "
                        f"allowed: {DEFAULTS[name]}"
                    )
        if self.memory() > MEMORY_LIMIT:
            raise ValueError(
                f"sentence_length {self.sentence_length}, batch_size {self.batch_size}, hidden_size "
                f"{self.hidden_size} and updates {self.updates} together need about {self.memory() / 2**20:.0f} MiB; "
                f"at most {MEMORY_LIMIT / 2**20:.0f} MiB are allowed: make one of them smaller"
            )

    def memory(self) -> int:
        """About how many bytes the run holds at once.

        The arrays (T, B, H) of a pass, those of a forward pass over EVALUATED_AT_ONCE sequences at the end, the arrays
        (T, B, O) of a loss that is read at every time step, and the record's norms (U, T+1).
        """
        itemsize = 4 if self.dtype == "float32" else 8
        of_pass, of_forward = {"vanilla": (5, 1), "gru": (16, 5), "lstm": (20, 7)}[self.cell]
        rows = of_pass * self.batch_size + of_forward * EVALUATED_AT_ONCE
        states = self.sentence_length * self.hidden_size * rows * itemsize
        read = 4 * max(self.batch_size, EVALUATED_AT_ONCE) * OUTPUTS_EVERYWHERE.get(self.task, 0)
        outputs = self.sentence_length * read * itemsize
        return states + outputs + 8 * self.updates * (self.sentence_length + 16)

    def replace(self, **changes: Any) -> Config:
        """The same run but for `changes`; raises ValueError as the constructor does, also for an unknown field."""
        return Config.from_dict(self.to_dict() | changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain Python values by field name; `from_dict` turns them back into an equal Config."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """A Config from plain values; fields that are missing keep their defaults."""
        unknown = sorted(set(values) - set(SPECS))
        if unknown:
            raise ValueError(f"{unknown[0]} is not a field of Config; the fields are {', '.join(SPECS)}")
        return cls(**values)


def _validated(name: str, value: Any, spec: Spec, kind: type) -> Any:
    """`value` as a plain `kind`, or a ValueError that names the field, the value and what is allowed."""
    if isinstance(value, np.generic):
        value = value.item()  # a NumPy number would be compared with the bounds in its own, perhaps lower, precision
    if kind is str:
        if not isinstance(value, str) or value not in spec.choices:
            raise ValueError(f"{name} is {value!r}; allowed: {spec.allowed()}")
        return str(value)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not spec.low <= value <= spec.high or (kind is int and value != int(value)):  # nan: outside
        number = "a whole number" if kind is int else "a number"
        raise ValueError(f"{name} is {value!r}; allowed: {number} {spec.allowed()}")
    return kind(value)


SPECS: dict[str, Spec] = {f.name: f.metadata["spec"] for f in dataclasses.fields(Config)}
"""The `Spec` of each field, in the order of the fields."""

DEFAULTS: dict[str, Any] = {f.name: f.default for f in dataclasses.fields(Config)}
"""The default of each field. Links leave defaults out, so these are public API."""
