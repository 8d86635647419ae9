"""What only the page on why recurrence has."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
