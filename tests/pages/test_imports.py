"""Figures and prose are computed from records alone: they load without Streamlit, and without a running app."""

from __future__ import annotations

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


def test_figures_never_load_streamlit() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FIGURES]
    loaded = modules_after(*names)
    assert {"plotly", "numpy", "rnn_core"} <= loaded
    assert "streamlit" not in loaded


def test_prose_and_runs_never_load_streamlit() -> None:
    assert "streamlit" not in modules_after("pages.lab.sentences", "pages.components.jobs.runs")


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
