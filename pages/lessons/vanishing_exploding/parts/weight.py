"""Part 1: one weight, multiplied with itself once for each time step."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.components import widgets
from pages.components.layout import equations
from pages.components.predict import predict, reveal
from pages.components.widgets import Control
from pages.lessons.vanishing_exploding import texts
from pages.lessons.vanishing_exploding.controls import DECADES, TIMES, WEIGHTS
from pages.lessons.vanishing_exploding.figures.repeated_product import (
    CLIP_NAMES,
    ProductsInfo,
    clipped,
    clipped_alt,
    clipped_info,
    products,
    products_alt,
    products_info,
)
from pages.lessons.vanishing_exploding.sentences import weight as sentences
from pages.lessons.vanishing_exploding.sentences.weight_guess import guess
from rnn_core.toy_models.repeated_product import DTYPES, Training, first_updates

ALPHA = 0.1
"""Learning rate of the updates that are followed to the first NaN."""

EQUATIONS = (
    (3, r"h_t = w\,h_{t-1} + u\,x_t \qquad L = h_T"),
    (3, r"\frac{\partial L}{\partial h_t} = \underbrace{w \cdot w \cdots w}_{T-t} = w^{\,T-t}"),
)
EXAMPLES: dict[str, dict[str, Any]] = {
    "2⁵": {"ve_w": 2.0, "ve_steps": 5},
    "2⁵⁰⁰": {"ve_w": 2.0, "ve_steps": 500},
    "½⁵⁰⁰": {"ve_w": 0.5, "ve_steps": 500},
    "0.9²⁰⁰⁰: never 0": {"ve_w": 0.9, "ve_steps": 2000},
    "1.01²⁰⁰⁰": {"ve_w": 1.01, "ve_steps": 2000},
    "2¹⁰⁰: clipping freezes": {"ve_w": 2.0, "ve_steps": 100, "ve_dtype": "float32"},
    "2¹²⁵: ∞ first, NaN later": {"ve_w": 2.0, "ve_steps": 125, "ve_dtype": "float32"},
}
_DTYPE_HELP = "for the clipped gradient and the first NaN; the first picture shows all three"
_CONTROLS: tuple[Control[Any], ...] = (
    Control("ve_w", "Weight w", 2.0, "what is multiplied", -3.0, 3.0, WEIGHTS),
    Control("ve_steps", "Time steps T", 500, "how many times", 1, 2000, TIMES),
    Control("ve_dtype", "Precision", "float32", _DTYPE_HELP, options=dict.fromkeys(DTYPES, "")),
    Control("ve_c", "Clipping threshold c", 1.0, "the norm that is clipped to", 1e-4, 1e3, DECADES),
)
UPDATE_EQUATIONS = (
    (3, r"\frac{\partial L}{\partial w} = \sum_{t=1}^{T} h_{t-1}\,\frac{\partial L}{\partial h_t}"),
    (2, r"\frac{\partial L}{\partial u} = \frac{\partial L}{\partial h_1}"),
    (3, r"w \leftarrow w - \alpha\,\frac{\partial L}{\partial w}"),
    (3, r"u \leftarrow u - \alpha\,\frac{\partial L}{\partial u}"),
)
CLIP_EQUATIONS = (
    (3, r"\text{plain:}\;\; g \leftarrow g \cdot \min\Bigl(1, \frac{c}{\sqrt{\sum_i g_i^2} + 10^{-6}}\Bigr)"),
    (3, r"\text{project:}\;\; \lVert g \rVert = m \sqrt{\textstyle\sum_i (g_i / m)^2},\;\; m = \max_i |g_i|"),
)


class Settings(NamedTuple):
    """What the controls say, in their order."""

    w: float
    T: int
    dtype: str
    threshold: float


def controls(notices: Any) -> Settings:
    """The weight, the time steps, the precision and the threshold."""
    st.markdown(texts.weight_lead)
    above = st.container()
    settings = widgets.in_columns([3, 3, 4, 3], *([control] for control in _CONTROLS), place=notices)
    widgets.examples(EXAMPLES, above)
    return Settings(*settings)


@st.cache_data(max_entries=64, show_spinner=False)
def trained(w: float, T: int, threshold: float) -> dict[str, dict[str, Training]]:
    """By precision and clip ("" is none): the first updates."""
    runs = {}
    for dtype in DTYPES:
        clips: dict[str, Training] = {"": first_updates(w, T, dtype, ALPHA)}
        clips |= {clip: first_updates(w, T, dtype, ALPHA, threshold, clip) for clip in CLIP_NAMES}
        runs[dtype] = clips
    return runs


def show(settings: Settings) -> None:
    """The equations; once the visitor has committed, the powers, the first NaN, and what clipping makes of them."""
    info = products_info(settings.w, settings.T)
    equations(EQUATIONS)
    st.caption(texts.weight_symbols)
    if _answered(info, settings.dtype):
        _power_section(info)
        _nan_section(settings)
        _clip_section(settings)


def _answered(info: ProductsInfo, dtype: str) -> bool:
    """Whether the pictures, each of which tells where numbers end, may be drawn."""
    guessing = guess(info, dtype)
    if guessing is None:
        return True
    answer = predict("ve_guess", guessing.question, dict.fromkeys(guessing.answers, ""))
    if answer is None:
        st.caption(texts.weight_waiting)
        return False
    reveal("ve_guess", answer, guessing.right, guessing.because)
    return True


def _power_section(info: ProductsInfo) -> None:
    st.plotly_chart(products(info), key="ve_products", alt=products_alt(info))
    st.markdown(sentences.power_sentence(info))
    st.table(pd.DataFrame(sentences.fate_table(info)))
    st.markdown(sentences.fate_note(info))


def _nan_section(settings: Settings) -> None:
    st.subheader("Where the first NaN comes from")
    st.markdown(texts.filled("weight_nan", alpha=f"{ALPHA:g}"))
    equations(UPDATE_EQUATIONS)
    runs = trained(settings.w, settings.T, settings.threshold)
    st.markdown(
        "\n".join(f"- {sentence}" for sentence in sentences.nan_sentences(runs[settings.dtype][""], settings.dtype))
    )
    st.table(pd.DataFrame(sentences.training_table(runs)))


def _clip_section(settings: Settings) -> None:
    st.subheader(f"What clipping makes of it in {settings.dtype}")
    equations(CLIP_EQUATIONS)
    st.markdown(texts.weight_clip)
    info = clipped_info(*settings)
    st.plotly_chart(clipped(info), key="ve_clipped", alt=clipped_alt(info))
    st.markdown(sentences.clipped_sentence(info))
    st.caption(texts.weight_clip_caption)
