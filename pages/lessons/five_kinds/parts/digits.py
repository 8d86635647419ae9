"""What one vector can hold: two networks of different sizes write digits backwards, more and more of them."""

from __future__ import annotations

import streamlit as st

from pages.components.jobs.waiting import computed, trained
from pages.components.markdown import escape_markdown
from pages.components.predict import predict, reveal
from pages.lessons.five_kinds.figures.recall_curves import (
    recall_info,
    recall_lengths,
    recall_lengths_alt,
    recall_places,
    recall_places_alt,
)
from pages.lessons.five_kinds.sentences import many_to_many as sentences
from rnn_core.config import Config
from rnn_core.experiments.bottleneck import BASE, SIZES, recalls
from rnn_core.models.decoding import Recall
from rnn_core.tasks import reversal
from rnn_core.tasks.reversal import SYMBOLS
from rnn_core.types import Params

from .writing import draw, text_of, write

EXAMPLE = "31415"
TRAINED = reversal.longest(BASE)
LEAD = (
    f"Two networks, with {SIZES[0]} and with {SIZES[1]} hidden units, else the same, are trained on the same batches: "
    f"{reversal.SHORTEST} to {TRAINED} digits, to be written backwards. The first digit to write is the last that was "
    "read. Whatever the number of digits, **all of them must be in one vector** when reading ends: "
    f"{SIZES[0]} or {SIZES[1]} numbers."
)
GROW = (
    "The vector stays as long as it is while the input grows. An answer counts as right only as a whole, so it needs "
    "every digit. To the right of the dotted line are lengths that were never trained: what fails there is not the "
    "size alone. Nor is it to the left: with four times as many updates, 16 units got 12.0 % of the answers to 8 "
    "digits right instead of 2.3 %; 64 units got 48.2 % with as many as here (medians over 20 seeds)."
)
PLACES = (
    "Symbol by symbol. Solid: it reads the right symbols before (teacher forcing). Dotted: it reads its own (free "
    "running), so that a mistake spoils what comes after."
)
_FAR = {"not even 2 digits": 1, "2 or 3 digits": 3, "4 or 5": 5, "6 or 7": 7, "8 and more": 99}


def section(text: str, n: int, seed: int) -> None:
    """Train both, let them write, and show what they forget."""
    st.markdown(LEAD)
    records = trained(*(BASE.replace(hidden_size=size, seed=seed) for size in SIZES))
    networks = {record.config: {name: W[-1] for name, W in record.probe_params.items()} for record in records}
    _use(text, networks)
    st.subheader("What the vector forgets as the input grows")
    question = (
        f"How many digits can the network with {SIZES[0]} hidden units reverse, before fewer than half of its answers "
        "are right?"
    )
    said = predict("fk_digits_far", question, dict.fromkeys(_FAR, ""))
    if said is None:
        return
    found = {
        record.config.hidden_size: _recalls(record.config, record.updates, networks[record.config])
        for record in records
    }
    far = {size: sentences.half_right(of) for size, of in found.items()}
    right = next(name for name, most in _FAR.items() if far[SIZES[0]] <= most)
    because = (
        f"At least half of its answers are right up to {far[SIZES[0]]} digits; with {SIZES[1]} hidden units, up to "
        f"{far[SIZES[1]]}."
    )
    reveal("fk_digits_far", said, right, because)
    info = recall_info(found, TRAINED, n)
    st.plotly_chart(recall_lengths(info), key="fk_recall_lengths", alt=recall_lengths_alt(info))
    st.caption(GROW)
    st.markdown(f"**Where in the answer, with {n} digits?** {PLACES}")
    st.plotly_chart(recall_places(info), key="fk_recall_places", alt=recall_places_alt(info))
    st.markdown("**What just happened.** " + sentences.grow_sentence(found, n))


def _use(text: str, networks: dict[Config, Params]) -> None:
    try:
        read = reversal.read(text)
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. “{EXAMPLE}” is read instead.")
        read = EXAMPLE
    for config, params in networks.items():
        written = write(config, params, SYMBOLS, [int(digit) for digit in read], len(read) + 3)
        sentence = sentences.written_sentence(text_of(SYMBOLS, written.classes), read[::-1], written.sure)
        st.markdown(f"**With {config.hidden_size} hidden units.** {sentence}")
    st.markdown(f"With {SIZES[-1]} hidden units:")
    draw("fk_digits_written", SYMBOLS, written, [*map(int, read[::-1]), SYMBOLS.end])


@st.cache_data(max_entries=50, show_spinner="Asking for digits …")
def _recalls(config: Config, updates: int, _params: Params) -> dict[int, Recall]:
    """Kept by the run and how far it came."""
    found: dict[int, Recall] = computed(config, recalls, config, _params)
    return found
