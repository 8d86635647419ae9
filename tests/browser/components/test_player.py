"""The player in a file of its own: what a person does with mouse, keyboard and touch, and what is on screen then."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from pages.components.player.data import PlayerData
from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.browser.player_page import PlayerPage, numbers_after, open_data, pixels
from tests.pages.players import player_data_of

CONFIG = Config(updates=60, hidden_size=12, clip_threshold=0.2, seed=2)
UPDATES = CONFIG.updates
WORDS = reading.read(reading.ARTICLE)
AT = "performed"
T_AT = WORDS.words.index(AT) + 1


@pytest.fixture(scope="module")
def shown() -> PlayerData:
    return player_data_of(train(twin(CONFIG)), train(CONFIG), WORDS)


@pytest.fixture
def opened(new_page: Callable[..., Any], tmp_path: Path) -> Callable[..., PlayerPage]:
    """Write the data into a file, and open it at an update with options of a browser context."""

    def open_file(of: PlayerData, at: int | str = UPDATES, **options: Any) -> PlayerPage:
        return open_data(new_page(**options), of, tmp_path / "run.html", at)

    return open_file


@pytest.fixture
def player(opened: Callable[..., PlayerPage], shown: PlayerData) -> PlayerPage:
    return opened(shown)


def assert_says(player: PlayerPage, of: PlayerData) -> None:
    """The line of text says the record's numbers of the update on screen, to the digits it has."""
    n, text = player.update, player.caption.inner_text()
    assert text.startswith(f"After {n:,} of {of.updates:,} updates.")
    measured = [track for track in of.tracks if n < track.updates]
    for label, name in (("loss", "loss"), ("accuracy", "accuracy"), ("gradient norm", "grad_norm")):
        expected = [float(getattr(track, name)[n]) * (100 if name == "accuracy" else 1) for track in measured]
        np.testing.assert_allclose(numbers_after(text, label), expected, rtol=6e-3, atol=0.06 * (name == "accuracy"))
    clipped = [float(track.grad_norm_clipped[n]) for track in measured if track.clipped[n]]
    np.testing.assert_allclose(numbers_after(text, "clipped to"), clipped, rtol=6e-3)
    snapshots = [int(np.searchsorted(track.shown, n, side="right")) - 1 for track in of.tracks]
    ends = [float(track.p_were[s, -1]) for track, s in zip(of.tracks, snapshots, strict=True)]
    np.testing.assert_allclose(numbers_after(text, r"P\(were\) at the end"), ends, rtol=6e-3, atol=6e-4)
    flows = [
        float(track.dh_norm[s, of.subject] / track.dh_norm[s, -1])
        for track, s in zip(of.tracks, snapshots, strict=True)
    ]
    np.testing.assert_allclose(numbers_after(text, "“artists” is"), flows, rtol=6e-3)


def test_the_mouse_drags_through_the_run_and_the_text_follows_the_record(player: PlayerPage, shown: PlayerData) -> None:
    assert player.update == UPDATES
    assert "trained to the end" in player.caption.inner_text()
    for share in (0.5, 0.0, 0.25, 1.0):
        player.drag(0.9, share)
        assert player.update == round(share * UPDATES)
        assert_says(player, shown)


def test_the_keyboard_goes_by_one_by_ten_by_a_part_and_to_the_ends(player: PlayerPage, shown: PlayerData) -> None:
    keys = (
        "Home",
        "ArrowRight",
        "ArrowUp",
        "Shift+ArrowRight",
        "PageUp",
        "ArrowLeft",
        "Shift+ArrowLeft",
        "PageDown",
        "End",
    )
    assert [player.press(key) for key in keys] == [0, 1, 2, 12, 15, 14, 4, 1, UPDATES]
    assert_says(player, shown)
    assert player.press("ArrowRight") == UPDATES
    assert player.slider.get_attribute("aria-valuenow") == str(UPDATES)
    assert player.slider.get_attribute("aria-valuetext") == f"after {UPDATES} of {UPDATES} updates"
    assert (player.slider.get_attribute("aria-valuemin"), player.slider.get_attribute("aria-valuemax")) == ("0", "60")


def test_buttons_have_names_and_do_what_they_say(player: PlayerPage) -> None:
    for name, update in (
        ("To the start", 0),
        ("One update on", 1),
        ("One update on", 2),
        ("One update back", 1),
        ("To the end", UPDATES),
    ):
        player.button(name).click()
        player.wait_for(update)
    for name in (
        "Play",
        "To the next event",
        "To the event before",
        "Save picture",
        "Full screen",
    ):
        expect(player.button(name)).to_be_visible()


