"""One weight to the power of t in three dtypes, and what two clips leave of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_points, add_rule
from rnn_core.numerics.norms import row_norms
from rnn_core.toy_models.repeated_product import DTYPES, Fate, clipped_norms, measured_fate, powers, predicted_fate
from rnn_core.types import Floats, Ints

COLOURS = {"float16": style.COLOUR_C, "float32": style.COLOUR_B, "float64": style.COLOUR_A}
WIDTHS = {"float16": 3.0, "float32": 6.0, "float64": 10.0}
"""What is drawn below is wider, so that it can be seen where lines are equal."""

CLIP_COLOURS = {"plain": style.COLOUR_A, "scaled": style.COLOUR_B}
CLIP_NAMES = {"plain": "plain formula", "scaled": "this project's clip"}


class Product(NamedTuple):
    """w⁰ ... w^T in one dtype.

    Attributes
    ----------
    values : (T+1,) as computed, in that dtype
    exponents : (T+1,) log₁₀ |w^t|; nan where it is 0 or not finite
    largest, smallest : log₁₀ of the dtype's largest number, and of its smallest above 0
    measured, predicted : where it leaves the numbers
    """

    values: Floats
    exponents: Floats
    largest: float
    smallest: float
    measured: Fate
    predicted: Fate


class ProductsInfo(NamedTuple):
    """What the picture shows."""

    w: float
    T: int
    products: dict[str, Product]


def products_info(w: float, T: int) -> ProductsInfo:
    """The same weight and T in every dtype."""
    products = {}
    for dtype in DTYPES:
        values, limits = powers(w, T, dtype), np.finfo(dtype)
        largest, smallest = (math.log10(float(end)) for end in (limits.max, limits.smallest_subnormal))
        fates = measured_fate(values), predicted_fate(w, dtype)
        products[dtype] = Product(values, _log10(values), largest, smallest, *fates)
    return ProductsInfo(w, T, products)


def products(info: ProductsInfo) -> go.Figure:
    """Lines, with marks where each dtype runs out of numbers; from there on a dotted line tells where it stays."""
    figure = go.Figure()
    t = np.arange(info.T + 1)
    edges = [0.0]
    for dtype in reversed(DTYPES):
        product = info.products[dtype]
        edges += [*product.exponents[~np.isnan(product.exponents)][[0, -1]]]
        figure.add_scatter(
            x=t,
            y=product.exponents,
            customdata=[_shown(value) for value in product.values],
            mode="lines" if info.T > 20 else "lines+markers",
            line={"color": COLOURS[dtype], "width": WIDTHS[dtype]},
            marker={"size": WIDTHS[dtype] + 4},
            name=dtype,
            hovertemplate=f"t = %{{x}}: %{{customdata}}<extra>{dtype}</extra>",
        )
    for dtype in reversed(DTYPES):
        product = info.products[dtype]
        if (start := product.measured.overflow) is not None:
            edges.append(product.largest)
            _add_end(figure, info, dtype, start, product.largest, _INFINITE)
        if (start := product.measured.zero) is not None:
            edges.append(product.smallest)
            _add_end(figure, info, dtype, start, product.smallest, _ZERO)
    low, high = min(edges), max(edges)
    margin = 0.06 * max(high - low, 1)
    for dtype in DTYPES:
        product = info.products[dtype]
        if (start := product.measured.norm_overflow) is not None and product.measured.overflow != start:
            _add_point(figure, start, product.exponents[start], dtype, "circle-open", "its norm overflows")
        if (start := product.measured.subnormal) is not None and product.measured.zero != start:
            _add_point(figure, start, product.exponents[start], dtype, "diamond-open", "begins to lose digits")
    figure.update_xaxes(title_text="t: how many times w was multiplied", range=[-0.02 * info.T, 1.03 * info.T])
    figure.update_yaxes(title_text="|w<sup>t</sup>|", **power_axis(low - margin, high + margin))
    return style.finish(figure, 380, below=60, legend_rows=4)


_INFINITE = ("triangle-up", style.COLOUR_NON_FINITE, "infinite from here")
_ZERO = ("triangle-down", style.COLOUR_ZERO, "exactly zero from here")


def _add_end(
    figure: go.Figure, info: ProductsInfo, dtype: str, start: int, y: float, mark: tuple[str, str, str]
) -> None:
    """A mark at the first t that has no place on the axis, and a dotted line over those that follow."""
    symbol, colour, meaning = mark
    x = np.arange(start, info.T + 1)
    figure.add_scatter(
        x=x,
        y=np.full(len(x), y),
        mode="lines",
        line={"color": COLOURS[dtype], "width": 3, "dash": "dot"},
        showlegend=False,
        hovertemplate=f"t = %{{x}}: {meaning.removesuffix(' from here')}<extra>{dtype}</extra>",
    )
    figure.add_scatter(
        x=[start],
        y=[y],
        mode="markers+text",
        marker={"symbol": symbol, "size": 17, "color": colour, "line": {"color": COLOURS[dtype], "width": 2.5}},
        text=[f"{dtype}: {'∞' if symbol == 'triangle-up' else '0'} from t = {start:,}"],
        textposition="top right" if symbol == "triangle-down" else "bottom right",
        textfont={"size": style.FONT_SIZE},
        cliponaxis=False,
        name=meaning,
        showlegend=not any(trace.name == meaning for trace in figure.data),
        hovertemplate=f"t = %{{x}}: {meaning}<extra>{dtype}</extra>",
    )


def _add_point(figure: go.Figure, t: int, y: float, dtype: str, symbol: str, meaning: str) -> None:
    marker = {"symbol": symbol, "size": 15, "color": COLOURS[dtype], "line": {"width": 3}}
    hover = f"t = %{{x}}: {meaning}<extra>{dtype}</extra>"
    is_first = not any(trace.name == meaning for trace in figure.data)
    add_points(figure, [t], [y], meaning, marker, "", hovertemplate=hover, showlegend=is_first)


def power_axis(low: float, high: float) -> dict[str, object]:
    """Settings of an axis of exponents of ten, labelled with the powers; for ranges as wide as double precision."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if (high - low) / step <= 8)
    ticks = range(math.ceil(low / step) * step, math.floor(high) + 1, step)
    return {"range": [low, high], "tickvals": list(ticks), "ticktext": [f"10<sup>{tick}</sup>" for tick in ticks]}


