"""What the tests of the lab share: opening it by a link, and reading what it shows."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

import pages
from tests.pages.players import unpack

APP = Path(pages.__file__).parents[1] / "app.py"
FOREVER = 600
"""Seconds that no test waits in vain."""

NORMS = ("gradient_maps_a", "gradient_maps_b")
STATES = ("hidden_maps_a", "hidden_maps_b")
"""Charts of A and of B; those of states are drawn if the visitor asks for charts of one moment."""

CHARTS = (*NORMS, "gradient_ratio", "timelines", "learning", "histogram")
"""What is always there."""


def opened(*, short: bool = True, **query: Any) -> AppTest:
    """The app behind a link; a run of some hundredths of a second unless the link says otherwise."""
    at = AppTest.from_file(str(APP), default_timeout=FOREVER)
    small = {"updates": 100, "hidden_size": 8} if short else {}
    for key, value in (small | query).items():
        at.query_params[key] = str(value)
    return at.run()


def assert_alive(at: AppTest) -> None:
    """No exception, and the player and all charts are there."""
    assert not at.exception
    assert not at.error
    assert len(at.get("bidi_component")) == 1
    assert {*charts(at)} in ({*CHARTS}, {*STATES, *CHARTS})


def shown(markdown: str) -> str:
    """Markdown in which everything is literal, as a reader sees it."""
    return re.sub(r"\\(.)", r"\1", markdown)


def words(at: AppTest) -> str:
    """All text of the page in one string."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.info, at.warning, at.error, at.latex)
    return "\n".join(element.value for kind in kinds for element in kind)


def charts(at: AppTest) -> dict[str, Any]:
    """The charts by their keys, which end their ids."""
    return {chart.proto.id.rsplit("-", 1)[1]: chart.proto for chart in at.get("plotly_chart")}


def chart(at: AppTest, name: str) -> dict[str, Any]:
    """The Plotly specification of a chart, with its arrays as arrays."""
    return _decoded(json.loads(charts(at)[name].spec))


def played(at: AppTest) -> dict[str, Any]:
    """What the player was sent: header, and arrays by twin and name."""
    (component,) = at.get("bidi_component")
    return unpack(component.proto.bytes)


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if value.keys() >= {"bdata", "dtype"}:
        array = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        shape = [int(n) for n in value["shape"].split(",")] if "shape" in value else [-1]
        return array.reshape(shape)
    return {key: _decoded(entry) for key, entry in value.items()}


def heatmaps(at: AppTest, *names: str) -> list[dict[str, Any]]:
    """The traces with a colour scale of their own in some charts, without the marks laid over them."""
    traces = [trace for name in names for trace in chart(at, name)["data"]]
    return [trace for trace in traces if trace["type"] == "heatmap" and "zmin" in trace]