def test_events_are_met_one_after_the_other_and_told(player: PlayerPage, shown: PlayerData) -> None:
    updates = sorted({event.update for event in shown.events})
    assert len(updates) > 2
    assert player.press("Home") == 0
    for update in [u for u in updates if u > 0]:
        assert player.press("n") == update
        told = player.caption.inner_text()
        assert all(event.text in told for event in shown.events if event.update == update)
    player.press("n")
    assert "No event comes after this." in player.said.inner_text()
    assert player.press("p") == updates[-2]
    menu = player.root.get_by_label("Go to an event")
    assert menu.locator("option").count() == len(shown.events) + 1
    menu.select_option(index=1)
    player.wait_for(shown.events[0].update)


def test_space_plays_to_the_end_and_pauses(player: PlayerPage) -> None:
    player.root.get_by_label("Speed").select_option("20")
    player.press("Home")
    player.slider.press("Space")
    expect(player.button("Pause")).to_be_visible()
    player.page.wait_for_function("() => Number(document.querySelector('.player').dataset.update) > 3")
    player.slider.press("Space")
    expect(player.button("Play")).to_be_visible()
    paused = player.update
    assert 3 < paused < UPDATES
    player.page.wait_for_timeout(200)
    assert player.update == paused
    player.root.get_by_label("Speed").select_option("200")
    player.button("Play").click()
    player.wait_for(UPDATES)
    expect(player.button("Play")).to_be_visible()
    assert player.press("Space") < UPDATES  # at the end, it begins again


def test_with_reduced_motion_few_moments_are_shown(opened: Callable[..., PlayerPage], shown: PlayerData) -> None:
    player = opened(shown, 0, reduced_motion="reduce")
    player.root.get_by_label("Speed").select_option("20")
    player.button("Play").click()
    seen = player.page.evaluate(
        """() => new Promise(done => {
            const root = document.querySelector(".player"), seen = new Set(), start = performance.now();
            const look = () => {
                seen.add(Number(root.dataset.update));
                if (performance.now() - start < 1700) requestAnimationFrame(look); else done([...seen]);
            };
            look();
        })"""
    )
    assert 2 <= len(seen) <= 5
    assert {update % 10 for update in seen} == {0}


