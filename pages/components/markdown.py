"""Somebody else's text in Markdown."""

from __future__ import annotations

import re


def escape_markdown(text: str) -> str:
    """The same text as Markdown shows it as it is: no link, no picture, no formula comes of it."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
