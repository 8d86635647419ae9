"""The lab's sidebar: a control for each field of `Config` that a visitor may change, bound to the URL by its name.

Defaults are left out of the URL, so names and defaults are public API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components import teacher, widgets
from pages.components.fields import CAPTIONS, FIELDS
from rnn_core.config import DEFAULTS, SPECS, Config
from rnn_core.presets import PRESETS

GROUPS = {
    "Clipping": ("clip", "clip_threshold", "clip_percentile"),
    "Network": ("cell", "hidden_size", "spectral_radius"),
    "Training": ("optimizer", "learning_rate", "updates", "batch_size", "dtype", "seed"),
    "Task": ("sentence_length", "attractors"),
}
OF_PRESETS = tuple(field for field in FIELDS if field != "seed")
"""What a preset sets."""

CUSTOM = "custom"


def _of_lab(field: str) -> widgets.Control[Any]:
    """A field's control; sentences about a link call it by the name that stands in the link."""
    control, allowed = FIELDS[field], SPECS[field].allowed()
    if control.options is None:
        return control._replace(name=field, allowed=allowed)
    names = ", ".join(control.options) if field == "clip" else allowed  # that of twin A, off, cannot be chosen
    options, help = dict.fromkeys(control.options, ""), f"{control.help}; {allowed}"
    return control._replace(name=field, allowed=names, options=options, help=help)


CONTROLS = {field: _of_lab(field) for fields in GROUPS.values() for field in fields}


def matching_preset(values: Mapping[str, Any]) -> str:
    """The preset that has just these values, whatever the seed; CUSTOM if none has."""
    for name, preset in PRESETS.items():
        if all(values[field] == preset.changes.get(field, DEFAULTS[field]) for field in OF_PRESETS):
            return name
    return CUSTOM


def _apply_preset() -> None:
    name = st.session_state["preset"]
    if name in PRESETS:
        for field in (field for field in OF_PRESETS if not teacher.holds(field)):
            st.session_state[field] = PRESETS[name].changes.get(field, DEFAULTS[field])


def config_from_sidebar() -> tuple[Config, str]:
    """Draw the sidebar's controls; the run they choose, and the preset it is.

    Raises
    ------
    ValueError
        If the choices do not fit together; the message is for the visitor.
    """
    notices = st.container()
    with st.sidebar:
        above = st.container()
        values: dict[str, Any] = {}
        for title, fields in GROUPS.items():
            st.subheader(title)
            for field in fields:
                if field == "clip_percentile" and values["clip"] != "autoclip":
                    values[field] = DEFAULTS[field]
                    continue
                values[field] = widgets.draw(CONTROLS[field], notices)
                if field == "clip" and not teacher.is_hidden(field):
                    st.caption(CAPTIONS[values[field]])
        preset = matching_preset(values)
        st.session_state["preset"] = preset
        above.selectbox(
            "Preset",
            [*PRESETS, *([CUSTOM] if preset == CUSTOM else [])],
            format_func=lambda name: PRESETS[name].title if name in PRESETS else "your own choice",
            key="preset",
            on_change=_apply_preset,
            help="settings that each tell one story; any control you move makes it your own",
        )
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
