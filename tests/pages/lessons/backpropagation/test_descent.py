"""The loss along the negative gradient, measured, beside what the slope promises."""

from __future__ import annotations

import numpy as np
import pytest

from pages.lessons.backpropagation.figures.descent import POINTS, DescentInfo, descent, descent_alt, descent_info
from rnn_core.bptt import loss_and_gradients
from rnn_core.toy_models.chain_rule import as_batch

from .small_chain import of_core, worked

ALL = (1, 2, 3, 4)


def info_of(alpha: float) -> DescentInfo:
    small, rule = worked(ALL)
    return descent_info(small.params, rule, as_batch(small.inputs, small.targets, ALL), alpha)


@pytest.mark.parametrize("alpha", [0.01, 0.3, 20.0])
def test_the_curve_is_measured_with_the_gradient_of_bptt(alpha: float) -> None:
    small, _ = worked(ALL)
    done, info = of_core(small, ALL), info_of(alpha)
    batch = as_batch(small.inputs, small.targets, ALL)
    gradients = done.gradients.params
    assert info.alphas[0] == 0
    assert info.alphas[-1] > alpha
    assert len(info.losses) == POINTS
    assert info.before == pytest.approx(done.loss, rel=1e-12)
    for k in (0, 1, POINTS - 1):
        updated = {name: W - info.alphas[k] * gradients[name] for name, W in small.params.items()}
        assert info.losses[k] == pytest.approx(loss_and_gradients(updated, batch).loss, rel=1e-9)
    updated = {name: W - alpha * gradients[name] for name, W in small.params.items()}
    assert info.after == pytest.approx(loss_and_gradients(updated, batch).loss, rel=1e-9)
    squared = sum(float((g**2).sum()) for g in gradients.values())
    assert info.promised == pytest.approx(done.loss - alpha * squared, rel=1e-9)


def test_the_picture_shows_the_arrays_of_its_info() -> None:
    info = info_of(0.3)
    promised, measured, update = [trace for trace in descent(info).data if trace.x[0] is not None]
    np.testing.assert_array_equal(measured.y, info.losses)
    np.testing.assert_array_equal(measured.x, info.alphas)
    slope = (promised.y[1] - promised.y[0]) / (promised.x[1] - promised.x[0])
    assert slope == pytest.approx(-info.squared_norm)
    assert (update.x[0], update.y[0]) == (info.alpha, info.after)


def test_the_promise_touches_the_curve_at_its_start() -> None:
    info = info_of(0.3)
    slope = (info.losses[1] - info.losses[0]) / info.alphas[1]
    assert slope == pytest.approx(-info.squared_norm, rel=0.05)


def test_losses_without_a_number_leave_the_axis_finite() -> None:
    info = info_of(0.3)
    broken = info._replace(losses=np.where(info.alphas > 1, np.inf, info.losses), after=np.nan)
    low, high = descent(broken).layout.yaxis.range
    assert np.isfinite([low, high]).all()
    assert high > info.before


def test_the_words_for_a_screen_reader_hold_the_numbers() -> None:
    info = info_of(0.3)
    text = descent_alt(info)
    assert f"Before: {info.before:.4g}" in text
    assert f"learning rate 0.3: {info.after:.4g}" in text
    assert f"Lowest: {info.losses.min():.4g}" in text
