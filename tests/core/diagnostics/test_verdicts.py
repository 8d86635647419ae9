"""What became of the gradient: verdicts on records whose numbers are known, on presets, and on runs that overflow."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from rnn_core.config import Config
from rnn_core.diagnostics import twin
from rnn_core.diagnostics.verdicts import BURST, FLOW, GROWTH, LEAP, VERDICTS, first_read, recurrent_moves, verdict
from rnn_core.presets import PRESETS
from rnn_core.recording import train
from rnn_core.types import Divergence, Record
from tests.core.records import SMALL

U, T = 70, 12
QUIET = 0.01
MOVES = np.full(U, QUIET)
MOVES[[10, 12, 13, 30]] = 0.2, 0.3, 0.2, 0.6
"""Two bursts: three updates within five, 10 to 14, and one update alone, 30."""


@pytest.fixture(scope="module")
def small() -> Record:
    return train(SMALL)


def made(
    record: Record,
    accuracy: float = 0.8,
    moves: np.ndarray | None = None,
    scale: float = 1.0,
    growth: float = 5.0,
    flow: float = 0.5,
    fell: bool = False,
    moved: float = 1.0,
    **config: object,
) -> Record:
    """A record with such numbers and nothing else in it; `moves` before clipping, `scale` what clipping left of all."""
    params = {name: np.stack([W[0], W[0] * (1 + moved)]).astype(float) for name, W in record.probe_params.items()}
    config = record.config.replace(**config)
    displaced = config.learning_rate / (1 - config.momentum if config.optimizer == "momentum" else 1)
    norm = np.linalg.norm(params["W_hh"][0])
    dh = np.ones((U, T + 1))
    dh[:, 5], dh[:, 1] = growth, flow
    states = np.zeros((2, 3, 10))
    states[1, 1:] = fell
    kinds = {name: old._replace(accuracy=accuracy, asked=1200) for name, old in record.evaluation.items()}
    return dataclasses.replace(
        record,
        config=config,
        clip_scale=np.full(U, scale),
        clip_angle=np.zeros(U),
        dh_norm=dh,
        param_norm=record.param_norm | {"W_hh": (np.full(U, QUIET) if moves is None else moves) * norm / displaced},
        probe_updates=np.array([0, U]),
        probe_params=params,
        probe_h=states,
        evaluation=kinds,
    )


CHANCE, PARTLY, SOLVED = 0.5, 0.8, 1.0


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ({}, "healthy"),
        ({"accuracy": CHANCE}, "healthy"),  # it has another reason than its gradient's norm
        ({"moves": MOVES, "accuracy": PARTLY}, "exploding"),  # applied as they were
        ({"moves": MOVES, "accuracy": SOLVED}, "healthy"),  # they did no harm
        ({"moves": MOVES, "accuracy": SOLVED, "fell": True}, "exploding"),
        ({"moves": MOVES, "scale": 0.1, "accuracy": PARTLY}, "rescued"),
        ({"moves": MOVES, "scale": 0.1, "accuracy": SOLVED}, "rescued"),
        ({"moves": MOVES, "scale": 0.1, "accuracy": CHANCE}, "exploding"),
        ({"moves": MOVES, "scale": 0.1, "accuracy": CHANCE, "flow": 0.001}, "vanishing"),
        ({"moves": MOVES, "scale": 0.9, "accuracy": PARTLY}, "exploding"),  # one burst is still one after clipping
        ({"moves": MOVES, "scale": 0.9, "accuracy": SOLVED}, "healthy"),
        ({"moves": MOVES, "scale": 0.1, "accuracy": PARTLY, "fell": True}, "exploding"),
        ({"moves": MOVES, "growth": 1.0, "accuracy": CHANCE}, "healthy"),  # it never grew on its way back
        ({"flow": 0.001, "accuracy": CHANCE}, "vanishing"),
        ({"flow": 0.001, "accuracy": PARTLY}, "vanishing"),
        ({"flow": 0.001, "accuracy": SOLVED}, "healthy"),
        ({"flow": 0.001, "fell": True, "accuracy": PARTLY}, "vanishing"),
        ({"fell": True, "accuracy": PARTLY}, "exploding"),
        ({"fell": True, "accuracy": SOLVED}, "healthy"),
        ({"scale": 0.001, "moved": 0.01, "accuracy": CHANCE}, "frozen"),
        ({"scale": 0.001, "moved": 0.01, "accuracy": CHANCE, "flow": 0.001}, "frozen"),
        ({"scale": 0.001, "moved": 0.01, "accuracy": CHANCE, "moves": MOVES}, "frozen"),
        ({"scale": 0.001, "moved": 0.2, "accuracy": PARTLY}, "healthy"),
    ],
)
def test_a_verdict_follows_its_numbers(small: Record, numbers: dict[str, object], kind: str) -> None:
    found = verdict(made(small, **numbers))
    assert found.kind == kind
    assert set(VERDICTS) == {"exploding", "frozen", "vanishing", "rescued", "healthy"}
    assert found.numbers.outcome in found.reason


@pytest.mark.parametrize(
    ("numbers", "bursts", "kind"),
    [
        ({"moves": np.full(U, LEAP / BURST * 1.0001)}, U - BURST + 1, "exploding"),
        ({"moves": np.full(U, LEAP / BURST * 0.9999)}, 0, "healthy"),
        ({"moves": MOVES, "growth": GROWTH * 1.0001}, 7, "exploding"),
        ({"moves": MOVES, "growth": GROWTH * 0.9999}, 0, "healthy"),
        ({"flow": FLOW * 0.9999}, 0, "vanishing"),
        ({"flow": FLOW * 1.0001}, 0, "healthy"),
    ],
)
def test_thresholds_are_where_they_are_said_to_be(
    small: Record, numbers: dict[str, object], bursts: int, kind: str
) -> None:
    found = verdict(made(small, **numbers))
    assert found.numbers.bursts == bursts
    assert found.kind == kind


def test_numbers_are_those_of_the_record(small: Record) -> None:
    found = verdict(made(small, moves=MOVES, scale=0.9, flow=0.25, fell=True, moved=0.75, accuracy=0.875)).numbers
    assert (found.outcome, found.accuracy) == ("partly solved", 0.875)
    assert found.bursts == 7  # those that end in 13 and 14, and in 30 to 34
    assert found.bursts_applied == 2
    assert found.largest_burst == pytest.approx(0.72)
    assert found.largest_applied == pytest.approx(0.648)
    assert (found.growth, found.flow) == (5.0, 0.25)
    assert (found.fell, found.saturated) == ((0, U), 1.0)
    assert (found.clipped, found.moved) == (1.0, pytest.approx(0.75))


def test_growth_is_that_of_the_bursts_if_there_are_any(small: Record) -> None:
    record = made(small, moves=MOVES)
    record.dh_norm[50, 5] = 99
    record.dh_norm[12, 5] = 7
    assert verdict(record).numbers.growth == 7
    assert verdict(dataclasses.replace(record, param_norm=made(small).param_norm)).numbers.growth == 99


def test_flow_is_the_median_of_the_updates_in_which_there_is_a_gradient_at_all(small: Record) -> None:
    record = made(small)
    record.dh_norm[:30] = 0  # nothing over nothing
    record.dh_norm[30:40, 1] = 3
    assert verdict(record).numbers.flow == 0.5
    record.dh_norm[:] = 0
    assert math.isnan(verdict(record).numbers.flow)
    assert verdict(record).kind == "healthy"
    assert "it is zero" in verdict(record).reason


def test_a_move_is_relative_to_the_weights_of_the_last_snapshot(small: Record) -> None:
    config = small.config
    for k, update in enumerate(small.probe_updates[:-1]):
        norm = np.linalg.norm(small.probe_params["W_hh"][k])
        expected = config.learning_rate * small.param_norm["W_hh"][update] / norm
        assert recurrent_moves(small)[update] == pytest.approx(expected, rel=1e-6)


def test_momentum_counts_all_that_a_gradient_does_and_adam_sets_its_length_itself(small: Record) -> None:
    plain = recurrent_moves(small)
    heavy = dataclasses.replace(small, config=SMALL.replace(optimizer="momentum", momentum=0.75))
    np.testing.assert_allclose(recurrent_moves(heavy), 4 * plain)
    for optimizer in ("adam", "rmsprop"):
        own = made(small, moves=MOVES, accuracy=CHANCE, optimizer=optimizer)
        assert np.isnan(recurrent_moves(own)).all()
        assert math.isnan(verdict(own).numbers.largest_burst)
        assert verdict(own).kind == "healthy"


def test_where_a_loss_is_read_at_every_word_norms_do_not_tell_what_comes_from_far(small: Record) -> None:
    assert first_read(SMALL) == 12
    assert first_read(SMALL.replace(task="next_word")) == 1
    evaluation = train(SMALL.replace(task="next_word", updates=1)).evaluation
    for moves, kind in ((None, "healthy"), (MOVES, "exploding")):  # and do not excuse a burst
        record = made(small, moves=moves, flow=0.001, growth=0.5, task="next_word")
        found = verdict(dataclasses.replace(record, evaluation=evaluation))
        assert math.isnan(found.numbers.flow)
        assert math.isnan(found.numbers.growth)
        assert found.kind == kind
        assert "nan" not in found.reason
        assert ("a loss is read there already" in found.reason) is (kind == "healthy")


def test_growth_and_flow_are_counted_from_where_the_first_loss_is_read(
    small: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rnn_core.diagnostics.verdicts.first_read", lambda config: 8)
    record = made(small, growth=50.0, flow=0.1)
    record.dh_norm[:, 8], record.dh_norm[:, 9] = 10, 1000
    found = verdict(record).numbers
    assert (found.growth, found.flow) == (5.0, 0.01)


def test_truncated_bptt_is_named_where_it_cuts_the_flow(small: Record) -> None:
    found = verdict(made(small, flow=0.0, accuracy=CHANCE, bptt_window=4))
    assert found.kind == "vanishing"
    assert "Truncated BPTT lets nothing back further than 4 time steps." in found.reason


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_run_that_diverged_exploded_whatever_else_it_did(small: Record, value: float) -> None:
    record = made(small, accuracy=CHANCE, moves=np.array([*[QUIET] * (U - 1), value]), flow=0.001)
    record.dh_norm[-1] = value
    diverged = dataclasses.replace(record, divergence=Divergence(U - 1, "dh", 3))
    found = verdict(diverged)
    assert found.kind == "exploding"
    assert found.reason.startswith(f"dh at time step 3 became non-finite at update {U - 1}.")
    assert found.numbers.flow == 0.001


@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_that_really_overflows_is_judged(activation: str, dtype: str) -> None:
    config = Config(activation=activation, spectral_radius=3.0, learning_rate=2.0, clip="off", updates=60, dtype=dtype)
    record = train(config)
    assert record.divergence is not None
    found = verdict(record)
    assert found.kind == "exploding"
    assert found.numbers.outcome == "diverged"


def test_a_run_that_overflows_in_its_first_update_is_judged() -> None:
    config = Config(activation="identity", spectral_radius=4.0, sentence_length=100, clip="off", hidden_size=20)
    record = train(config)
    assert record.updates == 1
    assert verdict(record).kind == "exploding"


SHORT = {"updates": 400}


@pytest.mark.parametrize(
    ("preset", "changes", "clipped", "unclipped"),
    [
        ("rescued", {}, "rescued", "exploding"),
        ("standstill", SHORT, "frozen", None),
        ("vanishing", SHORT, "vanishing", "vanishing"),
        ("calm", {"updates": 1500}, "healthy", "healthy"),
    ],
)
def test_presets_get_the_verdict_that_their_story_tells(
    preset: str, changes: dict[str, int], clipped: str, unclipped: str | None
) -> None:
    config = PRESETS[preset].config(seed=1).replace(**changes)
    assert verdict(train(config)).kind == clipped
    if unclipped is not None and unclipped != clipped:
        assert verdict(train(twin(config))).kind == unclipped
