"""One-to-many: told a key and a scale at the first time step, and nothing after it, the network plays on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages.components import widgets
from pages.lessons.five_kinds.figures.piano_roll import note_name, piano_roll, piano_roll_alt, piano_roll_info
from pages.lessons.five_kinds.sentences import shared as sentences
from pages.lessons.five_kinds.sound import wav
from rnn_core.experiments.kinds import KINDS
from rnn_core.tasks import melody

from .shared import Network, Question, Shown, draw_part, gradient_section, network_of

NAME = "one-to-many"
TRAINED = KINDS[NAME].config.sentence_length
LEAD = (
    "One input, many outputs: **a melody**. At the first time step the network reads a key and a scale; after that it "
    "reads nothing, $x_t = 0$, not even its own last note. It is to play the scale up and down again, a note a time "
    "step. What comes next, it must know from $h_{t-1}$ alone."
)
LENGTHS = (8, 15, 22, 29, 43, 57)
EXAMPLES = {
    "C major": {"fk_key": "C", "fk_scale": "major", "fk_notes": TRAINED},
    "A minor": {"fk_key": "A", "fk_scale": "minor", "fk_notes": TRAINED},
    "E blues": {"fk_key": "E", "fk_scale": "blues", "fk_notes": TRAINED},
    "a pair never heard": {"fk_key": "D", "fk_scale": "dorian", "fk_notes": TRAINED},
    "longer than in training": {"fk_key": "G", "fk_scale": "major", "fk_notes": 43},
}
EQUATION = (
    r"\begin{gathered} \frac{\partial L}{\partial h_1} = \sum_{s=1}^{T} \frac{\partial L_s}{\partial h_s} "
    r"\frac{\partial h_s}{\partial h_{s-1}} \cdots \frac{\partial h_2}{\partial h_1} \\ "
    r"\frac{\partial L}{\partial W_{xh}} = x_1^\top \frac{\partial L}{\partial a_1} \end{gathered}"
)
SYMBOLS = (
    "$L_s$: what note $s$ adds to the loss, $L = \\sum_s L_s$. $h_t$: the state after time step $t$; "
    "$a_t$: what tanh is taken of. Every loss sends something back to $h_1$, and there it adds up. All that $W_{xh}$ "
    "can learn from comes through $h_1$, because $x_t = 0$ after the first time step. The diagram has as many time "
    "steps as there are notes to play, but no more than in training."
)


def _right(network: Network) -> tuple[str, str]:
    norm = network.gradient_flow.norm[1:]
    T, at = len(norm), int(norm.argmax())
    right = "at the first" if at == 0 else "at the last" if at == T - 1 else "in between"
    return right, sentences.largest_sentence(network.gradient_flow)


QUESTION = Question(
    r"The loss is read at every time step. At which is $\lVert \partial L / \partial h_t \rVert$ largest in training?",
    {"at the first": "next to the only input", "in between": "", "at the last": "where the melody ends"},
    _right,
)


class Wanted(NamedTuple):
    """Which melody: indices into KEYS and SCALES, and how many notes."""

    key: int
    scale: int
    notes: int


def controls(notices: Any) -> Wanted:
    """The key, the scale and how long to play."""
    above = st.container()
    left, middle, right = st.columns(3)
    with left:
        key = widgets.choice(
            "fk_key", "Key", dict.fromkeys(melody.KEYS, ""), "C", "its first note", menu=True, place=notices
        )
    with middle:
        help_text = "which notes above the key it takes"
        scale = widgets.choice(
            "fk_scale", "Scale", dict.fromkeys(melody.SCALES, ""), "major", help_text, menu=True, place=notices
        )
    with right:
        help_text = f"in training every melody had {TRAINED}"
        notes = widgets.slider("fk_notes", "Notes to play", LENGTHS, TRAINED, 8, 60, help_text, place=notices)
    widgets.examples(EXAMPLES, above)
    return Wanted(melody.KEYS.index(key), list(melody.SCALES).index(scale), notes)


def part(tab: Any, notices: Any, seed: int) -> None:
    """Controls always; pictures and words where the tab is open."""
    draw_part(tab, LEAD, lambda: controls(notices), _section, seed)


def _section(wanted: Wanted, seed: int) -> None:
    network = network_of(NAME, seed)
    pair = np.array([[wanted.key, wanted.scale]])
    batch = melody.of_pairs(pair, wanted.notes, network.record.config.dtype)
    played, right = network.read(batch).tape.logits[:, 0].argmax(axis=1), batch.targets[:, 0]
    info = piano_roll_info(played, right, TRAINED)
    st.plotly_chart(piano_roll(info), key="fk_roll", alt=piano_roll_alt(info))
    left, other = st.columns(2)
    left.markdown("**The network plays**")
    left.audio(wav(info.played), format="audio/wav")
    other.markdown("**The scale**")
    other.audio(wav(info.right), format="audio/wav")
    st.markdown(sentences.melody_sentence(info, melody.held_out(wanted.key, wanted.scale)))
    name = f"{melody.KEYS[wanted.key]} {list(melody.SCALES)[wanted.scale]}"
    T = min(wanted.notes, TRAINED)
    names = [note_name(note) for note in info.played[:T]]
    shown = Shown(melody.of_pairs(pair, T, network.record.config.dtype), (name, *[""] * (T - 1)), names)
    gradient_section(network, shown, QUESTION, EQUATION, SYMBOLS)
