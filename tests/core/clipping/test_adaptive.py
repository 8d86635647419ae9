"""Clips that set their own threshold: per unit by the weights, and AutoClip by the norms so far."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions
from rnn_core.clipping.adaptive import EPSILON, LAST_LAYER
from rnn_core.clipping.autoclip import percentile
from rnn_core.config import SPECS, Config
from rnn_core.initializers import initial_params
from rnn_core.numerics.norms import global_norm
from rnn_core.training import iterate
from tests.core.gradients import (
    DTYPES,
    ROUNDING,
    gradients,
    options,
    reports_nothing,
    same_objects,
    thresholds,
    weights,
)

SMALL = Config(sentence_length=8, attractors=0, hidden_size=5, batch_size=3, updates=30, clip_threshold=0.05, seed=1)


# --- adaptive, per unit


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data(), threshold=thresholds)
def test_no_unit_s_gradient_is_longer_than_the_threshold_allows_its_weights(
    dtype: str, data: st.DataObject, threshold: float
) -> None:
    g = data.draw(gradients(dtype))
    W = weights(dtype)
    clipped = CLIPS["adaptive"](g, options(threshold, dtype=dtype)).gradients
    for unit in range(3):
        before, after = (of["W_hh"][:, unit].astype(np.float64) for of in (g, clipped))
        most = threshold * max(math.hypot(*W["W_hh"][:, unit]), EPSILON)
        factor = min(1.0, most / math.hypot(*before)) if before.any() else 1.0
        np.testing.assert_allclose(after, factor * before, rtol=ROUNDING[dtype], atol=1e-44)
    bias, most = g["b_h"].astype(np.float64), threshold * EPSILON  # the bias is 0: ε stands for its length
    factor = min(1.0, most / math.hypot(*bias)) if bias.any() else 1.0
    np.testing.assert_allclose(clipped["b_h"], factor * bias, rtol=ROUNDING[dtype], atol=1e-44)
    assert clipped["W_hy"] is g["W_hy"]


def test_adaptive_clipping_by_hand() -> None:
    W = {"W_hh": np.array([[3.0, 0.0], [4.0, 1e-4]]), "b_h": np.array([0.6, 0.8]), "W_hy": np.ones((2, 1))}
    g = {"W_hh": np.array([[30.0, 3e-3], [40.0, 4e-3]]), "b_h": np.array([0.0, 2.0]), "W_hy": np.full((2, 1), 1e9)}
    clipped = CLIPS["adaptive"](g, ClipOptions(0.1, W, NO_NORMS, 0.0)).gradients
    np.testing.assert_allclose(clipped["W_hh"][:, 0], [0.3, 0.4], rtol=1e-14)  # ‖W_i‖ = 5, λ ‖W_i‖ = .5
    np.testing.assert_allclose(clipped["W_hh"][:, 1], [0.6e-4, 0.8e-4], rtol=1e-14)  # ‖W_i‖ = 10⁻⁴ < ε = 10⁻³
    np.testing.assert_allclose(clipped["b_h"], [0.0, 0.1], rtol=1e-14)  # ‖b‖ = 1, as a whole
    assert clipped["W_hy"] is g["W_hy"]


@given(data=st.data(), factor=st.floats(-6, 6).map(lambda exponent: 10.0**exponent))
def test_adaptive_clipping_scales_with_the_weights(data: st.DataObject, factor: float) -> None:
    g, W = data.draw(gradients("float64")), weights() | {"b_h": np.ones(3)}
    assume(factor > 2 * EPSILON / min(np.linalg.norm(W["W_hh"], axis=0)))
    one = CLIPS["adaptive"](g, ClipOptions(0.1, W, NO_NORMS, 0.0)).gradients
    other = CLIPS["adaptive"](
        {name: factor * array for name, array in g.items()},
        ClipOptions(0.1, {name: factor * array for name, array in W.items()}, NO_NORMS, 0.0),
    ).gradients
    for name, array in one.items():
        np.testing.assert_allclose(other[name], factor * array, rtol=1e-12)


def test_adaptive_clipping_of_gated_cells_takes_each_gate_of_each_unit_for_itself() -> None:
    config = Config(cell="lstm", hidden_size=3, dtype="float64")
    W = initial_params(config, 5, 2, np.random.default_rng(0))
    g = {name: np.ones_like(array) for name, array in W.items()}
    clipped = CLIPS["adaptive"](g, ClipOptions(1e-3, W, NO_NORMS, 0.0)).gradients
    for name in ("W_xh", "W_hh"):
        assert clipped[name].shape[1] == 12
        most = 1e-3 * np.maximum(np.linalg.norm(W[name], axis=0), EPSILON)
        np.testing.assert_allclose(np.linalg.norm(clipped[name], axis=0), most, rtol=1e-13)
    np.testing.assert_allclose(np.linalg.norm(clipped["b_h"]), 1e-3 * np.linalg.norm(W["b_h"]), rtol=1e-13)
    for name in LAST_LAYER:
        assert clipped[name] is g[name]


# --- AutoClip


@given(norms=st.lists(st.floats(0, 1e12), min_size=1, max_size=40).map(sorted), percent=st.floats(0, 100))
def test_the_percentile_is_numpy_s(norms: list[float], percent: float) -> None:
    assert percentile(np.array(norms), percent) == pytest.approx(np.percentile(norms, percent), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("percent", [0.0, 10.0, 37.5, 50.0, 100.0])
def test_autoclip_clips_at_the_percentile_of_all_norms_up_to_this_one(percent: float) -> None:
    rng, norms, history = np.random.default_rng(0), NO_NORMS, []
    for update in range(60):
        g = {"W": rng.normal(size=4) * 10 ** rng.normal()}
        kept = norms.copy()
        clipped = CLIPS["autoclip"](g, options(1e-4, norms, percent))
        history.append(np.linalg.norm(g["W"]))
        threshold = np.percentile(history, percent)
        assert clipped.norm_clipped == pytest.approx(min(history[-1], threshold), rel=1e-13)
        assert clipped.norms == pytest.approx(sorted(history), rel=1e-14)
        np.testing.assert_array_equal(norms, kept)
        if update == 0 or percent == 100:
            assert same_objects(clipped, g)
            assert clipped.scale == 1
        norms = clipped.norms


@given(data=st.data(), percent=st.floats(0, 100), threshold=thresholds)
def test_autoclip_never_clips_the_first_update_and_reads_no_threshold(
    data: st.DataObject, percent: float, threshold: float
) -> None:
    g = data.draw(gradients("float64"))
    clipped = CLIPS["autoclip"](g, options(threshold, NO_NORMS, percent))
    assert same_objects(clipped, g)
    assert reports_nothing(clipped, global_norm(g.values()))
    assert clipped.norms.tolist() == [clipped.norm]


def test_a_run_hands_the_history_from_update_to_update() -> None:
    config = SMALL.replace(clip="autoclip", clip_percentile=25.0, clip_threshold=1e-4)
    records = list(iterate(config))
    norms = [record.grad_norm for record in records]
    assert records[-1].state.norms.tolist() == sorted(norms)
    for u, record in enumerate(records):
        threshold = np.percentile(norms[: u + 1], 25.0)
        assert record.grad_norm_clipped == pytest.approx(min(norms[u], threshold), rel=1e-5)
    assert any(record.clip_scale < 1 for record in records)
    assert list(iterate(config, 10, records[9].state))[-1].params["W_hh"].tobytes() == (
        records[-1].params["W_hh"].tobytes()
    )


def test_only_autoclip_keeps_a_history() -> None:
    for clip in SPECS["clip"].choices:
        last = list(iterate(SMALL.replace(clip=clip, updates=3)))[-1]
        assert len(last.state.norms) == (3 if clip == "autoclip" else 0)


def test_a_history_of_zeros_takes_the_gradient_to_zero_and_says_so() -> None:
    g = {"W": np.array([3.0, 4.0])}
    clipped = CLIPS["autoclip"](g, options(1.0, np.zeros(9), 10.0))
    assert not clipped.gradients["W"].any()
    assert clipped[1:4] == (5, 0, 0)
