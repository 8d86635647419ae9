"""The page's controls, all in the sidebar; keys, defaults and names of options stand in links."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.fields import CAPTIONS, LABELS, STOPS
from pages.components.teacher import holds
from rnn_core.config import SPECS, shortest_sentence
from rnn_core.experiments.memory import BASE, CELLS, HELD_OUT_ACCURACY, SEEDS, VALUES, Place, Study, study_of

from . import texts

LADDER = (11, 14, 17, 20, 26, 32, 40, 50)
"""Distances to look at, up to the longest that is asked for."""

LONGEST = LADDER[-1]
MOST_SEEDS = 10
MOST_UPDATES = 3000
LARGEST = 64
"""Bounds of this page: what two processes can do while a class waits."""

RATES = {"sgd": 0.6, "momentum": 0.06, "rmsprop": 0.01, "adam": 0.01}
"""α that a change of optimiser sets: the steps of one are not those of another."""


WITH = "with clipping"
HOW = {"without clipping": False, WITH: True}


class Asked(NamedTuple):
    """What the visitor wants to see.

    Attributes
    ----------
    study : the runs
    measure : which accuracy is drawn, as in `memory.points`
    value, seed : of the networks that the page looks into
    clipped : which of them its gates and units are of
    """

    study: Study
    measure: str
    value: int
    seed: int
    clipped: bool

    def shown(self) -> tuple[Place, ...]:
        """Where the networks stand that the page looks into: one of each cell, without and with clipping."""
        return tuple(Place(cell, clipped, self.value, self.seed) for cell in CELLS for clipped in (False, True))


class Notices:
    """Sentences about what a link cannot have, as places for them are called; drawn as long as nothing else is asked.

    The page runs again by itself while networks train, and by then Streamlit has mended the link.
    """

    def __init__(self) -> None:
        self._said: list[str] = []

    def warning(self, sentence: str) -> None:
        self._said.append(sentence)

    def draw(self, asked: Asked) -> None:
        of, said = st.session_state.get("lm_notices", (asked, []))
        said = self._said or (said if of == asked else [])
        st.session_state["lm_notices"] = (asked, said)
        for sentence in said:
            st.warning(sentence)


def asked() -> Asked:
    """Draw the sidebar.

    Raises
    ------
    ValueError
        If the choices make no study; the message is for the visitor.
    """
    notices = Notices()
    with st.sidebar:
        st.subheader("What is compared")
        axis = widgets.choice(
            "lm_axis", "Horizontal axis", dict.fromkeys(VALUES, ""), "distance", texts.AXIS, place=notices
        )
        values, changes = (_distances if axis == "distance" else _attractors)(notices)
        measure = widgets.choice(
            "lm_measure", "Accuracy", texts.MEASURES, HELD_OUT_ACCURACY, texts.MEASURE, menu=True, place=notices
        )
        seeds = widgets.slider(
            "lm_seeds", "Seeds", (1, 2, 3, 4, 5, 6, 8, 10), SEEDS, 1, MOST_SEEDS, texts.SEEDS, place=notices
        )
        first = widgets.integer(
            "lm_seed", "First seed", 0, int(SPECS["seed"].high or 0) - MOST_SEEDS, 0, texts.FIRST_SEED, place=notices
        )
        looked_at = st.container()
        st.subheader("How they are trained")
        changes |= _training(notices)
        study = study_of(axis, values, seeds, seed=first, **changes)
        with looked_at:
            st.subheader("The networks looked into")
            value, at_seed, clipped = _place(study, notices)
    found = Asked(study, measure, value, at_seed, clipped)
    notices.draw(found)
    return found


def _distances(notices: Notices) -> tuple[tuple[int, ...], dict[str, float | str]]:
    longest = widgets.slider(
        "lm_longest", "Longest sentence", LADDER[1:], max(VALUES["distance"]), 11, LONGEST, texts.LONGEST, place=notices
    )
    attractors = widgets.slider(
        "lm_attractors", LABELS["attractors"], tuple(range(7)), 1, 0, 6, SPECS["attractors"].help, place=notices
    )
    shortest = max(LADDER[0], shortest_sentence(attractors))
    values = {shortest, max(longest, shortest), *(value for value in LADDER if shortest < value < longest)}
    return tuple(sorted(values)), {"attractors": attractors}


def _attractors(notices: Notices) -> tuple[tuple[int, ...], dict[str, float | str]]:
    most = widgets.slider(
        "lm_most", "Most attractors", tuple(range(1, 7)), max(VALUES["attractors"]), 1, 6, texts.MOST, place=notices
    )
    length = widgets.slider(
        "lm_length", LABELS["sentence_length"], LADDER, BASE.sentence_length, 8, LONGEST, texts.LENGTH, place=notices
    )
    return tuple(range(most + 1)), {"sentence_length": length}


def _training(notices: Notices) -> dict[str, float | str]:
    changes: dict[str, float | str] = {}
    changes["optimizer"] = widgets.choice(
        "lm_optimizer", LABELS["optimizer"], texts.OPTIMIZERS, "sgd", texts.OPTIMIZER, menu=True, place=notices
    )
    before = st.session_state.get("lm_optimizer_before", changes["optimizer"])
    if before != changes["optimizer"] and not holds("lm_alpha"):
        st.session_state["lm_alpha"] = RATES[str(changes["optimizer"])]
    st.session_state["lm_optimizer_before"] = changes["optimizer"]
    for field, key, stops, most in (
        ("learning_rate", "lm_alpha", STOPS["learning_rate"], None),
        ("updates", "lm_updates", (100, 200, 300, 500, 800, 1000, 1500, 2000, 3000), MOST_UPDATES),
        ("hidden_size", "lm_hidden", (8, 16, 24, 32, 48, 64), LARGEST),
        ("spectral_radius", "lm_gain", STOPS["spectral_radius"], None),
    ):
        changes[field] = _number(notices, field, key, stops, most)
    changes["clip"] = widgets.choice(
        "lm_clip", "Kind of clipping", CAPTIONS, "norm", texts.CLIP, menu=True, place=notices
    )
    changes["clip_threshold"] = _number(notices, "clip_threshold", "lm_threshold", STOPS["clip_threshold"], None)
    return changes


def _number(notices: Notices, field: str, key: str, stops: tuple[float, ...], most: int | None) -> float:
    spec = SPECS[field]
    assert spec.low is not None
    assert spec.high is not None
    default = getattr(BASE, field)
    low, high = type(default)(spec.low), type(default)(spec.high if most is None else most)
    chosen: float = widgets.slider(key, LABELS[field], stops, default, low, high, spec.help, place=notices)
    return chosen


def _place(study: Study, notices: Notices) -> tuple[int, int, bool]:
    """Which value of the axis and which seed the networks have, and whether those with clipping are looked into."""
    values = [str(value) for value in study.values]
    wanted = "14" if study.axis == "distance" else "1"
    value = _one_of(
        "lm_at", texts.AT[study.axis], values, wanted if wanted in values else values[-1], texts.LOOKED_AT, notices
    )
    seeds = [str(study.base.seed + k) for k in range(study.seeds)]
    seed = _one_of("lm_at_seed", "Their seed", seeds, seeds[min(3, len(seeds) - 1)], texts.LOOKED_AT, notices)
    how = _one_of("lm_at_clip", "Gates and units of the networks", list(HOW), WITH, texts.LOOKED_AT, notices)
    return int(value), int(seed), HOW[how]


def _one_of(key: str, label: str, names: list[str], default: str, help: str, notices: Notices) -> str:
    """One of names that other controls change; what is no longer among them gives way to the default."""
    if st.session_state.get(key, default) not in names:
        del st.session_state[key]
    return widgets.choice(key, label, dict.fromkeys(names, ""), default, help, place=notices)
