"""Tasks that read first and write afterwards: dates and reversal, their layout, baselines, gradients and training."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.experiments.kinds import KINDS
from rnn_core.recording import advance
from rnn_core.tasks import TASKS, dates, reversal
from rnn_core.tasks.encoder_decoder import FRESH, LOSS, ONE_ANSWER, UNIGRAM, Pairs, Symbols, as_batch, whole_answers
from rnn_core.training import starting_params
from rnn_core.types import Batch
from tests.core.oracle import pytorch, pytorch_cell
from tests.core.problems import assert_close

ABC = Symbols(("a", "b"), ("x", "y", "z", "END"))

DATES = KINDS["many-to-many-unequal"].config.replace(updates=300, learning_rate=0.01)
REVERSAL = DATES.replace(task="reversal", sentence_length=8, hidden_size=48, updates=250, learning_rate=0.02)


def spelt(symbols: Symbols, batch: Batch, k: int) -> tuple[str, str]:
    """One sequence: what is read, and what is asked for where the loss has weight."""
    read = " ".join(symbols.tokens[token] for token in batch.inputs[:, k])
    asked = zip(batch.targets[:, k], batch.weights[:, k], strict=True)
    return read, " ".join(symbols.written[c] if w else "." for c, w in asked)


def test_each_sequence_is_read_then_go_then_what_was_asked_for_one_time_step_ago() -> None:
    pairs = Pairs(np.array([[0, 1], [1, 0], [1, 9]]), np.array([3, 2]), np.array([[0, 2], [1, 3], [3, 3]]))
    batch = as_batch(ABC, pairs, 8, "float64")
    assert spelt(ABC, batch, 0) == ("a b b GO x′ y′ END′ END′", ". . . x y END . .")
    assert spelt(ABC, batch, 1) == ("b a GO z′ END′ END′ END′ END′", ". . z END . . . .")
    np.testing.assert_array_equal(batch.weights[batch.weights > 0], 1 / 5)


def test_read_and_written_symbols_have_rows_of_their_own() -> None:
    assert ABC.tokens == ("a", "b", "GO", "x′", "y′", "z′", "END′")
    assert ABC.go == 2
    assert ABC.end == 3
    np.testing.assert_array_equal(ABC.fed(np.arange(4)), [3, 4, 5, 6])
    for task, made in (("dates", dates), ("reversal", reversal)):
        assert TASKS[task].inputs == len(made.SYMBOLS.tokens)
        assert TASKS[task].outputs == len(made.SYMBOLS.written)
        assert made.SYMBOLS.written[-1] == "END"


def test_an_answer_is_right_only_as_a_whole() -> None:
    targets, weights = np.array([[0, 1, 1], [1, 0, 0], [2, 2, 2]]), np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]]) / 6
    logits = np.eye(4)[targets]
    assert whole_answers(logits, targets, weights) == 1
    logits[2, 0] = [9, 0, 0, 0]  # not asked for
    assert whole_answers(logits, targets, weights) == 1
    logits[1, 1] = [0, 0, 9, 0]
    assert whole_answers(logits, targets, weights) == pytest.approx(2 / 3)
    logits[2, 2] = np.nan
    assert whole_answers(logits, targets, weights) == pytest.approx(1 / 3)


@pytest.mark.parametrize("length", [8, 9, 17])
def test_reversal_asks_for_the_digits_backwards_and_end_after_every_number_of_them(length: int) -> None:
    config = REVERSAL.replace(sentence_length=length, batch_size=400)
    batch = batch_of_update(config, 0)
    lengths = (batch.inputs == reversal.SYMBOLS.go).argmax(axis=0)
    assert reversal.longest(config) == (length - 1) // 2
    counts = np.bincount(lengths)
    assert set(np.flatnonzero(counts)) == set(range(2, (length - 1) // 2 + 1))
    assert counts[2:].min() > 0.6 * counts[2:].mean()
    for k in range(60):
        read, asked = spelt(reversal.SYMBOLS, batch, k)
        digits = read.split(" GO ")[0].split()
        assert asked.split() == ["."] * len(digits) + digits[::-1] + ["END"] + ["."] * (length - 2 * len(digits) - 1)


def test_sequences_of_one_length_fill_their_batch() -> None:
    batch = reversal.of_length(5, np.random.default_rng(0), 7)
    assert batch.inputs.shape == (11, 7)
    assert (batch.inputs[5] == reversal.SYMBOLS.go).all()
    np.testing.assert_array_equal(batch.read_at, range(5, 11))
    np.testing.assert_array_equal(batch.targets[5:10], batch.inputs[:5][::-1])


def test_dates_are_asked_for_in_two_forms_and_those_of_every_sixth_day_only_after_training() -> None:
    trained = batch_of_update(DATES.replace(batch_size=300), 0)
    asked_later = dates.slices(DATES, np.random.default_rng(0), 300)[dates.NEVER_TRAINED].batch
    for batch, kept_out in ((trained, False), (asked_later, True)):
        forms = set()
        for k in range(300):
            read, asked = spelt(dates.SYMBOLS, batch, k)
            n = list(batch.inputs[:, k]).index(dates.SYMBOLS.go)
            text = "".join(dates.SYMBOLS.read[token] for token in batch.inputs[:n, k])
            assert asked.split()[n : n + 11] == [*dates.answer(text), "END"]
            day = datetime.date.fromisoformat(dates.answer(text))
            assert 1900 <= day.year <= 2099
            assert text in dates.forms(day)
            assert ((day.toordinal() - dates.FIRST) % 6 == 0) is kept_out
            forms.add(dates.forms(day).index(text))
            assert set(read.split()[n + 1 :]) <= {f"{symbol}′" for symbol in dates.SYMBOLS.written}
        assert forms == {0, 1}


@pytest.mark.parametrize(
    ("typed", "read", "answer"),
    [
        ("3 March 2024", "3 mar 2024", "2024-03-03"),
        ("  SEPTEMBER  13,   1907 ", "sep 13, 1907", "1907-09-13"),
        ("may 9, 2050", "may 9, 2050", "2050-05-09"),
        ("31 feb 2024", "31 feb 2024", None),
        ("0 jan 0000", "0 jan 0000", None),
        ("mar 3 2024", "mar 3 2024", None),
        ("2024", "2024", None),
        ("3 week 2024", None, None),
    ],
)
def test_a_typed_date_is_read_in_small_letters_with_short_months(
    typed: str, read: str | None, answer: str | None
) -> None:
    if read is None:
        with pytest.raises(ValueError, match="never read “w”"):
            dates.read(typed)
    else:
        assert dates.read(typed) == read
        assert dates.answer(read) == answer


@pytest.mark.parametrize(("typed", "message"), [("", "no date"), ("3/4/2024", "“/”"), ("1" * 13, "more than 12")])
def test_what_the_network_cannot_read_gets_a_sentence(typed: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dates.read(typed)


@pytest.mark.parametrize("config", [DATES, REVERSAL], ids=["dates", "reversal"])
def test_baselines_write_what_is_commonest(config: Config) -> None:
    batch, baselines, losses = next(iter(TASKS[config.task].slices(config, np.random.default_rng(0), 900).values()))
    asked = batch.weights > 0
    answers = [tuple(batch.targets[asked[:, k], k]) for k in range(900)]
    assert baselines == {ONE_ANSWER: max(map(answers.count, answers)) / 900}
    share = np.bincount(batch.targets[asked]) / asked.sum()
    share = share[share > 0]
    assert losses[UNIGRAM] == pytest.approx(-(share * np.log(share)).sum(), rel=1e-12)


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
@pytest.mark.parametrize("task", ["tagging", "dates", "reversal"])
def test_pytorch_finds_the_same_gradients(task: str, cell: str) -> None:
    config = Config(task=task, sentence_length=23, cell=cell, hidden_size=7, batch_size=6, dtype="float64", seed=4)
    params, batch = starting_params(config), batch_of_update(config, 0)
    done = loss_and_gradients(params, batch, cell_of(config), None, TASKS[task].loss)
    zero = np.zeros((6, 7))
    c_0 = zero if cell == "lstm" else None
    loss, h, gradients = pytorch_cell(params, batch, zero, c_0, cell, "tanh")
    assert done.loss == pytest.approx(loss, rel=1e-12)
    assert_close(done.tape.h, h, 1e-11)
    for name, gradient in gradients.items():
        assert_close(done.gradients.params[name], gradient, 1e-10)
    judged = pytorch(params, batch, zero, c_0, cell)
    assert_close(done.gradients.dh, judged.dh, 1e-10)
    assert_close(done.gradients.dh_direct, judged.dh_direct, 1e-10)


def test_before_go_no_state_has_a_loss_of_its_own_and_after_end_nothing_flows() -> None:
    config = REVERSAL.replace(sentence_length=17, dtype="float64")
    params, batch = starting_params(config), batch_of_update(config, 0)
    gradients = loss_and_gradients(params, batch, cell_of(config), None, LOSS).gradients
    asked = batch.weights > 0
    norm = np.linalg.norm(gradients.dh_direct, axis=-1)
    np.testing.assert_array_equal(norm > 0, asked)
    for k in range(config.batch_size):
        last = np.flatnonzero(asked[:, k])[-1]
        assert (gradients.dh[last + 2 :, k] == 0).all()
        assert np.linalg.norm(gradients.dh[: last + 2, k], axis=-1).min() > 0


def test_in_300_updates_dates_that_were_never_trained_come_out_right_far_above_chance_with_every_seed() -> None:
    for seed in range(5):
        evaluation = advance(DATES.replace(seed=seed)).evaluation
        assert evaluation is not None
        found = evaluation[dates.NEVER_TRAINED]
        assert found.baselines[ONE_ANSWER] < 0.01 < 0.1 < found.accuracy
        assert found.loss < 0.4 < 2 < found.loss_baselines[UNIGRAM]


def test_in_250_updates_two_or_three_digits_come_out_reversed_with_every_seed() -> None:
    for seed in range(5):
        evaluation = advance(REVERSAL.replace(seed=seed)).evaluation
        assert evaluation is not None
        assert evaluation[FRESH].baselines[ONE_ANSWER] < 0.03 < 0.9 < evaluation[FRESH].accuracy
