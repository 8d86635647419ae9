"""Sentences and tables computed from the networks."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pages.components.markdown import escape_markdown
from pages.components.numbers import number
from pages.lessons.what_came_after.figures.models import NAMES
from rnn_core.diagnostics.gradient_paths import KEPT, GradientPath
from rnn_core.experiments import successors
from rnn_core.experiments.forecasts import LINEAR, NETWORK, StationForecast
from rnn_core.tasks import agreement
from rnn_core.tasks.forecast import DEGREES, FLOOR
from rnn_core.types import Floats

from .networks import Sentence


def path_question(sentence: Sentence) -> str:
    """What to predict of the gradient's path."""
    words = sentence.read.words
    return (
        f"Before any training: the loss asks for *{sentence.verb}* after “{words[-1]}”. At which network "
        f"does the most of the gradient arrive at “{words[sentence.word]}”, relative to what it is at the last word?"
    )


def furthest(paths: Mapping[str, GradientPath], word: int) -> str:
    """The network at which most arrives; what is not a number counts as nothing."""
    return max(paths, key=lambda model: _or_zero(float(paths[model].relative[word])))


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def path_because(paths: Mapping[str, GradientPath], sentence: Sentence) -> str:
    """Why: the numbers of all four before training, relative and absolute."""
    word = sentence.word
    relative = ", ".join(f"{NAMES[m]} {number(float(path.relative[word]))}" for m, path in paths.items())
    most = max(paths, key=lambda model: _or_zero(float(paths[model].norm[word])))
    same = "the same network" if most == furthest(paths, word) else f"another one, {NAMES[most]}"
    return (
        f"Before training, at “{sentence.read.words[word]}”, relative to the last word: {relative}. Counted in "
        f"absolute norms it is {same}, with {number(float(paths[most].norm[word]))}."
    )


def path_sentences(paths: Mapping[str, GradientPath], sentence: Sentence, when: str) -> list[str]:
    """What the picture shows, in numbers."""
    word, words = sentence.word, sentence.read.words
    T = len(words)
    recurrent, attention = paths["vanilla"].links[word], paths["attention"].links[word]
    lines = [
        f"From the last word, “{words[-1]}”, back to “{words[word]}” (word {word + 1} of {T}) the gradient goes "
        f"through {_links(recurrent)} in each of the recurrent networks, and through {_links(attention)} in attention."
    ]
    gated = [m for m in ("gru", "lstm") if paths[m].relative[word] > paths["vanilla"].relative[word]]
    kept = " and ".join(NAMES[m] for m in gated) if gated else "Neither of the gated networks"
    verb = "keep" if len(gated) == 2 else "keeps"
    lines.append(
        f"Gates do not shorten the way; they change its factors. {kept} {verb} more of the gradient than the simple "
        f"RNN on this sentence, {when}."
    )
    right = [NAMES[m] for m, path in paths.items() if path.p.argmax() == sentence.answer]
    lines.append(
        f"The right verb, *{sentence.verb}*, is said by {', '.join(right) if right else 'none of them'}. A network "
        "that is sure of the right verb has a small loss and a small gradient everywhere: the picture shows ratios."
    )
    return lines


def _links(count: float) -> str:
    if not math.isfinite(count):
        return "no way at all: a Jacobian between is all zero"
    return f"{count:.0f} Jacobian{'' if count == 1 else 's'}"


def path_table(paths: Mapping[str, GradientPath], sentence: Sentence) -> list[dict[str, str]]:
    """A row for each network."""
    word = escape_markdown(sentence.read.words[sentence.word])
    return [
        {
            "network": NAMES[model],
            "kept for a word": f"{KEPT[model]}ₜ",
            f"Jacobians back to “{word}”": f"{path.links[sentence.word]:g}",
            "gradient there ÷ at the last word": number(float(path.relative[sentence.word])),
            "its norm there": number(float(path.norm[sentence.word])),
            f"P({sentence.verb})": f"{path.p[sentence.answer]:.3f}",
        }
        for model, path in paths.items()
    ]


ALIKE, ANOTHER = "all about alike", "another word"


def _clear(T: int) -> float:
    """The share from which one of T words stands out: twice an even one; of two words, three quarters."""
    return min(2 / T, (1 + 1 / T) / 2)


def attention_options(sentence: Sentence) -> dict[str, str]:
    """What attention may look at most: nouns, the last word, another, or nothing in particular."""
    T, positions = len(sentence.read.words), _positions(sentence)
    another = {ANOTHER: ""} if len(positions) < T else {}
    return {numbered(sentence, k): "" for k in positions} | another | {ALIKE: f"no share reaches {_clear(T):.0%}"}


