"""Sentences of the page, each computed from the numbers on it."""

from __future__ import annotations

import numpy as np

from pages.components.latex import plain, plain_row
from pages.components.numbers import any_number, listed, number
from pages.lessons.forward_pass.figures.activation_curves import NAMES, CurvesInfo
from pages.lessons.forward_pass.figures.state_sizes import SizesInfo
from rnn_core.experiments.state_growth import GROWN
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats

from .networks import Small


def step_sentences(small: Small, t: int) -> list[str]:
    """What happened at time step t."""
    done, word = small.done, small.words[t - 1]
    of_word, of_past = (float(row_norms(part[t - 1][None])[0]) for part in (done.from_word, done.from_state))
    if t == 1:
        weighs = "**Nothing comes from the past:** $h_0 = 0$, so $h_0 W_{hh}$ is 0 in every entry."
    else:
        more, ratio = ("past", of_past / of_word) if of_past >= of_word else ("word", of_word / of_past)
        weighs = (
            f"**The {more} weighs more:** in $a_{t}$ the word's part has the length {number(of_word)}, that of the "
            f"state before {number(of_past)}, a ratio of {number(ratio)}."
        )
    j = int(np.abs(done.a[t - 1]).argmax())
    a, h = plain(done.a[t - 1, j]), plain(done.h[t, j])
    return [
        f"**It reads “{word}”**, row {int(small.inputs[t - 1]) + 1} of $W_{{xh}}$.",
        weighs,
        f"**tanh shortens most what is largest:** unit {j + 1} goes from {a} to {h}.",
        _guess(small, t),
    ]


def _guess(small: Small, t: int) -> str:
    y_hat = small.done.y_hat[t - 1]
    best = int(y_hat.argmax())
    guess = f"**Its guess for the next word is “{small.rows[best]}”** ({y_hat[best]:.1%})"
    if t == len(small.words):
        return f"{guess}. The sentence ends here. The network is not trained, so the guess is that of random weights."
    right = int(small.inputs[t])
    luck = "right, by chance" if right == best else f"“{small.rows[right]}” ({y_hat[right]:.1%}) would be right"
    return f"{guess}: {luck}. The network is not trained."


def vocabulary(small: Small) -> str:
    """Which number belongs to which word."""
    return "Rows of $W_{xh}$, and entries of $y_t$: " + ", ".join(
        f"{k} “{word}”" for k, word in enumerate(small.rows, 1)
    )


def zero_table(small: Small, without: ForwardPass) -> dict[str, list[str]]:
    """Column → a cell per time step."""
    return {
        "t": [str(t) for t in range(1, len(small.words) + 1)],
        "word": list(small.words),
        "state hₜ": [plain_row(row) for row in small.done.h[1:]],
        "hₜ if W_hh were 0": [plain_row(row) for row in without.h[1:]],
    }


def zero_because(small: Small, without: ForwardPass) -> str:
    """What h_2 is with and without a past."""
    apart = float(np.abs(small.done.h[2] - without.h[2]).max())
    now, alone = plain_row(small.done.h[2]), plain_row(without.h[2])
    return (
        f"Now $h_2$ is ({now}). With $W_{{hh}} = 0$ it is ({alone}), the tanh of the row of “{small.words[1]}” plus "
        f"$b_h$, whatever was read before. The two are {plain(apart)} apart (largest entry)."
    )


def repeated_sentence(small: Small, without: ForwardPass) -> str:
    """The same word at two places, or the suggestion to type one."""
    first, second = _repeated(small)
    if second == 0:
        return "No word of your sentence comes twice. Type one that does, and compare its two states."
    apart, still = (float(np.abs(h[first] - h[second]).max()) for h in (small.done.h, without.h))
    same = "the same" if still == 0 else f"{plain(still)} apart"
    return (
        f"**“{small.words[first - 1]}” comes at time steps {first} and {second}.** Its row $x_t W_{{xh}}$ is the same "
        f"both times. With $W_{{hh}} = 0$ the two states are {same}; with it they are {plain(apart)} apart (largest "
        "entry): the state also says what came before."
    )


def _repeated(small: Small) -> tuple[int, int]:
    """The first two time steps with the same word; (0, 0) if there are none."""
    for t, word in enumerate(small.words, 1):
        if word in small.words[: t - 1]:
            return small.words.index(word) + 1, t
    return 0, 0


