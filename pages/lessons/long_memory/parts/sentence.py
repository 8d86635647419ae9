"""What of a sentence reaches its end: arrows from its words to the last state, and what the gates keep."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.markdown import escape_markdown
from pages.components.sentence import notes_on, word_list
from pages.components.teacher import holds
from pages.lessons.long_memory import sentences, texts
from pages.lessons.long_memory.controls import Settings
from pages.lessons.long_memory.figures.gate_maps import gate_maps, gates_alt, gates_info
from pages.lessons.long_memory.figures.information_flow import SIDE_BY_SIDE, flow_alt, flow_info, information_flow
from pages.lessons.long_memory.networks import Networks, answer, jacobian_norms, norms_over_seeds
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics import retention
from rnn_core.experiments import memory
from rnn_core.experiments.memory import CELLS, GridPoint, Trained
from rnn_core.tasks import agreement, reading
from rnn_core.training import starting_params


@st.fragment
def sentence_section(networks: Networks, settings: Settings) -> None:
    """The visitor's sentence, its arrows in each cell, and its gates. Reruns alone."""
    configs = {at: memory.config_at(settings.study, at) for at in networks}
    own = next(iter(configs.values()))
    st.markdown(sentences.networks_sentence(settings.study.axis, settings.value, settings.seed))
    read = _sentence(own)
    word_list()
    if read is None:
        return
    word = read.nouns[0] if read.nouns else 0
    pair = reading.flip(read, word) if read.nouns else None
    reads = [
        sentences.Read(at, network, answer(configs[at], network, read), pair and answer(configs[at], network, pair))
        for at, network in networks.items()
    ]
    st.table(pd.DataFrame(sentences.networks_table(reads, pair and pair.words[word])))
    notes_on(read, own.sentence_length)
    _flow(networks, configs, settings, read, word)
    st.markdown(sentences.seeds_sentence(read.words[word]))
    st.table(pd.DataFrame(sentences.reach_table(norms_over_seeds(settings, read, word))).T)
    st.latex(texts.flow_equation)
    st.caption(texts.flow_symbols)
    widgets.section("What the gates keep")
    of_gates = {at.cell: (configs[at], network) for at, network in networks.items() if at.clipped is settings.clipped}
    _gates(of_gates, read, word)


def _flow(
    networks: Networks, configs: Mapping[GridPoint, Config], settings: Settings, read: reading.Reading, word: int
) -> None:
    """Three cells side by side, each before training, and after it without and with clipping."""
    tokens, infos = tuple(read.tokens.tolist()), []
    for cell in CELLS:
        off, on = (GridPoint(cell, clipped, settings.value, settings.seed) for clipped in (False, True))
        norms = [jacobian_norms(configs[on], False, tokens, starting_params(configs[on]))]
        norms += [jacobian_norms(configs[at], True, tokens, networks[at].params) for at in (off, on)]
        infos.append(flow_info(cell, read.words, norms))
    st.markdown(texts.filled("flow", lost=f"{retention.LOST:g}"))
    side_by_side = len(read.words) <= SIDE_BY_SIDE
    for column, info in zip(st.columns(3) if side_by_side else [st.container()] * 3, infos, strict=True):
        column.plotly_chart(information_flow(info), key=f"lm_flow_{info.cell}", alt=flow_alt(info))
    st.markdown("\n".join(f"- {line}" for line in sentences.flow_sentences(infos, word)))


def _gates(networks: Mapping[str, tuple[Config, Trained]], read: reading.Reading, word: int) -> None:
    """Heatmaps of the gated cells, side by side."""
    st.markdown(texts.gates)
    gated = [cell for cell in CELLS if cell in retention.KEEP_GATES]
    for column, cell in zip(st.columns(len(gated)), gated, strict=True):
        config, network = networks[cell]
        gates = retention.gates(network.params, read.tokens, cell_of(config))
        maps = gates_info(cell, read.words, gates)
        column.plotly_chart(gate_maps(maps), key=f"lm_gates_{cell}", alt=gates_alt(maps))
        column.markdown(sentences.gates_sentence(cell, gates, read.words, word))
        column.latex(texts.options("gates_equation")[cell])
    st.caption(texts.gates_symbols)


def _sentence(config: Config) -> reading.Reading | None:
    """What the visitor typed, or chose, as the networks read it; None, with a sentence on the page, if they cannot."""
    text = widgets.text("lm_sentence", "Sentence", reading.ARTICLE, 600, texts.sentence_help)
    drawn = agreement.sentences(random_stream(config, EVALUATION), config.sentence_length, config.attractors, (1,))
    words = [agreement.VOCABULARY[token] for token in drawn.tokens[:, 0]]
    own = " ".join([*words, agreement.ANSWERS[drawn.plural[0]]])
    examples = {"The article's sentence": reading.ARTICLE, f"One of {len(words)} words, as in training": own}
    for column, (label, example) in zip(st.columns(2), examples.items(), strict=True):
        change, values, held = st.session_state.update, {"lm_sentence": example}, holds("lm_sentence")
        column.button(label, on_click=change, kwargs=values, width="stretch", key=f"lm_{label}", disabled=held)
    try:
        return reading.read(text)
    except ValueError as error:
        st.error(f"This cannot be read: {escape_markdown(str(error))}.")
        return None
