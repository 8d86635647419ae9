"""Widgets that choose a run: one for each field of `Config` that a visitor may change, bound to the URL.

The keys are the names of the fields, and defaults are left out of the URL, so names and defaults are public API.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from rnn_core.config import DEFAULTS, SPECS, Config
from rnn_core.presets import PRESETS

from . import teacher
from .markdown import escape_markdown

_PER_DECADE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def _decades(low: int, high: int) -> tuple[float, ...]:
    """Ten stops a decade from 10^low to 10^high."""
    return (*(round(m * 10.0**e, 8) for e in range(low, high) for m in _PER_DECADE), 10.0**high)


STOPS: dict[str, tuple[Any, ...]] = {
    "clip": ("norm", "param_norm", "value", "adaptive", "autoclip", "flow"),
    "clip_threshold": _decades(-4, 3),
    "clip_percentile": (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0),
    "cell": SPECS["cell"].choices,
    "optimizer": SPECS["optimizer"].choices,
    "learning_rate": _decades(-4, 1),
    "spectral_radius": tuple(round(0.1 * k, 1) for k in range(1, 41)),
    "hidden_size": (4, 8, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256),
    "sentence_length": (*range(8, 41), 50, 60, 80, 100),
    "attractors": tuple(range(7)),
    "updates": (100, 200, 300, 500, 1000, 1500, 2000, 3000, 4000, 5000, 10_000, 20_000, 50_000),
    "batch_size": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    "dtype": ("float32", "float64"),
}
"""Where each control stops. A link may name any value that `Config` allows; it then becomes a stop as well."""

LABELS = {
    "clip": "Clipping",
    "clip_threshold": "Clipping threshold",
    "clip_percentile": "Percentile of the norms so far",
    "cell": "Cell",
    "optimizer": "Optimiser",
    "learning_rate": "Learning rate α",
    "spectral_radius": "Recurrent gain (spectral radius of W_hh)",
    "hidden_size": "Hidden units H",
    "sentence_length": "Words before the verb T",
    "attractors": "Attractors",
    "updates": "Updates U",
    "batch_size": "Batch size B",
    "dtype": "Precision",
    "seed": "Seed",
}
CAPTIONS = {
    "norm": "Global norm: the whole gradient is shortened to the threshold.",
    "param_norm": "Each parameter's gradient is shortened to the threshold by itself.",
    "value": "Elementwise: each entry is cut at ± the threshold.",
    "adaptive": "Each hidden unit's gradient is shortened to the threshold times the norm of its weights.",
    "autoclip": "The whole gradient is shortened to a percentile of the norms so far; the threshold is not used.",
    "flow": "∂L/∂h_t is shortened to the threshold at every time step on its way back.",
}
"""What each kind of clipping does, in a line."""

CUSTOM = "custom"
_FITS_ALL = {"sentence_length": SPECS["sentence_length"].high, "attractors": 0, "hidden_size": 1, "batch_size": 1}
"""A run beside which each value of one control is judged by itself."""


def in_labels(message: str) -> str:
    """A message of `Config` with its fields' names as they stand on the controls; for Markdown."""
    return escape_markdown(re.sub(r"\b[a-z]+_[a-z_]+\b", lambda name: f"“{LABELS.get(name[0], name[0])}”", message))


def show(value: Any) -> str:
    """A stop as it stands on its control and in the URL."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if type(value)(short) == value else str(value)  # a link may ask for more digits


def requested(field: str, text: str) -> Any:
    """The value that a URL asks of a field; ValueError, with the sentence for the visitor, if it cannot have it."""
    kind = type(DEFAULTS[field])
    allowed = ", ".join(STOPS["clip"]) if field == "clip" else SPECS[field].allowed()
    try:
        value = kind(text)
        Config(**(_FITS_ALL | {field: value}))
        if field == "clip" and value not in STOPS["clip"]:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{field} is “{text[:40]}” in the link; allowed: {allowed}") from error
    return value


def _stops(field: str, query: Mapping[str, str]) -> tuple[tuple[Any, ...], str | None]:
    """A field's stops, with the one that the URL or the session adds, and the sentence if the URL cannot have it."""
    current = st.session_state.get(field, DEFAULTS[field])
    stops = {*STOPS[field], current}
    notice = None
    if field in query and query[field] != show(current):
        try:
            value = requested(field, query[field])
            stops.add(value)
            if query[field] != show(value):  # 0.50 for 0.5: the widget would not know its stop by that text
                st.session_state.setdefault(field, value)
        except ValueError as error:
            notice = str(error)
    return (tuple(sorted(stops)) if SPECS[field].low is not None else STOPS[field]), notice


