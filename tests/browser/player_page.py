"""The player in a file of its own, as a visitor handles it, and what it must say according to the data."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import FloatRect, Locator, Page

from pages.components.player import bundle
from pages.components.player.data import PlayerData
from pages.components.player.wire import pack

_WRITE = """async ([program, offline, data]) => {
    const address = URL.createObjectURL(new Blob([program], {type: "text/javascript"}));
    const {offlinePage} = await import(address);
    const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
    return offlinePage(offline, {bytes}, {update: 0});
}"""
"""Let the browser write the file, as it does for a visitor."""


def write_file(page: Page, data: PlayerData, path: Path) -> Path:
    """What "Save player" would save."""
    program = bundle.joined("offline_page") + "\nexport { offlinePage };"
    offline = {"js": bundle.alone(), "css": bundle.style()}
    text = page.evaluate(_WRITE, [program, offline, base64.b64encode(pack(data)).decode()])
    path.write_text(text, encoding="utf-8")
    return path


def open_data(page: Page, data: PlayerData, path: Path, at: int | str) -> PlayerPage:
    """Write the data into a file, and open it at an update."""
    page.goto(f"{write_file(page, data, path).as_uri()}#at={at}")
    player = PlayerPage(page)
    player.caption.wait_for()
    player.settle()
    return player


class PlayerPage:
    """One player.

    Parameters
    ----------
    page : the browser's page that it is on
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".player")
        self.slider = self.root.get_by_role("slider", name="Update")
        self.caption = self.root.locator(".caption")
        self.said = self.root.locator(".said")

    @property
    def update(self) -> int:
        """The update on screen."""
        return int(self.root.get_attribute("data-update") or "")

    def wait_for(self, update: int) -> None:
        """Until this update is on screen."""
        self.page.wait_for_function(
            "([root, update]) => root.dataset.update === update", arg=[self.root.element_handle(), str(update)]
        )

    def settle(self) -> None:
        """Two frames."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, key: str) -> int:
        """Press a key on the timelines; the update after it."""
        self.slider.press(key)
        self.settle()
        return self.update

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def box(self, of: Locator) -> FloatRect:
        of.scroll_into_view_if_needed()
        found = of.bounding_box()
        assert found is not None
        return found

    def drag(self, *shares: float) -> None:
        """Take the timelines with the mouse at the first share of their width, and go over the others."""
        box = self.box(self.slider)
        y = box["y"] + box["height"] / 3
        self.page.mouse.move(box["x"] + shares[0] * box["width"], y)
        self.page.mouse.down()
        for share in shares[1:]:
            self.page.mouse.move(box["x"] + share * box["width"], y, steps=5)
        self.page.mouse.up()
        self.settle()

    def twin(self, letter: str) -> Locator:
        """The picture of a twin."""
        return self.root.get_by_role("img", name=f"Twin {letter}")

    def readout(self, letter: str) -> str:
        """The numbers of the word that is looked at."""
        return self.root.locator(f".numbers.{letter}").inner_text()

    def saved(self, button: str, path: Path) -> Path:
        """Press a button that saves a file."""
        with self.page.expect_download() as download:
            self.button(button).click()
        download.value.save_as(path)
        return path


def pixels(of: Locator) -> np.ndarray:
    """A canvas (height, width, 4): red, green, blue and opacity of each of its pixels."""
    width, height, data = of.evaluate(
        """canvas => {
            const {width, height, data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let text = "";
            for (let k = 0; k < data.length; k += 8192) text += String.fromCharCode(...data.subarray(k, k + 8192));
            return [width, height, btoa(text)];
        }"""
    )
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4).astype(int)


_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def numbers_after(text: str, label: str) -> list[float]:
    """The numbers that follow a label, wherever it stands; 3.2·10⁻⁴ is read as one."""
    found = re.findall(rf"{label} ([−\d][\d,.]*(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)", text)
    return [float(n.rstrip(".,").replace(",", "").replace("·10", "e").translate(_RAISED)) for n in found]
