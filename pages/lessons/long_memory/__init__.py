"""What only the page on long memory has."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
