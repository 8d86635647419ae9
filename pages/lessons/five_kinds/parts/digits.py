"""What one vector can hold: two networks of different sizes write digits backwards, more and more of them."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs.waiting import computed, trained
from pages.components.predict import predict, reveal
from pages.components.sentence import read_or_default
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.figures.recall_curves import (
    recall_info,
    recall_lengths,
    recall_lengths_alt,
    recall_places,
    recall_places_alt,
)
from pages.lessons.five_kinds.networks import text_of, write
from pages.lessons.five_kinds.results import EIGHT_DIGITS
from pages.lessons.five_kinds.sentences import many_to_many as sentences
from rnn_core.config import Config
from rnn_core.experiments.bottleneck import BASE, SIZES, recalls
from rnn_core.models.decoding import Recall
from rnn_core.tasks import reversal
from rnn_core.tasks.reversal import SYMBOLS
from rnn_core.types import Params

from .shared import draw_written

EXAMPLE = "31415"
TRAINED = reversal.longest(BASE)
_FAR = {"not even 2 digits": 1, "2 or 3 digits": 3, "4 or 5": 5, "6 or 7": 7, "8 and more": 99}


def show(text: str, n: int, seed: int) -> None:
    """Train both, let them write, and show what they forget."""
    st.markdown(
        texts.filled("digits_lead", small=SIZES[0], large=SIZES[1], shortest=reversal.SHORTEST, longest=TRAINED)
    )
    records = trained(*(BASE.replace(hidden_size=size, seed=seed) for size in SIZES))
    networks = {record.config: {name: W[-1] for name, W in record.probe_params.items()} for record in records}
    _use(text, networks)
    st.subheader("What the vector forgets as the input grows")
    question = (
        f"How many digits can the network with {SIZES[0]} hidden units reverse, before fewer than half of its answers "
        "are right?"
    )
    answer = predict("fk_digits_far", question, dict.fromkeys(_FAR, ""))
    if answer is None:
        return
    recalls_of = {
        record.config.hidden_size: _recalls(record.config, record.updates, networks[record.config])
        for record in records
    }
    far = {size: sentences.half_right(of) for size, of in recalls_of.items()}
    right = next(name for name, most in _FAR.items() if far[SIZES[0]] <= most)
    because = (
        f"At least half of its answers are right up to {far[SIZES[0]]} digits; with {SIZES[1]} hidden units, up to "
        f"{far[SIZES[1]]}."
    )
    reveal("fk_digits_far", answer, right, because)
    info = recall_info(recalls_of, TRAINED, n)
    st.plotly_chart(recall_lengths(info), key="fk_recall_lengths", alt=recall_lengths_alt(info))
    st.caption(texts.filled("digits_grow", **EIGHT_DIGITS))
    st.markdown(f"**Where in the answer, with {n} digits?** {texts.digits_places}")
    st.plotly_chart(recall_places(info), key="fk_recall_places", alt=recall_places_alt(info))
    st.markdown("**What just happened.** " + sentences.grow_sentence(recalls_of, n))


def _use(text: str, networks: dict[Config, Params]) -> None:
    read = read_or_default(reversal.read, text, EXAMPLE)
    for config, params in networks.items():
        written = write(config, params, SYMBOLS, [int(digit) for digit in read], len(read) + 3)
        sentence = sentences.written_sentence(text_of(SYMBOLS, written.classes), read[::-1], written.sure)
        st.markdown(f"**With {config.hidden_size} hidden units.** {sentence}")
    st.markdown(f"With {SIZES[-1]} hidden units:")
    draw_written("fk_digits_written", SYMBOLS, written, [*map(int, read[::-1]), SYMBOLS.end])


@st.cache_data(max_entries=50, show_spinner="Asking for digits …")
def _recalls(config: Config, updates: int, _params: Params) -> dict[int, Recall]:
    """Kept by the run and how far it came."""
    of_digits: dict[int, Recall] = computed(config, recalls, config, _params)
    return of_digits
