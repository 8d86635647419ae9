"""The parts of the page: the curves, which fill in while networks train, and what is in three of the networks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.jobs import waiting
from pages.components.jobs.sweeping import Sweep
from pages.components.markdown import escape_markdown
from pages.components.sentence import notes_on, word_list
from pages.components.teacher import holds
from pages.lessons.long_memory import sentences, texts
from pages.lessons.long_memory.controls import Asked
from pages.lessons.long_memory.figures.accuracy_curves import accuracy_alt, accuracy_curves, accuracy_info
from pages.lessons.long_memory.figures.gate_maps import gate_maps, gates_alt, gates_info
from pages.lessons.long_memory.figures.information_flow import SIDE_BY_SIDE, flow_alt, flow_info, information_flow
from pages.lessons.long_memory.figures.unit_curves import (
    unit_costs,
    unit_costs_alt,
    unit_curves,
    unit_curves_alt,
    unit_info,
)
from rnn_core.batches import EVALUATION, random_stream
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics import retention
from rnn_core.diagnostics.units import NumberUnits, number_units
from rnn_core.experiments import memory
from rnn_core.experiments.memory import CELLS, Place, Trained
from rnn_core.losses import log_softmax
from rnn_core.tasks import agreement, reading
from rnn_core.training import starting_params
from rnn_core.types import Floats, Params

POLL = (1.0, 3.0)
"""Seconds between two looks at networks in training: for one visitor, and at most; each look draws the curves anew."""

_POLL_EACH = 0.1
"""The same for each of many visitors."""

Networks = Mapping[Place, Trained]


def results_of(asked: Asked, sweep: Sweep) -> dict[Place, Trained]:
    """The networks that are trained, by their place in the study."""
    configs = {place: memory.config_at(asked.study, place) for place in memory.places(asked.study)}
    return {place: sweep.results[config] for place, config in configs.items() if config in sweep.results}


def networks_of(asked: Asked, sweep: Sweep) -> Networks | None:
    """The networks that are looked into; None until all of them are trained."""
    results = results_of(asked, sweep)
    return {place: results[place] for place in asked.shown()} if results.keys() >= set(asked.shown()) else None


def curves_section(asked: Asked, shown: bool) -> Networks | None:
    """The curves of the runs that have ended; while there are others, it looks again, and draws what has come.

    Returns the networks that are looked into, if they are trained.

    Parameters
    ----------
    shown : False for the training beside empty curves: the rules that need none
    """
    configs = {place: memory.config_at(asked.study, place) for place in memory.places(asked.study)}
    first = [configs[place] for place in sorted(configs, key=lambda place: _urgency(asked, place))]
    sweep = waiting.sweep_of("lm_sweep", list(configs.values()), first)
    networks = networks_of(asked, sweep)
    pause = float(np.clip(_POLL_EACH * Sweep.count(), *POLL)) if sweep.live else None
    st.fragment(_curves, run_every=pause)(asked, sweep, sweep.live, networks is None, shown)
    return networks


def _urgency(asked: Asked, place: Place) -> tuple[bool, bool]:
    """What the page looks into first, then their like with other seeds, then the rest in the order of the study."""
    return place not in asked.shown(), place.value != asked.value


def _curves(asked: Asked, sweep: Sweep, live: bool, waits_for_networks: bool, shown: bool) -> None:
    place = st.empty()  # always there: what comes after it would otherwise be another element, and be drawn anew
    done = sweep.ask() if live else 1.0
    if sweep.live is not live or (waits_for_networks and networks_of(asked, sweep) is not None):
        st.rerun()  # the rest of the page gets what it waits for; this part looks again and again, or no more
    if live:
        with place.container():
            st.progress(done, f"Training: {len(sweep.results)} of {len(sweep.configs)} networks")
            st.button("Stop", key="lm_stop", on_click=sweep.stop, icon="⏹️")
    elif sweep.error is not None:
        place.error(f"Training failed: {sweep.error}.")
    elif sweep.stopped:
        with place.container():
            st.info(f"Stopped after {len(sweep.results)} of {len(sweep.configs)} networks. These are shown.")
            st.button("Train on", key="lm_train_on", on_click=sweep.go_on, icon="▶️")
    results = results_of(asked, sweep) if shown else {}
    if shown:
        st.markdown("\n".join(f"- {said}" for said in sentences.curves_sentences(asked.study, results, asked.value)))
    else:
        st.caption(texts.EMPTY)
    for column, info in zip(st.columns(3), accuracy_info(asked.study, results, asked.measure), strict=False):
        alt = accuracy_alt(info) if shown else texts.EMPTY
        column.plotly_chart(accuracy_curves(info), key=f"lm_accuracy_{info.cell}", alt=alt)


def table_section(asked: Asked) -> None:
    """The numbers of the curves, and how to get them without the page."""
    sweep: Sweep = st.session_state["lm_sweep"]
    with st.expander("The numbers, and the command that gives the same"):
        st.markdown(memory.report(asked.study, results_of(asked, sweep), asked.measure))
        st.code(sentences.command(asked.study), language="sh")


@st.fragment
def sentence_section(networks: Networks, asked: Asked) -> None:
    """The visitor's sentence, its arrows in each cell, and its gates. Reruns alone."""
    configs = {place: memory.config_at(asked.study, place) for place in networks}
    own = next(iter(configs.values()))
    st.markdown(sentences.networks_sentence(asked.study.axis, asked.value, asked.seed))
    read = _sentence(own)
    word_list()
    if read is None:
        return
    word = read.nouns[0] if read.nouns else 0
    pair = reading.flip(read, word) if read.nouns else None
    reads = [
        sentences.Read(
            place, network, _answer(configs[place], network, read), pair and _answer(configs[place], network, pair)
        )
        for place, network in networks.items()
    ]
    st.table(pd.DataFrame(sentences.networks_table(reads, pair and pair.words[word])))
    notes_on(read, own.sentence_length)
    _flow(networks, configs, read, word)
    st.markdown(sentences.seeds_sentence(read.words[word]))
    st.table(pd.DataFrame(sentences.reach_table(_reach_over_seeds(asked, read, word))).T)
    st.latex(texts.FLOW_EQUATION)
    st.caption(texts.FLOW_SYMBOLS)
    widgets.section("What the gates keep")
    looked_at = {p.cell: (configs[p], network) for p, network in networks.items() if p.clipped is asked.clipped}
    _gates(looked_at, read, word)


