"""What the lessons quote of studies over seeds is what their files say, and no such number is typed by hand."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median
from typing import Any

import pages.lessons
from pages.lessons.five_kinds.results import EIGHT_DIGITS
from pages.lessons.from_text_to_code.results import BELOW
from pages.lessons.long_memory.results import SOLVED_WITH_ADAM
from pages.lessons.what_came_after import networks
from pages.lessons.what_came_after.figures.models import NAMES
from pages.lessons.what_came_after.results import ARRIVES, ASKED_AT_40_WORDS, FORECAST_ERRORS, FORECAST_HEADS, SOLVED
from pages.lessons.why_recurrence.results import LONG_OVER_SEEDS, MOVED_OVER_SEEDS
from rnn_core.experiments.results import load
from rnn_core.experiments.successors import LENGTHS
from rnn_core.experiments.why_recurrence import BEST, MOVED
from rnn_core.experiments.why_recurrence import LENGTHS as WORDS

LESSONS = Path(pages.lessons.__file__).parent


def entries(file: str, part: str, **fields: object) -> list[dict[str, Any]]:
    return [entry for entry in load(file).result[part] if all(entry[k] == v for k, v in fields.items())]


def test_no_count_of_seeds_is_typed_into_a_text() -> None:
    for path in LESSONS.rglob("*.md"):
        assert not re.search(r"\d+ of (20|100)\b", path.read_text(encoding="utf-8")), path
    for path in LESSONS.rglob("results.py"):
        assert not re.search(r"\d+ of (20|100)\b|\d to \d", path.read_text(encoding="utf-8")), path


def test_studies_that_pages_call_those_over_20_seeds_have_20() -> None:
    for name in ("successors", "why_recurrence"):
        assert {run["seed"] for run in load(name).result["runs"]} == set(range(20))
    assert {len(row["errors"]) for row in load("forecasts").result["rows"]} == {20}
    assert {row["seeds"] for row in load("faults").result["rows"]} == {20}
    for name in ("bottleneck", "bottleneck_long"):
        assert {len(row["whole"]) for row in load(name).result["rows"]} == {20}
    assert len(load("state_growth").result["seeds"]) == 20


def test_successors_are_quoted_as_they_ended() -> None:
    for model, name in NAMES.items():
        for k, length in enumerate(LENGTHS):
            runs = entries("successors", "runs", model=model, length=length)
            accuracy = [run["accuracy"][str(length)] for run in runs]
            assert SOLVED[name][k] == f"{sum(a > 0.99 for a in accuracy)} of 20, {median(accuracy):.1%}"
            before, after = ARRIVES[name][k].split(" → ")
            for text, when in ((before, "before"), (after, "after")):
                mantissa, _, power = text.partition("·10")
                exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
                ratio = median(run[when] for run in runs)
                assert f"{float(mantissa) * 10.0**exponent:.2g}" == f"{ratio:.2g}"
    for model in ("gru", "lstm", "attention"):
        elsewhere = [run["accuracy"]["40"] for run in entries("successors", "runs", model=model, length=14)]
        assert ASKED_AT_40_WORDS[model] == f"{median(elsewhere):.1%}"


def test_what_the_page_says_of_the_successors_holds() -> None:
    """The GRU alone solves the task in all seeds at every length, though the least of the gradient arrives in it."""
    for model, name in NAMES.items():
        assert all(cell.startswith("20 of 20") for cell in SOLVED[name]) == (model == "gru")
    for length in LENGTHS:
        early = {
            model: median(run["before"] for run in entries("successors", "runs", model=model, length=length))
            for model in NAMES
        }
        assert min(early, key=early.__getitem__) == "gru"


def test_the_page_trains_with_the_rates_that_the_studies_chose() -> None:
    for model, rate in networks.RATES.items():
        assert {run["rate"] for run in entries("successors", "runs", model=model, length=14)} == {rate}
    for cell, rate in networks.FORECAST_RATES.items():
        assert [row["rate"] for row in entries("forecasts", "rows", name=cell)] == [rate]
    assert {(run["kind"], run["rate"]) for run in load("why_recurrence").result["runs"]} == set(BEST.items())


def test_forecasts_are_quoted_as_they_were_and_none_is_better_than_the_linear_model() -> None:
    assert {len(cells) for cells in FORECAST_ERRORS.values()} == {len(FORECAST_HEADS)}
    for row in load("forecasts").result["rows"]:
        error, better, far = FORECAST_ERRORS[NAMES.get(row["name"], row["name"])]
        for text, errors in ((error, row["errors"]), (far, row["far"])):
            assert text == f"{median(errors):.3f} ({min(errors):.3f} to {max(errors):.3f})"
        assert better == ("–" if row["name"] == "linear autoregression" else "0 of 20")
        if row["name"] in NAMES:
            assert median(row["far"]) > 2 * median(row["errors"])
    assert FORECAST_ERRORS["no forecast can be better than"][0] == f"{load('forecasts').result['floor']:.3f}"


def rounded(shares: list[float]) -> str:
    low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return low if low == high else f"{low} to {high}"


def test_networks_that_tell_nouns_from_verbs_are_quoted_as_they_ended() -> None:
    for suffix, openings in (("", "first positions"), ("_everywhere", "all positions")):
        runs = {kind: entries("why_recurrence", "runs", kind=kind, openings=openings) for kind in BEST}
        for kind in ("rnn", "fixed", *([] if suffix else ["bag"])):
            assert MOVED_OVER_SEEDS[kind + suffix] == rounded([run["order_tells"][MOVED] for run in runs[kind]])
        for name, kind, grows, cut in (
            ("rnn_after", "rnn", "after", "end"),
            ("fixed_after", "fixed", "after", "end"),
            ("rnn_before", "rnn", "before", "end"),
            ("fixed_before_end", "fixed", "before", "end"),
            ("fixed_before_front", "fixed", "before", "front"),
        ):
            shares = [
                of["accuracy"][WORDS.index(20)]
                for run in runs[kind]
                for of in run["lengths"]
                if (of["grows"], of["cut"]) == (grows, cut)
            ]
            assert len(shares) == 20
            assert LONG_OVER_SEEDS[name + suffix] == rounded(shares)
            if name == "rnn_after":
                assert LONG_OVER_SEEDS[f"{name}_median{suffix}"] == f"{median(shares):.0%}"


def test_answers_to_eight_digits_are_quoted_as_they_were() -> None:
    for key, name, size in (("small_longer", "bottleneck_long", 16), ("small", "bottleneck", 16)):
        [row] = entries(name, "rows", size=size, digits=8)
        assert EIGHT_DIGITS[key] == f"{100 * median(row['whole']):.1f} %"
    [row] = entries("bottleneck", "rows", size=64, digits=8)
    assert EIGHT_DIGITS["large"] == f"{100 * median(row['whole']):.1f} %"
    assert load("bottleneck_long").result["config"]["updates"] == 4 * load("bottleneck").result["config"]["updates"]


def test_faults_are_quoted_as_they_ended() -> None:
    for fault, below in BELOW.items():
        rows = entries("faults", "rows", faults=[fault])
        assert [row["below_guessing"] if row["losses"] else None for row in rows] == below
        assert [row["sizes"] for row in rows] == [{"symbols": 3, "units": 8}, {"symbols": 5, "units": 5}]
    assert [row["below_guessing"] for row in entries("faults", "rows", faults=[])] == [20, 20]


def test_what_adam_solves_is_quoted_as_it_was() -> None:
    for cell, words, text in (("gru", 40, "{} of 20"), ("lstm", 40, "{}"), ("vanilla", 20, "{}")):
        [point] = entries("memory_adam", "points", cell=cell, clipped=True, value=words)
        assert SOLVED_WITH_ADAM[cell] == text.format(point["solved"])
