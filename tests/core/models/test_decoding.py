"""Greedy decoding against PyTorch, and what teacher forcing and free running have in common."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from rnn_core import __main__ as command_line
from rnn_core.bptt import forward
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.experiments import bottleneck
from rnn_core.experiments.bottleneck import BASE, SIZES, recalls, rows, study
from rnn_core.experiments.grid import outcome_of
from rnn_core.models.decoding import Recall, asked_in_turn, greedy, recall, teacher_forced
from rnn_core.recording import advance
from rnn_core.tasks import dates, reversal
from rnn_core.tasks.encoder_decoder import Symbols, whole_answers
from rnn_core.training import starting_params
from rnn_core.types import Batch, Params
from tests.core.oracle import torch_of

CELLS = pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])


def network(cell: str, task: str = "dates", H: int = 9) -> tuple[Config, Params]:
    """Large random weights, so that what is read matters."""
    config = Config(task=task, sentence_length=23, cell=cell, hidden_size=H, dtype="float64", seed=2)
    rng = np.random.default_rng(5)
    return config, {
        name: rng.normal(0, 0.3 if name[0] == "b" else 1.5, W.shape) for name, W in starting_params(config).items()
    }


def date_batch(count: int = 30) -> Batch:
    config = Config(task="dates", sentence_length=23, dtype="float64")
    return dates.slices(config, np.random.default_rng(1), count)[dates.NEVER_TRAINED].batch


def pytorch_writes(params: Params, cell: str, symbols: Symbols, read: list[int], count: int) -> list[int]:
    """Classes that PyTorch's own cell writes after these token ids and GO."""
    torch = torch_of()
    D, H = len(params["W_xh"]), len(params["W_hh"])
    module = {"vanilla": torch.nn.RNNCell, "gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}[cell](D, H).double()
    second_bias = np.zeros_like(params["b_h"])
    if "b_hn" in params:
        second_bias[-H:] = params["b_hn"]
    given = (params["W_xh"].T, params["W_hh"].T, params["b_h"], second_bias)
    written: list[int] = []
    with torch.no_grad():
        for weight, array in zip(module.parameters(), given, strict=True):
            weight.copy_(torch.tensor(array))
        h, c = torch.zeros(1, H).double(), torch.zeros(1, H).double()
        for t in range(len(read) + count):
            token = read[t] if t < len(read) else symbols.go if t == len(read) else symbols.go + 1 + written[-1]
            x_t = torch.eye(D).double()[[token]]
            if cell == "lstm":
                h, c = module(x_t, (h, c))
            else:
                h = module(x_t, h)
            if t >= len(read):
                y_t = h.numpy() @ params["W_hy"] + params["b_y"]
                written.append(int(y_t.argmax()))
    return written


@CELLS
def test_pytorch_writes_the_same_symbols(cell: str) -> None:
    config, params = network(cell)
    batch = date_batch(12)
    own = greedy(params, cell_of(config), dates.SYMBOLS, batch.inputs).argmax(axis=-1)
    answers = set()
    for k in range(12):
        n = list(batch.inputs[:, k]).index(dates.SYMBOLS.go)
        expected = pytorch_writes(params, cell, dates.SYMBOLS, batch.inputs[:n, k].tolist(), 11)
        np.testing.assert_array_equal(own[n : n + 11, k], expected)
        answers.add(tuple(expected))
    assert len(answers) > 3


@CELLS
def test_teacher_forcing_reads_what_stands_there_and_greedy_decoding_never_looks_at_it(cell: str) -> None:
    config, params = network(cell)
    batch = date_batch()
    everywhere = batch._replace(weights=np.ones(batch.inputs.shape))
    forced = teacher_forced(params, cell_of(config), batch.inputs)
    np.testing.assert_array_equal(forced, forward(params, everywhere, cell_of(config)).logits)
    other = np.where(batch.inputs > dates.SYMBOLS.go, dates.SYMBOLS.fed(np.array(3)), batch.inputs)
    assert np.abs(teacher_forced(params, cell_of(config), other) - forced).max() > 0.1
    own, of_other = (greedy(params, cell_of(config), dates.SYMBOLS, inputs) for inputs in (batch.inputs, other))
    np.testing.assert_array_equal(own, of_other)
    assert np.abs(own - forced).max() > 0.1
    fed_back = np.where(
        batch.inputs > dates.SYMBOLS.go,
        dates.SYMBOLS.fed(np.concatenate([own[:1], own[:-1]]).argmax(axis=-1)),
        batch.inputs,
    )
    np.testing.assert_allclose(teacher_forced(params, cell_of(config), fed_back), own, rtol=1e-10, atol=1e-12)


def test_values_are_found_where_each_sequence_is_asked_in_turn() -> None:
    weights = np.array([[0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]]) / 6
    values = np.arange(12).reshape(4, 3)
    np.testing.assert_array_equal(asked_in_turn(values, weights), [[3, 1, 8], [6, 4, 11]])
    np.testing.assert_array_equal(asked_in_turn(values[..., None], weights)[..., 0], [[3, 1, 8], [6, 4, 11]])


@pytest.fixture(scope="module")
def half_trained() -> tuple[Config, Params]:
    config = BASE.replace(sentence_length=11, hidden_size=24, updates=150, learning_rate=0.02)
    return config, advance(config).params


def test_before_the_first_mistake_both_ways_agree_and_after_it_its_own_symbols_cost_it(
    half_trained: tuple[Config, Params],
) -> None:
    config, params = half_trained
    cell, batch = cell_of(config), reversal.of_length(5, np.random.default_rng(0), 400)
    targets = asked_in_turn(batch.targets, batch.weights)
    forced, free = (
        asked_in_turn(outputs, batch.weights).argmax(axis=-1) == targets
        for outputs in (
            teacher_forced(params, cell, batch.inputs),
            greedy(params, cell, reversal.SYMBOLS, batch.inputs),
        )
    )
    first_mistake = np.where(free.all(axis=0), 6, (~free).argmax(axis=0))
    until = np.arange(6)[:, None] <= first_mistake
    np.testing.assert_array_equal(forced[until], free[until])
    found = recall(params, cell, reversal.SYMBOLS, batch)
    np.testing.assert_allclose(found.forced, forced.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.free, free.mean(axis=1), rtol=1e-12)
    assert found.whole == forced.all(axis=0).mean() == free.all(axis=0).mean()
    outputs = teacher_forced(params, cell, batch.inputs)
    assert found.whole == pytest.approx(whole_answers(outputs, batch.targets, batch.weights), rel=1e-12)
    assert 0 < found.whole < 0.9
    assert found.free[1:5].mean() < found.forced[1:5].mean() - 0.05


def test_every_size_is_asked_for_the_same_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[np.ndarray]] = []

    def asked(params: Params, cell: object, symbols: Symbols, batch: Batch) -> Recall:
        seen[-1].append(batch.inputs)
        return Recall(np.zeros(1), np.zeros(1), 0.0)

    monkeypatch.setattr(bottleneck, "recall", asked)
    for size in (4, 8):
        seen.append([])
        config = BASE.replace(hidden_size=size)
        assert list(recalls(config, starting_params(config), (2, 5))) == [2, 5]
    for some, others in zip(*seen, strict=True):
        np.testing.assert_array_equal(some, others)
    assert [inputs.shape for inputs in seen[0]] == [(5, 300), (11, 300)]