def _hidden(field: str, query: Mapping[str, str]) -> tuple[Any, str | None]:
    """What the link asks for, of a control that it hides."""
    try:
        return requested(field, query[field]) if field in query else DEFAULTS[field], None
    except ValueError as error:
        return DEFAULTS[field], str(error)


def _control(field: str, query: Mapping[str, str]) -> tuple[Any, str | None]:
    spec = SPECS[field]
    help_text = f"{spec.help}; {spec.allowed()}"
    teacher.note(field, LABELS[field])
    if teacher.is_hidden(field):
        return _hidden(field, query)
    label, fixed = teacher.labelled(field, LABELS[field]), teacher.is_fixed(field)
    if field == "seed":
        notice = None
        if field in query:
            try:
                requested(field, query[field])
            except ValueError as error:
                notice = str(error)
        if notice:  # Streamlit itself stumbles over some numbers (1e999): keep them away from the widget
            with contextlib.suppress(StreamlitAPIException):
                del st.query_params[field]
        value = st.number_input(
            label,
            0,
            2**32 - 1,
            DEFAULTS[field],
            1,
            key=field,
            help=help_text,
            disabled=fixed,
            bind=None if notice else "query-params",
        )
        return value, notice
    stops, notice = _stops(field, query)
    if spec.choices:
        k = stops.index(DEFAULTS[field])
        value = st.selectbox(label, stops, k, key=field, help=help_text, disabled=fixed, bind="query-params")
        if field == "clip":
            st.caption(CAPTIONS[value])
        return value, notice
    value = st.select_slider(
        label,
        stops,
        DEFAULTS[field],
        format_func=show,
        key=field,
        help=help_text,
        disabled=fixed,
        bind="query-params",
    )
    return value, notice


def matching_preset(values: Mapping[str, Any]) -> str:
    """The preset that has just these values, whatever the seed; CUSTOM if none has."""
    for name, preset in PRESETS.items():
        if all(values[field] == preset.changes.get(field, DEFAULTS[field]) for field in STOPS):
            return name
    return CUSTOM


def _apply_preset() -> None:
    name = st.session_state["preset"]
    if name in PRESETS:
        for field in (field for field in STOPS if not teacher.holds(field)):
            st.session_state[field] = PRESETS[name].changes.get(field, DEFAULTS[field])


def config_from_sidebar() -> tuple[Config, str]:
    """Draw the sidebar's controls; the run they choose, and the preset it is.

    Raises
    ------
    ValueError
        If the choices do not fit together; the message is for the visitor.
    """
    query = dict(st.query_params)
    with st.sidebar:
        preset_place = st.container()
        values: dict[str, Any] = {}
        notices: list[str] = []
        groups = {
            "Clipping": ("clip", "clip_threshold", "clip_percentile"),
            "Network": ("cell", "hidden_size", "spectral_radius"),
            "Training": ("optimizer", "learning_rate", "updates", "batch_size", "dtype", "seed"),
            "Task": ("sentence_length", "attractors"),
        }
        for title, fields in groups.items():
            st.subheader(title)
            for field in fields:
                if field == "clip_percentile" and values["clip"] != "autoclip":
                    values[field] = DEFAULTS[field]
                    continue
                values[field], notice = _control(field, query)
                notices += [notice] if notice else []
        preset = matching_preset(values)
        st.session_state["preset"] = preset
        preset_place.selectbox(
            "Preset",
            [*PRESETS, *([CUSTOM] if preset == CUSTOM else [])],
            format_func=lambda name: PRESETS[name].title if name in PRESETS else "your own choice",
            key="preset",
            on_change=_apply_preset,
            help="settings that each tell one story; any control you move makes it your own",
        )
    for notice in notices:
        st.warning(f"{escape_markdown(notice)}. The default is used instead.")
    return Config(**values), preset


def window_control(updates: int) -> int | None:
    """How many of the first updates the pictures over training show; None for all."""
    choices = {"all updates": None} | {f"first {n}": n for n in (500, 100) if n < updates}
    teacher.note("window", "Updates shown")
    if teacher.is_hidden("window"):
        return choices.get(st.query_params.get("window", ""))
    chosen = st.segmented_control(
        teacher.labelled("window", "Updates shown"),
        list(choices),
        default="all updates",
        required=True,
        key="window",
        disabled=teacher.is_fixed("window"),
        bind="query-params",
    )
    return choices.get(chosen)  # a link can empty it in spite of `required`