def products_alt(info: ProductsInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = "; ".join(f"{dtype} {_fate_alt(product)}" for dtype, product in info.products.items())
    return f"Lines of {info.w:g} to the power of t, from t = 0 to {info.T:,}, in three dtypes: {ends}."


def _fate_alt(product: Product) -> str:
    if product.measured.overflow is not None:
        return f"is infinite from t = {product.measured.overflow:,}"
    if product.measured.zero is not None:
        return f"is zero from t = {product.measured.zero:,}"
    return f"ends at {_shown(product.values[-1])}"


class ClippedInfo(NamedTuple):
    """What each clip leaves of the gradient (w^t, w^t): norms (T+1,), by clip; 0, inf or nan where they are that."""

    dtype: str
    threshold: float
    raw: Floats
    norms: dict[str, Floats]


def clipped_info(w: float, T: int, dtype: str, threshold: float) -> ClippedInfo:
    """Clip each power by itself."""
    values = powers(w, T, dtype)
    norms = {clip: clipped_norms(values, threshold, clip) for clip in CLIP_NAMES}
    return ClippedInfo(dtype, threshold, row_norms(np.stack([values, values], axis=1)), norms)


def clipped(info: ClippedInfo) -> go.Figure:
    """Norm after clipping over t; what has no place on the axis runs along its edges."""
    figure = go.Figure()
    t = np.arange(len(info.raw))
    c = math.log10(info.threshold)
    exponents = {clip: _log10(norms) for clip, norms in info.norms.items()}
    shown = np.concatenate([[c], *(values[~np.isnan(values)] for values in exponents.values())])
    low, high = float(shown.min()), float(shown.max())
    margin = max(1.5, 0.06 * (high - low))
    low, high = low - margin, high + margin
    widths = {"plain": 3.0, "scaled": 8.0}
    for clip in ("scaled", "plain"):
        norms = info.norms[clip]
        figure.add_scatter(
            x=t,
            y=exponents[clip],
            customdata=[_shown(value) for value in norms],
            mode="lines",
            line={"color": CLIP_COLOURS[clip], "width": widths[clip]},
            name=CLIP_NAMES[clip],
            hovertemplate=f"t = %{{x}}: %{{customdata}}<extra>{CLIP_NAMES[clip]}</extra>",
        )
        for mask, y, symbol, colour, meaning in (
            (norms == 0, low, "triangle-down", style.COLOUR_ZERO, "exactly zero"),
            (np.isnan(norms), high, "x", style.COLOUR_NON_FINITE, "not a number"),
            (
                np.isinf(norms),
                high - 0.1 * (high - low),
                "triangle-up",
                style.COLOUR_NON_FINITE,
                "left infinite, and reported",
            ),
        ):
            _add_edge(figure, t[mask], y, clip, symbol, colour, meaning)
    add_rule(figure, f"threshold c = {info.threshold:g}", y=c, colour=style.COLOUR_THRESHOLD, width=2.5)
    figure.update_xaxes(title_text="t: how many times w was multiplied", range=[-0.02 * t[-1], 1.03 * t[-1]])
    figure.update_yaxes(title_text="norm after clipping", **power_axis(low, high))
    return style.finish(figure, 260, below=60, legend_rows=4)


def _add_edge(figure: go.Figure, t: Ints, y: float, clip: str, symbol: str, colour: str, meaning: str) -> None:
    """A dotted line along an edge of the picture, with a mark at its start; nothing if there is nothing to mark."""
    if not len(t):
        return
    figure.add_scatter(
        x=t,
        y=np.full(len(t), y),
        mode="lines",
        line={"color": CLIP_COLOURS[clip], "width": 3, "dash": "dot"},
        cliponaxis=False,
        showlegend=False,
        hovertemplate=f"t = %{{x}}: {meaning}<extra>{CLIP_NAMES[clip]}</extra>",
    )
    figure.add_scatter(
        x=t[:1],
        y=[y],
        mode="markers",
        marker={"symbol": symbol, "size": 16, "color": colour, "line": {"color": CLIP_COLOURS[clip], "width": 2}},
        cliponaxis=False,
        name=f"{meaning} from t = {t[0]:,}",
        hovertemplate=f"t = %{{x}}: {meaning}<extra>{CLIP_NAMES[clip]}</extra>",
    )


def clipped_alt(info: ClippedInfo) -> str:
    """The picture in words, for a screen reader."""
    ends = []
    for clip, norms in info.norms.items():
        odd = (norms == 0, "exactly zero"), (np.isnan(norms), "not a number"), (np.isinf(norms), "infinite")
        starts = [f"{meaning} from t = {int(mask.argmax()):,}" for mask, meaning in odd if mask.any()]
        ends.append(f"{CLIP_NAMES[clip]}: {', '.join(starts) or 'a finite norm throughout'}")
    return f"Lines of the norm after clipping to {info.threshold:g} in {info.dtype}, over t. {'; '.join(ends)}."


def _log10(values: Floats) -> Floats:
    exponents = np.full(len(values), np.nan)
    size = np.abs(values.astype(np.float64))
    np.log10(size, out=exponents, where=(size > 0) & np.isfinite(size))
    return exponents


def _shown(value: float) -> str:
    return f"{float(value):.4g}"