def _positions(sentence: Sentence) -> list[int]:
    last = len(sentence.read.words) - 1
    return list(dict.fromkeys([*sentence.read.nouns[:1], *sentence.read.nouns[-1:], last]))


def numbered(sentence: Sentence, position: int) -> str:
    """A word with its number."""
    return f"{sentence.read.words[position]} (word {position + 1})"


def most_attended(alpha: Floats, sentence: Sentence) -> str:
    """Where most of the attention goes."""
    most = int(alpha.argmax())
    if alpha[most] < _clear(len(alpha)):
        return ALIKE
    return numbered(sentence, most) if most in _positions(sentence) else ANOTHER


def attention_because(before: Floats, after: Floats, sentence: Sentence) -> str:
    """The shares, before training and after it."""
    most, word, even = int(after.argmax()), sentence.word, 1 / len(after)
    shares = f"{numbered(sentence, most)} gets {after[most]:.0%} of the attention; before, {before[most]:.0%}"
    if most != word:
        shares += f"; “{sentence.read.words[word]}” gets {after[word]:.0%}"
    return f"After training {shares}. An even share would be {even:.0%}."


def bias_sentence(b_y: Floats) -> str:
    """The two weights that have no matrix."""
    biases = ", ".join(f"{number(float(b))} for *{verb}*" for b, verb in zip(b_y, agreement.ANSWERS, strict=True))
    return f"And the output's bias, which is added to the outputs: {biases}."


def lengths_question(at: int, asked: int) -> str:
    """What to predict of other lengths."""
    return f"All four learn on sentences of {at} words. Asked with sentences of **{asked} words**, which does worst?"


def lengths_sentences(accuracy: Mapping[str, Mapping[int, float]], at: int) -> list[str]:
    """What each network makes of lengths that it was not trained on."""
    lines = []
    for model, of in accuracy.items():
        elsewhere = {length: share for length, share in of.items() if length != at}
        low = min(elsewhere, key=lambda length: elsewhere[length])
        line = f"**{NAMES[model]}**: {of[at]:.1%} at {at} words; elsewhere at least {of[low]:.1%}, at {low} words."
        if of[low] < 0.4 and of[at] > 0.6:
            line += " That is worse than a coin: what it answers depends on the length."
        lines.append(line)
    return lines


def lengths_table(accuracy: Mapping[str, Mapping[int, float]]) -> list[dict[str, str]]:
    """A row for each network."""
    return [
        {
            "network": NAMES[model],
            "weights": f"{successors.weights_of(model, successors.BASE):,}",
            **{f"{length} words": f"{share:.1%}" for length, share in of.items()},
        }
        for model, of in accuracy.items()
    ]


def best(errors: Mapping[str, float]) -> str:
    """The forecast with the smallest error."""
    return min(errors, key=lambda name: errors[name])


def forecast_because(errors: Mapping[str, float], cell: str) -> str:
    """The errors on fresh stations."""
    listed = ", ".join(f"{name} {error:.2f} °C" for name, error in errors.items())
    return f"Mean absolute errors on stations that no batch had: {listed}. The network is a {NAMES[cell]}."


def forecast_sentences(errors: Mapping[str, float], station: StationForecast) -> list[str]:
    """The network against the linear model, on fresh stations and on this one."""
    floor = DEGREES * FLOOR
    gap = errors[NETWORK] - errors[LINEAR]
    verdict = "does not beat" if gap >= 0 else "beats"
    here = station.errors[NETWORK] - station.errors[LINEAR]
    return [
        f"On fresh stations the network {verdict} linear autoregression: {errors[NETWORK]:.2f} against "
        f"{errors[LINEAR]:.2f} °C. The series is made of what a linear rule can nearly say.",
        f"In the long run nobody can be better than {floor:.2f} °C. The network is {errors[NETWORK] - floor:.2f} °C "
        f"above that, the linear model {errors[LINEAR] - floor:.2f} °C.",
        f"On the station of the picture the network's mean absolute error is {station.errors[NETWORK]:.2f} °C, the "
        f"linear model's {station.errors[LINEAR]:.2f} °C: the network is {'worse' if here > 0 else 'better'} by "
        f"{abs(here):.2f} °C.",
    ]


def forecast_table(errors: Mapping[str, float], station: StationForecast) -> list[dict[str, str]]:
    """A row for each forecast."""
    return [
        {
            "forecast": name,
            "fresh stations (°C)": f"{error:.2f}",
            "this station (°C)": f"{station.errors[name]:.2f}",
        }
        for name, error in errors.items()
    ]
