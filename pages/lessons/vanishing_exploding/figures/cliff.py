"""The cliff of one unit: its error surface, from the side and from above, and two descents over it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from pages.components.figures import style
from pages.components.figures.lines import add_curve, add_points
from rnn_core.toy_models.cliff import Path, error, growth, wall
from rnn_core.types import Floats

W_RANGE, B_RANGE = (3.5, 7.5), (-4.5, -0.5)
"""The part of the plane that is drawn: plateau, valley and the wall between them."""

POINTS = 161
"""Of the surface, along each side."""

SCALE = [[0, "#00204C"], [0.02, "#213D6B"], [0.1, "#6C6E78"], [0.2, "#969078"], [0.6, "#C8B866"], [1, "#FFE945"]]
"""From dark blue over grey to yellow, as Cividis, but with most of its shades below E = 0.1, where the plain lies."""

NAMES = ("A · without clipping", "B · with clipping")
COLOURS = (style.COLOUR_A, style.COLOUR_B)
WALL = "the wall: the state never moves"


class Drawn(NamedTuple):
    """One descent, as far as it stays in the picture.

    Attributes
    ----------
    w, b, error : (m,) the points up to, not including, the first outside
    left_at : the update that left the picture, counted from 0; None if it stayed
    to : where that update went: w and b
    """

    w: Floats
    b: Floats
    error: Floats
    left_at: int | None
    to: tuple[float, float] | None


class CliffInfo(NamedTuple):
    """What the pictures show.

    Attributes
    ----------
    w, b : (N,) the sides of the surface
    surface : (N, N) E, rows are b
    wall_w, wall_b, wall_error : (n,) the line on which the state does not move, where a push of it grows
    paths, drawn : the descent without and with clipping
    threshold : of the clipped one
    near_w, near_b, near : (N,), (N,), (N, N) the surface again, around the part of the descents that is drawn
    """

    w: Floats
    b: Floats
    surface: Floats
    wall_w: Floats
    wall_b: Floats
    wall_error: Floats
    paths: tuple[Path, Path]
    drawn: tuple[Drawn, Drawn]
    threshold: float
    near_w: Floats
    near_b: Floats
    near: Floats


def surface(w_range: tuple[float, float], b_range: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """The sides (N,), (N,) and E (N, N)."""
    w, b = np.linspace(*w_range, POINTS), np.linspace(*b_range, POINTS)
    return w, b, error(*np.meshgrid(w, b))


def cliff_info(sides: tuple[Floats, Floats, Floats], paths: tuple[Path, Path], threshold: float) -> CliffInfo:
    """From two descents, and the whole `surface`, which is the same for everybody."""
    w = np.linspace(*W_RANGE, 200)
    w = w[[growth(x) > 1 for x in w]]
    b = wall(w)
    inside = (b >= B_RANGE[0]) & (b <= B_RANGE[1])
    w, b = w[inside], b[inside]
    drawn = _drawn(paths[0]), _drawn(paths[1])
    near = surface(_around([d.w for d in drawn], W_RANGE), _around([d.b for d in drawn], B_RANGE))
    return CliffInfo(*sides, w, b, error(w, b), paths, drawn, threshold, *near)


def _around(values: list[Floats], ends: tuple[float, float]) -> tuple[float, float]:
    """A range around these values, at least 1.2 wide and inside the ends."""
    together = np.concatenate(values)
    low, high = float(together.min()), float(together.max())
    margin = max(0.3, (1.2 - (high - low)) / 2)
    return max(low - margin, ends[0]), min(high + margin, ends[1])


def _drawn(path: Path) -> Drawn:
    with np.errstate(invalid="ignore"):
        inside = (path.w >= W_RANGE[0]) & (path.w <= W_RANGE[1]) & (path.b >= B_RANGE[0]) & (path.b <= B_RANGE[1])
    if inside.all():
        return Drawn(path.w, path.b, path.error, None, None)
    out = int(inside.argmin())
    to = (float(path.w[out]), float(path.b[out]))
    return Drawn(path.w[:out], path.b[:out], path.error[:out], max(out - 1, 0), to)


_HOVER = "w = %{x:.4f}<br>b = %{y:.4f}<br>E = %{z:.4g}"


def cliff(info: CliffInfo) -> go.Figure:
    """The surface, to be turned with the mouse, and both descents on it."""
    figure = go.Figure()
    figure.add_surface(
        x=info.w.astype(np.float32),
        y=info.b.astype(np.float32),
        z=info.surface.astype(np.float32),
        colorscale=SCALE,
        cmin=0,
        cmax=0.5,
        showscale=False,
        opacity=0.92,
        hovertemplate=f"{_HOVER}<extra></extra>",
        lighting={"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
    )
    lift = 0.006  # above the surface, so that lines are not half buried in it
    figure.add_scatter3d(
        x=info.wall_w,
        y=info.wall_b,
        z=info.wall_error + lift,
        mode="lines",
        line={"color": style.COLOUR_THRESHOLD, "width": 7},
        name=WALL,
        hoverinfo="skip",
    )
    for name, colour, path in zip(NAMES, COLOURS, info.drawn, strict=True):
        figure.add_scatter3d(
            x=path.w,
            y=path.b,
            z=path.error + lift,
            mode="lines+markers",
            line={"color": colour, "width": 6},
            marker={"color": colour, "size": 3.5, "line": {"color": style.COLOUR_OUTLINE, "width": 0.5}},
            customdata=np.arange(len(path.w)),
            name=name,
            hovertemplate=f"{name}<br>after %{{customdata}} updates<br>{_HOVER}<extra></extra>",
        )
    axis = {"title_font_size": style.FONT_SIZE + 1, "tickfont_size": style.FONT_SIZE - 3, "showspikes": False}
    figure.update_layout(
        scene={
            "xaxis": {"title": "weight w", "range": list(W_RANGE), **axis},
            "yaxis": {"title": "bias b", "range": list(B_RANGE), **axis},
            "zaxis": {"title": "error E", "range": [0, 0.5], **axis},
            "camera": {"eye": {"x": 1.3, "y": 1.4, "z": 0.8}, "center": {"x": 0.1, "y": -0.1, "z": -0.15}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
        },
        uirevision="cliff",
    )
    figure = style.finish(figure, 440, below=10, legend_rows=3)
    return figure.update_layout(margin={"l": 0, "r": 0})


def from_above(info: CliffInfo) -> go.Figure:
    """The part around the descents, seen from above."""
    figure = go.Figure()
    figure.add_heatmap(
        x=info.near_w.astype(np.float32),
        y=info.near_b.astype(np.float32),
        z=info.near.astype(np.float32),
        colorscale=SCALE,
        zmin=0,
        zmax=0.5,
        colorbar={"title": {"text": "E", "font": {"size": style.FONT_SIZE}}, "thickness": 14},
        hovertemplate=f"{_HOVER}<extra></extra>",
    )
    window = tuple((float(side[0]), float(side[-1])) for side in (info.near_w, info.near_b))
    w, b, skip = info.wall_w, info.wall_b, {"hovertemplate": None, "hoverinfo": "skip"}
    add_curve(figure, w, b, WALL, style.COLOUR_THRESHOLD, 3, "", dash="dash", **skip)
    for name, colour, path in zip(NAMES, COLOURS, info.drawn, strict=True):
        marker = {"color": colour, "size": 6, "line": {"color": style.COLOUR_OUTLINE, "width": 0.8}}
        more: dict[str, Any] = {"mode": "lines+markers", "marker": marker}
        more["customdata"] = np.stack([np.arange(len(path.w)), path.error], axis=1)
        hover = f"{name}<br>after %{{customdata[0]}} updates<br>w = %{{x:.4f}}<br>b = %{{y:.4f}}<br>"
        add_curve(figure, path.w, path.b, name, colour, 2.5, f"{hover}E = %{{customdata[1]:.4g}}", **more)
        if path.to is not None:
            _add_exit(figure, path, colour, window)
    start = info.paths[0]
    star = {"symbol": "star", "size": 18, "color": style.COLOUR_OUTLINE}
    star["line"] = {"color": style.COLOUR_PARTING, "width": 1.5}
    add_points(figure, start.w[:1], start.b[:1], "start", star, "", hovertemplate=None, hoverinfo="name")
    figure.update_xaxes(title_text="weight w", range=list(window[0]))
    figure.update_yaxes(title_text="bias b", range=list(window[1]))
    return style.finish(figure, 390, below=60, legend_rows=3)


Window = tuple[tuple[float, float], ...]


def _add_exit(figure: go.Figure, path: Drawn, colour: str, window: Window) -> None:
    """An arrow head at the edge of the picture where a descent leaves it, and where it went."""
    assert path.to is not None
    if not len(path.w):
        return
    x, y = edge_point((float(path.w[-1]), float(path.b[-1])), path.to, window)
    line = {"color": colour, "width": 2.5, "dash": "dot"}
    x_line, y_line = [path.w[-1], x], [path.b[-1], y]
    figure.add_scatter(x=x_line, y=y_line, mode="lines", line=line, showlegend=False, hoverinfo="skip")
    figure.add_annotation(
        x=x,
        y=y,
        ax=path.w[-1],
        ay=path.b[-1],
        axref="x",
        ayref="y",
        showarrow=True,
        arrowhead=2,
        arrowsize=1.6,
        arrowwidth=2.5,
        arrowcolor=colour,
        text="",
    )


def edge_point(inside: tuple[float, float], outside: tuple[float, float], window: Window) -> tuple[float, float]:
    """Where the straight way from a point inside to one outside, however far, crosses the edge of the window."""
    step = np.nan_to_num(np.array(outside), nan=0.0, posinf=1e300, neginf=-1e300) - inside
    share = 1.0
    for start, length, (low, high) in zip(inside, step, window, strict=True):
        if length:
            share = min(share, max((low - start) / length, (high - start) / length))
    w, b = (start + share * length for start, length in zip(inside, step, strict=True))
    return float(w), float(b)


def cliff_alt(info: CliffInfo) -> str:
    """The surface in words, for a screen reader."""
    return (
        f"Surface of the error over the weight w, {W_RANGE[0]:g} to {W_RANGE[1]:g}, and the bias b, {B_RANGE[0]:g} to "
        f"{B_RANGE[1]:g}: a high plateau and a low plain with a steep wall between them. {_paths_alt(info)}"
    )


def from_above_alt(info: CliffInfo) -> str:
    """The map in words, for a screen reader."""
    return f"Heatmap of the error over the weight w and the bias b, with the wall as a line. {_paths_alt(info)}"


def _paths_alt(info: CliffInfo) -> str:
    ends = []
    for name, path in zip(NAMES, info.drawn, strict=True):
        if path.left_at is None:
            ends.append(f"{name} stays in the picture and ends at w = {path.w[-1]:.3g}, b = {path.b[-1]:.3g}.")
        else:
            ends.append(f"{name} leaves the picture with update {path.left_at:,}.")
    return " ".join(ends)
