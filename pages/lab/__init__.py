"""What only the clipping lab has."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
