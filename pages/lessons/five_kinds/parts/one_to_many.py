"""One-to-many: told a key and a scale at the first time step, and nothing after it, the network plays on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from pages.components import widgets
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.piano_roll import note_name, piano_roll, piano_roll_alt, piano_roll_info
from pages.lessons.five_kinds.networks import Network
from pages.lessons.five_kinds.sentences import shared as sentences
from pages.lessons.five_kinds.sound import wav
from rnn_core.experiments.kinds import KINDS
from rnn_core.tasks import melody

from .shared import Question, Shown, gradient_section, introduced

NAME = "one-to-many"
TRAINED = KINDS[NAME].config.sentence_length
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


class Settings(NamedTuple):
    """Which melody: indices into KEYS and SCALES, and how many notes."""

    key: int
    scale: int
    notes: int


def controls(notices: Any) -> Settings:
    """The key, the scale and how long to play."""
    st.markdown(texts.one_to_many_lead)
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
    return Settings(melody.KEYS.index(key), list(melody.SCALES).index(scale), notes)


def show(settings: Settings, seed: int) -> None:
    network = introduced(NAME, seed)
    pair = np.array([[settings.key, settings.scale]])
    batch = melody.of_pairs(pair, settings.notes, network.record.config.dtype)
    played, right = network.read(batch).tape.logits[:, 0].argmax(axis=1), batch.targets[:, 0]
    info = piano_roll_info(played, right, TRAINED)
    st.plotly_chart(piano_roll(info), key="fk_roll", alt=piano_roll_alt(info))
    left, other = st.columns(2)
    left.markdown("**The network plays**")
    left.audio(wav(info.played), format="audio/wav")
    other.markdown("**The scale**")
    other.audio(wav(info.right), format="audio/wav")
    st.markdown(sentences.melody_sentence(info, melody.held_out(settings.key, settings.scale)))
    name = f"{melody.KEYS[settings.key]} {list(melody.SCALES)[settings.scale]}"
    T = min(settings.notes, TRAINED)
    names = [note_name(note) for note in info.played[:T]]
    shown = Shown(melody.of_pairs(pair, T, network.record.config.dtype), (name, *[""] * (T - 1)), names)
    gradient_section(network, shown, QUESTION, EQUATION, texts.one_to_many_symbols)