def row_sentence(small: Small, word: str) -> str:
    """What the product does with the word."""
    k, D = small.rows.index(word), len(small.rows)
    at = [str(t) for t, other in enumerate(small.words, 1) if other == word]
    where = f"time step{'' if len(at) == 1 else 's'} {listed(at)}"
    return (
        f"“{word}” is word {k + 1} of {D}, so its one-hot row has the 1 at place {k + 1}, and $x W_{{xh}}$ is row "
        f"{k + 1}: ({plain_row(small.params['W_xh'][k])}). The sentence looks it up at {where}."
    )


def curve_sentence(info: CurvesInfo) -> str:
    """What the activation makes of the units of the small network."""
    return (
        f"The pre-activations of the small network lie between {plain(info.at.min())} and {plain(info.at.max())}. "
        f"{NAMES[info.chosen]} makes of them states between {plain(info.value.min())} and {plain(info.value.max())}."
    )


SMALL, MIDDLE, LARGE, INFINITE = "at most 1", "above 1, up to 1,000", "above 1,000, finite", "∞ or NaN"
SIZES = (SMALL, MIDDLE, LARGE, INFINITE)
"""Answers to how large a state becomes."""


def size_name(largest: float) -> str:
    """Which of SIZES it is."""
    if not np.isfinite(largest):
        return INFINITE
    return SMALL if largest <= 1 else MIDDLE if largest <= GROWN else LARGE


def growth_because(info: SizesInfo) -> str:
    """How large the chosen activation's largest state is in the end, and how it came to that."""
    chosen, values = info.chosen, info.largest[info.chosen]
    infinite, not_a_number = (_first(mask) for mask in (np.isinf(values), np.isnan(values)))
    if infinite or not_a_number:
        at = min(t for t in (infinite, not_a_number) if t)
        leaves = f"At time step {at} the first state leaves float32"
        if at > 1 and np.isfinite(values[at - 2]):
            leaves += f" ({number(float(values[at - 2]))} one time step before)"
        if not_a_number:
            when = f"at {not_a_number} the first NaN follows" if not_a_number > at else "with it comes the first NaN"
            leaves += f"; {when}, from ∞ − ∞ or 0 · ∞"
        return f"{leaves}. Nothing brings it back."
    ends = f"After {len(values)} time steps the largest entry is {number(float(values[-1]))}"
    factor = _factor(values)
    if chosen in ("tanh", "sigmoid"):
        return f"{ends}; on the way it is at most {number(float(values.max()))}. {NAMES[chosen]} cannot pass 1."
    if factor is None:
        return f"{ends}."
    return f"{ends}. Over the second half it changes by a factor of {number(factor)} per time step on average."


def _factor(values: Floats) -> float | None:
    """The average factor per time step over the second half; None if there is none to tell."""
    middle, last, steps = float(values[len(values) // 2 - 1]), float(values[-1]), len(values) - len(values) // 2
    return (last / middle) ** (1 / steps) if middle > 0 and last > 0 else None


def growth_table(info: SizesInfo) -> dict[str, list[str]]:
    """Column → a cell per activation."""
    rows = [
        {
            "activation": NAMES[name],
            "largest |hₜ| on the way": any_number(float(values.max()) if np.isfinite(values).all() else np.inf),
            "at the end": any_number(float(values[-1])),
            "entries at the end: from, to": _between(info.last[name]),
            "first ∞ at t =": str(_first(np.isinf(values)) or "never"),
            "first NaN at t =": str(_first(np.isnan(values)) or "never"),
            "exactly 0 from t =": _zero_from(values),
        }
        for name, values in info.largest.items()
    ]
    return {column: [row[column] for row in rows] for column in rows[0]}


def _between(state: Floats) -> str:
    low, high = float(state.min()), float(state.max())
    return "NaN" if np.isnan(low) else f"{any_number(low)}, {any_number(high)}"


def _first(mask: Floats) -> int:
    """The first time step, from 1, at which it is so; 0 if at none."""
    return int(mask.argmax()) + 1 if mask.any() else 0


def _zero_from(values: Floats) -> str:
    return "never" if values[-1] != 0 else str(int(np.flatnonzero(values).max(initial=-1)) + 2)
