"""Take the README's pictures anew: `python -m tests.browser.pictures`; some minutes, and Chromium on the PATH."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from .lab_page import FOREVER, LabPage, show_answer, wait_until_quiet
from .lesson_page import main as main_part
from .player_page import PlayerPage
from .serving import FLAGS, ROOT, chromium, served

IMAGES = ROOT / ".github" / "images"
UPDATES = sorted({0, *(int(n) for n in np.geomspace(1, 1000, 36).round())})
"""What the moving picture shows of the run with the default settings: the beginning, where the twins part, slowly."""

DURATIONS = [1500, *[160] * (len(UPDATES) - 2), 3000]
"""Milliseconds of each of its pictures."""

COLOURS = 96
MARGIN = 12
_SET = "(thumb, update) => { thumb.value = update; thumb.dispatchEvent(new Event('input')); }"
_BARE = ".controls, .legend, .said, .numbers { display: none !important; }"
"""What can be pressed is not in the picture."""


def moving_picture(page: Page, home: str, path: Path) -> None:
    """Save the player's way through a run."""
    page.set_viewport_size({"width": 1290, "height": 1400})
    LabPage(page, home).open()
    player = PlayerPage(page)
    frames = []
    for update in UPDATES:
        player.root.locator(".thumb").evaluate(_SET, str(update))  # it is seen on a phone alone
        player.wait_for(update)
        player.settle()
        frames.append(_image(player.root.screenshot(style=_BARE)))
    width, height = frames[0].width, max(frame.height for frame in frames)  # the words below take two lines or more
    paper = frames[0].getpixel((0, 0))
    pictures = [Image.new("RGB", (width + 2 * MARGIN, height + 2 * MARGIN), paper) for _ in frames]
    for picture, frame in zip(pictures, frames, strict=True):
        picture.paste(frame, (MARGIN, MARGIN))
    palette = pictures[-1].quantize(COLOURS, dither=Image.Dither.NONE)
    first, *others = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
    first.save(path, save_all=True, append_images=others, duration=DURATIONS, loop=0, optimize=True)


def long_memory(page: Page, home: str, path: Path) -> None:
    """Save the curves of the page Long memory, once all of its networks are trained."""
    page.set_viewport_size({"width": 1440, "height": 1400})
    page.goto(f"{home}/long_memory")
    show_answer(page)
    main = main_part(page)
    expect(main.get_by_test_id("stTable").first).to_be_visible(timeout=10 * FOREVER)
    expect(main.get_by_test_id("stProgress")).to_have_count(0, timeout=10 * FOREVER)
    wait_until_quiet(page)
    top = main.get_by_role("heading", name="How far back each cell remembers").bounding_box()
    charts = [chart.bounding_box() for chart in main.get_by_test_id("stPlotlyChart").all()[:3]]
    assert top is not None
    left, right = top["x"] - 10, max(box["x"] + box["width"] for box in charts if box is not None)
    bottom = max(box["y"] + box["height"] for box in charts if box is not None)
    clip = {"x": left, "y": top["y"] - 10, "width": right + 10 - left, "height": bottom - top["y"] + 20}
    picture = _image(page.screenshot(clip=clip, full_page=True))  # type: ignore[arg-type]  # a dict of the four numbers
    picture.quantize(COLOURS).save(path, optimize=True)


def _image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def main() -> None:
    """Take both pictures."""
    browser_path = chromium()
    if browser_path is None:
        raise SystemExit("no chromium on the PATH (Debian: apt install chromium)")
    with served() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for take, name in ((moving_picture, "player.gif"), (long_memory, "long-memory.png")):
            page = browser.new_page()
            page.set_default_timeout(FOREVER)
            path = IMAGES / name
            take(page, home, path)
            with Image.open(path) as picture:
                print(f"{name}: {picture.width} x {picture.height} pixels, {path.stat().st_size / 1e6:.2f} MB")
        browser.close()


if __name__ == "__main__":
    main()
