"""The sentences of a page carry the numbers of its records; their wording is free."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pages.components.markdown import escape_markdown
from pages.components.numbers import number
from pages.lab import sentences, texts
from pages.lab.figures.histogram import histogram_info
from rnn_core.config import SPECS
from rnn_core.diagnostics import ENGAGEMENTS, OUTCOMES, engagement, outcome
from rnn_core.presets import PRESETS
from rnn_core.types import Divergence, Record
from tests.pages.records import evaluation, made, run

A = made([1, 4, 2, 8], dh=[[1, 1, 4], [1, 3, 2], [1, 6, 1], [1, 1, 2]], hidden=1.0)
B = made([1, 4, 2], scale=[1, 0.25, 1], dh=[[1, 1, 4], [1, 3, 2], [1, 0.5, 1]], clip_threshold=1.0)


def test_the_lead_is_the_presets_own_story() -> None:
    for name, preset in PRESETS.items():
        assert preset.title in sentences.lead(name)
        assert preset.story in sentences.lead(name)
    assert not any(preset.story in sentences.lead("custom") for preset in PRESETS.values())


def test_the_twins_part_where_the_record_says_and_by_how_much() -> None:
    parted, of_a, of_b = sentences.what_happened(A, B)
    assert "update 1." in parted
    assert "norm was 4." in parted
    assert "clipping made it 1." in parted
    assert "norm was 8." in of_a  # the largest
    assert "100% of the hidden states" in of_a
    assert "is 1 times" in of_a  # the median of 1/4, 3/2, 6/1 and 1/2
    assert "norm was 4." in of_b
    assert "0% of the hidden states" in of_b
    assert "is 0.5 times" in of_b  # of 1/4, 3/2 and 1/2


def test_a_fall_is_told_with_its_updates_and_its_numbers() -> None:
    record = made([1, 1, 8, 8, 1], dh=[[1, 1, 4], [1, 1, 4], [1, 1, 4], [1, 1, 1000], [1, 1, 1000]])
    states = np.zeros((3, 2, 4))
    states[2] = 1.0
    recurrent = {name: norms * 0.5 for name, norms in record.param_norm.items()} | {"W_hh": record.grad_norm * 0.75}
    fell = dataclasses.replace(record, probe_h=states, probe_updates=np.array([0, 2, 4]), param_norm=recurrent)
    _, falls, after, *_ = sentences.what_happened(fell, made([1, 9], scale=[1, 0.5]))
    for words in ("updates 2 and 4", "norm of 8", "1 was usual", "75%", "from 0% to 100%"):
        assert words in falls
    assert "is 0.001 times" in after


def test_identical_twins_are_called_one_run() -> None:
    same = made([0.5, 0.25], dh=[[1, 1, 4], [1, 1, 8]], clip_threshold=3.0)
    first, story = sentences.what_happened(same, same)
    assert "bit for bit" in first
    assert "0.5" in first
    assert "threshold 3" in first
    assert "is 0.188 times" in story  # the median of 1/4 and 1/8


def test_a_twin_that_diverged_at_the_parting_still_has_its_sentences() -> None:
    broken = made([1, np.inf], dh=[[1, 1, 4], [np.nan, np.inf, 1]], divergence=Divergence(1, "dh", 4), clip="off")
    cut = made([1, 9], scale=[1, 0.5], dh=[[1, 1, 4], [1, 1, 2]])
    first, *_, last = sentences.what_happened(broken, cut)
    assert "update 1" in first
    assert "inf" in first
    assert "0.375" in last
    nothing = made([np.inf], dh=[[np.nan, np.nan, np.nan]], hidden=np.nan)
    assert "not numbers" in sentences.what_happened(nothing, made([1.0]))[1]


def test_somebody_elses_text_is_no_markdown() -> None:
    assert escape_markdown("![x](http://a.b/c) $x$ :red[y] `z` <b>") == (
        r"\!\[x\]\(http\:\/\/a\.b\/c\) \$x\$ \:red\[y\] \`z\` \<b\>"
    )


def test_a_divergence_names_tensor_time_step_and_update() -> None:
    text = sentences.divergence_sentence(made([1], divergence=Divergence(7, "dh", 3)))
    assert "dh at time step 3" in text
    assert "update 7" in text
    assert "time step" not in sentences.divergence_sentence(made([1], divergence=Divergence(7, "loss", None)))
    assert sentences.divergence_sentence(A) == ""


def test_the_accuracy_of_each_slice_is_printed() -> None:
    text = sentences.accuracy_sentence(made([1], results=evaluation(0.9, 0.873, 0.121)))
    for name, share in (("fresh", "90.0%"), ("held-out", "87.3%"), ("disagree", "12.1%")):
        assert share in text
        assert name in text


def test_the_table_puts_both_twins_beside_every_rule() -> None:
    table = sentences.accuracy_table(
        made([1], results=evaluation(0.9, 0.8, 0.7)), made([1], results=evaluation(0.6, 0.55, 0.1))
    )
    assert [[*rows.values()][:2] for rows in table.values()] == [
        ["90.0%", "60.0%"],
        ["80.0%", "55.0%"],
        ["70.0%", "10.0%"],
    ]
    for slice_name, rows in table.items():
        assert "1,200" in slice_name
        assert [*rows.values()][2:] == ["50.0%", "51.0%", "52.0%", "53.0%"]
        for rule in ("majority", "last noun", "first noun", "vote of nouns"):
            assert any(rule in row for row in rows)


ENGAGED: dict[str, Record] = {
    "off": run(clip="off"),
    "never": run(clip_threshold=10.0),
    "safety net": run(clip_threshold=0.2),
    "step limiter": run(clip_threshold=0.12),
    "frozen": run(clip_threshold=0.0001),
}
"""By the kind of engagement that a short run with this threshold has."""


def test_every_kind_of_engagement_is_tried_here() -> None:
    assert ENGAGED.keys() == ENGAGEMENTS.keys()


@pytest.mark.parametrize("kind", ENGAGED)
def test_engagement_is_told_with_the_share_the_median_and_the_longest_cut(kind: str) -> None:
    record = ENGAGED[kind]
    found = engagement(record)
    assert found.kind == kind
    text = sentences.engagement_sentence(record)
    assert number(found.moved) in text
    if kind == "never":
        assert "100 updates" in text
        assert (record.clip_scale == 1).all()
    if kind in ("off", "never"):
        return
    clipped = record.clip_scale[record.clip_scale < 1]
    assert f"{len(clipped) / 100:.1%}" in text
    assert number(float(np.median(clipped))) in text
    assert number(float(clipped.min())) in text


def test_each_outcome_has_its_definition() -> None:
    kinds = {
        "solved": made([1], results=evaluation(0.995, 0.993)),
        "partly solved": made([1], results=evaluation(0.995, 0.8)),
        "at chance": made([1], results=evaluation(0.54, 0.9)),
        "diverged": made([1], results=evaluation(1, 1), divergence=Divergence(0, "loss", None)),
    }
    assert kinds.keys() == OUTCOMES.keys()
    for kind, record in kinds.items():
        assert outcome(record).kind == kind


def test_the_replay_is_called_an_estimate_and_holds_its_numbers() -> None:
    info = histogram_info(made([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, np.nan]), made([1], clip_threshold=7.0))
    text = sentences.replay_sentence(info, "norm")
    assert "estimate" in text.lower()
    for said in ("4.5", "8.1", "8.91", "threshold 7", "80.0%", "20.0%", "2 norms"):
        assert said in text


def test_the_replay_of_elementwise_clipping_is_between_two_bounds() -> None:
    info = histogram_info(made([1, 6, 10.1, 20]), made([1], clip="value", clip_threshold=5.0))
    text = sentences.replay_sentence(info, "value")
    assert "50.0%" in text
    assert "75.0%" in text
    assert "left" not in text
    assert "not drawn" not in text


def test_every_kind_of_clipping_has_its_equation_and_its_symbols() -> None:
    kinds = set(SPECS["clip"].choices) - {"off"}
    assert texts.options("clip_equation").keys() == texts.options("clip_symbols").keys() == kinds


def test_columns_that_hold_several_updates_say_so() -> None:
    assert sentences.group_note(1) == ""
    assert " 7 updates" in sentences.group_note(7)


def test_numbers_are_written_to_be_read() -> None:
    written = {146.32: "146", 1.0: "1", 0.48712: "0.487", 12345.6: "12,300", 3.434e-5: "3.43·10⁻⁵", 2e18: "2.00·10¹⁸"}
    assert {value: number(value) for value in written} == written
    assert [number(value) for value in (0.0, float("inf"), float("nan"))] == ["0", "inf", "nan"]


def test_twins_that_were_stopped_at_different_updates_are_the_same_up_to_there() -> None:
    a, b = made([1, 2, 1]), made([1, 2])
    assert "up to update 2" in sentences.what_happened(a, b)[0]
