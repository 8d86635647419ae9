"""Texts of the page that all kinds share, and sentences computed from a kind's run."""

from __future__ import annotations

from pages.components.numbers import number
from pages.lessons.five_kinds.figures.piano_roll import PianoRollInfo, note_name
from pages.lessons.five_kinds.figures.word_saliency import WordSaliencyInfo
from rnn_core.experiments.kinds import GradientFlow, Kind
from rnn_core.tasks import sentiment
from rnn_core.types import Floats, Record


def marks_sentence(kind: Kind, record: Record) -> str:
    """How well the network does on held-out data, beside rules that need no training."""
    first, *others = (record.evaluation[name] for name in kind.slices)
    rules = ", ".join(f"{rule} {share:.1%}" for rule, share in first.baselines.items())
    also = "".join(
        f" On {name}: **{found.accuracy:.1%}** ({kind.rival}: {found.baselines[kind.rival]:.1%})."
        for name, found in zip(kind.slices[1:], others, strict=True)
    )
    return (
        f"Trained for {record.updates:,} updates. Right on {kind.slices[0]}: **{first.accuracy:.1%}**; rules that need "
        f"no training: {rules}.{also}"
    )


def way_sentence(flow: GradientFlow, record: Record) -> str:
    """How the gradient's way looked over all updates of the run."""
    T, R = len(flow.norm) - 1, len(flow.read)
    where = f"all {T}" if R == T else f"{R} of {T}"
    if T == 1:
        return (
            "There is one time step, and the loss is read there. What arrives at $h_1$ goes into the weights that made "
            "it, and there is no earlier time step to go on to: in the median over all updates "
            rf"$\lVert \partial L / \partial h_1 \rVert$ is {number(float(flow.norm[1]))}, and "
            rf"$\lVert \partial L / \partial W_{{hh}} \rVert$ is {number(flow.recurrent)}."
        )
    enters = f"The loss is read at {where} time steps"
    ratio = flow.first_to_last
    if ratio != ratio:
        return f"{enters}. No gradient arrived at the last state in any of the {record.updates:,} updates."
    verb = "grows" if ratio > 1 else "shrinks"
    return (
        f"{enters}. On its way from $h_{{{T}}}$ to $h_1$ the gradient **{verb}**: "
        rf"$\lVert \partial L / \partial h_1 \rVert$ is {number(ratio)} times "
        rf"$\lVert \partial L / \partial h_{{{T}}} \rVert$, in the median over {record.updates:,} updates."
    )


def probability(p: Floats) -> str:
    """How sure a network is of its answer."""
    largest = float(p.max())
    return "a probability above 0.999" if largest > 0.9995 else f"probability {largest:.3f}"


def largest_sentence(flow: GradientFlow) -> str:
    """Where the gradient is largest, with its numbers there and at both ends."""
    norm, T = flow.norm, len(flow.norm) - 1
    at = 1 + int(norm[1:].argmax())
    return (
        rf"The median of $\lVert \partial L / \partial h_t \rVert$ over all updates is largest at $t = {at}$: "
        f"{number(float(norm[at]))}. At $h_1$ it is {number(float(norm[1]))}, at $h_{{{T}}}$ {number(float(norm[T]))}."
    )


def melody_sentence(info: PianoRollInfo, held_out: bool) -> str:
    """How many notes are right, and the first that is not."""
    wrong = [t for t, (a, b) in enumerate(zip(info.played, info.right, strict=True), 1) if a != b]
    T = len(info.right)
    seen = (
        "**Training never held this pair** of key and scale, though it held both with others: what is right here "
        "cannot be this melody recalled. Other scales share many of its notes, see the rule *key and time step* above."
        if held_out
        else "This pair was in training: what is right here may be recalled."
    )
    if not wrong:
        return f"All {T} notes are right. {seen}"
    t = wrong[0]
    said = (
        f"{T - len(wrong)} of {T} notes are right. The first wrong one is at time step {t}: "
        f"{note_name(info.played[t - 1])} instead of {note_name(info.right[t - 1])}. {seen}"
    )
    if t > info.trained:
        said += f" Training went as far as time step {info.trained}; nobody ever told it what comes after."
    return said


