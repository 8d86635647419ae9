"""Words computed from the three networks and the visitor's sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages.components.markdown import escape_markdown
from pages.lessons.why_recurrence.figures.position_cosines import CosinesInfo
from rnn_core.experiments.why_recurrence import KINDS, LENGTHS, MOVED, SHIFTS, SLOTS, Trained, size
from rnn_core.tasks import homograph

from .networks import Networks

RIGHT_FROM = 0.9
"""The accuracy from which a network counts as right."""

SURE_FROM = 0.6
"""The probability below which a network counts as undecided about one sentence."""

NONE = "none of them"

ANSWERS = (KINDS["rnn"], f"{KINDS['fixed']} and {KINDS['rnn']}", KINDS["fixed"], KINDS["bag"], NONE)
"""What a visitor can predict."""


def verdicts_sentence(p_verb: Mapping[str, float], words: Sequence[str], position: int) -> str:
    """What each network says of the sentence, and whether it is right, if that is known."""
    word, answer = escape_markdown(words[position]), homograph.answer_of(words)
    parts = []
    for kind, p in p_verb.items():
        says = int(p > 0.5)
        if max(p, 1 - p) < SURE_FROM:
            parts.append(f"{KINDS[kind]}: undecided, {p:.0%} for verb")
            continue
        mark = "" if answer is None else " ✓" if says == answer else " ✗"
        parts.append(f"{KINDS[kind]}: {homograph.ANSWERS[says]}, {max(p, 1 - p):.0%}{mark}")
    what = (
        f"Here *{word}* is a **{homograph.ANSWERS[answer]}**."
        if answer is not None
        else "This sentence is made unlike those of training, so only you can say who is right."
    )
    return f"{what} {'; '.join(parts)}."


def spelt(words: Sequence[str], position: int) -> str:
    """The sentence with its homograph in bold."""
    return " ".join(
        f"**{escape_markdown(word)}**" if k == position else escape_markdown(word) for k, word in enumerate(words)
    )


def slots_sentence(words: Sequence[str], position: int, cut: str) -> str:
    """What of the sentence lies in the slots."""
    kept = words[:SLOTS] if cut == "end" else words[-SLOTS:]
    first = len(words) - len(kept) if cut == "front" else 0
    lost = "" if first <= position < first + len(kept) else f" “{escape_markdown(words[position])}” itself is cut off."
    if len(words) <= SLOTS:
        empty = SLOTS - len(words)
        stay = "position stays" if empty == 1 else "positions stay"
        return f"The sentence has {len(words)} of {SLOTS} words; {empty} {stay} empty."
    return (
        f"The sentence has {len(words)} words, {len(words) - SLOTS} too many. Fixed positions see only: "
        f"“{escape_markdown(' '.join(kept))}”.{lost}"
    )


def right_ones(accuracy: Mapping[str, float]) -> str:
    """Which networks are right at least nine times of ten, as an answer to predict."""
    names = [KINDS[kind] for kind in KINDS if accuracy[kind] >= RIGHT_FROM]
    return " and ".join(names) or NONE


def _shares(accuracy: Mapping[str, float]) -> str:
    return ", ".join(f"{KINDS[kind]} {share:.0%}" for kind, share in accuracy.items())


def moved_accuracy(networks: Networks) -> dict[str, float]:
    """Where order tells and the sentence is moved."""
    return {kind: result.order_tells[MOVED] for kind, result in networks.items()}


def moved_because(networks: Networks) -> str:
    """Why the first prediction is right or wrong, in the visitor's own numbers."""
    accuracy, fixed = moved_accuracy(networks), networks["fixed"]
    parts = [f"Right answers of your networks: {_shares(accuracy)}; of a coin: 50%."]
    if fixed.openings == "all positions":
        parts.append(
            f"Fixed positions were trained with up to {SHIFTS[-1]} words before: every position had its turn. They can "
            "do it, but had to see it at each."
        )
    elif accuracy["fixed"] < RIGHT_FROM:
        parts.append(
            f"With openings as in training, fixed positions were right in {fixed.fresh[1]:.0%}. Each position has its "
            "own block of W₁, and the blocks that read these words now had learnt from other ones."
        )
        if accuracy["fixed"] < 0.4:
            parts.append(
                "They do worse than a coin, because two orders differ by where “to” and “the” stand: two words further "
                "on, such a word lies where it lay in the other order in training."
            )
    return " ".join(parts)


