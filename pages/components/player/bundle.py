"""The player's program as one module: its small files, joined in the order in which they import each other.

A component gets one script, and so does a page that plays offline. Joining is all that is done: `import` lines go, as
what they name is in the same module then, and `export` before a name goes. A test holds that no two files use one name.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

_BROWSER = Path(__file__).parent / "browser"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default )", re.MULTILINE)


def files(entry: str) -> list[str]:
    """Names of the files that `entry` needs, itself last, each after those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for needed in _IMPORT.findall(source(name)):
                visit(needed)
            order.append(name)

    visit(entry)
    return order


def source(name: str) -> str:
    """One file as it was written."""
    return (_BROWSER / f"{name}.js").read_text(encoding="utf-8")


def joined(entry: str) -> str:
    """The module that begins with `entry`."""
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source(name))) for name in files(entry))


@functools.cache
def style() -> str:
    """The player's style sheet."""
    return (_BROWSER / "player.css").read_text(encoding="utf-8")


@functools.cache
def alone() -> str:
    """The program of a page that plays offline."""
    return joined("alone")


@functools.cache
def component() -> str:
    """The program of the app's component; it carries the offline one along, to write it into files."""
    offline = json.dumps({"js": alone(), "css": style()})
    return f"{joined('streamlit')}\nconst OFFLINE = {offline};\n"
