"""What the page on backpropagation through time is made of."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
