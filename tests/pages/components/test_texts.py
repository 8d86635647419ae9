"""Fixed texts: each key of a page's file is used by the page, and each text that a page asks for is there."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import pages
from pages.components.texts import Texts

ROOT = Path(pages.__file__).parent
FILES = sorted(ROOT.rglob("text.md"))


def owner(file: Path) -> str:
    """The package that reads the file, such as `pages.lessons.long_memory`."""
    return ".".join(("pages", *file.parent.relative_to(ROOT).parts))


def asked(package: str) -> set[str]:
    """The keys that any module asks the package's texts for."""
    keys = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == package]
        names = {alias.asname or alias.name for node in imports for alias in node.names if alias.name == "texts"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = node.func
                if isinstance(called.value, ast.Name) and called.value.id in names and called.attr in METHODS:
                    assert isinstance(node.args[0], ast.Constant), f"{path}: the key is written out where it is asked"
                    keys.add(str(node.args[0].value))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
                keys.add(node.attr)
    return keys - METHODS


METHODS = {"options", "filled"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_text_is_used_and_every_text_that_is_asked_for_exists(file: Path) -> None:
    texts = importlib.import_module(owner(file)).texts
    assert isinstance(texts, Texts)
    assert texts.file == file
    assert texts.keys == asked(owner(file))


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "text.md"
    file.write_text(
        "# About\n\n## lead\nOne\nline.\n\nTwo paragraphs,\n- and\n- a list.\n\n"
        "## symbols: lstm\n$c_{t}$ and {{n}}\n\n## symbols: gru\n$h_t$\n\n## solved\nAbove {{share}}.\n"
    )
    texts = Texts(file)
    assert texts.keys == {"lead", "symbols", "solved"}
    assert texts.lead == "One line.\n\nTwo paragraphs,\n- and\n- a list."
    assert dict(texts.options("symbols")) == {"lstm": "$c_{t}$ and {{n}}", "gru": "$h_t$"}
    assert texts.filled("solved", share="99 %") == "Above 99 %."
    for wrong in (lambda: texts.nothing, lambda: texts.symbols, lambda: texts.options("lead")):
        with pytest.raises(AttributeError, match=r"text\.md"):
            wrong()
    with pytest.raises(KeyError):
        texts.filled("solved")


@pytest.mark.parametrize("twice", ["## a\nx\n## a\ny\n", "## a\nx\n## a: b\ny\n", "## a: b\nx\n## a: b\ny\n"])
def test_a_key_stands_once(tmp_path: Path, twice: str) -> None:
    (tmp_path / "text.md").write_text(twice)
    with pytest.raises(ValueError, match="twice"):
        Texts(tmp_path / "text.md")
