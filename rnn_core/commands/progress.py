"""A progress bar on standard error, shown only to a person at a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TextIO

_WIDTH = 30


class Progress:
    """Draws `[#####.....] 50% what` over itself; silent where the stream is not a terminal."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Show that `done` of `total` is done."""
        if self._shown:
            filled = _WIDTH * done // total
            bar = "#" * filled + "." * (_WIDTH - filled)
            self._stream.write(f"\r\x1b[K[{bar}] {done / total:4.0%} {self._what} {done}/{total} {note}")
            self._stream.flush()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
