"""Many-to-many of unequal length: read all, then write; a date in another form, and digits backwards."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.figures.itemised_map import itemised_info, itemised_map, itemised_map_alt
from pages.components.jobs.waiting import computed
from pages.components.markdown import escape_markdown
from pages.components.sentence import read_or_default
from pages.lessons.five_kinds import texts
from pages.lessons.five_kinds.networks import Network, batch_of, text_of, write
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
from .shared import Question, Shown, draw_written, gradient_section, introduced

NAME = "many-to-many-unequal"
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


def _right(network: Network) -> tuple[str, str]:
    return sentences.largest_answer(network, network.gradient_flow.read[0])


QUESTION = Question(
    r"Which state gets the largest $\lVert \partial L / \partial h_t \rVert$ in training?",
    {"the first": "", "where reading ends": "about the one at which GO is read", "the last": ""},
    _right,
)


class Settings(NamedTuple):
    """What the visitor wants written."""

    writes: str
    date: str
    digits: str
    n: int


def controls(notices: Any) -> Settings:
    """All controls of the part, whichever of them is in use."""
    st.markdown(texts.unequal_lead)
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
    return Settings(writes, date, typed_digits, n)


def show(settings: Settings, seed: int) -> None:
    """What the visitor wants written: a date, or digits."""
    if settings.writes == "digits":
        digits.show(settings.digits, settings.n, seed)
    else:
        _show_date(settings.date, seed)


def _show_date(text: str, seed: int) -> None:
    network = introduced(NAME, seed)
    config, params = network.record.config, network.params
    read = read_or_default(dates.read, text, dates.EXAMPLE)
    tokens, n = [dates.TOKEN[character] for character in read], len(read)
    written = write(config, params, SYMBOLS, tokens, dates.WRITTEN + 2)
    said, right = text_of(SYMBOLS, written.classes), dates.answer(read)
    st.markdown(f"It reads “{escape_markdown(read)}”. {sentences.written_sentence(said, right, written.sure)}")
    classes = list(written.classes) if right is None else [*map(SYMBOLS.written.index, right), SYMBOLS.end]
    draw_written("fk_date_written", SYMBOLS, written, None if right is None else classes)
    recall = _recall(config, network.record.updates, params)
    st.markdown(sentences.forcing_sentence(recall, f"{ASKED} days that it was never trained on"))
    batch = batch_of(SYMBOLS, tokens, classes, config)
    names = [SYMBOLS.tokens[token].replace(" ", "␣") for token in batch.inputs[:, 0]]
    own = [SYMBOLS.written[k] for k in written.classes[: len(classes)]]
    shown = Shown(batch, names, [*[""] * n, *own, *[""] * (len(classes) - len(own))])
    if gradient_section(network, shown, QUESTION, EQUATION, texts.unequal_symbols):
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
    recall: Recall = computed(config, recall_of_dates, config, _params)
    return recall
