"""The lesson from text to code: a first attempt at the class, its faults, and what mends them."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
