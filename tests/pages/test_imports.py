"""Figures and prose are computed from records alone: they load without Streamlit, and without a running app."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pages

ROOT = Path(pages.__file__).parents[1]
PAGES = [page for page in sorted((ROOT / "pages").glob("*.py")) if page.stem != "__init__"]
FIGURES = sorted((ROOT / "pages").rglob("figures/*.py"))


def modules_after(*names: str) -> set[str]:
    """Roots of everything that a fresh process has loaded after importing these modules."""
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


SCRIPTS = sorted((ROOT / "pages").rglob("*.py"))


def room_of(name: str) -> str:
    """The room that a module's absolute name is in: rnn_core, components, lab, lessons/NAME, page or app; else ''."""
    match name.split("."):
        case ["rnn_core" | "app" as root, *_]:
            return root
        case ["pages", "lessons", lesson, *_]:
            return f"lessons/{lesson}"
        case ["pages", "components" | "lab" as folder, *_]:
            return folder
        case ["pages", name, *_] if (ROOT / "pages" / f"{name}.py").exists():
            return "page"
        case _:
            return ""


def imports_of(path: Path) -> set[str]:
    """Absolute names of all that a file imports, anywhere in it but behind its door."""
    package = path.relative_to(ROOT).parts[:-1]
    names = set()
    for node in (inner for outer in ast.parse(path.read_text(encoding="utf-8")).body for inner in ast.walk(outer)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def allowed(room: str, other: str) -> bool:
    """The rule: rnn_core <- components <- the lab or one lesson <- pages <- app."""
    if room == "page":
        return other in {"rnn_core", "components", "lab", "app"} or other.startswith("lessons/")
    return other in {room, "rnn_core", "components"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_opens_only_on_those_below_it(path: Path) -> None:
    room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    others = {name: room_of(name) for name in imports_of(path)}
    assert not {name for name, other in others.items() if other and not allowed(room, other)}


def test_the_core_opens_on_no_page() -> None:
    for path in sorted((ROOT / "rnn_core").rglob("*.py")):
        assert {room_of(name) for name in imports_of(path)} <= {"rnn_core", ""}


def test_the_rule_tells_rooms_apart() -> None:
    assert allowed("lessons/long_memory", "lessons/long_memory")
    for room, other in (("lessons/long_memory", "lessons/five_kinds"), ("lessons/long_memory", "lab"),
                        ("lab", "lessons/long_memory"), ("components", "lab"), ("components", "page"),
                        ("lab", "app"), ("lessons/long_memory", "app"), ("lab", "page")):  # fmt: skip
        assert not allowed(room, other)
    assert room_of("pages.long_memory.page") == "page"
    assert "pages.lab.parts.play.sentence_section" in imports_of(ROOT / "pages" / "clipping_lab.py")


def test_figures_never_load_streamlit() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FIGURES]
    loaded = modules_after(*names)
    assert {"plotly", "numpy", "rnn_core"} <= loaded
    assert "streamlit" not in loaded


def test_prose_and_runs_never_load_streamlit() -> None:
    assert "streamlit" not in modules_after("pages.lab.sentences", "pages.components.jobs.tasks")


def test_a_training_process_that_imports_the_app_again_draws_nothing() -> None:
    assert not modules_after("app") & {"streamlit", "plotly", "pandas"}


DOOR = """

if __name__ == "__main__":  # where Streamlit looks for a page until a server has had its first visitor
    from app import main

    main()
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_is_short_and_ends_with_a_door_to_the_app(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.endswith(DOOR)
    assert text.count("from app import") == 1
    assert "from ." not in text  # Streamlit may run it as a script
    assert len(text.splitlines()) <= 80


def test_the_app_is_short() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 30
