"""The sweep counts what single runs give."""

from __future__ import annotations

import pytest

from rnn_core.config import Config
from rnn_core.diagnostics import outcome, probe, saturation_onset
from rnn_core.experiments.compare import Setting, SettingResult, compare, digest, run
from rnn_core.experiments.grid import outcome_of
from rnn_core.recording import train
from rnn_core.tasks import reading
from tests.core.records import SMALL

SETTINGS = [Setting("off", None), Setting("norm", 0.3), Setting("norm", 1000.0), Setting("value", 0.01)]


PROGRESS: list[tuple[int, int]] = []


@pytest.fixture(scope="module")
def rows() -> list[SettingResult]:
    def report(done: int, total: int, note: str) -> None:
        PROGRESS.append((done, total))

    return outcome_of(compare(SMALL.replace(seed=4), SETTINGS, 3, workers=2), report)


@pytest.mark.usefixtures("rows")
def test_progress_counts_every_run() -> None:
    assert [(k, 12) for k in range(1, 13)] == PROGRESS


def test_each_row_is_what_single_runs_give(rows: list[SettingResult]) -> None:
    for setting, row in zip(SETTINGS, rows, strict=True):
        assert row.setting == setting
        single = [outcome(train(setting.of(SMALL.replace(seed=seed)))) for seed in range(4, 7)]
        assert row.accuracy == [result.accuracy for result in single]
        kinds = [result.kind for result in single]
        counts = [kinds.count(kind) for kind in ("solved", "partly solved", "at chance", "diverged")]
        assert [row.solved, row.partly, row.chance, row.diverged] == counts


def test_pair_counts_the_runs_that_choose_were_for_artists_and_was_for_artist(
    rows: list[SettingResult],
) -> None:
    article = reading.read(reading.ARTICLE)
    pair = [(article.tokens, 1), (reading.flip(article, 1).tokens, 0)]
    for setting, row in zip(SETTINGS, rows, strict=True):
        records = [train(setting.of(SMALL.replace(seed=seed))) for seed in range(4, 7)]
        assert row.pair == sum(all((probe(r, t, -1).p[-1, 1] > 0.5) == were for t, were in pair) for r in records)


def test_fallen_counts_the_runs_that_fell(rows: list[SettingResult]) -> None:
    assert [row.fallen for row in rows] == [0, 0, 0, 0]  # too short and too small a run to fall
    falls = SMALL.replace(learning_rate=10.0, updates=200, clip="off", spectral_radius=2.0)
    assert saturation_onset(train(falls)) is not None
    assert run(falls).fell
    [row] = outcome_of(compare(falls, [Setting("off", None)], 1, workers=1))
    assert row.fallen == 1


def test_identical_counts_the_runs_that_clipping_left_alone(
    rows: list[SettingResult],
) -> None:
    off, tight, loose, value = rows
    assert (off.identical, tight.identical, loose.identical, value.identical) == (3, 0, 3, 0)


def test_a_digest_tells_runs_apart_by_their_numbers_alone() -> None:
    record = train(SMALL)
    assert digest(record) == digest(train(SMALL))
    assert digest(record) != digest(train(SMALL.replace(seed=SMALL.seed + 1)))
    off, loose = SMALL.replace(clip="off"), SMALL.replace(clip_threshold=1000.0)
    assert digest(train(off)) == digest(train(loose)) == run(off).digest


def test_a_setting_that_makes_no_run_names_its_field() -> None:
    with pytest.raises(ValueError, match="clip_threshold"):
        Setting("norm", -1.0).of(Config())
