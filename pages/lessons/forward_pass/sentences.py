"""Sentences of the page, each computed from the numbers on it."""

from __future__ import annotations

import numpy as np

from pages.components.latex import tex
from pages.components.numbers import number
from pages.lessons.forward_pass.figures.activation_curves import NAMES
from pages.lessons.forward_pass.figures.state_sizes import SizesInfo
from rnn_core.experiments.state_growth import GROWN
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.forward_pass import ForwardPass
from rnn_core.types import Floats

from .networks import Small


def vector(values: Floats) -> str:
    """A row of numbers, as it stands in a sentence or a table."""
    return ", ".join(digits(float(value)) for value in values)


def digits(value: float) -> str:
    """As many digits as the equations have, without their LaTeX."""
    return tex(value).replace("-", "−").replace(r"\cdot 10^{", "e").rstrip("}")


def step_sentences(small: Small, t: int) -> list[str]:
    """What happened at time step t."""
    done, word = small.done, small.words[t - 1]
    of_word, of_past = (float(row_norms(part[t - 1][None])[0]) for part in (done.from_word, done.from_state))
    said = [f"**It reads “{word}”**, row {int(small.inputs[t - 1]) + 1} of $W_{{xh}}$."]
    if t == 1:
        said.append("**Nothing comes from the past:** $h_0 = 0$, so $h_0 W_{hh}$ is 0 in every entry.")
    else:
        more, ratio = ("past", of_past / of_word) if of_past >= of_word else ("word", of_word / of_past)
        said.append(
            f"**The {more} weighs more:** in $a_{t}$ the word's part has the length {number(of_word)}, that of the "
            f"state before {number(of_past)}, a ratio of {number(ratio)}."
        )
    j = int(np.abs(done.a[t - 1]).argmax())
    said.append(
        f"**tanh shortens most what is largest:** unit {j + 1} goes from {digits(done.a[t - 1, j])} to "
        f"{digits(done.h[t, j])}."
    )
    return [*said, _guess(small, t)]


def _guess(small: Small, t: int) -> str:
    y_hat = small.done.y_hat[t - 1]
    best = int(y_hat.argmax())
    said = f"**Its guess for the next word is “{small.rows[best]}”** ({y_hat[best]:.1%})"
    if t == len(small.words):
        return f"{said}. The sentence ends here. The network is not trained, so the guess is that of random weights."
    right = int(small.inputs[t])
    luck = "right, by chance" if right == best else f"“{small.rows[right]}” ({y_hat[right]:.1%}) would be right"
    return f"{said}: {luck}. The network is not trained."


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
        "state hₜ": [vector(row) for row in small.done.h[1:]],
        "hₜ if W_hh were 0": [vector(row) for row in without.h[1:]],
    }


def zero_because(small: Small, without: ForwardPass) -> str:
    """What h_2 is with and without a past."""
    apart = float(np.abs(small.done.h[2] - without.h[2]).max())
    return (
        f"Now $h_2$ is ({vector(small.done.h[2])}). With $W_{{hh}} = 0$ it is ({vector(without.h[2])}), the tanh of "
        f"the row of “{small.words[1]}” plus $b_h$, whatever was read before. The two are {digits(apart)} apart "
        "(largest entry)."
    )


def repeated_sentence(small: Small, without: ForwardPass) -> str:
    """The same word at two places, or the suggestion to type one."""
    first, second = _repeated(small)
    if second == 0:
        return "No word of your sentence comes twice. Type one that does, and compare its two states."
    apart, still = (float(np.abs(h[first] - h[second]).max()) for h in (small.done.h, without.h))
    same = "the same" if still == 0 else f"{digits(still)} apart"
    return (
        f"**“{small.words[first - 1]}” comes at time steps {first} and {second}.** Its row $x_t W_{{xh}}$ is the same "
        f"both times. With $W_{{hh}} = 0$ the two states are {same}; with it they are {digits(apart)} apart (largest "
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
    where = f"time step {at[0]}" if len(at) == 1 else f"time steps {', '.join(at[:-1])} and {at[-1]}"
    return (
        f"“{word}” is word {k + 1} of {D}, so its one-hot row has the 1 at place {k + 1}, and $x W_{{xh}}$ is row "
        f"{k + 1}: ({vector(small.params['W_xh'][k])}). The sentence looks it up at {where}."
    )


def curve_sentence(chosen: str, at: Floats, value: Floats) -> str:
    """What the activation makes of the units of the small network."""
    return (
        f"The pre-activations of the small network lie between {digits(float(at.min()))} and "
        f"{digits(float(at.max()))}. {NAMES[chosen]} makes of them states between {digits(float(value.min()))} and "
        f"{digits(float(value.max()))}."
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
    infinite, not_a_number = (_first(found) for found in (np.isinf(values), np.isnan(values)))
    if infinite or not_a_number:
        at = min(t for t in (infinite, not_a_number) if t)
        said = f"At time step {at} the first state leaves float32"
        if at > 1 and np.isfinite(values[at - 2]):
            said += f" ({number(float(values[at - 2]))} one time step before)"
        if not_a_number:
            when = f"at {not_a_number} the first NaN follows" if not_a_number > at else "with it comes the first NaN"
            said += f"; {when}, from ∞ − ∞ or 0 · ∞"
        return said + ". Nothing brings it back."
    last = float(values[-1])
    said = f"After {len(values)} time steps the largest entry is {number(last)}"
    factor = _factor(values)
    if chosen in ("tanh", "sigmoid"):
        return f"{said}; on the way it is at most {number(float(values.max()))}. {NAMES[chosen]} cannot pass 1."
    if factor is None:
        return f"{said}."
    return f"{said}. Over the second half it changes by a factor of {number(factor)} per time step on average."


def _factor(values: Floats) -> float | None:
    """The average factor per time step over the second half; None if there is none to tell."""
    middle, last, steps = float(values[len(values) // 2 - 1]), float(values[-1]), len(values) - len(values) // 2
    return (last / middle) ** (1 / steps) if middle > 0 and last > 0 else None


def growth_table(info: SizesInfo) -> dict[str, list[str]]:
    """Column → a cell per activation."""
    rows = list(info.largest.items())
    return {
        "activation": [NAMES[name] for name, _ in rows],
        "largest |hₜ| on the way": [_value(_peak(values)) for _, values in rows],
        "at the end": [_value(float(values[-1])) for _, values in rows],
        "entries at the end: from, to": [_between(info.last[name]) for name, _ in rows],
        "first ∞ at t =": [_at(np.isinf(values)) for _, values in rows],
        "first NaN at t =": [_at(np.isnan(values)) for _, values in rows],
        "exactly 0 from t =": [_zero_from(values) for _, values in rows],
    }


def _between(state: Floats) -> str:
    low, high = float(state.min()), float(state.max())
    return "NaN" if np.isnan(low) else f"{_value(low)}, {_value(high)}"


def _peak(values: Floats) -> float:
    return float("inf") if not np.isfinite(values).all() else float(values.max())


def _value(x: float) -> str:
    return "NaN" if np.isnan(x) else ("∞" if x > 0 else "−∞") if np.isinf(x) else number(x).replace("-", "−")


def _first(mask: Floats) -> int:
    """The first time step, from 1, at which it is so; 0 if at none."""
    return int(mask.argmax()) + 1 if mask.any() else 0


def _at(mask: Floats) -> str:
    return str(_first(mask)) if mask.any() else "never"


def _zero_from(values: Floats) -> str:
    if values[-1] != 0:
        return "never"
    others = np.flatnonzero(values != 0)
    return str(int(others[-1]) + 2) if len(others) else "1"
