"""The player's program: small files, joined so that a component and a file of its own each get one script."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pages.components.player import bundle
from pages.components.player.events import KINDS

FILES = sorted(path.stem for path in (Path(bundle.__file__).parent / "browser").glob("*.js"))
ENTRIES = ("streamlit", "alone")


def names(text: str) -> list[str]:
    """What a module defines at its top level."""
    declared = re.findall(r"^(?:export )?(?:async )?(?:function|class|let|var) (\w+)", text, re.MULTILINE)
    return declared + re.findall(r"^(?:export )?const (\w+) =", text, re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_two_files_of_a_program_use_one_name(entry: str) -> None:
    counts = Counter(name for file in bundle.files(entry) for name in names(bundle.source(file)))
    assert len(counts) > 50
    assert [name for name, n in counts.items() if n > 1] == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_a_file_imports_stands_before_it_and_exists(entry: str) -> None:
    order = bundle.files(entry)
    assert order[-1] == entry
    for place, file in enumerate(order):
        for imported, source in re.findall(
            r'^import \{([^}]*)\} from "\./(\w+)\.js";', bundle.source(file), re.MULTILINE
        ):
            assert source in order[:place]
            exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", bundle.source(source), re.MULTILINE)
            assert {name.strip() for name in imported.split(",") if name.strip()} <= {*exported}


@pytest.mark.parametrize("file", FILES)
def test_every_import_is_used_and_every_file_belongs_to_a_program(file: str) -> None:
    text = bundle.source(file)
    for imported in re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE):
        for name in filter(None, (name.strip() for name in imported.split(","))):
            assert len(re.findall(rf"\b{name}\b", text)) > 1, name
    assert any(file in bundle.files(entry) for entry in ENTRIES)


def test_nothing_is_left_to_import_or_to_load() -> None:
    for program in (bundle.component(), bundle.alone()):
        assert not re.search(r"^import |^export (?!default)", program, re.MULTILINE)
        assert "://" not in program
    assert bundle.component().count("export default") == 1
    assert "export" not in bundle.alone()
    assert "</script" not in bundle.alone()  # it stands inside of one in a file of its own
    assert "</style" not in bundle.style()
    assert "url(" not in bundle.style()


def test_the_program_is_small() -> None:
    assert len(bundle.component()) < 160_000


def test_every_kind_of_event_has_its_sign_in_the_browser() -> None:
    (signs,) = re.findall(r"^const CORNERS = \{\n(.*?)^\};", bundle.source("timelines"), re.MULTILINE | re.DOTALL)
    drawn = re.findall(r"^  (\w+):", signs, re.MULTILINE)
    assert {*drawn, "clip"} == {*KINDS}  # clipped updates are bars
    (named,) = re.findall(r"^const SIGNS = \{\n(.*?)^\};", bundle.source("legend"), re.MULTILINE | re.DOTALL)
    assert {*re.findall(r"^  (\w+):", named, re.MULTILINE)} <= {*drawn}
