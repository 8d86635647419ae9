"""The data of a comparison: their numbers are those of the records, read by other ways, and nothing is left out."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from pages.components.player.data import DECADES, PlayerData
from rnn_core.diagnostics import engagement, probe
from rnn_core.diagnostics.verdicts import FLOW
from rnn_core.recording import advance, to_record
from rnn_core.tasks import TASKS, reading
from rnn_core.tasks.reading import Reading
from rnn_core.types import Divergence, Record
from tests.pages.players import player_data_of
from tests.pages.records import run
from tests.pages.test_imports import modules_after

ARTICLE = reading.read(reading.ARTICLE)


def twins(**changes: Any) -> tuple[Record, Record]:
    return run(clip="off", **changes), run(clip_threshold=0.2, **changes)


def data_of(read: Reading = ARTICLE, **changes: Any) -> PlayerData:
    return player_data_of(*twins(**changes), read)


@pytest.fixture(scope="module")
def shown() -> PlayerData:
    return data_of()


def test_each_track_holds_what_its_twin_answers_at_every_snapshot(shown: PlayerData) -> None:
    for track, record in zip(shown.tracks, twins(), strict=True):
        np.testing.assert_array_equal(track.shown, record.probe_updates)
        assert len(track.shown) == 101
        for s in (0, 50, 100):
            read = probe(record, ARTICLE.tokens, s)
            np.testing.assert_array_equal(track.h[s], read.h)
            np.testing.assert_allclose(track.p_were[s], read.p[:, 1], rtol=1e-6)
        assert track.dh_norm.shape == (101, len(ARTICLE.words) + 1)
        assert (track.dh_norm[:, -1] > 0).all()


def test_each_track_holds_what_the_updates_of_its_twin_measured(shown: PlayerData) -> None:
    for track, record in zip(shown.tracks, twins(), strict=True):
        for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped"):
            np.testing.assert_array_equal(getattr(track, name), getattr(record, name))
        assert track.updates == record.updates == 100
        assert track.clipped.mean() == pytest.approx(engagement(record).share)
    assert not shown.tracks[0].clipped.any()
    np.testing.assert_array_equal(shown.tracks[1].clipped, shown.tracks[1].grad_norm > 0.2)
    assert shown.tracks[1].clipped.any()


def test_what_both_twins_share_is_said_once(shown: PlayerData) -> None:
    assert shown.words == ARTICLE.words
    assert shown.rest == "were from India"
    assert (shown.cell, shown.activation, shown.trained_length) == ("vanilla", "tanh", 14)
    assert shown.updates == 100
    assert shown.lost == FLOW
    assert [track.name for track in shown.tracks] == ["A · without clipping", "B · with clipping"]
    assert [track.clip for track in shown.tracks] == ["no clipping", "norm, threshold 0.2"]
    assert [track.threshold for track in shown.tracks] == [None, 0.2]
    assert [track.ended for track in shown.tracks] == [None, None]
    assert {event.kind for event in shown.events} >= {"part", "clip", "largest"}


@pytest.mark.parametrize(
    ("text", "asked", "subject"),
    [
        ("the artists performed and was", "was", 2),
        ("the artist performed and WERE early", "were", 2),
        ("near the pilot the artists performed", "was", 3),
        ("near the pilots the artist performed", "were", 3),
        ("performed near", "were", None),
        ("performed and Was", "was", None),
    ],
)
def test_the_answer_is_the_verb_that_was_typed_or_that_of_the_first_noun(
    text: str, asked: str, subject: int | None
) -> None:
    read = reading.read(text)
    found = data_of(read)
    assert (found.asked, found.subject) == (asked, subject)
    other = data_of(read._replace(rest=("was" if asked == "were" else "were",)))
    assert other.asked != asked
    for track, flipped in zip(found.tracks, other.tracks, strict=True):
        right = track.p_were[:, -1] if asked == "were" else 1 - track.p_were[:, -1]
        # ∂L/∂y is p - onehot(answer), so the gradients of the two answers at h_T are as 1 - p to p
        ratio = track.dh_norm[:, -1] / flipped.dh_norm[:, -1]
        np.testing.assert_allclose(ratio, (1 - right) / right, rtol=1e-3)


def test_of_the_next_word_the_probability_is_that_of_were_among_all_words() -> None:
    shown = data_of(task="next_word", updates=3)
    record = twins(task="next_word", updates=3)[1]
    expected = probe(record, ARTICLE.tokens, 3).p[:, TASKS["next_word"].answers[1]]
    np.testing.assert_allclose(shown.tracks[1].p_were[3], expected, rtol=1e-5)
    assert shown.asked == "were"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"clip": "value", "clip_threshold": 0.01}, "value, threshold 0.01"),
        ({"clip": "autoclip", "clip_percentile": 25.0}, "autoclip, percentile 25"),
        ({"clip": "flow", "clip_threshold": 1e-4}, "flow, threshold 0.0001"),
    ],
)
def test_only_clipping_by_norm_has_a_line_among_the_norms(changes: dict[str, Any], text: str) -> None:
    _, track = player_data_of(run(clip="off", updates=3), run(updates=3, **changes), ARTICLE).tracks
    assert (track.clip, track.threshold) == (text, None)


@pytest.mark.parametrize(("cell", "activation"), [("vanilla", "tanh"), ("vanilla", "sigmoid"), ("gru", "tanh")])
def test_bounded_states_have_a_scale_to_one(cell: str, activation: str) -> None:
    assert data_of(updates=2, cell=cell, activation=activation).state_limit == 1


@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_other_states_have_a_scale_to_the_largest_finite_one_of_the_calmer_twin(activation: str) -> None:
    a, b = twins(updates=4, activation=activation, spectral_radius=0.5)
    params = {name: W.copy() for name, W in a.probe_params.items()}
    params["W_hh"][2] *= 1e25
    found = player_data_of(dataclasses.replace(a, probe_params=params), b, ARTICLE)
    wild, calm = ([abs(float(x)) for x in track.h.ravel() if math.isfinite(x)] for track in found.tracks)
    assert not np.isfinite(found.tracks[0].h).all()
    assert max(wild) > 1e6 * max(calm)
    assert found.state_limit == max(calm)


def test_the_scale_of_gradients_holds_all_positive_norms_of_both_twins_but_the_faintest() -> None:
    found = data_of(updates=30)
    norms = np.concatenate([track.dh_norm.ravel() for track in found.tracks])
    low, high = found.gradient_range
    assert 10.0**low <= norms.min() < 10.0 ** (low + 1)
    assert 10.0 ** (high - 1) < norms.max() <= 10.0**high
    faint = data_of(updates=30, spectral_radius=0.01)
    norms = np.concatenate([track.dh_norm.ravel() for track in faint.tracks])
    low, high = faint.gradient_range
    assert norms.min() < 10.0**low
    assert high - low == DECADES
    assert 10.0 ** (high - 1) < norms.max() <= 10.0**high


def test_without_a_gradient_there_is_still_a_scale() -> None:
    a, b = (
        dataclasses.replace(r, probe_params=r.probe_params | {"W_hy": 0 * r.probe_params["W_hy"]})
        for r in twins(updates=2)
    )
    assert player_data_of(a, b, ARTICLE).gradient_range == (-1, 0)


def test_a_run_that_ended_early_says_why_and_is_shorter_than_the_other() -> None:
    a, b = twins()
    diverged = dataclasses.replace(
        a,
        divergence=Divergence(41, "dh", 3),
        **{name: getattr(a, name)[:42] for name in ("loss", "accuracy", "grad_norm", "grad_norm_clipped")},
        **{name: getattr(a, name)[:42] for name in ("clip_scale", "clip_angle", "dh_norm")},
        probe_updates=a.probe_updates[:42],
        probe_params={name: W[:42] for name, W in a.probe_params.items()},
        probe_h=a.probe_h[:42],
    )
    found = player_data_of(diverged, b, ARTICLE)
    assert found.updates == 100
    assert found.tracks[0].updates == 42
    assert found.tracks[0].h.shape[0] == 42
    assert found.tracks[0].ended == "dh at time step 3 became non-finite at update 41"
    assert found.tracks[1].ended is None
    stopped = to_record(b.config, [advance(b.config, seconds=0)])
    assert player_data_of(a, stopped, ARTICLE).tracks[1].ended == "stopped after 1 of 100 updates"


def test_the_data_and_their_bytes_are_made_without_streamlit_and_plotly() -> None:
    assert not modules_after("pages.components.player.wire") & {"streamlit", "plotly", "pandas"}
