"""The gradient check finds what is right right, and what is wrong wrong."""

from __future__ import annotations

import pytest

from rnn_core import cells, checking
from rnn_core.checking import TOLERANCE, check_gradients
from rnn_core.config import Config

SMALL = Config(hidden_size=6, batch_size=3)


@pytest.mark.parametrize("changes", [{}, {"spectral_radius": 2.5}, {"spectral_radius": 0.2}, {"dtype": "float64"}])
def test_every_gradient_agrees_with_central_differences(changes: dict[str, object]) -> None:
    checks = check_gradients(SMALL.replace(**changes))
    assert [check.name for check in checks] == ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "h"]
    for check in checks:
        assert check.error < TOLERANCE, check
        assert check.largest > 0


def test_every_entry_of_a_small_tensor_is_checked() -> None:
    entries = {check.name: check.entries for check in check_gradients(SMALL)}
    assert (entries["W_hh"], entries["b_h"], entries["W_hy"], entries["b_y"]) == (36, 6, 12, 2)
    assert entries["W_xh"] in (checking.MOST_ENTRIES, checking.MOST_ENTRIES + 1)  # the largest may be among them


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong_slope(h: object, slope: object) -> None:
        cells.tanh_slope(h, slope)  # type: ignore[arg-type]
        slope *= 1.001  # type: ignore[operator]

    wrong = cells.CELLS["vanilla"]._replace(slope=wrong_slope)
    monkeypatch.setitem(cells.CELLS, "vanilla", wrong)
    errors = {check.name: check.error for check in check_gradients(SMALL)}
    for name in ("W_xh", "W_hh", "b_h", "h"):
        assert errors[name] > 1e-4, name
    for name in ("W_hy", "b_y"):  # the output layer does not go through tanh
        assert errors[name] < TOLERANCE, name
