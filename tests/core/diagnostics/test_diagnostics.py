"""Verdicts from records whose numbers are known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.bptt import loss_and_gradients
from rnn_core.diagnostics import (
    ENGAGEMENTS,
    OUTCOMES,
    engagement,
    first_difference,
    flow,
    outcome,
    probe,
    replay,
    saturation,
    saturation_onset,
    snapshot_at,
    summary,
    twin,
)
from rnn_core.recording import train
from rnn_core.tasks import TASKS
from rnn_core.training import iterate, starting_params
from rnn_core.types import Divergence, Evaluation, Record
from tests.core.records import SMALL

BASELINES = {"majority": 0.5, "first noun": 0.75}


@pytest.fixture(scope="module")
def small() -> Record:
    return train(SMALL)


def scored(record: Record, fresh: float, held_out: float) -> Record:
    slices = {"fresh sentences": fresh, "held-out pairs": held_out, "all attractors disagree": 0.0}
    return dataclasses.replace(record, evaluation={k: Evaluation(v, 1200, BASELINES) for k, v in slices.items()})


@pytest.mark.parametrize(
    ("fresh", "held_out", "kind"),
    [
        (1.0, 0.9901, "solved"),
        (1.0, 0.99, "partly solved"),  # above 99 %, not from 99 % on
        (0.98, 1.0, "partly solved"),
        (0.545, 1.0, "partly solved"),  # 3 standard errors of 1,200 coins are 0.0433
        (0.543, 1.0, "at chance"),
        (0.2, 0.2, "at chance"),
    ],
)
def test_outcome_is_judged_by_the_worse_of_fresh_sentences_and_held_out_pairs(
    small: Record, fresh: float, held_out: float, kind: str
) -> None:
    result = outcome(scored(small, fresh, held_out))
    assert result.kind == kind
    assert result.kind in OUTCOMES
    assert result.accuracy == min(fresh, held_out)


def test_a_run_that_diverged_has_not_solved_anything(small: Record) -> None:
    diverged = dataclasses.replace(scored(small, 1.0, 1.0), divergence=Divergence(7, "dh", 3))
    assert outcome(diverged).kind == "diverged"
    assert "dh at time step 3 became non-finite at update 7" in summary(diverged)


def clipped(record: Record, scales: list[float], moved: float) -> Record:
    """The record with these scales, and with weights that end so far from their start, in units of its norm."""
    weights = {name: np.stack([W[0], W[0] * (1 + moved)]).astype(float) for name, W in record.probe_params.items()}
    norms = np.ones(len(scales))
    same = {"grad_norm_clipped": norms, "grad_norm": norms, "loss": norms, "clip_angle": 0 * norms}
    return dataclasses.replace(record, clip_scale=np.array(scales), probe_params=weights, **same)


@pytest.mark.parametrize(
    ("scales", "moved", "kind", "share"),
    [
        ([1.0] * 100, 5.0, "never", 0.0),
        ([0.5] * 49 + [1.0] * 51, 5.0, "safety net", 0.49),
        ([0.5] * 50 + [1.0] * 50, 5.0, "step limiter", 0.5),
        ([0.5] * 100, 0.06, "step limiter", 1.0),
        ([0.5] * 95 + [1.0] * 5, 0.04, "frozen", 0.95),
        ([0.5] * 94 + [1.0] * 6, 0.04, "step limiter", 0.94),
    ],
)
def test_engagement_follows_its_thresholds(
    small: Record, scales: list[float], moved: float, kind: str, share: float
) -> None:
    found = engagement(clipped(small, scales, moved))
    assert found.kind == kind
    assert found.kind in ENGAGEMENTS
    assert found.share == pytest.approx(share)
    assert found.moved == pytest.approx(moved)
    assert (found.median_scale, found.smallest_scale) == ((0.5, 0.5) if share else (1.0, 1.0))


def test_an_update_that_was_turned_but_not_shortened_was_clipped(small: Record) -> None:
    turned = dataclasses.replace(clipped(small, [1.0] * 4, 5.0), clip_angle=np.array([0.0, 0.1, 0.0, 0.0]))
    assert engagement(turned).share == 0.25


def test_engagement_of_a_run_without_clipping_is_off() -> None:
    assert engagement(train(twin(SMALL))).kind == "off"


def test_moved_is_the_distance_between_the_first_and_the_last_weights() -> None:
    record = train(SMALL)
    flat = np.concatenate([W.reshape(len(W), -1).astype(float) for W in record.probe_params.values()], axis=1)
    moved = np.linalg.norm(flat[-1] - flat[0]) / np.linalg.norm(flat[0])
    assert engagement(record).moved == pytest.approx(moved, rel=1e-12)


def fallen(record: Record, shares: list[float], updates: list[int]) -> Record:
    """The record with such shares of saturated states at its snapshots, taken after so many updates."""
    states = np.zeros((len(shares), 3, 100))
    for h, share in zip(states, shares, strict=True):
        h[1:, : round(100 * share)] = 1.0
    return dataclasses.replace(record, probe_h=states, probe_updates=np.array(updates))


def test_a_fall_lies_between_the_last_snapshot_with_few_and_the_first_with_most_states_saturated(small: Record) -> None:
    found = saturation_onset(fallen(small, [0.0, 0.09, 0.05, 0.3, 0.6, 0.9], [0, 10, 20, 30, 40, 69]))
    assert found is not None
    assert (found.start, found.end) == (20, 40)
    assert found.saturated == (0.05, 0.6)
    assert found.largest_norm == small.grad_norm[20:40].max()
    assert found.usual_norm == np.median(small.grad_norm[:20])
    assert found.recurrent_share == np.median(small.param_norm["W_hh"][20:40] / small.grad_norm[20:40])
    assert found.flow_after == flow(small, 40)


@pytest.mark.parametrize("shares", [[0.0, 0.0, 0.5], [0.6, 0.9, 0.9], [0.2, 0.3, 0.9]])
def test_without_few_saturated_states_before_or_most_after_there_is_no_fall(small: Record, shares: list[float]) -> None:
    assert saturation_onset(fallen(small, shares, [0, 30, 70])) is None


def test_a_relu_network_falls_where_its_units_go_off(small: Record) -> None:
    on_and_off = fallen(small, [1.0, 1.0, 0.2], [0, 30, 70])
    assert saturation_onset(on_and_off) is None  # as a tanh network
    relu = dataclasses.replace(on_and_off, config=small.config.replace(activation="relu"))
    found = saturation_onset(relu)
    assert found is not None
    assert found.saturated == (0.0, 0.8)


def test_flow_is_the_median_ratio_of_the_first_to_the_last_time_step(small: Record) -> None:
    norms = np.array([[9, 1, 5, 2], [9, 3, 5, 1], [9, 8, 5, 1], [9, 0, 5, 0]], float)
    record = dataclasses.replace(small, dh_norm=norms)
    assert flow(record) == 3.0  # of 1/2, 3 and 8; nothing over nothing is no ratio
    assert flow(record, 1, 2) == 3.0
    assert np.isnan(flow(record, 3))


def test_states_that_are_not_numbers_are_not_called_unsaturated() -> None:
    assert np.isnan(saturation(np.array([[0.0], [np.nan]])))


def test_twins_part_at_the_first_update_that_is_clipped() -> None:
    a, b = train(twin(SMALL)), train(SMALL)
    first = int(np.flatnonzero(b.clip_scale < 1)[0])
    assert first_difference(a, b) == first
    assert a.grad_norm[first] == b.grad_norm[first]  # the gradient itself is still the same
    assert np.array_equal(a.dh_norm[: first + 1], b.dh_norm[: first + 1])
    assert not np.array_equal(a.dh_norm[first + 1], b.dh_norm[first + 1])


def test_twins_that_never_clip_never_part() -> None:
    loose = SMALL.replace(clip_threshold=1000.0)
    assert first_difference(train(twin(loose)), train(loose)) is None


def test_a_run_that_ended_early_parts_from_its_twin_there(small: Record) -> None:
    cut = dataclasses.replace(
        small, loss=small.loss[:9], grad_norm=small.grad_norm[:9], grad_norm_clipped=small.grad_norm_clipped[:9]
    )
    assert first_difference(small, cut) == 9


def test_twin_changes_clipping_alone_and_forgets_the_threshold() -> None:
    one, other = SMALL.replace(clip_threshold=0.1), SMALL.replace(clip_threshold=7.0)
    assert twin(one) == twin(other)
    assert twin(one).replace(clip="norm", clip_threshold=0.1) == one


def test_replay_counts_the_norms_above_the_threshold(small: Record) -> None:
    record = dataclasses.replace(small, grad_norm=np.array([0.1, 1.0, 2.0, 3.0, np.inf]))
    assert replay(record, SMALL.replace(clip="norm", clip_threshold=1.0)) == (0.5, 0.5)
    assert replay(record, SMALL.replace(clip="off")) == (0.0, 0.0)
    assert replay(record, SMALL.replace(clip="adaptive")) is replay(record, SMALL.replace(clip="flow")) is None


def test_replay_of_clipping_by_parameter_asks_the_longest_of_them(small: Record) -> None:
    norms = {"W_hh": np.array([0.5, 3.0, 0.1, 0.2]), "b_y": np.array([0.5, 0.1, 2.0, 0.3])}
    record = dataclasses.replace(small, grad_norm=np.array([0.7, 3.1, 2.1, 0.4]), param_norm=norms)
    assert replay(record, SMALL.replace(clip="param_norm", clip_threshold=1.0)) == (0.5, 0.5)


@pytest.mark.parametrize("percent", [0.0, 10.0, 50.0, 100.0])
def test_replay_of_autoclip_compares_each_norm_with_the_percentile_so_far(small: Record, percent: float) -> None:
    norms = np.array([2.0, 1.0, 3.0, 0.5, 2.5])
    record = dataclasses.replace(small, grad_norm=norms)
    above = [norm > np.percentile(norms[: u + 1], percent) for u, norm in enumerate(norms)]
    share = replay(record, SMALL.replace(clip="autoclip", clip_percentile=percent))
    assert share == (np.mean(above), np.mean(above))


def test_replay_of_clipping_by_value_encloses_the_truth() -> None:
    config, threshold = twin(SMALL), 0.25
    params, clipped_updates = starting_params(config), 0
    for record in iterate(config):
        gradients = loss_and_gradients(params, batch_of_update(config, record.update)).gradients.params
        clipped_updates += max(float(np.abs(g).max()) for g in gradients.values()) > threshold
        params = record.params
    truth = clipped_updates / config.updates
    found = replay(train(config), SMALL.replace(clip="value", clip_threshold=threshold))
    assert 0 < truth < 1
    assert found.at_least <= truth <= found.at_most
    assert found.at_least < found.at_most


def test_a_probe_reads_as_the_record_does(small: Record) -> None:
    tokens = TASKS["agreement"].probe(small.config)
    for snapshot in (0, 5, -1):
        read = probe(small, tokens, snapshot)
        np.testing.assert_allclose(read.h, small.probe_h[snapshot], rtol=1e-5, atol=1e-6)  # float32, other products
        np.testing.assert_allclose(read.p.sum(axis=1), 1, rtol=1e-6)


def test_snapshot_at_is_the_last_one_taken(small: Record) -> None:
    for k, update in enumerate(small.probe_updates):
        assert snapshot_at(small, int(update)) == k
    assert small.probe_updates[snapshot_at(small, 69)] <= 69


def test_saturation_is_the_share_of_states_beyond_099() -> None:
    h = np.array([[9.0, 9.0], [0.991, -0.995], [0.98, 0.0]])  # the first row is the initial state
    assert saturation(h) == 0.5


@pytest.mark.parametrize(
    ("activation", "saturated", "free"),
    [
        ("tanh", [0.991, -0.991, 1.0], [0.989, -0.989, 0.0]),
        ("sigmoid", [0.9951, 0.0049, 1.0], [0.9949, 0.0051, 0.5]),
        ("relu", [0.0, 0.0, 0.0], [1e-9, 1.0, 1e9]),
        ("identity", [], [0.0, -5.0, 1e9]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_saturated_is_where_an_activation_has_hardly_any_slope(
    activation: str, saturated: list[float], free: list[float], dtype: str
) -> None:
    h = np.array([[9.0, *saturated, *free], [0.0, *saturated, *free]], dtype)[:, 1:]
    assert saturation(h, activation) == len(saturated) / h.shape[1]
