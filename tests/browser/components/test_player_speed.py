"""How fast the player paints, and whether it forgets: measured and reported; a slow day fails nothing, a leak does."""

from __future__ import annotations

import base64
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from pages.components.player import bundle
from pages.components.player.data import PlayerData
from pages.components.player.wire import pack
from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.browser.player_page import PlayerPage, write_file
from tests.pages.players import player_data_of

_DRAG = """async () => {
    const slider = document.querySelector('.slider'), {left, top, width} = slider.getBoundingClientRect();
    const to = share => ({pointerId: 1, button: 0, bubbles: true, clientX: left + share * width, clientY: top + 20});
    slider.setPointerCapture = () => {};
    slider.hasPointerCapture = () => true;
    const next = window.requestAnimationFrame.bind(window), work = [], frames = [];
    window.requestAnimationFrame = paint => next(time => {
        const start = performance.now();
        paint(time);
        work.push(performance.now() - start);
    });
    slider.dispatchEvent(new PointerEvent('pointerdown', to(0)));
    let last = await new Promise(next);
    for (let k = 1; k <= 300; k++) {
        slider.dispatchEvent(new PointerEvent('pointermove', to(k / 300)));
        const time = await new Promise(next);
        frames.push(time - last);
        last = time;
    }
    window.requestAnimationFrame = next;
    return {work, frames};
}"""
"""Drag over the whole run, a move a frame: milliseconds of the player's own work, and from frame to frame."""


def _percentiles(values: list[float]) -> str:
    p95 = float(np.percentile(values, 95))
    return f"median {statistics.median(values):.1f} ms, 95th percentile {p95:.1f} ms, most {max(values):.1f} ms"


@pytest.mark.quiet
def test_dragging_paints_every_frame(
    new_page: Callable[..., Page], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    config = Config(updates=299, sentence_length=20, hidden_size=64)
    of = player_data_of(train(twin(config)), train(config), _sentence_of(20))
    assert [track.h.shape for track in of.tracks] == [(300, 21, 64)] * 2
    page = new_page(viewport={"width": 1440, "height": 1200})
    page.goto(write_file(page, of, tmp_path / "run.html").as_uri())
    player = PlayerPage(page)
    player.caption.wait_for()
    player.settle()
    measured = page.evaluate(_DRAG)
    assert player.update == of.updates
    assert len(measured["work"]) >= 250  # nearly every move was painted in a frame of its own
    record_property("player, dragging over 300 × 20 × 64: a frame's own work", _percentiles(measured["work"]))
    record_property("player, dragging over 300 × 20 × 64: from frame to frame", _percentiles(measured["frames"]))


def _sentence_of(words: int) -> reading.Reading:
    text = "the artists who performed yesterday had a lot of achievements in their name and" + " near the doctor" * 9
    return reading.read(" ".join(text.split()[:words]))


_HEAP = """async ([program, messages]) => {
    const {mountPlayer} = await import(URL.createObjectURL(new Blob([program], {type: 'text/javascript'})));
    document.body.innerHTML = '<div id="here"></div>';
    const alone = {linked: () => null, link: () => '', offlinePage: null};
    const player = mountPlayer(document.getElementById('here'), alone);
    const bytes = messages.map(data => Uint8Array.from(atob(data), character => character.charCodeAt(0)));
    const {port1, port2} = new MessageChannel(), due = [];  // frames at once, without waiting for a screen
    port1.onmessage = () => due.shift()(performance.now());
    window.requestAnimationFrame = paint => { port2.postMessage(""); return due.push(paint); };
    const frame = () => new Promise(requestAnimationFrame);
    window.round = async (changes, scrubs) => {
        for (let k = 0; k < changes; k++) {
            player.show(bytes[k % bytes.length].slice());
            await frame();
        }
        const slider = document.querySelector('.slider');
        for (let k = 0; k < scrubs; k++) {
            slider.dispatchEvent(new KeyboardEvent('keydown', {key: k % 70 ? 'ArrowRight' : 'Home', bubbles: true}));
            await frame();
        }
    };
}"""


def test_the_heap_does_not_grow(new_page: Callable[..., Page], record_property: Callable[[str, object], None]) -> None:
    messages = [_small(seed) for seed in range(2)]
    page = new_page()
    program = bundle.joined("player") + "\nexport { mountPlayer };"
    page.evaluate(_HEAP, [program, [base64.b64encode(pack(of)).decode() for of in messages]])
    client = page.context.new_cdp_session(page)

    def heap() -> int:
        client.send("HeapProfiler.collectGarbage")
        usage = client.send("Runtime.getHeapUsage")
        return int(usage["usedSize"] + usage["backingStorageSize"])

    def nodes() -> int:
        return int(client.send("Memory.getDOMCounters")["nodes"])

    page.evaluate("round(40, 300)")  # what is made once, such as compiled code, is made now
    page.wait_for_function("() => document.querySelector('.spoken').textContent !== ''")
    before, elements = heap(), nodes()
    page.evaluate("round(100, 1000)")
    after = heap()
    grown = f"{before / 2**20:.2f} MiB before, {after / 2**20:.2f} MiB after"
    record_property("player, heap over 100 data changes and 1,000 scrubs", grown)
    assert nodes() - elements < 10  # one left behind by each data change would make a hundred; one may be on its way
    assert after - before < 300_000 < 5 * len(pack(messages[0]))  # of a hundred messages, less than five


def _small(seed: int) -> PlayerData:
    config = Config(updates=80, hidden_size=16, seed=seed)
    return player_data_of(train(twin(config)), train(config), _sentence_of(14))
