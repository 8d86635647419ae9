"""A run is a pure function of its config; twins part only where clipping acts; and a record holds what it says."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnn_core
from rnn_core.batches import _READ_BY_BATCHES, _block_of_batches, batch_of_update
from rnn_core.bptt import forward, loss_and_gradients
from rnn_core.clipping import CLIPS, NO_NORMS, ClipOptions
from rnn_core.config import EVALUATION_COUNT, Config
from rnn_core.evaluation import evaluate, probe_states
from rnn_core.recording import SNAPSHOT_BYTES, SNAPSHOTS, Chunk, advance, snapshot_updates, to_record, train
from rnn_core.tasks import TASKS
from rnn_core.tasks.agreement import DISAGREE, FRESH, HELD_OUT
from rnn_core.training import iterate, starting_params
from rnn_core.types import Batch, Params, Record

from .records import SMALL, arrays_of, assert_same_bits, digest

ROOT = Path(rnn_core.__file__).parents[1]

PER_UPDATE = ("loss", "accuracy", "grad_norm", "grad_norm_clipped", "clip_scale", "clip_angle", "dh_norm")


@pytest.fixture(scope="module")
def record() -> Record:
    return train(SMALL)


def in_stretches(config: Config, *, pickled: bool = False) -> list[Chunk]:
    """A run cut after every update, as if each were computed by another process."""
    chunks: list[Chunk] = []
    while not chunks or (chunks[-1].end < config.updates and chunks[-1].divergence is None):
        chunk = advance(config, chunks[-1] if chunks else None, seconds=0)
        chunks.append(pickle.loads(pickle.dumps(chunk)) if pickled else chunk)
    return chunks


def test_the_same_config_gives_the_same_bits_again(record: Record) -> None:
    train(SMALL.replace(seed=99))  # something else in between
    assert_same_bits(train(SMALL), record)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("clip", CLIPS)
def test_the_same_config_gives_the_same_bits_in_a_fresh_process(clip: str, dtype: str) -> None:
    command = [sys.executable, "-m", "tests.core.records", clip, dtype]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(train(SMALL.replace(clip=clip, dtype=dtype)))


@pytest.mark.parametrize("pickled", [False, True])
def test_a_run_cut_after_every_update_has_the_same_bits(record: Record, pickled: bool) -> None:
    chunks = in_stretches(SMALL, pickled=pickled)
    assert len(chunks) == SMALL.updates
    assert_same_bits(to_record(SMALL, chunks), record)


def test_iterate_goes_on_from_any_update(record: Record) -> None:
    updates = list(iterate(SMALL))
    again = list(iterate(SMALL, 40, updates[39].state))
    assert [r.update for r in again] == list(range(40, SMALL.updates))
    for one, other in zip(updates[40:], again, strict=True):
        assert (one.loss, one.grad_norm, one.clip_scale) == (other.loss, other.grad_norm, other.clip_scale)
        assert one.dh_norm.tobytes() == other.dh_norm.tobytes()
    assert [r.loss for r in updates] == record.loss.tolist()


def test_a_stretch_sent_as_a_start_gives_the_same_next_one() -> None:
    first = advance(SMALL, seconds=0)
    start = pickle.loads(pickle.dumps(first.as_start))
    assert not start.snapshots
    assert start.end == first.end
    one, other = advance(SMALL, first), advance(SMALL, start)
    assert_same_bits(to_record(SMALL, [first, one]), to_record(SMALL, [first, other]))
    with pytest.raises(ValueError, match="ended with update 69"):
        advance(SMALL, one.as_start)


class Watched:
    """A config that remembers which of its fields were read."""

    def __init__(self, config: Config) -> None:
        self._config, self.read = config, set[str]()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(self._config, name)


def test_batches_depend_on_no_field_but_those_they_are_kept_by() -> None:
    watched = Watched(SMALL)
    _block_of_batches.__wrapped__(watched, 0)
    assert watched.read == set(_READ_BY_BATCHES)


def test_runs_that_differ_in_nothing_their_batches_depend_on_draw_them_once() -> None:
    _block_of_batches.cache_clear()
    changed = {"clip": "off", "clip_threshold": 2.0, "learning_rate": 0.1, "updates": 80, "hidden_size": 9}
    for name, value in (changed | {"spectral_radius": 0.9}).items():
        other = batch_of_update(SMALL.replace(**{name: value}), 55)
        assert all(a is b for a, b in zip(other, batch_of_update(SMALL, 55), strict=True))
    assert _block_of_batches.cache_info().misses == 1


def test_the_largest_batches_can_be_drawn_for_the_smallest_network() -> None:
    config = Config(sentence_length=100, batch_size=512, hidden_size=1, updates=1, dtype="float64")
    assert batch_of_update(config, 0).inputs.shape == (100, 512)


def test_a_longer_run_begins_with_the_shorter_one(record: Record) -> None:
    longer = train(SMALL.replace(updates=SMALL.updates + 41))
    for name in PER_UPDATE:
        assert getattr(longer, name)[: SMALL.updates].tobytes() == getattr(record, name).tobytes()


def test_a_run_that_is_stopped_early_ends_with_its_last_weights(record: Record) -> None:
    stopped = to_record(SMALL, in_stretches(SMALL)[:33])
    assert stopped.updates == 33
    assert stopped.probe_updates[-1] == 33
    assert stopped.divergence is None
    assert stopped.loss.tobytes() == record.loss[:33].tobytes()
    as_short = train(SMALL.replace(updates=33))
    assert stopped.evaluation == as_short.evaluation
    for name, weights in stopped.probe_params.items():
        assert weights[-1].tobytes() == as_short.probe_params[name][-1].tobytes()


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_a_threshold_that_is_never_reached_gives_the_bits_of_no_clipping(clip: str) -> None:
    off = train(SMALL.replace(clip="off"))
    assert off.grad_norm.max() < 1e3
    assert_same_bits(train(SMALL.replace(clip=clip, clip_threshold=1e3)), off)


def test_twins_share_weights_batches_and_the_first_measurement(record: Record) -> None:
    twin = SMALL.replace(clip="off", clip_threshold=2.0)
    for name, W in starting_params(SMALL).items():
        np.testing.assert_array_equal(starting_params(twin)[name], W)
    for update in (0, 1, 49, 50, 69):
        for one, other in zip(batch_of_update(SMALL, update), batch_of_update(twin, update), strict=True):
            np.testing.assert_array_equal(one, other)
    unclipped = train(twin)
    acted = np.flatnonzero(record.clip_scale < 1)
    assert 0 < len(acted) < SMALL.updates  # this config clips some updates and not others
    until = acted[0] + 1  # the update that is clipped first is still measured alike, before it is clipped
    for name in ("loss", "accuracy", "grad_norm", "dh_norm"):
        assert getattr(record, name)[:until].tobytes() == getattr(unclipped, name)[:until].tobytes()
        assert name == "accuracy" or (getattr(record, name)[until:] != getattr(unclipped, name)[until:]).any()


def test_another_seed_gives_other_weights_and_other_batches() -> None:
    other = SMALL.replace(seed=4)
    assert (starting_params(other)["W_hh"] != starting_params(SMALL)["W_hh"]).any()
    assert (batch_of_update(other, 0).inputs != batch_of_update(SMALL, 0).inputs).any()


def test_no_two_updates_have_the_same_batch() -> None:
    batches = {batch_of_update(SMALL, update).inputs.tobytes() for update in range(200)}
    assert len(batches) == 200


def test_float64_starts_at_the_same_weights_and_batches() -> None:
    double = SMALL.replace(dtype="float64")
    for name, W in starting_params(double).items():
        np.testing.assert_array_equal(starting_params(SMALL)[name], W.astype(np.float32))
    np.testing.assert_array_equal(batch_of_update(double, 7).inputs, batch_of_update(SMALL, 7).inputs)


def test_an_update_measures_clips_and_then_moves_the_weights() -> None:
    config = SMALL.replace(dtype="float64", updates=5)
    params = starting_params(config)
    for record in iterate(config):
        done = loss_and_gradients(params, batch_of_update(config, record.update))
        clipped = CLIPS["norm"](done.gradients.params, ClipOptions(config.clip_threshold, params, NO_NORMS, 0))
        assert record.loss == pytest.approx(done.loss, rel=1e-13)  # rounding of float64, as all bounds below
        assert record.accuracy == done.accuracy
        assert record.grad_norm == pytest.approx(clipped.norm, rel=1e-13)
        assert record.grad_norm_clipped == pytest.approx(min(clipped.norm, 0.5), rel=1e-13)
        assert record.clip_scale == pytest.approx(min(1, 0.5 / clipped.norm), rel=1e-13)
        np.testing.assert_allclose(record.dh_norm, [np.linalg.norm(dh) for dh in done.gradients.dh], rtol=1e-12)
        for name, g in done.gradients.params.items():
            assert record.param_norm[name] == pytest.approx(np.linalg.norm(g), rel=1e-12)
            moved = params[name] - config.learning_rate * clipped.gradients[name]
            np.testing.assert_allclose(record.params[name], moved, rtol=0, atol=1e-13)
        params = record.params


@pytest.mark.parametrize(("updates", "batch_size"), [(1, 6), (2, 1), (70, 6)])
def test_a_record_has_the_axes_that_it_documents(updates: int, batch_size: int) -> None:
    config = SMALL.replace(updates=updates, batch_size=batch_size)
    record = train(config)
    U, T, H, S = updates, config.sentence_length, config.hidden_size, len(record.probe_updates)
    words = len(TASKS["agreement"].probe(SMALL))
    assert record.config == config
    assert record.updates == U
    assert record.dh_norm.shape == (U, T + 1)
    assert record.probe_h.shape == (S, words + 1, H)
    shapes = {name: W.shape for name, W in starting_params(config).items()}
    assert {name: W.shape for name, W in record.probe_params.items()} == {n: (S, *s) for n, s in shapes.items()}
    assert record.param_norm.keys() == shapes.keys()
    for name, array in arrays_of(record).items():
        if not name.startswith(("probe", "evaluation")):
            assert array.shape[0] == U, name
            assert array.dtype == np.float64, name
        assert np.isfinite(array).all(), name
    assert record.divergence is None
    assert record.diverged_at is None


def test_the_norms_of_a_record_agree_with_each_other(record: Record) -> None:
    together = np.sqrt(sum(norms**2 for norms in record.param_norm.values()))
    np.testing.assert_allclose(record.grad_norm, together, rtol=1e-6)  # float32 sums of squares
    np.testing.assert_allclose(record.clip_scale, record.grad_norm_clipped / record.grad_norm, rtol=1e-6)
    np.testing.assert_allclose(record.grad_norm_clipped, np.minimum(record.grad_norm, SMALL.clip_threshold), rtol=1e-6)
    assert (record.grad_norm_clipped[record.clip_scale == 1] == record.grad_norm[record.clip_scale == 1]).all()
    asked = record.accuracy * SMALL.batch_size
    np.testing.assert_allclose(asked, np.rint(asked), atol=1e-9)  # a share of whole sentences


@given(updates=st.integers(1, 50_000), params_bytes=st.integers(1, 4 * SNAPSHOT_BYTES))
def test_snapshots_are_distinct_ascend_from_the_start_to_the_end_and_keep_to_their_budget(
    updates: int, params_bytes: int
) -> None:
    taken = snapshot_updates(Config(updates=updates), params_bytes)
    assert (taken[0], taken[-1]) == (0, updates)
    gaps = np.diff(taken)
    assert (gaps > 0).all()
    assert (np.diff(gaps) >= -1).all()  # never denser again, to the rounding of whole updates
    most = max(3, min(SNAPSHOTS, SNAPSHOT_BYTES // params_bytes))
    assert len(taken) == min(most, updates + 1)
    if len(taken) <= updates:
        n = most - 1
        exact = [k + (updates - n) * Fraction(k, n) ** 2 for k in range(most)]
        assert max(abs(int(u) - x) for u, x in zip(taken, exact, strict=True)) <= Fraction(1, 2)


@pytest.mark.parametrize("updates", [1, 2, 70, SNAPSHOTS - 1])
def test_a_run_with_less_updates_than_snapshots_keeps_the_weights_after_each(updates: int) -> None:
    np.testing.assert_array_equal(snapshot_updates(Config(updates=updates), 50_000), range(updates + 1))


def test_longer_runs_keep_almost_all_early_weights_and_ever_fewer_later_ones() -> None:
    assert len(np.setdiff1d(range(301), snapshot_updates(Config(updates=300), 50_000))) == 1
    taken = snapshot_updates(Config(updates=1000), 40)
    assert taken[:15].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 16]
    assert taken[-3:].tolist() == [989, 994, 1000]
    assert snapshot_updates(Config(updates=1000), 10 * SNAPSHOT_BYTES).tolist() == [0, 250, 1000]


def test_snapshots_are_the_weights_and_probe_states_those_of_a_forward_pass() -> None:
    config = SMALL.replace(dtype="float64", updates=12)
    record = train(config)
    weights = [starting_params(config), *(r.params for r in iterate(config))]
    probe = TASKS["agreement"].probe(SMALL)[:, None]
    nothing = Batch(probe, np.zeros_like(probe), np.zeros(probe.shape))
    for s, update in enumerate(record.probe_updates):
        for name, W in weights[update].items():
            np.testing.assert_array_equal(record.probe_params[name][s], W)
        h = forward(weights[update], nothing).h[:, 0]
        np.testing.assert_allclose(record.probe_h[s], h, atol=1e-12)  # rounding, amplified over 14 time steps
    assert not record.probe_h[:, 0].any()


def test_a_run_with_more_updates_than_snapshots_keeps_those_that_were_planned() -> None:
    config = SMALL.replace(updates=400)
    record = train(config)
    params_bytes = sum(W.nbytes for W in starting_params(config).values())
    planned = snapshot_updates(config, params_bytes)
    assert len(planned) < 400
    np.testing.assert_array_equal(record.probe_updates, planned)
    weights = {r.update + 1: r.params["W_hh"] for r in iterate(config)}
    for update, W in zip(planned[1:].tolist(), record.probe_params["W_hh"][1:], strict=True):
        np.testing.assert_array_equal(W, weights[update])


def test_probe_states_of_one_network_do_not_depend_on_the_others_beside_it(record: Record) -> None:
    tokens = TASKS["agreement"].probe(SMALL)
    for s in (0, len(record.probe_updates) - 1):
        alone: Params = {name: W[s : s + 1] for name, W in record.probe_params.items()}
        np.testing.assert_allclose(
            probe_states(record.config, alone, tokens)[0], record.probe_h[s], atol=1e-5
        )  # float32 rounding


def test_the_loss_falls_and_the_task_is_learnt() -> None:
    """By the median over five seeds: one of them may, depending on rounding, just have been thrown back at its end."""
    easy = Config(sentence_length=11, attractors=1, hidden_size=32, spectral_radius=1.0, learning_rate=0.5, updates=600)
    records = [train(easy.replace(seed=seed)) for seed in range(5)]
    for record in records:
        assert record.loss[:5].mean() == pytest.approx(math.log(2), abs=0.2)  # knows nothing yet; weights are small
    assert np.median([np.median(record.loss[-100:]) for record in records]) < 0.1
    for name in TASKS["agreement"].solved_on:
        baselines = records[0].evaluation[name].baselines
        accuracy = np.median([record.evaluation[name].accuracy for record in records])
        assert accuracy > 0.95 > max(baselines.values())


def test_evaluation_is_of_the_last_weights_on_every_slice_beside_its_baselines(record: Record) -> None:
    assert list(record.evaluation) == [FRESH, HELD_OUT, DISAGREE]
    last = {name: W[-1] for name, W in record.probe_params.items()}
    assert record.evaluation == evaluate(SMALL, last)
    for accuracy, asked, baselines, loss, loss_baselines in record.evaluation.values():
        assert asked == EVALUATION_COUNT
        assert accuracy * asked == pytest.approx(round(accuracy * asked), abs=1e-6)  # a share of whole sentences
        assert 0 < loss < 5
        assert not loss_baselines
        assert set(baselines) == {"majority", "last noun", "first noun", "vote of nouns"}
        assert all(0 <= share <= 1 for share in baselines.values())


def test_nothing_comes_after_the_end_of_a_run() -> None:
    end = advance(SMALL)
    with pytest.raises(ValueError, match="ended with update 69"):
        advance(SMALL, end)
