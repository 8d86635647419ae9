"""The parts of the page: one sentence, the sentence moved, the sentence grown, and what the weights share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.markdown import escape_markdown
from pages.components.predict import predict, reveal
from pages.lessons.why_recurrence.figures.meanings import meanings, meanings_alt, meanings_info
from pages.lessons.why_recurrence.figures.position_cosines import cosines_alt, cosines_info, position_cosines
from pages.lessons.why_recurrence.figures.right_bars import bars_alt, bars_info, right_bars
from pages.lessons.why_recurrence.figures.right_curves import curves_alt, curves_info, right_curves
from rnn_core.experiments.why_recurrence import KINDS, LENGTHS, OPENINGS, SHIFTS, SLOTS, p_verb
from rnn_core.models.feedforward import by_position
from rnn_core.tasks import homograph
from rnn_core.tasks.homograph import Reading, stretched

from . import sentences, texts
from .networks import Networks

DEFAULT = "They asked the judge to lie."
EXAMPLES = {
    "tell a lie": "One should never tell a lie.",
    "lie down": "Doctor asked him to lie down.",
    "asked the judge to lie": DEFAULT,
    "asked to judge the lie": "They asked to judge the lie.",
}
_MOST_CHARACTERS = 300
_MOST_ADDED = 24
_SEED_LIMIT = 2**32 - 1


class Asked(NamedTuple):
    """The sentence, and which networks read it."""

    reading: Reading
    seed: int
    openings: str


def sentence_controls() -> Asked:
    """A sentence that cannot be read gets an answer, and the default is read."""
    buttons = st.container()
    with st.container(border=True):
        left, middle, right = st.columns([5, 2, 3], vertical_alignment="bottom")
        with left:
            text = widgets.text("wr_sentence", "Sentence", DEFAULT, _MOST_CHARACTERS, texts.SENTENCE)
        with middle:
            seed = widgets.integer("wr_seed", "Seed", 0, _SEED_LIMIT, 0, texts.SEED)
        with right:
            everywhere = widgets.toggle("wr_everywhere", "Train at all positions", texts.EVERYWHERE)
    widgets.examples({label: {"wr_sentence": sentence} for label, sentence in EXAMPLES.items()}, buttons)
    with st.expander("All words that the networks know"):
        st.markdown(f"{texts.WORDS}\n\n{texts.PATTERN}")
    first, all_of_them = OPENINGS
    openings = all_of_them if everywhere else first
    with st.container():
        try:
            return Asked(homograph.read(text), seed, openings)
        except ValueError as error:
            st.warning(f"This cannot be read: {escape_markdown(str(error))}. “{DEFAULT}” is read instead.")
            return Asked(homograph.read(DEFAULT), seed, openings)


def verdicts(key: str, networks: Networks, words: Sequence[str], place: int, cut: str = "end") -> None:
    """What each network says of one sentence."""
    st.markdown(f"“{sentences.spelt(words, place)}”")
    says = {kind: p_verb(kind, result.params, words, cut) for kind, result in networks.items()}
    info = meanings_info(words[place], says)
    st.plotly_chart(meanings(info), key=key, alt=meanings_alt(info))
    st.markdown(sentences.said_of(says, words, place))


def move_section(networks: Networks, reading: Reading) -> bool:
    """Predict; then accuracy by kind of sentence, and over how many words stand before.

    Returns whether the answer is out.
    """
    st.markdown(texts.MOVE)
    said = predict("wr_moved", texts.MOVE_QUESTION, dict.fromkeys(sentences.ANSWERS, ""))
    before = widgets.slider("wr_before", "Words before your sentence", SHIFTS, 4, 0, SHIFTS[-1], texts.BEFORE_HELP)
    if said is None:
        return False
    reveal(
        "wr_moved", said, sentences.right_ones(sentences.moved_accuracy(networks)), sentences.moved_because(networks)
    )
    left, right = st.columns(2)
    with left:
        verdicts("wr_moved_meanings", networks, stretched(reading.words, before, 0), reading.place + before)
    curves = curves_info(
        "words before the core",
        SHIFTS,
        {kind: networks[kind].order_tells for kind in KINDS},
        OPENINGS[networks["rnn"].openings],
        before,
    )
    right.markdown("Accuracy where order tells:")
    right.plotly_chart(right_curves(curves), key="wr_shifts", alt=curves_alt(curves))
    bars = bars_info(networks)
    st.plotly_chart(right_bars(bars), key="wr_bars", alt=bars_alt(bars))
    st.markdown(sentences.moved_fairness(networks))
    st.caption(texts.MOVED_OVER_SEEDS)
    return True


def long_section(networks: Networks, reading: Reading) -> None:
    """Predict; then accuracy over the length of sentences that grow before or after their core."""
    st.markdown(texts.LONG)
    said = predict("wr_longer", texts.LONG_QUESTION, dict.fromkeys(sentences.ANSWERS, ""))
    left, middle, right = st.columns(3)
    with left:
        added = widgets.slider("wr_added", "Words added", range(0, _MOST_ADDED + 1, 2), 14, 0, _MOST_ADDED, texts.ADDED)
    with middle:
        grows = widgets.choice("wr_grows", "Where the sentence grows", texts.GROWS, "after", "before or after its core")
    with right:
        cut = widgets.choice("wr_cut", "What fixed positions lose", texts.CUTS, "end", "of a sentence that is too long")
    if said is None:
        return
    found = sentences.long_accuracy(networks, "after", "end", texts.LONG_LENGTH)
    reveal("wr_longer", said, sentences.right_ones(found), sentences.long_because(networks, texts.LONG_LENGTH))
    words = stretched(reading.words, added if grows == "before" else 0, added if grows == "after" else 0)
    place = reading.place + (added if grows == "before" else 0)
    left, right = st.columns(2)
    with left:
        verdicts("wr_long_meanings", networks, words, place, cut)
        st.markdown(sentences.slots_sentence(words, place, cut))
    accuracy = {kind: networks[kind].lengths[grows, cut] for kind in KINDS}
    curves = curves_info("words of the sentence", LENGTHS, accuracy, SLOTS, len(words))
    right.markdown("Accuracy where order tells:")
    right.plotly_chart(right_curves(curves), key="wr_lengths", alt=curves_alt(curves))
    st.markdown(sentences.long_comparison(networks, texts.LONG_LENGTH))
    st.caption(texts.LONG_OVER_SEEDS)


def sharing_section(networks: Networks, revealed: bool) -> None:
    """The networks' own shapes and equations; once the answer is out, what follows, and how positions read a word."""
    st.latex(texts.NETWORKS_EQUATION)
    st.caption(texts.NETWORKS_SYMBOLS)
    st.table(pd.DataFrame(sentences.shapes_table(networks)).set_index("network"))
    st.caption(texts.FAIR)
    word = widgets.choice(
        "wr_word", "A word to read at every position", texts.READ_WORDS, "to", texts.READ_HELP, menu=True
    )
    if not revealed:
        st.caption(texts.NOT_YET)
        return
    st.markdown(texts.SHARING)
    fixed = networks["fixed"]
    seen = homograph.positions(word, OPENINGS[fixed.openings])
    cosines = cosines_info(word, by_position(fixed.params, homograph.TOKEN[word]), seen)
    left, right = st.columns(2, vertical_alignment="center")
    left.plotly_chart(position_cosines(cosines), key="wr_cosines", alt=cosines_alt(cosines))
    right.markdown(sentences.cosines_sentence(cosines))
    right.latex(texts.COSINES_EQUATION)
