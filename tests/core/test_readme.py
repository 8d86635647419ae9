"""What the README says about the project is so."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from rnn_core.experiments import compare
from rnn_core.experiments.results import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", ".github/CONTRIBUTING.md", ".github/CHANGELOG.md", "tests/benchmarks/README.md")


def test_the_table_over_seeds_is_that_of_its_file() -> None:
    saved = load("compare")
    assert f".venv/bin/{saved.command}\n" in README
    assert compare.report(saved.result).strip() in README, f"the README wants:\n{compare.report(saved.result)}"


def test_the_ten_lines_print_what_is_shown_but_for_the_last_digits() -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.S)
    [shown] = re.findall(r"```text\n(.*?)```", README, re.S)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})  # our own README
    words = [re.sub(r"\d+(\.\d+)?", "#", text) for text in (printed.getvalue(), shown)]
    assert words[0].split() == words[1].split()
    assert "kind='at chance'" in printed.getvalue()
    assert "kind='solved'" in printed.getvalue()
    assert "(1000, 15)" in printed.getvalue()


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_points_to_exist(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert links or page.startswith("tests")
    for link in links:
        assert (path.parent / link).exists(), link


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= 145


def test_the_test_command_is_the_one_that_continuous_integration_reads() -> None:
    commands = [line for line in README.splitlines() if 'pip install -e ".[test]"' in line]
    assert len(commands) == 1
    assert "grep -m1 -F 'pip install -e \".[test]\"' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
