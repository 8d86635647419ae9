"""The player without a mouse, by ear, in both schemes, and in browsers that lack something."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages.components.player import bundle
from pages.components.player.data import PlayerData
from pages.components.player.wire import pack
from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.browser.player_page import PlayerPage, open_data
from tests.pages.players import player_data_of

CONFIG = Config(updates=60, hidden_size=12, clip_threshold=0.2, seed=2)
FOCUSED = "() => { const node = document.activeElement; return node.ariaLabel || node.textContent; }"


@pytest.fixture(scope="module")
def shown() -> PlayerData:
    return player_data_of(train(twin(CONFIG)), train(CONFIG), reading.read(reading.ARTICLE))


@pytest.fixture
def opened(new_page: Callable[..., Any], shown: PlayerData, tmp_path: Path) -> Callable[..., PlayerPage]:
    return lambda **options: open_data(new_page(**options), shown, tmp_path / "run.html", 30)


@pytest.fixture
def player(opened: Callable[..., PlayerPage]) -> PlayerPage:
    return opened()


def test_what_is_on_screen_is_read_out_once_at_rest_and_not_while_it_plays(player: PlayerPage) -> None:
    player.page.evaluate(
        """() => {
            window.heard = [];
            for (const status of document.querySelectorAll("[role=status], [aria-live]"))
                new MutationObserver(() => heard.push(status.textContent)).observe(status, {childList: true});
        }"""
    )
    for _ in range(5):
        player.press("ArrowRight")
    expect(player.root.locator(".spoken")).to_have_text(player.caption.inner_text())
    assert player.page.evaluate("heard.length") == 1
    player.root.get_by_label("Speed").select_option("20")
    player.button("Play").click()
    player.wait_for(50)
    assert player.page.evaluate("heard.length") == 1
    player.button("Pause").click()
    player.root.get_by_role("button", name="Word 2: artists").focus()
    expect(player.root.locator(".spoken")).to_contain_text("A, “artists”: P(were)")
    expect(player.root.locator(".spoken")).to_contain_text("B, “artists”: P(were)")


def test_the_tab_key_goes_through_everything_in_order_and_the_focus_is_seen(player: PlayerPage) -> None:
    names = []
    for _ in range(20):
        player.page.keyboard.press("Tab")
        names.append(player.page.evaluate(FOCUSED))
        outline = player.page.evaluate(
            "() => { const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);"
            " return outlineStyle + outlineWidth; }"
        )
        assert outline == "solid3px", names[-1]
        if names[-1] == "Update":
            break
    assert names == [
        *("The start", "To the start", "To the event before", "One update back", "Play", "One update on"),
        *("To the next event", "To the end", "Speed", "Go to an event", "Unit to follow"),
        *("Link to this moment", "Save picture", "Full screen", "Update"),
    ]


def test_the_words_are_one_stop_of_the_tab_key_which_comes_back_to_the_word_it_left(player: PlayerPage) -> None:
    player.page.keyboard.press("Tab")
    for key, word in (("ArrowRight", "Word 1: the"), ("End", "Word 14: and"), ("ArrowLeft", "Word 13: name")):
        player.page.keyboard.press(key)
        assert player.page.evaluate(FOCUSED) == word
    player.page.keyboard.press("Tab")
    assert player.page.evaluate(FOCUSED) == "To the start"
    player.page.keyboard.press("Shift+Tab")
    assert player.page.evaluate(FOCUSED) == "Word 13: name"
    pressed = player.root.locator("[aria-pressed=true]")
    assert pressed.count() == 0  # looked at is not kept
    player.page.keyboard.press("Enter")
    expect(pressed).to_have_text("name")
    player.page.keyboard.press("Enter")
    expect(pressed).to_have_count(0)
    assert player.update == 30


def test_keys_work_after_a_click_anywhere_in_the_player_and_with_caps_lock(
    player: PlayerPage, shown: PlayerData
) -> None:
    later = min(event.update for event in shown.events if event.update > 30)
    player.twin("A").click(position={"x": 5, "y": 5})
    player.page.keyboard.press("N")
    player.wait_for(later)
    player.page.keyboard.press("ArrowLeft")
    player.wait_for(later - 1)
    player.page.keyboard.press("Control+ArrowLeft")  # the browser's
    player.settle()
    assert player.update == later - 1


_CONTRASTS = """() => {
    const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const ruler = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (layers) => {
        for (const layer of layers) { ruler.fillStyle = layer; ruler.fillRect(0, 0, 1, 1); }
        return [...ruler.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const found = [];
    for (const node of document.querySelectorAll(".player *")) {
        if (![...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())) continue;
        const layers = [];
        for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
        const paper = light(over(layers)), ink = light(over([...layers, getComputedStyle(node).color]));
        found.push((Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_enough(opened: Callable[..., PlayerPage], scheme: str) -> None:
    contrasts = opened(color_scheme=scheme).page.evaluate(_CONTRASTS)
    assert len(contrasts) > 40
    assert min(contrasts) > 7


def test_another_scheme_is_followed_at_once(player: PlayerPage) -> None:
    def ink() -> int:
        return int(
            player.root.locator(".timelines canvas").evaluate(
                "node => node.getContext('2d').getImageData(0, 0, 60, 120).data.reduce("
                "(most, value, k) => k % 4 < 3 ? Math.max(most, value) : most, 0)"
            )
        )

    assert ink() < 128  # all letters are dark
    player.page.emulate_media(color_scheme="dark")
    player.settle()
    assert ink() > 200


def test_a_browser_without_full_screen_says_so(player: PlayerPage) -> None:
    player.page.evaluate("() => { delete Element.prototype.requestFullscreen; }")
    player.button("Full screen").click()
    expect(player.said).to_have_text("This browser allows no full screen here.")


def test_lines_of_text_that_come_and_go_do_not_lay_everything_out_anew(player: PlayerPage) -> None:
    player.page.evaluate(
        """() => {
            window.fitted = 0;
            window.heights = new Set();
            const count = new MutationObserver(() => fitted++);
            count.observe(document.querySelector(".timelines canvas"), {attributes: true});
            new ResizeObserver(() => heights.add(document.querySelector(".player").clientHeight))
                .observe(document.querySelector(".player"));
        }"""
    )
    player.press("Home")
    for _ in range(10):
        player.press("n")
    assert player.page.evaluate("heights.size") > 1
    assert player.page.evaluate("fitted") == 0
    player.page.set_viewport_size({"width": 1000, "height": 900})
    player.page.wait_for_function("() => fitted > 0")


def test_a_player_that_was_taken_away_leaves_nothing_behind(new_page: Callable[..., Page], shown: PlayerData) -> None:
    page = new_page()
    program = bundle.joined("player") + "\nexport { mountPlayer };"
    left = page.evaluate(
        """async ([program, data]) => {
            const {mountPlayer} = await import(URL.createObjectURL(new Blob([program], {type: "text/javascript"})));
            const held = {listeners: 0, observers: 0, frames: 0};
            const counting = (owner, name, key, by) => {
                const own = owner[name];
                owner[name] = function (...all) { held[key] += by; return own.apply(this, all); };
            };
            for (const owner of [window, document, MediaQueryList.prototype]) {
                counting(owner, "addEventListener", "listeners", 1);
                counting(owner, "removeEventListener", "listeners", -1);
            }
            counting(ResizeObserver.prototype, "observe", "observers", 1);
            counting(ResizeObserver.prototype, "disconnect", "observers", -1);
            document.body.innerHTML = "<div id=here></div>";
            const alone = {linked: () => "0", link: () => "", offlinePage: null};
            const player = mountPlayer(document.getElementById("here"), alone);
            player.show(Uint8Array.from(atob(data), character => character.charCodeAt(0)));
            const most = {...held};
            document.querySelector(".player [data-move=play]").click();
            await new Promise(requestAnimationFrame);
            player.destroy();
            counting(window, "requestAnimationFrame", "frames", 1);
            counting(window, "setTimeout", "frames", 1);
            await new Promise(done => setTimeout(done, 50));
            return [most, held, document.getElementById("here").childElementCount];
        }""",
        [program, base64.b64encode(pack(shown)).decode()],
    )
    assert left[0] == {"listeners": 1, "observers": 1, "frames": 0}
    assert left[1] == {"listeners": 0, "observers": 0, "frames": 1}  # the timer of this test
    assert left[2] == 0