def _flow(networks: Networks, configs: Mapping[Place, Config], read: reading.Reading, word: int) -> None:
    """Three cells side by side, each before training, and after it without and with clipping."""
    tokens, infos = tuple(read.tokens.tolist()), []
    for cell in CELLS:
        off, on = (Place(cell, clipped, *next(iter(networks))[2:]) for clipped in (False, True))
        reached = [_reach(configs[on], False, tokens, starting_params(configs[on]))]
        reached += [_reach(configs[place], True, tokens, networks[place].params) for place in (off, on)]
        infos.append(flow_info(cell, read.words, reached))
    st.markdown(texts.FLOW)
    side_by_side = len(read.words) <= SIDE_BY_SIDE
    for column, info in zip(st.columns(3) if side_by_side else [st.container()] * 3, infos, strict=True):
        column.plotly_chart(information_flow(info), key=f"lm_flow_{info.cell}", alt=flow_alt(info))
    st.markdown("\n".join(f"- {said}" for said in sentences.flow_sentences(infos, word)))


def _gates(networks: Mapping[str, tuple[Config, Trained]], read: reading.Reading, word: int) -> None:
    """Heatmaps of the gated cells, side by side."""
    st.markdown(texts.GATES)
    gated = [cell for cell in CELLS if cell in retention.KEEP_GATES]
    for column, cell in zip(st.columns(len(gated)), gated, strict=True):
        config, network = networks[cell]
        gates = retention.gates(network.params, read.tokens, cell_of(config))
        maps = gates_info(cell, read.words, gates)
        column.plotly_chart(gate_maps(maps), key=f"lm_gates_{cell}", alt=gates_alt(maps))
        column.markdown(sentences.gates_sentence(cell, gates, read.words, word))
        column.latex(texts.GATES_EQUATION[cell])
    st.caption(texts.GATES_SYMBOLS)


