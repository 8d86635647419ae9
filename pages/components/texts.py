"""Fixed text of a page, read from the Markdown file beside its parts.

A heading `## key` begins a text, which ends where the next begins. `## key: option` begins one of several texts under
one key. `{{name}}` in a text is a place for a number, which `Texts.filled` writes there; what is computed from a record
is no fixed text: it stands in Python, beside its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_HEADING = re.compile(r"^## (\w+)(?:: (.+))?$", re.MULTILINE)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


class Texts:
    """The texts of one file, as attributes: `texts.lead`, or `texts.symbols["lstm"]` where there are options.

    Raises
    ------
    AttributeError
        If there is no such key.
    ValueError
        If the file has a key twice.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._texts = _read(file)

    @property
    def keys(self) -> frozenset[str]:
        """All keys, without their options."""
        return frozenset(self._texts)

    def __getattr__(self, key: str) -> str:
        text = self._texts.get(key)
        if not isinstance(text, str):
            raise AttributeError(f"{self.file.name} has no text “{key}”; it has {', '.join(sorted(self._texts))}")
        return text

    def options(self, key: str) -> Mapping[str, str]:
        """The texts under a key, by option, in the order of the file."""
        options = self._texts.get(key)
        if not isinstance(options, dict):
            raise AttributeError(f"{self.file.name} has no options of “{key}”")
        return options

    def filled(self, key: str, **values: object) -> str:
        """A text with each of its places filled; KeyError if one has no value."""
        return _PLACE.sub(lambda place: str(values[place[1]]), getattr(self, key))


def _read(file: Path) -> dict[str, str | dict[str, str]]:
    texts: dict[str, str | dict[str, str]] = {}
    _, *pieces = _HEADING.split(file.read_text(encoding="utf-8"))
    for key, option, body in zip(pieces[0::3], pieces[1::3], pieces[2::3], strict=True):
        text = re.sub(r"(?<!\n)\n(?![\n\-|#>])", " ", body.strip())  # lines are wrapped in the file
        if option is None:
            if key in texts:
                raise ValueError(f"{file} has the key “{key}” twice")
            texts[key] = text
            continue
        options = texts.setdefault(key, {})
        if not isinstance(options, dict) or option in options:
            raise ValueError(f"{file} has the key “{key}: {option}” twice")
        options[option] = text
    return texts