def test_a_row_gathers_the_seeds_of_one_size_and_length() -> None:
    def of(whole: float, *forced: float) -> dict[int, Recall]:
        return {2: Recall(np.array([*forced, 0.25]), np.array([*forced, 0.25]) / 2, whole)}

    results = {(8, 0): of(0.5, 1.0, 0.6), (8, 1): of(0.1, 0.8, 0.4), (8, 2): of(0.3, 0.9, 0.2), (4, 0): of(0, 0.2, 0)}
    small, large = rows(results)
    assert (small.size, small.digits, small.whole) == (4, 2, [0])
    assert (large.size, large.digits, large.whole) == (8, 2, [0.1, 0.3, 0.5])
    assert large.forced == pytest.approx(0.6)
    assert large.free == pytest.approx(0.3)
    assert (large.first, large.last) == pytest.approx((0.9, 0.4))


def test_the_study_trains_every_size_with_every_seed() -> None:
    asked: list[tuple[int, int]] = []
    found = outcome_of(
        study({"updates": 3, "seed": 7}, 1, 1, (3, 5)), lambda done, total, _: asked.append((done, total))
    )
    assert asked == [(1, 2), (2, 2)]
    base = BASE.replace(updates=3, seed=7)
    assert found["config"] == base.to_dict()
    config = base.replace(hidden_size=5)
    expected = recalls(config, advance(config).params)
    of_size = {row["digits"]: row for row in found["rows"] if row["size"] == 5}
    assert {n: row["whole"] for n, row in of_size.items()} == {n: [r.whole] for n, r in expected.items()}
    assert of_size[9]["first"] == expected[9].forced[0]


def test_the_command_prints_a_row_for_each_size_and_length_and_the_same_as_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Config] = []

    def answered(work: object, jobs: dict[Any, tuple[Config]], workers: int | None) -> Any:
        asked.append(next(iter(jobs.values()))[0])
        yield 1, 1, ""
        return {key: {2: Recall(np.array([1.0, 0.5, 1]), np.array([1.0, 0.25, 1]), 0.5)} for key in jobs}

    monkeypatch.setattr(bottleneck, "results_of", answered)
    arguments = ["bottleneck", "--sizes", "4", "6", "--seeds", "3", "--updates", "9", "--seed", "2"]
    assert command_line.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "| 4 | 2 | 50.0% (50.0% to 50.0%) | 75.0% | 62.5% | 100.0%, 50.0% |"
    assert lines[3].startswith("| 6 | 2 | ")
    assert len(lines) == 4
    assert asked == [BASE.replace(updates=9, seed=2, hidden_size=4)]
    assert command_line.main([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["config"]["updates"] == 9
    assert printed["rows"][1] == {
        "size": 6, "digits": 2, "whole": [0.5] * 3, "forced": 0.75, "free": 0.625, "first": 1, "last": 0.5
    }  # fmt: skip


def test_the_networks_of_the_study_differ_in_their_size_alone_and_are_asked_for_more_than_they_were_trained_on() -> (
    None
):
    assert SIZES == (16, 64)
    assert BASE.cell == "gru"
    assert reversal.longest(BASE) == 8 < max(bottleneck.DIGITS)
