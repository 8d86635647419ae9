"""Sentences about tagging and about an encoder-decoder, computed from the networks' numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pages.components.numbers import number
from pages.lessons.five_kinds.networks import Network
from rnn_core.experiments.kinds import GradientFlow
from rnn_core.models.decoding import Recall
from rnn_core.tasks import tagging
from rnn_core.types import Floats, Gradients, Ints, Record

TAG_NAMES = {
    "DET": "determiner",
    "ADJ": "adjective",
    "NOUN": "noun",
    "VERB": "verb",
    "ADV": "adverb",
    "ADP": "preposition",
    "PRON": "pronoun",
    "CCONJ": "conjunction",
}


def alone_sentence(record: Record) -> str:
    """What a table that knows each word alone makes of the words that can be two things."""
    share = record.evaluation[tagging.EITHER].baselines[tagging.BY_WORD]
    return f"A table that knows each word alone gets {share:.1%} of these right."


def tags_sentence(words: Sequence[str], said: Ints, right: Ints, by_word: Ints) -> str:
    """What is right and wrong in the visitor's sentence."""
    known = right >= 0
    wrong = [t for t in range(len(words)) if known[t] and said[t] != right[t]]
    fooled = [words[t] for t in range(len(words)) if known[t] and by_word[t] != right[t]]
    n = int(known.sum())
    told = f"{n - len(wrong)} of {n} tags are right." if wrong or n < 2 else f"**All {n} tags are right.**"
    if wrong:
        t = wrong[0]
        told += f" The first wrong one: “{words[t]}” is {_name(right[t])} here, not {_name(said[t])}."
    if fooled:
        told += f" The table that knows each word alone is wrong at {', '.join(f'“{word}”' for word in fooled)}."
    if n < len(words):
        told += (
            f" From “{words[n]}” (word {n + 1}) on, the grammar has no such sentence, so nothing there is right or "
            "wrong."
        )
    return told


def _name(tag: int) -> str:
    name = TAG_NAMES[tagging.TAGS[tag]]
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def near_loss_sentence(gradients: Gradients) -> str:
    """How much of what arrives at each state comes from the loss at its own word; a batch of one sentence."""
    total, direct = (np.linalg.norm(of[:, 0].astype(float), axis=-1) for of in (gradients.dh[1:], gradients.dh_direct))
    if not total.all():
        return "Nothing arrives at some of the states of your sentence."
    share = direct / total
    return (
        r"On your sentence, every state has a loss one product away. What comes straight from the loss at its own word "
        f"is, in norm, between {number(float(share.min()))} and {number(float(share.max()))} times what arrives at "
        f"$h_t$ in all, {number(float(np.median(share)))} times in the median."
    )


def one_state_sentence(gradients: Gradients, n: int) -> str:
    """What reaches the encoder's n states, all of it through the last of them; a batch of one sequence."""
    total, direct = (np.linalg.norm(of[:, 0].astype(float), axis=-1) for of in (gradients.dh, gradients.dh_direct))
    own = float(direct[:n].sum())
    K = int((direct > 0).sum())
    return (
        f"On your input, the states $h_1$ to $h_{{{n}}}$ have no loss of their own: what comes straight from a loss is "
        f"{own:g} there. All that reaches them comes through $h_{{{n}}}$, from {K} losses at once: "
        rf"$\lVert \partial L / \partial h_{{{n}}} \rVert$ = {number(float(total[n]))}. At $h_1$ the norm is "
        f"{number(float(total[1]))}."
    )


def encoder_sentence(flow: GradientFlow) -> str:
    """What becomes of the gradient where no loss is read, and why so little arrives at the last state."""
    norm, n, T = flow.norm, flow.read[0] - 1, len(flow.norm) - 1
    return (
        f"**Through the encoder**, where no loss is read, it goes from {number(float(norm[n]))} at $h_{{{n}}}$ to "
        f"{number(float(norm[1]))} at $h_1$, {number(float(norm[1] / norm[n]))} times (medians over the updates). "
        f"Before that, on its way from $h_{{{T}}}$, it gathers the losses of the decoder, one by one. To begin with, "
        f"$h_{{{T}}}$ itself gets little ({number(float(norm[T]))}): only the answers to the longest inputs are not "
        "over there, and nothing but END is asked for."
    )


def largest_answer(network: Network, go: int) -> tuple[str, str]:
    """Where the gradient is largest over the run: first, about the last state before GO at `go`, or elsewhere."""
    norm, T = network.gradient_flow.norm[1:], len(network.gradient_flow.norm) - 1
    at = 1 + int(norm.argmax())
    right = "the first" if at <= 3 else "where reading ends" if abs(at - go) <= 3 else "the last" if at > T - 3 else ""
    return right or "none of these", (
        rf"The median of $\lVert \partial L / \partial h_t \rVert$ over all updates is largest at $t = {at}$ "
        f"({number(float(norm[at - 1]))}); at $h_1$ it is {number(float(norm[0]))}, at $h_{{{T}}}$ "
        f"{number(float(norm[-1]))}."
    )


def written_sentence(written: str, right: str | None, p: Floats) -> str:
    """What was written, whether it is right, and how sure of it the network was; p (K,) of each symbol."""
    verdict = (
        "This input has no right answer; the network writes one all the same."
        if right is None
        else "**Right.**"
        if written == right
        else f"Right would be {right}."
    )
    k = int(p.argmin())
    return (
        f"It writes **{written or 'nothing'}**. {verdict} To the whole of it, it gives the probability "
        f"{number(float(p.prod()))}; it was least sure of symbol {k + 1} ({number(float(p[k]))})."
    )


def forcing_sentence(found: Recall, asked: str) -> str:
    """Teacher forcing beside free running, on held-out sequences."""
    forced, free = float(found.forced.mean()), float(found.free.mean())
    alike = " Here the two are alike; see whether they are with digits." if forced - free < 0.005 else ""
    return (
        "In training it reads the right symbols, whatever it would have written (**teacher forcing**); in use it reads "
        f"its own (**free running**). On {asked}, **{forced:.1%}** of the symbols are right with teacher forcing and "
        f"**{free:.1%}** free running. Answers right as a whole: {found.whole:.1%}, the same in both, because up to "
        f"the first mistake both read the same.{alike}"
    )


def half_right(of: Mapping[int, Recall]) -> int:
    """The largest number of digits up to which at least half of the answers are right; 0 if there is none."""
    reached = 0
    for n, found in sorted(of.items()):
        if found.whole < 0.5:
            break
        reached = n
    return reached


def grow_sentence(recalls: Mapping[int, Mapping[int, Recall]], n: int) -> str:
    """How both sizes do with n digits, and where in the answer their mistakes are."""
    told = []
    for size, of in sorted(recalls.items()):
        found = of[n]
        k = int(found.forced[:n].argmin())
        told.append(
            f"**H = {size}:** {found.whole:.1%} of the answers are right as a whole. With teacher forcing "
            f"{found.forced[:n].mean():.1%} of the digits are right, least often digit {k + 1} of the answer "
            f"({found.forced[k]:.1%}), which was digit {n - k} of the input; free running {found.free[:n].mean():.1%}."
        )
    return "\n\n".join(told)
