"""The page's controls, all in the sidebar; keys, defaults and names of options stand in links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from pages.components import widgets
from pages.components.fields import CAPTIONS, FIELDS
from pages.components.teacher import holds
from pages.components.widgets import Control
from pages.lessons.long_memory import texts
from rnn_core.config import shortest_sentence
from rnn_core.diagnostics import SOLVED_ABOVE
from rnn_core.experiments.memory import BASE, CELLS, HELD_OUT_ACCURACY, SEEDS, VALUES, GridPoint, Study, study_of

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
AT = {"distance": "Words before the verb", "attractors": "Number of attractors"}


def _of_base(field: str, key: str, **changes: Any) -> Control[Any]:
    """The control of a field of `Config`, with this page's own default, and stops or bounds if it has such."""
    return FIELDS[field]._replace(key=key, default=getattr(BASE, field), **changes)


MEASURE_HELP = texts.filled("measure_help", accuracy=HELD_OUT_ACCURACY, solved=f"{SOLVED_ABOVE:.0%}")
AXIS = Control("lm_axis", "Horizontal axis", "distance", texts.axis_help, options=dict.fromkeys(VALUES, ""))
MEASURE = Control(
    "lm_measure", "Accuracy", HELD_OUT_ACCURACY, MEASURE_HELP, options=texts.options("measures"), menu=True
)
COUNT = Control("lm_seeds", "Seeds", SEEDS, texts.seeds_help, 1, MOST_SEEDS, (1, 2, 3, 4, 5, 6, 8, 10))
FIRST_SEED = FIELDS["seed"]._replace(key="lm_seed", label="First seed", help=texts.first_seed_help)
FIRST_SEED = FIRST_SEED._replace(high=FIRST_SEED.high - MOST_SEEDS)

LONGEST_SENTENCE = Control(
    "lm_longest", "Longest sentence", max(VALUES["distance"]), texts.longest_help, 11, LONGEST, LADDER[1:]
)
ATTRACTORS = FIELDS["attractors"]._replace(key="lm_attractors", default=1, low=0, high=6)
MOST_ATTRACTORS = Control(
    "lm_most", "Most attractors", max(VALUES["attractors"]), texts.most_help, 1, 6, tuple(range(1, 7))
)
LENGTH = _of_base("sentence_length", "lm_length", help=texts.length_help, low=8, high=LONGEST, stops=LADDER)

OPTIMIZER = FIELDS["optimizer"]._replace(
    key="lm_optimizer", default="sgd", help=texts.optimizer_help, options=texts.options("optimizers")
)
TRAINING = {
    "learning_rate": _of_base("learning_rate", "lm_alpha"),
    "updates": _of_base(
        "updates", "lm_updates", high=MOST_UPDATES, stops=(100, 200, 300, 500, 800, 1000, 1500, 2000, 3000)
    ),
    "hidden_size": _of_base("hidden_size", "lm_hidden", high=LARGEST, stops=(8, 16, 24, 32, 48, 64)),
    "spectral_radius": _of_base("spectral_radius", "lm_gain"),
    "clip": Control("lm_clip", "Kind of clipping", "norm", texts.clip_help, options=CAPTIONS, menu=True),
    "clip_threshold": _of_base("clip_threshold", "lm_threshold"),
}
"""What the optimiser leaves open, by field of `Config`."""


class Settings(NamedTuple):
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

    def looked_into(self) -> tuple[GridPoint, ...]:
        """Where the networks stand that the page looks into: one of each cell, without and with clipping."""
        return tuple(GridPoint(cell, clipped, self.value, self.seed) for cell in CELLS for clipped in (False, True))


class Notices:
    """Sentences about what a link cannot have, as places for them are called; drawn until the settings change.

    The page runs again by itself while networks train, and by then Streamlit has mended the link.
    """

    def __init__(self) -> None:
        self._sentences: list[str] = []

    def warning(self, sentence: str) -> None:
        self._sentences.append(sentence)

    def draw(self, settings: Settings) -> None:
        last_settings, sentences = st.session_state.get("lm_notices", (settings, []))
        sentences = self._sentences or (sentences if last_settings == settings else [])
        st.session_state["lm_notices"] = (settings, sentences)
        for sentence in sentences:
            st.warning(sentence)


def settings_from_sidebar() -> Settings:
    """Draw the sidebar.

    Raises
    ------
    ValueError
        If the choices make no study; the message is for the visitor.
    """
    notices = Notices()
    with st.sidebar:
        st.subheader("What is compared")
        axis = widgets.draw(AXIS, notices)
        values, changes = (_distances if axis == "distance" else _attractors)(notices)
        measure, seeds, first = (widgets.draw(control, notices) for control in (MEASURE, COUNT, FIRST_SEED))
        looked_into = st.container()
        st.subheader("How they are trained")
        changes |= _training(notices)
        study = study_of(axis, values, seeds, seed=first, **changes)
        with looked_into:
            st.subheader("The networks looked into")
            settings = Settings(study, measure, *_looked_into(study, notices))
    notices.draw(settings)
    return settings


def _distances(notices: Notices) -> tuple[tuple[int, ...], dict[str, Any]]:
    longest, attractors = (widgets.draw(control, notices) for control in (LONGEST_SENTENCE, ATTRACTORS))
    shortest = max(LADDER[0], shortest_sentence(attractors))
    values = {shortest, max(longest, shortest), *(value for value in LADDER if shortest < value < longest)}
    return tuple(sorted(values)), {"attractors": attractors}


def _attractors(notices: Notices) -> tuple[tuple[int, ...], dict[str, Any]]:
    most, length = (widgets.draw(control, notices) for control in (MOST_ATTRACTORS, LENGTH))
    return tuple(range(most + 1)), {"sentence_length": length}


def _training(notices: Notices) -> dict[str, Any]:
    optimizer = widgets.draw(OPTIMIZER, notices)
    if st.session_state.get("lm_optimizer_before", optimizer) != optimizer and not holds("lm_alpha"):
        st.session_state["lm_alpha"] = RATES[optimizer]
    st.session_state["lm_optimizer_before"] = optimizer
    return {"optimizer": optimizer} | {field: widgets.draw(control, notices) for field, control in TRAINING.items()}


def _looked_into(study: Study, notices: Notices) -> tuple[int, int, bool]:
    """Which value of the axis and which seed the networks have, and whether those with clipping are looked into."""
    values = [str(value) for value in study.values]
    usual = "14" if study.axis == "distance" else "1"
    value = _one_of("lm_at", AT[study.axis], values, usual if usual in values else values[-1], notices)
    seeds = [str(study.base.seed + k) for k in range(study.seeds)]
    seed = _one_of("lm_at_seed", "Their seed", seeds, seeds[min(3, len(seeds) - 1)], notices)
    how = _one_of("lm_at_clip", "Gates and units of the networks", list(HOW), WITH, notices)
    return int(value), int(seed), HOW[how]


def _one_of(key: str, label: str, names: Sequence[str], default: str, notices: Notices) -> str:
    """One of names that other controls change; what is no longer among them gives way to the default."""
    if st.session_state.get(key, default) not in names:
        del st.session_state[key]
    return widgets.choice(key, label, dict.fromkeys(names, ""), default, texts.looked_at_help, place=notices)