def _reach_over_seeds(asked: Asked, read: reading.Reading, word: int) -> dict[Place, float]:
    """‖∂h_T/∂h_t‖ from one word in all networks like those looked into that are trained, whatever their seed."""
    results = results_of(asked, st.session_state["lm_sweep"])
    like = {place: result for place, result in results.items() if place.value == asked.value}
    configs = [memory.config_at(asked.study, place) for place in like]
    params = [result.params for result in like.values()]
    return dict(zip(like, _reaches(configs, tuple(read.tokens.tolist()), word, params), strict=True))


@st.cache_data(max_entries=100, show_spinner=False)
def _reaches(configs: list[Config], tokens: tuple[int, ...], word: int, _params: list[Params]) -> list[float]:
    networks = list(zip(configs, _params, strict=True))
    found: list[float] = waiting.computed(configs[0], retention.reaches, networks, np.array(tokens), word)
    return found


def _sentence(config: Config) -> reading.Reading | None:
    """What the visitor typed, or chose, as the networks read it; None, with a sentence on the page, if they cannot."""
    text = widgets.text("lm_sentence", "Sentence", reading.ARTICLE, 600, texts.SENTENCE)
    drawn = agreement.sentences(random_stream(config, EVALUATION), config.sentence_length, config.attractors, (1,))
    words = [agreement.VOCABULARY[token] for token in drawn.tokens[:, 0]]
    own = " ".join([*words, agreement.ANSWERS[drawn.plural[0]]])
    examples = {"The article's sentence": reading.ARTICLE, f"One of {len(words)} words, as in training": own}
    for column, (label, example) in zip(st.columns(2), examples.items(), strict=True):
        name, held = f"lm_{label}", holds("lm_sentence")
        column.button(label, on_click=_set_sentence, args=(example,), width="stretch", key=name, disabled=held)
    try:
        return reading.read(text)
    except ValueError as error:
        st.error(f"This cannot be read: {escape_markdown(str(error))}.")
        return None


def _set_sentence(text: str) -> None:
    st.session_state["lm_sentence"] = text


def _answer(config: Config, network: Trained, read: reading.Reading) -> Floats:
    """(O,) Probability of each answer after the last word."""
    params = network.params
    h_T = retention.read(params, read.tokens, cell_of(config)).h[-1, 0]
    with np.errstate(over="ignore", invalid="ignore"):  # weights on their way to divergence may overflow here
        p: Floats = np.exp(log_softmax(h_T @ params["W_hy"] + params["b_y"]))
    return p


@st.cache_data(max_entries=500, show_spinner=False)
def _reach(config: Config, trained: bool, tokens: tuple[int, ...], _params: Params) -> Floats:
    return retention.jacobian_norms(_params, np.array(tokens), cell_of(config))


@st.fragment
def units_section(networks: Networks, asked: Asked) -> None:
    """One network, its units from the costliest to lose, and one of them. Reruns alone."""
    left, right = st.columns(2)
    with left:
        cell = widgets.choice("lm_cell", "Cell", dict.fromkeys(CELLS, ""), "lstm", texts.LOOKED_AT)
    place = Place(cell, asked.clipped, asked.value, asked.seed)
    config = memory.config_at(asked.study, place)
    H = config.hidden_size
    with right:
        rank = widgets.slider(
            "lm_rank", "Unit, from the costliest to lose", tuple(range(1, H + 1)), 1, 1, H, texts.RANK
        )
    info = unit_info(_units(config, networks[place].params), rank - 1)
    left, right = st.columns(2)
    left.plotly_chart(unit_curves(info), key="lm_unit", alt=unit_curves_alt(info))
    right.plotly_chart(unit_costs(info), key="lm_costs", alt=unit_costs_alt(info))
    st.markdown(sentences.unit_sentence(info, cell, rank - 1))


@st.cache_data(max_entries=100, show_spinner=False)
def _units(config: Config, _params: Params) -> NumberUnits:
    rng = random_stream(config, EVALUATION)
    found: NumberUnits = waiting.computed(config, number_units, config, _params, rng)
    return found
