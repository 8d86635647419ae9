"""Attention in training, and the study of what came after: what is chosen, what is asked, what is counted."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.batches import batch_of_update
from rnn_core.diagnostics.gradient_paths import MODELS
from rnn_core.experiments import successors
from rnn_core.experiments.results import plain
from rnn_core.experiments.successors import BASE, Run, config_of, held_out_accuracy, starting_params, trained_params
from rnn_core.experiments.tuning import best_rates
from rnn_core.models import attention
from rnn_core.recording import train
from rnn_core.tasks import agreement
from rnn_core.types import Batch

SHORT = BASE.replace(sentence_length=11, updates=5, batch_size=8, dtype="float64", clip_threshold=0.05)


def test_attention_is_trained_by_clipped_gradients_and_adam() -> None:
    config = config_of("attention", SHORT)
    start = starting_params("attention", config)
    W, m, v = ({name: k * array for name, array in start.items()} for k in (1.0, 0.0, 0.0))
    scales = []
    for t in range(1, config.updates + 1):
        g = attention.loss_and_gradients(W, batch_of_update(config, t - 1)).gradients.params
        norm = np.sqrt(sum((of**2).sum() for of in g.values()))
        scales.append(min(1.0, config.clip_threshold / norm))
        for name in W:
            of = scales[-1] * g[name]
            m[name], v[name] = 0.9 * m[name] + 0.1 * of, 0.999 * v[name] + 0.001 * of**2
            m_hat, v_hat = m[name] / (1 - 0.9**t), v[name] / (1 - 0.999**t)
            W[name] = W[name] - config.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    assert min(scales) < 0.9
    for name, weight in trained_params("attention", config).items():
        np.testing.assert_allclose(weight, W[name], rtol=1e-7, atol=1e-10, err_msg=name)
        assert np.abs(weight - start[name]).max() > 1e-4


@pytest.mark.parametrize("model", ["vanilla", "gru", "lstm"])
def test_a_cell_is_trained_by_the_one_loop(model: str) -> None:
    config = config_of(model, SHORT)
    record = train(config)
    for name, weight in trained_params(model, config).items():
        np.testing.assert_array_equal(weight, record.probe_params[name][-1])
    asked = min(record.evaluation[name].accuracy for name in (agreement.FRESH, agreement.HELD_OUT))
    assert held_out_accuracy(model, config, trained_params(model, config), 1200) == pytest.approx(asked, abs=1e-12)


def test_attention_solves_agreement_far_above_chance_and_the_vote_of_nouns() -> None:
    for seed in range(3):
        config = config_of("attention", BASE, seed=seed, updates=400, sentence_length=14)
        assert held_out_accuracy("attention", config, trained_params("attention", config)) > 0.9


def test_what_attention_loses_at_longer_sentences_comes_back_with_codes_of_positions_that_it_was_trained_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says so of 20 seeds, with medians of 87.8% and 99.8%."""
    codes, at = attention.positions, successors.TRAINED_AT
    for seed in (1, 2):
        config = config_of("attention", BASE, seed=seed, sentence_length=at)
        params, longer = trained_params("attention", config), config.replace(sentence_length=40)
        with monkeypatch.context() as patch:
            patch.setattr(attention, "positions", lambda T, d: codes(at, d)[np.minimum(np.arange(T), at - 1)])
            known = held_out_accuracy("attention", longer, params)
        assert known > 0.98
        assert known > held_out_accuracy("attention", longer, params) + 0.02


def test_attention_has_fewer_weights_than_any_of_the_others() -> None:
    counts = [successors.weights_of(model, BASE) for model in MODELS]
    words, d = len(agreement.VOCABULARY), successors.WIDTH
    assert counts[-1] == words * d + 3 * d * d + 2 * d + 2
    assert counts[-1] == min(counts)


def test_early_to_late_is_1_where_every_word_is_read_alike() -> None:
    config = config_of("attention", SHORT)
    params = starting_params("attention", config)
    params["W_q"][:] = 0  # all scores are equal, and the gradient comes by the values alone
    assert successors.early_to_late("attention", config, params) == pytest.approx(1, rel=1e-12)


def test_early_to_late_compares_the_subject_s_word_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(model: str, params: dict[str, np.ndarray], batch: Batch) -> np.ndarray:
        assert (agreement.NUMBER[batch.inputs[1]] != 0).all()  # the second word is the subject
        assert 60 < batch.inputs.shape[1] < 180
        return np.arange(1.0, 12.0)[:, None, None] * np.ones((1, batch.inputs.shape[1], 3))

    monkeypatch.setattr(successors, "kept_gradients", kept)
    params = starting_params("gru", config_of("gru", SHORT))
    assert successors.early_to_late("gru", config_of("gru", SHORT), params) == pytest.approx(2 / 11)


def run_of(model: str, length: int, seed: int, rate: float, accuracy: dict[int, float], after: float = 0.1) -> Run:
    return Run(model, length, seed, rate, accuracy, 0.5, after)


def test_the_best_rate_has_the_highest_mean_and_of_equals_is_the_lowest() -> None:
    tried = {
        ("gru", 14, rate, seed): run_of("gru", 14, seed, rate, {14: accuracy})
        for rate, of in ((0.01, (1.0, 0.8)), (0.003, (0.9, 0.9)), (0.001, (1.0, 0.7)))
        for seed, accuracy in enumerate(of)
    }
    assert best_rates(tried, successors.score) == {("gru", 14): 0.003}
    tried["gru", 20, 0.01, 0] = run_of("gru", 20, 0, 0.01, {20: 0.6})
    assert best_rates(tried, successors.score)["gru", 20] == 0.01


def test_rows_count_the_seeds_that_solved_and_keep_apart_where_they_were_trained() -> None:
    runs = [
        run_of("gru", 14, 0, 0.01, {14: 1.0, 20: 0.4}),
        run_of("gru", 14, 1, 0.01, {14: 0.98, 20: 0.995}),
        run_of("gru", 20, 0, 0.003, {20: 0.7}),
    ]
    found = {(r.trained_at, r.asked_at): r for r in successors.rows(runs)}
    assert found.keys() == {(14, 14), (14, 20), (20, 20)}
    assert found[14, 14] == successors.Row("gru", 14, 14, 0.01, (1.0, 0.98), 1)
    assert found[14, 20].accuracy == (0.4, 0.995)
    assert found[20, 20].rate == 0.003
    assert successors.early_over_seeds(runs)["gru", 14] == ([0.5, 0.5], [0.1, 0.1])


def test_the_report_names_every_model_and_length() -> None:
    runs = [
        run_of(model, length, seed, 0.003, {14: 0.5 + seed / 2, 20: 0.25} if length == 14 else {20: 1.0})
        for model in MODELS
        for length in (14, 20)
        for seed in (0, 1)
    ]
    summary = successors.summary(BASE, {(r.model, r.length, r.seed): r for r in reversed(runs)})
    said = successors.report(plain(summary))
    for model in MODELS:
        assert (
            f"| {model} | {successors.weights_of(model, BASE):,} | 1 of 2, 75.0% (50.0% to 100.0%), α 0.003 |" in said
        )
        assert f"| {model} | 75.0% (50.0% to 100.0%) | 25.0% (25.0% to 25.0%) |" in said
        assert f"| {model} | 0.5 → 0.1 | 0.5 → 0.1 |" in said
    assert successors.runs_of(plain(summary)) == runs
    assert len(summary["runs"]) == 16
    assert summary["weights"]["attention"] == successors.weights_of("attention", BASE)
