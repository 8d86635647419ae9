"""Results as files: what is in them, what the page made of them says, and that nothing is written unless asked for."""

from __future__ import annotations

import json
import math
import re
import runpy
from pathlib import Path

import pytest

from rnn_core.__main__ import command_parser, main
from rnn_core.config import Config
from rnn_core.experiments import readme as page
from rnn_core.experiments import results
from rnn_core.experiments.readme import CLAIMS, EXPERIMENTS, PATH, readme
from rnn_core.experiments.results import entry_of, finite, load, names, plain

NAMES = [name for name in EXPERIMENTS if name in names()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where results go meanwhile."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


def test_the_page_is_made_of_the_files() -> None:
    assert PATH.read_text(encoding="utf-8") == readme(), "python -m rnn_core.experiments makes it anew"


def test_every_file_has_its_section_and_its_claim() -> None:
    assert set(names()) <= EXPERIMENTS.keys()
    heads = re.findall(r"^## (\w+): ", CLAIMS.read_text(encoding="utf-8"), flags=re.M)
    assert sorted(heads) == sorted(EXPERIMENTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_which_command_made_it_and_the_page_has_its_table(name: str) -> None:
    saved, (experiment, _) = load(name), EXPERIMENTS[name]
    assert saved.command.split()[:4] == ["python", "-m", "rnn_core", experiment.NAME]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", saved.date)
    assert saved.version.count(".") == saved.numpy.count(".") == 2
    text = PATH.read_text(encoding="utf-8")
    assert f"```sh\n{saved.command}\n```" in text
    assert experiment.report(saved.result) in text
    file = json.loads((results.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(finite(saved.result))) == file["result"]


@pytest.mark.parametrize("name", [name for name in NAMES if "config" in load(name).result])
def test_a_file_was_made_with_the_study_as_it_is_now(name: str) -> None:
    saved, (experiment, _) = load(name), EXPERIMENTS[name]
    options = vars(command_parser().parse_args(saved.command.split()[3:]))
    changes = {field: options[field] for field in experiment.FIELDS if field in options}
    assert Config(**saved.result["config"]) == experiment.BASE.replace(**changes)


def test_numbers_that_are_not_finite_come_back_as_numbers() -> None:
    result = plain({"a": (math.inf, -math.inf, 1), "b": {3: math.nan, "c": "text", "d": None}})
    assert result["a"] == [math.inf, -math.inf, 1]
    assert math.isnan(result["b"]["3"])
    assert (result["b"]["c"], result["b"]["d"]) == ("text", None)


def test_the_one_entry_with_these_values_is_found() -> None:
    rows = [{"a": 1, "b": 2}, {"a": 1, "b": 3}]
    assert entry_of(rows, a=1, b=3) is rows[1]
    with pytest.raises(ValueError, match="unpack"):
        entry_of(rows, a=1)


SMALL = ["state-growth", "--gains", "2", "--seeds", "2", "--hidden-size", "3", "--time-steps", "6"]


def test_a_result_is_saved_when_it_is_asked_for_and_only_then(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert not list(folder.iterdir())
    assert main([*SMALL[:1], "--workers", "1", "--save", "--json", *SMALL[1:]]) == 0
    assert json.loads(capsys.readouterr().out) == printed
    assert main([*SMALL, "--save=another"]) == 0
    assert {path.name for path in folder.iterdir()} == {"state_growth.json", "another.json"}
    for name in ("state_growth", "another"):
        saved = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        assert list(saved) == ["command", "version", "numpy", "date", "result"]
        assert saved["command"] == " ".join(["python -m rnn_core", *SMALL])
        assert saved["result"] == printed


def test_a_name_that_is_no_file_of_the_folder_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*SMALL, "--save", "../elsewhere"])
    assert ended.value.code == 2
    assert "--save" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_the_module_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PATH", tmp_path / "README.md")
    runpy.run_module("rnn_core.experiments", run_name="__main__")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == readme()
