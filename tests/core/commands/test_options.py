"""What `train --help` says of each choice of a run."""

from __future__ import annotations

import pytest

from rnn_core import __main__ as command_line
from rnn_core.config import DEFAULTS, SPECS


@pytest.mark.parametrize("field", SPECS)
def test_help_says_meaning_unit_bounds_and_default(
    field: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "9999")
    with pytest.raises(SystemExit):
        command_line.command_parser().parse_args(["train", "--help"])
    text, spec = " ".join(capsys.readouterr().out.split()), SPECS[field]
    unit = f" [{spec.unit}]" if spec.unit else ""
    shown = "{" + ",".join(spec.choices) + "}" if spec.choices else field.upper()
    said = f"{spec.help}{unit}: {spec.allowed()} (default: {DEFAULTS[field]})"
    assert f" --{field.replace('_', '-')} {shown} {' '.join(said.split())} " in text + " "