def test_a_finger_scrubs_sideways_and_taps(opened: Callable[..., PlayerPage], shown: PlayerData) -> None:
    phone = opened(shown, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    box = phone.box(phone.slider)
    phone.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 60)
    phone.wait_for(UPDATES // 2)
    assert phone.slider.evaluate("node => getComputedStyle(node).touchAction") == "pan-y"
    client = phone.page.context.new_cdp_session(phone.page)
    for kind, share in (("touchStart", 0.5), ("touchMove", 0.4), ("touchMove", 0.1), ("touchEnd", 0.1)):
        points = [] if kind == "touchEnd" else [{"x": box["x"] + share * box["width"], "y": box["y"] + 60}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    phone.wait_for(UPDATES // 10)
    assert_says(phone, shown)
    thumb = phone.root.get_by_label("Scrub")
    expect(thumb).to_be_in_viewport()
    thumb.fill("7")
    phone.wait_for(7)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_word_shows_its_numbers_on_hover_focus_and_click(player: PlayerPage, shown: PlayerData) -> None:
    player.drag(0.9, 0.5)
    word = player.root.get_by_role("button", name=f"Word {T_AT}: {AT}")
    word.hover()
    player.settle()
    for letter, track in zip("AB", shown.tracks, strict=True):
        snapshot = int(np.searchsorted(track.shown, player.update, side="right")) - 1
        said = player.readout(letter)
        assert said.startswith(f"{letter}, “{AT}”: P(were)")
        assert float(said.split("P(were) = ")[1].split(",")[0]) == pytest.approx(track.p_were[snapshot, T_AT], abs=6e-4)
        (gradient,) = numbers_after(said, "‖ =")
        assert gradient == pytest.approx(track.dh_norm[snapshot, T_AT], rel=6e-3)
    player.page.mouse.move(0, 0)
    expect(player.root.locator(".numbers.B")).to_have_text("")
    word.click()
    player.page.mouse.move(0, 0)
    expect(player.root.locator(".numbers.B")).to_contain_text(AT)
    word.press("ArrowRight")
    expect(player.root.locator(".numbers.B")).to_contain_text(WORDS.words[T_AT])
    assert player.update == UPDATES // 2  # arrow keys on words leave the update alone


def test_a_unit_is_read_under_the_mouse_and_followed(player: PlayerPage, shown: PlayerData) -> None:
    player.drag(0.9, 0.5)
    picture = player.box(player.twin("B"))
    found = {}
    for share in (0.15, 0.2, 0.25, 0.3):
        player.page.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + share * picture["height"])
        player.settle()
        said = player.readout("B")
        match = re.search(r"“(.+)”: .*h of unit (\d+) = (.+)", said)
        assert match is not None, said
        found[int(match[2])] = match
    assert len(found) > 1
    track = shown.tracks[1]
    snapshot = int(np.searchsorted(track.shown, player.update, side="right")) - 1
    for unit, match in found.items():
        t = WORDS.words.index(match[1]) + 1
        (value,) = numbers_after(f"is {match[3]}", "is")
        assert value == pytest.approx(track.h[snapshot, t, unit], abs=6e-3)
    assert player.root.get_by_label("Unit to follow").input_value() == str(unit)
    player.root.get_by_label("Unit to follow").fill("99")
    player.root.get_by_label("Unit to follow").press("Enter")
    expect(player.said).to_have_text("The unit must be a whole number from 0 to 11.")


def test_the_colours_of_the_states_are_those_of_the_record(player: PlayerPage, shown: PlayerData) -> None:
    """Positive states are red, negative ones blue, the stronger the darker, unit 0 at the bottom."""
    player.drag(0.9, 0.5)
    left, right, top, height = 4.6 * 13, 10, round(13 * 1.9), 130
    rows = top + height * (1 - (np.arange(12) + 0.5) / 12)
    for letter, track in zip("AB", shown.tracks, strict=True):
        picture = pixels(player.twin(letter))
        column = (picture.shape[1] - left - right) / (len(WORDS.words) + 2)
        snapshot = int(np.searchsorted(track.shown, player.update, side="right")) - 1
        h = track.h[snapshot]
        columns = left + (np.arange(1, len(h)) + 0.5) * column
        seen = picture[rows.astype(int)][:, columns.astype(int), :3].swapaxes(0, 1)
        red, blue, light = seen[..., 0], seen[..., 2], seen.sum(axis=-1)
        strong = np.abs(h[1:]) > 0.2
        np.testing.assert_array_equal((red > blue)[strong], (h[1:] > 0)[strong])
        assert np.corrcoef(light.ravel(), np.abs(h[1:]).ravel())[0, 1] < -0.95


def _spoilt(of: PlayerData) -> PlayerData:
    """B's gradient is infinite at h_3, and gone at h_1 and h_2; its state after the fourth word is not a number."""
    track = of.tracks[1]
    dh_norm, h = track.dh_norm.copy(), track.h.copy()
    dh_norm[:, 3], dh_norm[:, :3] = np.inf, 1e-30
    h[:, 4] = np.nan
    return of._replace(tracks=(of.tracks[0], track._replace(dh_norm=dh_norm, h=h)))


def test_what_vanished_and_what_is_not_finite_is_marked_and_said(
    opened: Callable[..., PlayerPage], shown: PlayerData
) -> None:
    player = opened(_spoilt(shown), 30)
    says = {}
    for t in (1, 3, 4, 5):
        player.root.get_by_role("button", name=f"Word {t}: ").focus()
        player.settle()
        says[t] = player.readout("B")
    assert "lost on the way" in says[1]
    assert "‖∂L/∂h₃‖ = infinity" in says[3]
    assert "lost" not in says[5]
    player.root.get_by_label("Unit to follow").fill("3")
    player.root.get_by_label("Unit to follow").press("Enter")
    player.root.get_by_role("button", name="Word 4: ").focus()
    player.settle()
    assert "h of unit 3 = not a number" in player.readout("B")
    rows = {letter: player.twin(letter).evaluate(_PINK_ROWS) for letter in "AB"}
    assert rows["A"] == []
    assert min(rows["B"]) < 0.4  # in the states ...
    assert max(rows["B"]) > 0.55  # ... and the star among the arrows


_PINK_ROWS = """canvas => {
    const {data, width, height} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const rows = new Set();
    for (let k = 0; k < data.length; k += 4) {
        const [red, green, blue] = data.subarray(k, k + 3);
        if (red === 0xe6 && green === 0 && blue === 0x7e) rows.add(Math.floor(k / 4 / width) / height);
    }
    return [...rows];
}"""
"""At which shares of its height a picture has the colour of what is not finite."""


def test_a_run_that_ended_early_says_so(opened: Callable[..., PlayerPage], shown: PlayerData) -> None:
    track = shown.tracks[0]
    short = {
        name: getattr(track, name)[:20] for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clipped")
    }
    kept = track.shown <= 20
    cut = track._replace(
        **short,
        shown=track.shown[kept],
        h=track.h[kept],
        p_were=track.p_were[kept],
        dh_norm=track.dh_norm[kept],
        ended="loss became non-finite at update 19",
    )
    player = opened(shown._replace(tracks=(cut, shown.tracks[1])), 40)
    assert "A: loss became non-finite at update 19; P(were)" in player.caption.inner_text()
    assert "states and arrows are those after 20 updates" in player.caption.inner_text()
    assert player.press("Home") == 0
    assert "became" not in player.caption.inner_text()


def test_between_recorded_updates_the_last_recorded_one_is_shown_and_named(
    opened: Callable[..., PlayerPage], shown: PlayerData
) -> None:
    def thinned(track: Any) -> Any:
        kept = slice(None, None, 20)
        return track._replace(
            shown=track.shown[kept], h=track.h[kept], p_were=track.p_were[kept], dh_norm=track.dh_norm[kept]
        )

    of = shown._replace(tracks=tuple(map(thinned, shown.tracks)))
    player = opened(of, 39)
    assert player.caption.inner_text().count("those after 20 updates, the last recorded ones") == 2
    assert_says(player, of)
    player.press("ArrowRight")
    assert "recorded" not in player.caption.inner_text()


def test_the_minimal_pair_shows_both_answers(opened: Callable[..., PlayerPage]) -> None:
    read = reading.read("the artists near the doctor")
    of = player_data_of(train(twin(CONFIG)), train(CONFIG), read, reading.flip(read, 1))
    player = opened(of, 30)
    player.root.get_by_role("button", name="Word 2: artists/artist").focus()
    player.settle()
    snapshot = int(np.searchsorted(of.tracks[1].shown, 30))
    said = player.readout("B")
    (of_pair,) = re.findall(r"pair: ([\d.]+)", said)
    assert float(of_pair) == pytest.approx(of.tracks[1].pair_p_were[snapshot, 2], abs=6e-4)
    expect(player.root.locator(".legend")).to_contain_text("h minus that of the pair, −2 to 2")


@pytest.mark.parametrize(
    ("at", "update"), [("17", 17), ("61", 60), ("banana", 60), ("1e3", 60), ("-1", 60), ("", 60), ("2.5", 60)]
)
def test_a_link_opens_its_moment_or_says_what_is_allowed(
    opened: Callable[..., PlayerPage], shown: PlayerData, at: str, update: int
) -> None:
    player = opened(shown, at)
    assert player.update == update
    said = player.said.inner_text()
    assert (said == "") == (update == 17)
    assert update == 17 or f"The update is “{at}” in the link; allowed: a whole number from 0 to 60." in said


def test_a_link_to_this_moment_is_put_into_the_address(player: PlayerPage) -> None:
    player.drag(0.9, 0.5)
    player.button("Link to this moment").click()
    expect(player.said).to_contain_text("The link to update 30 is in the address bar")
    assert player.page.url.endswith("#at=30")


def test_the_saved_picture_is_what_is_on_screen(player: PlayerPage, tmp_path: Path) -> None:
    player.drag(0.9, 0.5)
    pictures = []
    for name in ("one", "start"):
        with Image.open(player.saved("Save picture", tmp_path / f"{name}.png")) as picture:
            pictures.append(np.asarray(picture.convert("RGB")))
        player.press("Home")
    assert pictures[0].shape[1] >= 2 * 1000
    colours = {tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in ("#D55E00", "#1478BE")}
    assert colours <= set(map(tuple, pictures[0].reshape(-1, 3)[::7].tolist()))
    rows = min(map(len, pictures))
    assert (pictures[0][:rows] != pictures[1][:rows]).any(axis=-1).mean() > 0.01


def test_the_whole_screen_has_everything_in_sight(opened: Callable[..., PlayerPage], shown: PlayerData) -> None:
    player = opened(shown, 30, viewport={"width": 1920, "height": 1080})
    player.slider.press("f")
    player.page.wait_for_function("() => document.fullscreenElement !== null")
    player.page.wait_for_timeout(300)
    assert player.root.evaluate(
        "node => node.scrollHeight <= window.innerHeight && node.scrollWidth <= window.innerWidth"
    )
    assert player.slider.evaluate("node => parseFloat(getComputedStyle(node.closest('.player')).fontSize)") > 15
    player.slider.press("f")
    player.page.wait_for_function("() => document.fullscreenElement === null")


def test_both_schemes_are_readable_and_the_focus_is_seen(opened: Callable[..., PlayerPage], shown: PlayerData) -> None:
    for scheme, dark in (("light", False), ("dark", True)):
        player = opened(shown, 30, color_scheme=scheme)
        style = player.root.evaluate("node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]")
        ink, paper = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in style)
        assert (ink > paper) == dark
        assert abs(ink - paper) > 400
        player.page.keyboard.press("Tab")
        focused = player.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert focused == "solid"


def test_a_file_asks_nobody_for_anything(player: PlayerPage, browser: Browser) -> None:
    asked: list[str] = []
    player.page.on("request", lambda request: asked.append(request.url))
    player.drag(0.1, 0.9)
    player.button("Play").click()
    player.page.wait_for_timeout(200)
    assert not [url for url in asked if not url.startswith(("blob:", "data:"))]
