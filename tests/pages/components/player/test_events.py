"""The events of a comparison, from records made by hand, and from runs."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from pages.components.player import events as module
from pages.components.player.events import Event, events
from rnn_core.diagnostics import saturation_onset
from rnn_core.types import Divergence, Record
from tests.pages.records import made, run

NAN, INF = np.nan, np.inf


def of_kind(found: tuple[Event, ...], kind: str) -> list[Event]:
    return [event for event in found if event.kind == kind]


A = made([1, 4, 2, 8, 16], clip="off", loss=[5, 4, 3, 2, 1])
B = made([1, 4, 2, 1, 1], scale=[1, 0.25, 0.5, 1, 1], loss=[5, 4, 1, 1, 1])


def test_the_events_ascend_and_those_of_one_update_stand_in_order() -> None:
    found = events(A, B)
    assert [(e.update, e.twins, e.kind) for e in found] == [
        (1, "AB", "part"),
        (1, "B", "clip"),
        (1, "B", "largest"),
        (4, "A", "largest"),
    ]


def test_where_they_part_both_norms_are_said() -> None:
    (part,) = of_kind(events(A, B), "part")
    assert part.text == (
        "Up to here, A and B are the same, bit for bit. The gradient's norm is 4: A applies all of it, in B clipping "
        "makes it 1."
    )


def test_clipped_updates_in_a_row_are_one_event_with_the_norms_of_the_first() -> None:
    b = made([1, 4, 2, 8, 1, 3], scale=[1, 0.25, 0.5, 0.125, 1, 1 / 3])
    several, single = of_kind(events(A, b), "clip")
    assert (several.update, several.twins) == (1, "B")
    assert several.text == (
        "Clipping engages in B for 3 updates in a row: it cuts the gradient of the first from norm 4 to 1."
    )
    assert single.update == 5
    assert single.text == "Clipping engages in B: it cuts the gradient from norm 3 to 1."


def test_a_gradient_that_was_only_turned_counts_as_clipped() -> None:
    b = dataclasses.replace(made([1, 2]), clip_angle=np.array([0, 0.1]))
    assert [event.update for event in of_kind(events(A, b), "clip")] == [1]


def test_where_clipping_engages_too_often_runs_that_lie_close_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clipped = np.array([0, 2, 3, 10, 12, 15, 30, 31, 36])
    scale = np.ones(40)
    scale[clipped] = 0.5
    b = made(np.full(40, 2), scale=scale)
    assert [event.update for event in of_kind(events(A, b), "clip")] == [0, 2, 10, 12, 15, 30, 36]
    monkeypatch.setattr(module, "MOST_CLIPS", 4)
    found = of_kind(events(A, b), "clip")
    assert [event.update for event in found] == [0, 10, 30, 36]
    assert found[1].text == (
        "Clipping engages in B for 3 of 6 updates, with at most 2 unclipped between two of them: it cuts the gradient "
        "of the first from norm 2 to 1."
    )
    assert "in a row" in found[2].text
    monkeypatch.setattr(module, "MOST_CLIPS", 3)
    assert [event.update for event in of_kind(events(A, b), "clip")] == [0, 10, 30]


def test_of_thousands_of_clips_no_more_are_told_than_allowed_and_none_is_lost() -> None:
    rng = np.random.default_rng(0)
    clipped = rng.random(20_000) < 0.3
    b = made(np.full(20_000, 2), scale=np.where(clipped, 0.5, 1))
    found = of_kind(events(A, b), "clip")
    assert 1 < len(found) <= module.MOST_CLIPS
    counts = [re.search(r"in B for ([\d,]+) ", event.text) for event in found]
    assert sum(int(count[1].replace(",", "")) if count else 1 for count in counts) == clipped.sum()


def test_where_they_fall_is_where_the_diagnosis_has_it() -> None:
    def falling(record: Record) -> Record:
        states = np.zeros((3, 5, 2))
        states[1:, 1:] = 1
        return dataclasses.replace(record, probe_h=states, probe_updates=np.array([0, 3, 5]))

    a = falling(A)
    fell = saturation_onset(a)
    assert fell is not None
    (event,) = of_kind(events(a, B), "saturation_onset")
    assert (event.update, event.twins) == (fell.start, "A")
    assert event.text == (
        "In A, the hidden states fall into saturation: on the article's sentence 0% of them are saturated here, 100% "
        "after 3 updates."
    )
    (both,) = of_kind(events(a, falling(B)), "saturation_onset")
    assert both.twins == "AB"
    assert both.text.startswith("In A and B, the hidden")


def test_the_largest_norm_may_be_infinite_but_is_a_number() -> None:
    a = made([1, NAN, INF, 3], clip="off")
    b = made([NAN, NAN])
    (event,) = of_kind(events(a, b), "largest")
    assert (event.update, event.twins) == (2, "A")
    assert event.text == "In A, the gradient is the largest of the whole run: its norm is inf."


def test_a_run_that_diverged_or_was_stopped_has_its_end_among_the_events() -> None:
    divergence = Divergence(2, "h", 4)
    a = made([1, 2, NAN], clip="off", updates=9, divergence=divergence)
    b = made([1, 2, 3, 4], updates=9)
    found = events(a, b)
    (diverged,), (end,) = of_kind(found, "diverged"), of_kind(found, "end")
    assert (diverged.update, diverged.twins) == (2, "A")
    assert diverged.text == "In A, h at time step 4 became non-finite at update 2. The run ends here."
    assert (end.update, end.twins) == (4, "B")
    assert end.text == "In B, the run was stopped after 4 of 9 updates."
    (part,) = of_kind(events(made([1, 2], clip="off", updates=9), b), "part")
    assert part.update == 2
    assert part.text.endswith("Here one of them ends.")


def test_twins_that_are_one_run_never_part_and_have_each_event_once() -> None:
    found = events(run(clip="off"), run(clip_threshold=1000.0))
    assert [(e.twins, e.kind) for e in found if e.kind != "saturation_onset"] == [("AB", "largest")]
    assert all(e.twins == "AB" for e in found)