def bag_sentence(kind: Kind, record: Record, bag: dict[str, float]) -> str:
    """What a bag of words makes of the same sentences."""
    shares = "; ".join(f"on {name} **{bag[name]:.1%}**" for name in kind.slices)
    return (
        f"A bag of words, the same network with all words at once and their order lost, trained on the same "
        f"{record.config.updates:,} batches: {shares}."
    )


def sentiment_sentence(p: Floats, meant: int | None, info: WordSaliencyInfo) -> str:
    """What the network says, what the rules of the corpus say, and the word worth most by gradient and measured."""
    said = int(p.argmax())
    answer = f"The network says **{sentiment.ANSWERS[said]}** with {probability(p)}."
    rules = (
        "By the rules of the corpus nothing decides: there is no adjective where one is needed."
        if meant is None
        else f"By the rules of the corpus {'it is' if meant == said else '**that is wrong**: it is'} "
        f"{sentiment.ANSWERS[meant]}."
    )
    by_gradient, measured = _worth_most(info.words, info.worth), _worth_most(info.words, info.fall)
    return f"{answer} {rules} Worth most to first order: {by_gradient}. Measured, by leaving it out: {measured}."


def _worth_most(words: tuple[str, ...], values: tuple[float, ...]) -> str:
    t = max(range(len(words)), key=lambda k: abs(values[k]))
    return f"“{words[t]}” (word {t + 1}), for {sentiment.ANSWERS[int(values[t] > 0)]}"


def word_lists() -> str:
    """Every word that a sentence may have."""
    lists = {
        "Nouns": sentiment.NOUNS,
        "Praise": sentiment.POSITIVE,
        "Criticism": sentiment.NEGATIVE,
        "Negators": sentiment.NEGATORS,
        "Stress": sentiment.INTENSIFIERS,
        "Small words": ("the", "was", "and", *sentiment.CONTRAST),
    }
    return "\n".join(f"- **{title}:** {', '.join(words)}" for title, words in lists.items())


def steepest_sentence(name: str, flow: GradientFlow) -> str:
    """By how much the gradient grows in the kind in which it grows most."""
    T = len(flow.norm) - 1
    return (
        rf"In {name} $\lVert \partial L / \partial h_1 \rVert$ is {number(flow.first_to_last)} times "
        rf"$\lVert \partial L / \partial h_{{{T}}} \rVert$, in the median over its updates."
    )


def ways_sentences(ways: dict[str, GradientFlow]) -> list[str]:
    """What the lines say: who grows, who shrinks, and what both have to do with where the loss is read."""
    grows = [name for name, flow in ways.items() if flow.first_to_last > 1]
    shrinks = [name for name, flow in ways.items() if flow.first_to_last < 1]
    said = [
        f"{what} on its way back in: {', '.join(names)}."
        for what, names in (("The gradient grows", grows), ("It shrinks", shrinks))
        if names
    ]
    once = [name for name, flow in ways.items() if len(flow.read) == 1 < len(flow.norm) - 1]
    often = [name for name, flow in ways.items() if len(flow.read) > 1]
    said.append(
        f"Where the loss is read more than once ({', '.join(often)}), every state gets what comes from all later "
        f"losses, added up, and $h_1$ gets something from each of them. Where it is read once ({', '.join(once)}), "
        "nothing is added on the way: each time step passes on what it makes of what it gets."
    )
    return said


def ways_table(ways: dict[str, GradientFlow]) -> list[dict[str, str]]:
    """A row a kind: where the loss is read, and where the gradient is largest."""
    return [
        {
            "kind": name,
            "time steps T": str(len(flow.norm) - 1),
            "loss read at": f"{len(flow.read)} of them",
            "largest ‖∂L/∂hₜ‖ at": f"t = {1 + int(flow.norm[1:].argmax())}",
            "‖∂L/∂h₁‖ over that at the end": number(flow.first_to_last),
        }
        for name, flow in ways.items()
    ]
