"""Many-to-many of unequal length: read all, then write; a date in another form, and digits backwards."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.figures.itemised_map import itemised_info, itemised_map, itemised_map_alt
from pages.components.jobs.waiting import computed
from pages.components.markdown import escape_markdown
from pages.lessons.five_kinds.sentences import many_to_many as sentences
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics.itemised import itemised
from rnn_core.experiments.bottleneck import ASKED, DIGITS, recall_of_dates
from rnn_core.models.decoding import Recall
from rnn_core.numerics.norms import row_norms
from rnn_core.tasks import dates, reversal
from rnn_core.tasks.dates import SYMBOLS
from rnn_core.types import Params

from . import digits
from .shared import Network, Question, Shown, gradient_section, network_of
from .writing import batch_of, draw, text_of, write

NAME = "many-to-many-unequal"
LEAD = (
    "Many inputs, then many outputs, and not as many: an **encoder-decoder**. The network reads all of its input. At "
    "GO it begins to write, until it writes END. One network does both here: what it reads and what it writes have "
    r"rows of $W_{xh}$ of their own, $W_{hh}$ is shared. **All that it knows of the input while it writes is one "
    "vector: the state after the last symbol it read.**"
)
WRITES = {"a date": "in another form", "digits": "backwards, more and more of them"}
EXAMPLES = {
    "march 3, 2024": {"fk_writes": "a date", "fk_date": "march 3, 2024"},
    "3 march 2024": {"fk_writes": "a date", "fk_date": "3 march 2024"},
    "no such day": {"fk_writes": "a date", "fk_date": "29 feb 1999"},
    "five digits": {"fk_writes": "digits", "fk_digits": digits.EXAMPLE},
    "eight digits": {"fk_writes": "digits", "fk_digits": "27182818"},
}
EQUATION = (
    r"\frac{\partial L}{\partial h_t} = \Big( \sum_{s > n} \frac{\partial L_s}{\partial h_n} \Big) "
    r"\frac{\partial h_n}{\partial h_{n-1}} \cdots \frac{\partial h_{t+1}}{\partial h_t}"
)
SYMBOLS_OF_EQUATION = (
    "For $t \\le n$, where $n$ symbols are read. $L_s$: what the symbol written at time step $s$ adds to $L$. Every "
    "loss is read after $h_n$, so the encoder's states get the sum of all of them through this one state. Below: row "
    "$s$ is a loss, column $t$ a state; written symbols have a prime where they are read."
)


def _right(network: Network) -> tuple[str, str]:
    return sentences.largest_answer(network, network.gradient_flow.read[0])


QUESTION = Question(
    r"Which state gets the largest $\lVert \partial L / \partial h_t \rVert$ in training?",
    {"the first": "", "where reading ends": "about the one at which GO is read", "the last": ""},
    _right,
)


class Asked(NamedTuple):
    """What the visitor wants written."""

    writes: str
    date: str
    digits: str
    n: int


def controls(notices: Any) -> Asked:
    """All controls of the part, whichever of them is in use."""
    help = "each has a network of its own, trained when it is first asked for"
    writes = widgets.choice("fk_writes", "What it writes", WRITES, "a date", help, place=notices)
    above = st.container()
    left, right = st.columns(2)
    with left:
        date = widgets.text("fk_date", "Date", dates.EXAMPLE, 60, "such as 3 march 2024 or march 3, 2024")
    with right:
        typed_digits = widgets.text("fk_digits", "Digits", digits.EXAMPLE, 60, f"up to {reversal.MOST_TYPED}")
        help = "how many digits the last picture on digits looks at"
        n = widgets.slider("fk_digits_n", "Digits asked for", DIGITS, 8, DIGITS[0], DIGITS[-1], help, place=notices)
    widgets.examples(EXAMPLES, above)
    return Asked(writes, date, typed_digits, n)


def part(tab: Any, notices: Any, seed: int) -> None:
    """Controls always; pictures and words where the tab is open."""
    with tab:
        st.markdown(LEAD)
        asked = controls(notices)
        if tab.open and asked.writes == "digits":
            digits.section(asked.digits, asked.n, seed)
        elif tab.open:
            _section(asked.date, seed)


def _read(text: str) -> str:
    try:
        return dates.read(text)
    except ValueError as error:
        st.warning(f"This cannot be read: {escape_markdown(str(error))}. “{dates.EXAMPLE}” is read instead.")
        return dates.read(dates.EXAMPLE)


def _section(text: str, seed: int) -> None:
    network = network_of(NAME, seed)
    config, params = network.record.config, network.params
    read = _read(text)
    tokens, n = [dates.TOKEN[character] for character in read], len(read)
    written = write(config, params, SYMBOLS, tokens, dates.WRITTEN + 2)
    said, right = text_of(SYMBOLS, written.classes), dates.answer(read)
    st.markdown(f"It reads “{escape_markdown(read)}”. {sentences.written_sentence(said, right, written.sure)}")
    asked = list(written.classes) if right is None else [*map(SYMBOLS.written.index, right), SYMBOLS.end]
    draw("fk_date_written", SYMBOLS, written, None if right is None else asked)
    found = _recall(config, network.record.updates, params)
    st.markdown(sentences.forcing_sentence(found, f"{ASKED} days that it was never trained on"))
    batch = batch_of(SYMBOLS, tokens, asked, config)
    names = [SYMBOLS.tokens[token].replace(" ", "␣") for token in batch.inputs[:, 0]]
    own = [SYMBOLS.written[k] for k in written.classes[: len(asked)]]
    shown = Shown(batch, names, [*[""] * n, *own, *[""] * (len(asked) - len(own))])
    if gradient_section(network, shown, QUESTION, EQUATION, SYMBOLS_OF_EQUATION):
        st.markdown(sentences.encoder_sentence(network.gradient_flow))
        done = network.read(batch)
        matrix = itemised(params, batch, done.tape, done.dlogits, cell_of(config))
        norms = row_norms(done.gradients.dh), row_norms(done.gradients.dh_direct)
        info = itemised_info(tuple(names), tuple((batch.read_at + 1).tolist()), matrix, *norms)
        st.plotly_chart(itemised_map(info), key="fk_date_itemised", alt=itemised_map_alt(info))
        st.markdown(sentences.one_state_sentence(done.gradients, n))


@st.cache_data(max_entries=50, show_spinner=False)
def _recall(config: Config, updates: int, _params: Params) -> Recall:
    """Kept by the run and how far it came."""
    found: Recall = computed(config, recall_of_dates, config, _params)
    return found
