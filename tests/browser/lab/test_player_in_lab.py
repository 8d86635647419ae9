"""The player in the app: data that change under it, and a server that it does not need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.lab_page import QUICK, LabPage
from tests.browser.player_page import PlayerPage


def _messages(page: Page) -> list[str]:
    """Every message between the page and the server from now on."""
    sent: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: sent.append("sent"))
        socket.on("framereceived", lambda _: sent.append("received"))

    page.on("websocket", listen)
    return sent


def test_no_message_goes_to_the_server_while_it_is_used(lab: LabPage) -> None:
    messages = _messages(lab.page)
    lab.open(**QUICK, at=150)
    player = PlayerPage(lab.page)
    assert player.update == 150
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    before = len(messages)
    assert before > 0
    player.drag(0.9, 0.1, 0.6, 0.2)
    player.root.get_by_role("button", name="Word 2: artists").hover()
    player.press("Space")
    lab.page.wait_for_timeout(500)
    player.press("Space")
    player.press("n")
    assert player.update not in (0, QUICK["updates"])
    assert len(messages) == before
    assert not asked


def test_the_place_survives_new_data_and_it_goes_on_playing(lab: LabPage) -> None:
    lab.open(**QUICK)
    player = PlayerPage(lab.page)
    player.drag(0.9, 0.35)
    before = player.caption.inner_text()
    lab.slider("Clipping threshold").focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(player.caption).not_to_have_text(before)
    lab.settle()
    assert player.update == 70
    player.root.get_by_label("Speed").select_option("5")
    player.press("Space")
    lab.slider("Clipping threshold").focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.settle()
    expect(player.button("Pause")).to_be_visible()
    assert 70 < player.update < QUICK["updates"]
    player.button("Pause").click()
    player.settle()
    paused = player.update
    sentence = lab.page.get_by_label("Sentence", exact=True)
    for text, players in (("the wug", 0), ("the pilots near the doctor", 1)):  # one without a player between
        sentence.fill(text)
        sentence.press("Enter")
        expect(lab.page.locator(".player")).to_have_count(players)
    lab.settle()
    assert player.update == paused
    player.button("To the end").click()
    lab.slider("Updates U").focus()
    lab.page.keyboard.press("ArrowLeft")
    player.wait_for(100)
    lab.page.keyboard.press("ArrowRight")
    player.wait_for(QUICK["updates"])  # who looks at the end stays at the end


def test_a_saved_player_says_the_same_without_a_server(
    lab: LabPage, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    lab.open(**QUICK)
    player = PlayerPage(lab.page)
    player.drag(0.9, 0.3)
    path = player.saved("Save player", tmp_path / "run.html")
    assert path.stat().st_size < 3_000_000
    page = new_page(offline=True)
    page.goto(path.as_uri())
    alone = PlayerPage(page)
    alone.wait_for(player.update)
    for key in ("ArrowRight", "Home", "PageUp"):
        assert alone.press(key) == player.press(key)
        assert alone.caption.inner_text() == player.caption.inner_text()
    assert alone.root.locator(".sentence").inner_text() == player.root.locator(".sentence").inner_text()
    assert alone.button("Save player").count() == 0