def moved_fairness(networks: Networks) -> str:
    """What the feed-forward networks can do."""
    bag, fixed = networks["bag"], networks["fixed"]
    return (
        f"What the others can do: where other words tell, the bag is right in {bag.words_tell[MOVED]:.0%} wherever the "
        f"sentence stands, and fixed positions in {fixed.words_tell[MOVED]:.0%} when it is moved. Where order tells, "
        f"the bag says the same of both sentences of a pair, so it is right in exactly {bag.fresh[1]:.0%}; fixed "
        f"positions, where they were trained, in {fixed.fresh[1]:.0%}."
    )


def long_accuracy(networks: Networks, grows: str, cut: str, length: int) -> dict[str, float]:
    """Where order tells and sentences have so many words."""
    at = LENGTHS.index(length)
    return {kind: result.lengths[grows, cut][at] for kind, result in networks.items()}


def long_because(networks: Networks, length: int) -> str:
    """Why the second prediction is right or wrong."""
    accuracy = long_accuracy(networks, "after", "end", length)
    parts = [f"Right answers of your networks: {_shares(accuracy)}."]
    if accuracy["fixed"] >= RIGHT_FROM:
        parts.append("Cutting the end off costs fixed positions nothing here: what they need stands in front.")
    if accuracy["rnn"] < RIGHT_FROM:
        parts.append(
            f"The RNN reads on, and has to remember the answer longer than the {homograph.AFTER} words of training: "
            "long memory is a lesson of its own."
        )
    return " ".join(parts)


def long_comparison(networks: Networks, length: int) -> str:
    """The same length the other way round."""
    at_end = long_accuracy(networks, "before", "end", length)
    at_front = long_accuracy(networks, "before", "front", length)
    return (
        f"Grown **before** their core to {length} words: the RNN is right in {at_end['rnn']:.0%}. Fixed positions: "
        f"{at_end['fixed']:.0%} if the end is cut off, and the core with it; {at_front['fixed']:.0%} if the front is "
        "cut off, and the core stands at the end of what is left."
    )


_ASIDE = 0.25
"""The |cosine| below which two directions count as at right angles."""


def cosines_sentence(info: CosinesInfo) -> str:
    """How differently the positions read one word."""
    (first, second, cosine), seen = info.opposite, ", ".join(map(str, info.seen))
    parts = [
        f"Fixed positions: each block makes of “{info.word}” a vector of its own. In training the word stood at "
        f"positions {seen}. Least alike among these are positions {first} and {second}: cosine {cosine:.2f}."
    ]
    if cosine < -_ASIDE:
        parts.append("They point rather in opposite directions.")
    elif cosine < _ASIDE:
        parts.append("They are about at right angles, as if these were different words.")
    if len(info.seen) < SLOTS:
        parts.append("The blocks of the other positions have learnt from other words alone.")
    parts.append("The RNN adds the same row of W_xh at every position: cosine 1.")
    return " ".join(parts)


def shapes_table(networks: Mapping[str, Trained]) -> list[dict[str, str]]:
    """A row for each network: its weights and their shapes."""
    rows = []
    for kind, result in networks.items():
        shapes = {name: "×".join(map(str, W.shape)) for name, W in result.params.items()}
        if kind == "fixed":
            D, H = result.params["E"].shape[1], result.params["W_1"].shape[1]
            shapes["W_1"] = f"{SLOTS} blocks of {D}×{H}"
        rows.append(
            {
                "network": KINDS[kind],
                "weights": f"{size(result.params):,}",
                "shapes": ", ".join(f"{name} {shape}" for name, shape in shapes.items()),
                "one position is read by": _READ_BY[kind],
            }
        )
    return rows


_READ_BY = {
    "bag": "the W_1 of all positions",
    "fixed": "its own block of W_1",
    "rnn": "the W_xh and W_hh of all positions",
}
