"""What the player draws, pixel by pixel, of data whose numbers make each picture easy to foresee."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from pages.components.player.data import PlayerData, Track
from pages.components.player.events import Event
from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.browser.player_page import PlayerPage, open_data, pixels
from tests.pages.players import player_data_of

U, H = 60, 12
WORDS = reading.read(reading.ARTICLE)
COLUMNS = len(WORDS.words) + 1

A, B, BEFORE, THRESHOLD = (213, 94, 0), (20, 120, 190), (124, 196, 242), (204, 121, 167)
INK = (26, 28, 33)

SIZE = 13
LANES = {"A": (4, 17), "B": (21, 17), "loss": (46, 65), "accuracy": (119, 52), "norm": (179, 85)}
LANES |= {"unitA": (274, 39), "unitB": (317, 39)}
"""Top and height of each lane, and of each row of events, in pixels."""

DECADES = np.linspace(0, 2, U)
"""A's norms; the lane of norms begins below them, at the threshold 0.1."""


def _track(track: Track, *, rises: bool) -> Track:
    """All that A measures rises, and all that B measures falls; unit 5's last state is the other way round."""
    turn = slice(None, None, 1 if rises else -1)
    share = np.linspace(0, 1, U)[turn]
    h = np.zeros_like(track.h)
    h[:, 1:, 5] = 1 if rises else -1
    h[:, -1, 5] *= -1
    h[: U // 2] *= -1
    t = np.arange(COLUMNS)[turn]
    clipped = np.zeros(U, bool)
    clipped[[20, 21, 40]] = not rises
    return track._replace(
        h=h,
        p_were=np.tile(np.linspace(0.1, 0.9, COLUMNS)[turn], (U + 1, 1)),
        dh_norm=np.tile(10.0 ** (t / 5 - 4), (U + 1, 1)),
        loss=4 * share,
        accuracy=share,
        grad_norm=10.0 ** (DECADES if rises else np.full(U, 1.5)),
        grad_norm_clipped=10.0 ** (DECADES if rises else np.full(U, 0.5)),
        clipped=clipped,
        threshold=None if rises else 0.1,
    )


@pytest.fixture(scope="module")
def foreseen() -> PlayerData:
    config = Config(updates=U, hidden_size=H, clip_threshold=0.2, seed=2)
    of = player_data_of(train(twin(config)), train(config), WORDS)
    events = (Event(10, "A", "saturation_onset", "A falls."), Event(50, "B", "largest", "B's is the largest."))
    tracks = _track(of.tracks[0], rises=True), _track(of.tracks[1], rises=False)
    return of._replace(tracks=tracks, events=events, gradient_range=(-4, -1), lost=0.009)


@pytest.fixture(scope="module")
def player(browser: Browser, foreseen: PlayerData, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayerPage]:
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    yield open_data(page, foreseen, tmp_path_factory.mktemp("data") / "run.html", 30)
    page.close()


def near(seen: np.ndarray, colour: tuple[int, int, int], by: int = 40) -> np.ndarray:
    """Where opaque pixels have a colour."""
    return np.asarray((np.abs(seen[..., :3] - colour).max(axis=-1) <= by) & (seen[..., 3] > 120))


def x_of(seen: np.ndarray, update: int) -> int:
    left = 5.6 * SIZE
    return int(left + update / U * (seen.shape[1] - left - 10))


def row_of(seen: np.ndarray, lane: str, colour: tuple[int, int, int], update: int) -> float:
    """The height of a curve in its lane, 0 at the bottom and 1 at the top."""
    top, height = LANES[lane]
    rows = np.flatnonzero(near(seen[top : top + height, x_of(seen, update)], colour))
    assert len(rows), (lane, colour, update)
    return float(1 - (rows.mean() + 0.5) / height)


@pytest.fixture(scope="module")
def timelines(player: PlayerPage) -> np.ndarray:
    return pixels(player.root.locator(".timelines canvas"))


@pytest.mark.parametrize("update", [20, 35, 56])
def test_the_curves_stand_at_the_heights_of_their_numbers(
    timelines: np.ndarray, foreseen: PlayerData, update: int
) -> None:
    for track, colour in zip(foreseen.tracks, (A, B), strict=True):
        assert row_of(timelines, "loss", colour, update) == pytest.approx(track.loss[update] / 4, abs=0.05)
        assert row_of(timelines, "accuracy", colour, update) == pytest.approx(track.accuracy[update], abs=0.06)
    height = (DECADES[update] + 1) / 3
    assert row_of(timelines, "norm", A, update) == pytest.approx(height, abs=0.04)
    assert row_of(timelines, "norm", BEFORE, update) == pytest.approx(2.5 / 3, abs=0.04)
    assert row_of(timelines, "norm", B, update) == pytest.approx(1.5 / 3, abs=0.04)


def test_the_threshold_is_a_dashed_line_at_its_height(timelines: np.ndarray) -> None:
    top, height = LANES["norm"]
    seen = near(timelines[top : top + height], THRESHOLD)
    rows = np.flatnonzero(seen.sum(axis=1) > 100)
    assert 1 - (rows.mean() + 0.5) / height == pytest.approx(0, abs=0.03)
    drawn = seen[rows].any(axis=0).mean()
    assert 0.4 < drawn < 0.8  # dashes and gaps
    assert not near(np.delete(timelines, np.s_[top : top + height + 1], axis=0), THRESHOLD, 10).any()


def test_events_stand_at_their_updates_in_the_rows_of_their_twins(timelines: np.ndarray) -> None:
    def mark(row: str, update: float, colour: tuple[int, int, int]) -> bool:
        top, height = LANES[row]
        x = x_of(timelines, 0) + update * (x_of(timelines, U) - x_of(timelines, 0)) / U
        return bool(near(timelines[top + height // 2, int(x)], colour))

    assert [update for update in range(U) if mark("B", update + 0.5, B)] == [20, 21, 40]
    assert not any(mark("A", update + 0.5, A) for update in range(U))
    assert [update for update in range(1, U) if mark("A", update, INK)] == [10]
    assert [update for update in range(1, U) if mark("B", update, INK)] == [50]


def test_the_followed_unit_is_that_of_each_twin_with_the_last_word_on_top(timelines: np.ndarray) -> None:
    for letter, sign in (("A", 1), ("B", -1)):
        top, height = LANES[f"unit{letter}"]
        middle, last = timelines[top + height // 2], timelines[top + 2]
        start = timelines[top + height - 2]
        for update, turn in ((10, -1), (50, 1)):
            x = x_of(timelines, update)
            assert (middle[x, 0] > middle[x, 2]) == (sign * turn > 0)
            assert (last[x, 0] > last[x, 2]) == (sign * turn < 0)
            assert start[x, :3].min() > 230  # before the first word, states are zero


def test_the_cursor_stands_at_the_update(player: PlayerPage) -> None:
    canvas = player.box(player.root.locator(".timelines canvas"))
    left = 5.6 * SIZE
    for update in (0, 17, U, 30):
        player.root.get_by_label("Scrub").evaluate(
            "(node, value) => { node.value = value; node.dispatchEvent(new Event('input')); }", str(update)
        )
        player.settle()
        cursor = player.box(player.root.locator(".cursor"))
        expected = canvas["x"] + left + update / U * (canvas["width"] - left - 10)
        assert cursor["x"] + cursor["width"] / 2 == pytest.approx(expected, abs=0.6)
        assert cursor["y"] <= canvas["y"] + 1
        assert cursor["height"] > 300


def columns_of(seen: np.ndarray) -> np.ndarray:
    """The middle of each column of a twin's picture, and of the verb's."""
    left = 4.6 * SIZE
    return np.asarray(left + (np.arange(COLUMNS + 1) + 0.5) * (seen.shape[1] - left - 10) / (COLUMNS + 1))


@pytest.mark.parametrize(("letter", "rises"), [("A", True), ("B", False)])
def test_arrows_grow_and_brighten_with_the_gradient_and_break_where_it_is_lost(
    player: PlayerPage, foreseen: PlayerData, letter: str, rises: bool
) -> None:
    seen = pixels(player.twin(letter))
    between = np.s_[175 : seen.shape[0] - (72 + 10 + 21)]  # below the states, above the subject and the answers
    middles = columns_of(seen)
    bodies = (0.28 * middles[:-1] + 0.72 * middles[1:]).astype(int)  # of the arrows from column t + 1 to column t
    strips = [seen[between, x] for x in bodies]
    widths = np.array([(strip[:, 3] > 120).sum() for strip in strips])
    norms = 10.0 ** (np.arange(COLUMNS)[:: 1 if rises else -1] / 5 - 4)
    whole = norms >= foreseen.lost * norms[-1]
    assert whole.sum() == (11 if rises else COLUMNS)
    gaps = [seen[between, int(x)] for x in (middles[:-1] + middles[1:]) / 2]
    solid = np.array([(gap[:, 3] > 120).sum() for gap in gaps])
    assert (widths[~whole] > 0).all()
    assert (widths[~whole] < 8).all()
    assert (solid[~whole] < widths[~whole]).all()
    assert (solid[whole] >= widths[whole]).all()
    order = np.flatnonzero(whole)[np.argsort(norms[whole])]
    assert (np.diff(widths[order]) >= 0).all()
    assert widths[order[-1]] > widths[order[0]] + 12
    light = [strip[strip[:, 3] > 250, :3].mean() for strip in np.array(strips)[order[-8:]]]
    assert (np.diff(light) > 0).all()


@pytest.mark.parametrize(("letter", "colour", "end"), [("A", A, 0.9), ("B", B, 0.1)])
def test_the_answers_end_in_a_dot_at_their_probability(
    player: PlayerPage, letter: str, colour: tuple[int, int, int], end: float
) -> None:
    seen = pixels(player.twin(letter))
    bottom = seen.shape[0] - 10
    middles = columns_of(seen)
    for t, p, least in ((COLUMNS - 1, end, 10), (0, 1 - end, 1)):
        rows = np.flatnonzero(near(seen[bottom - 72 - 5 : bottom + 5, int(middles[t]) + (t == 0)], colour, 60))
        assert len(rows) >= least
        assert 1 - (rows.mean() + 0.5 - 5) / 72 == pytest.approx(p, abs=0.04)


def test_the_word_and_the_unit_under_the_mouse_are_read(player: PlayerPage) -> None:
    picture = player.box(player.twin("B"))
    middles = columns_of(np.empty((0, int(picture["width"]))))
    for t, aside, unit in ((4, 0.4, 5), (4, -0.4, 0), (COLUMNS - 1, 0, H - 1)):
        x = middles[t] + aside * (middles[1] - middles[0])
        y = 25 + 130 * (1 - (unit + 0.5) / H)
        player.page.mouse.move(picture["x"] + x, picture["y"] + y)
        player.settle()
        assert player.readout("B").startswith(f"B, “{WORDS.words[t - 1]}”: ")
        assert f"h of unit {unit} = " in player.readout("B")
        assert player.root.get_by_label("Unit to follow").input_value() == str(unit)
    player.page.mouse.move(picture["x"] + middles[COLUMNS], picture["y"] + 60)  # the verb's column has no state
    player.settle()
    assert "unit" not in player.readout("B")


def test_the_pair_answers_with_a_hollow_dot_of_its_own(
    new_page: Callable[..., Page], foreseen: PlayerData, tmp_path: Path
) -> None:
    a, b = (track._replace(pair_p_were=1 - track.p_were) for track in foreseen.tracks)
    of = foreseen._replace(pair=foreseen.words, tracks=(a, b))
    player = open_data(new_page(), of, tmp_path / "pair.html", 30)
    for letter, colour, own in (("A", A, 0.9), ("B", B, 0.1)):
        seen = pixels(player.twin(letter))
        x = int(columns_of(seen)[COLUMNS - 1])
        for p, middle in ((own, colour), (1 - own, (255, 255, 255))):
            y = seen.shape[0] - 10 - int(72 * p)
            assert near(seen[y - 2 : y + 3, x + 2], middle).all()
            assert near(seen[y - 8 : y + 9, x], colour).sum() >= 2


def test_a_saved_picture_has_a_left_b_right_the_cursor_and_the_words(player: PlayerPage, tmp_path: Path) -> None:
    with Image.open(player.saved("Save picture", tmp_path / "one.png")) as picture:
        saved = np.asarray(picture.convert("RGBA")).astype(int)
    half = saved.shape[1] // 2
    title = saved[:40]
    assert near(title[:, :half], A).sum() > 300 < near(title[:, half:], B).sum()
    assert not near(title[:, :half], B).any()
    assert not near(title[:, half:], A).any()
    heights = 2 * player.box(player.twin("A"))["height"]
    lanes = saved[int(heights) + 2 * 46 : int(heights) + 2 * 350]
    columns = np.flatnonzero(near(lanes, INK).mean(axis=0) > 0.9)
    assert columns.mean() == pytest.approx(2 * x_of(saved[:, ::2], 30), abs=3)
    assert len(saved) > heights + 2 * 370 + 100  # the text and the legend stand below


def test_the_legend_names_what_these_data_have(player: PlayerPage) -> None:
    items = player.root.locator(".legend li")
    text = items.all_inner_texts()
    assert any("hidden state h, −1 to 1" in entry for entry in text)
    assert any("10⁻⁴ to 10⁻¹; L: loss of answering “were”" in entry for entry in text)
    assert "dashed: threshold" in text
    assert sum("▼" in entry or "▲" in entry for entry in text) == 2
    assert not any("◆" in entry or "■" in entry for entry in text)  # no such events here
    shades = [items.nth(k).locator(".scale").evaluate("node => getComputedStyle(node).backgroundImage") for k in (0, 1)]
    assert shades[0].startswith("linear-gradient(to right, rgb(5, 48, 97)")
    assert shades[1].startswith("linear-gradient(to right, rgb(68, 1, 84)")
