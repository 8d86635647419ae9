"""The page "Vanishing and exploding": its four parts, each with its controls, pictures and words."""

from pathlib import Path

from pages.components.texts import Texts

texts = Texts(Path(__file__).with_name("text.md"))
