"""The part of a page where a visitor lets both twins read a sentence, and plays their training."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.components import teacher, widgets
from pages.components.markdown import escape_markdown
from pages.components.player.component import player
from pages.components.player.data import TwinHistories
from pages.components.player.histories import message, twin_histories
from pages.components.sentence import notes_on, word_list
from pages.lab import texts
from pages.lab.figures.hidden_maps import SIDE_BY_SIDE, WERE, hidden_maps, hidden_maps_alt, hidden_maps_info
from rnn_core.diagnostics import History, Probe, snapshot_at
from rnn_core.tasks import reading
from rnn_core.types import Record

_MOST_CHARACTERS = 500
_EXAMPLES = {
    "The article's sentence": reading.ARTICLE,
    "The same without “their”": reading.ARTICLE_WITHOUT_THEIR,
}
_LAST = -1
"""The snapshot at the end of a run."""


@st.fragment
def sentence_section(a: Record, b: Record) -> None:
    """The sentence and the noun to flip on top, the player below; charts of one moment, if asked for. Reruns alone."""
    help = "any sentence of the task's words; it is cut before its last was or were"
    text = widgets.text("sentence", "Sentence", reading.ARTICLE, _MOST_CHARACTERS, help)
    if not teacher.holds("sentence"):
        examples = st.columns(2)
        for column, (label, example) in zip(examples, _EXAMPLES.items(), strict=True):
            column.button(label, on_click=_set_sentence, args=(example,), width="stretch")
    try:
        read = reading.read(text)
    except ValueError as error:
        st.error(f"This cannot be read: {escape_markdown(str(error))}.")
        word_list()
        return
    flip_at = _noun_to_flip(read)
    pair = None if flip_at is None else reading.flip(read, flip_at)
    other = reading.flip(read, read.nouns[0]) if pair is None and read.nouns else pair
    histories = twin_histories(a, b, read, other, whole_pair=pair is not None)
    if histories is None:
        return
    linked = player(message(a, b, read, pair, histories), key="player")
    st.markdown(_end_sentence(read, other, histories))
    notes_on(read, a.config.sentence_length)
    st.caption(texts.player)
    _charts(a, b, read, pair, histories, linked)
    word_list()


def _set_sentence(text: str) -> None:
    st.session_state["sentence"] = text


def _charts(
    a: Record,
    b: Record,
    read: reading.Reading,
    pair: reading.Reading | None,
    histories: TwinHistories,
    linked: int | None,
) -> None:
    """The states of one moment as charts, if the visitor wants them.

    Parameters
    ----------
    linked : the moment that the visitor asked a link to, since the page was opened by one or without
    """
    help = "of the moment that the address names (“Link to this moment” puts it there); without one, of the end"
    if not widgets.toggle("charts", "Charts of one moment, to zoom into and to export", help):
        return
    end = max(int(record.probe_updates[_LAST]) for record in (a, b))
    update = _linked_update(end) if linked is None else min(linked, end)
    snapshots = [snapshot_at(record, update) for record in (a, b)]
    taken = [int(record.probe_updates[k]) for record, k in zip((a, b), snapshots, strict=True)]
    probes = _probes(histories.sentence, snapshots)
    pairs = None if pair is None or histories.pair is None else _probes(histories.pair, snapshots)
    info = hidden_maps_info(read.words, probes, None if pair is None else pair.words, pairs)
    st.markdown(f"A with its weights after {taken[0]:,} updates, B with those after {taken[1]:,}.")
    columns = st.columns(2) if len(info.words) <= SIDE_BY_SIDE else (st.container(), st.container())
    for k, column in enumerate(columns):
        column.plotly_chart(hidden_maps(info, k), key=f"hidden_maps_{'ab'[k]}", alt=hidden_maps_alt(info, k))


def _linked_update(end: int) -> int:
    """The moment that the address names; the end without one. The player complains about one that is no moment."""
    update = st.query_params.get("at", "")
    return min(int(update), end) if update.isdecimal() and len(update) < 10 else end


def _probes(histories: tuple[History, History], snapshots: list[int]) -> tuple[Probe, Probe]:
    of_a, of_b = histories
    return of_a.at(snapshots[0]), of_b.at(snapshots[1])


def _noun_to_flip(read: reading.Reading) -> int | None:
    """The position of the noun whose number the minimal pair changes; None without a pair."""
    if not widgets.toggle(
        "pair", "Show the minimal pair: one noun in the other number", "and by how much the states differ"
    ):
        return None
    if not read.nouns:
        st.info("This sentence has no noun that could be flipped.")
        return None
    names = {f"{read.words[i]} (word {i + 1})": i for i in read.nouns}
    chosen = st.selectbox(
        "Noun to flip",
        list(names),
        key="noun",
        bind="query-params",
        help="artists becomes artist, and the other way round",
    )
    return names[chosen]


def _end_sentence(read: reading.Reading, other: reading.Reading | None, histories: TwinHistories) -> str:
    """What both twins answer in the end, and what if a noun, the first one unless chosen, had the other number."""
    sentences = [f"In the end, {_answers(histories.sentence)}."]
    if other is not None and histories.pair is not None:
        flipped = next((word, now) for word, now in zip(read.words, other.words, strict=True) if word != now)
        sentences.append(f"With “{flipped[1]}” instead of “{flipped[0]}”, {_answers(histories.pair)}.")
    return " ".join(sentences)


def _answers(histories: tuple[History, History]) -> str:
    """The answers at the end of a sentence, with the weights at the end of the runs."""
    return "; ".join(f"{name} says {_answer(history)}" for name, history in zip("AB", histories, strict=True))


def _answer(history: History) -> str:
    p_were = float(history.at(_LAST).p[-1, WERE])
    if not np.isfinite(p_were):
        return "nothing: its output is not a number"
    word, p = ("were", p_were) if p_were > 0.5 else ("was", 1 - p_were)
    return f"**{word}** with probability {p:.3f}"
