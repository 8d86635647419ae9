"""What the page on long memory says is counted from the runs on screen."""

from __future__ import annotations

import numpy as np
import pytest

from pages.lessons.long_memory import sentences
from pages.lessons.long_memory.figures.information_flow import flow_info
from pages.lessons.long_memory.figures.unit_curves import unit_info
from pages.lessons.long_memory.sentences import Read
from rnn_core import __main__ as command_line
from rnn_core.diagnostics.retention import LOST
from rnn_core.experiments import memory
from rnn_core.experiments.memory import HELD_OUT_ACCURACY, GridPoint, grid_points, study_of

from .studies import STUDY, TINY, all_ended, ended
from .test_figures import WORDS, units


def test_the_sentences_count_the_seeds_on_screen() -> None:
    at, vanilla, gru, _ = sentences.curves_sentences(STUDY, all_ended(), 14)
    assert at.startswith("**At 14 words**")
    assert "with clipping: Vanilla RNN 0 of 2, GRU 2 of 2, LSTM 2 of 2. Without: Vanilla RNN 0 of 2, GRU 2 of 2" in at
    assert "most seeds solve the task nowhere; with it, up to 11 words" in vanilla
    assert "0 networks solve it" not in vanilla
    assert "0 of 4 networks solve it without clipping and 2 of 4 with" in vanilla
    assert "up to 14 words; with it, up to 14 words" in gru


def test_the_sentences_tell_how_far_the_study_is_and_what_clipping_did_not_touch() -> None:
    assert sentences.curves_sentences(STUDY, {}, 14) == ["**0 of 24 networks** are trained so far."]
    results = {GridPoint("lstm", True, 11, seed): ended(1.0, clipped=0.0) for seed in (3, 4)}
    results[GridPoint("lstm", False, 11, 3)] = ended(0.5, diverged=True)
    progress, at, lstm = sentences.curves_sentences(STUDY, results, 14)
    assert progress.startswith("**3 of 24 networks**")
    assert "LSTM (none trained yet)" in at
    assert "0 of 0" not in lstm
    assert "Clipping touched an update in 0 of its 2 runs." in lstm
    assert "1 runs diverged" in lstm


@pytest.mark.parametrize(
    ("solved", "said"),
    [
        ((), "nowhere"),
        ((11,), "up to 11 words"),
        ((11, 14, 17, 20), "up to 20 words"),
        ((11, 14, 20), "at 11, 14 and 20 words alone"),
        ((17,), "at 17 words alone"),
    ],
)
def test_a_gap_is_not_passed_over(solved: tuple[int, ...], said: str) -> None:
    study = study_of("distance", (11, 14, 17, 20), 1, **TINY)
    results = {place: ended(1.0 if place.value in solved else 0.5) for place in grid_points(study)}
    *_, lstm = sentences.curves_sentences(study, results, 11)
    assert f"most seeds solve the task {said}; with it, {said}." in lstm


def test_one_attractor_is_no_attractors() -> None:
    study = study_of("attractors", (0, 1), 1, **TINY)
    assert sentences.curves_sentences(study, all_ended(study), 1)[0].startswith("**At 1 attractor**")


def test_the_command_asks_for_the_study_on_screen() -> None:
    for study in (
        STUDY,
        study_of("distance"),
        study_of("attractors", (0, 1, 2), 3, optimizer="adam", learning_rate=0.01, sentence_length=25),
        study_of("distance", (17, 20), 1, attractors=3, clip="value", seed=9),
    ):
        program, *arguments = sentences.command(study).split(" ")[2:]
        assert program == "rnn_core"
        options = command_line.command_parser().parse_args(arguments)
        changes = {field: value for field, value in vars(options).items() if field in memory.FIELDS}
        asked = study_of(options.axis, options.values, options.seeds, **changes)
        assert asked == study


def test_the_table_of_networks_has_answers_to_the_sentence_and_to_its_pair() -> None:
    p, pair = np.array([0.25, 0.75]), np.array([0.9, 0.1])
    reads = [Read(GridPoint("lstm", True, 14, 3), ended(0.995), p, pair)]
    table = sentences.networks_table(reads, "artist")
    assert [table[column]["LSTM with clipping"] for column in table] == [
        "99.5%",
        "solved",
        "were (0.750)",
        "was (0.900)",
    ]
    assert "“artist”" in list(table)[-1]
    broken = [Read(GridPoint("gru", False, 14, 3), ended(0.5), np.array([np.nan, np.nan]), None)]
    assert sentences.networks_table(broken, None)["answer"]["GRU without clipping"].startswith("nothing")


def test_the_flow_is_told_with_its_numbers() -> None:
    reached = [np.array([0, 0.5, 0.25, 1, 1, 1]), np.array([0, 1e-5, 1e-4, 0.5, 1, 1]), np.full(6, 0.7)]
    (said,) = sentences.flow_sentences([flow_info("vanilla", WORDS, reached)], 1)
    assert "from “artists” to the end, 0.25 before training" in said
    assert "1.00·10⁻⁴ (lost) without clipping, 0.7 with clipping" in said
    assert "Of 4 words, 2 are lost without clipping and 0 with it" in said
    (said,) = sentences.flow_sentences([flow_info("gru", WORDS, [*reached[:1], np.full(6, np.nan), reached[2]])], 1)
    assert "not a finite number without clipping" in said
    assert "Neither network loses a word" in said


def test_over_all_seeds_the_median_and_the_losses_are_told() -> None:
    norms = (LOST / 2, 0.5, 2.0)
    reached = {GridPoint("gru", False, 14, seed): norm for seed, norm in enumerate(norms)}
    table = sentences.reach_table(reached)
    assert table["without clipping"] == {"GRU": "0.5 (5.00·10⁻⁴ to 2); lost in 1 of 3 seeds"}
    assert table["with clipping"] == {}


def test_the_gates_are_told_with_what_they_keep() -> None:
    f = np.array([[0.2, 0.4], [0.9, 0.5], [1.0, 0.5], [0.75, 0.5]])
    said = sentences.gates_sentence("lstm", {"f": f}, WORDS[:4], 1)
    assert "At “artists” its keep gate f is 0.70 on average over its 2 units (from 0.50 to 0.90)" in said
    assert "to 1 of 2 units: 75% to unit 0, where it is most, and 50% to the median unit" in said


def test_a_unit_is_told_with_its_cost() -> None:
    said = sentences.unit_sentence(unit_info(units(), 1), "gru", 1)
    assert "**Unit 0 of the GRU**, rank 2 of 3" in said
    assert "a plural subject moves its mean state by +0.24, a plural attractor by +0.12" in said
    assert "from 100.0% to 90.0%, 10.0 points less; held at 0, to 80.0%" in said
    assert "by 5.00 on average, without the unit by 3.00" in said
    assert "The costliest unit alone takes away half" in said
    assert HELD_OUT_ACCURACY not in said


def test_a_network_at_chance_has_no_number_and_one_above_it_says_over_how_many_units() -> None:
    info = unit_info(units(), 0)
    at_chance = sentences.unit_sentence(info._replace(accuracy=0.55), "gru", 0)
    assert at_chance.endswith("The network is at chance: there is no number to find.")
    spread = sentences.unit_sentence(info._replace(together=np.array([0.9, 0.75, 0.5])), "gru", 0)
    assert "It takes the 2 costliest units together" in spread
    assert spread.endswith("the number is stored in several at once.")
    assert "at chance" not in spread
    assert "at once" not in at_chance


def test_a_unit_that_does_nothing_moves_its_state_by_zero_without_a_sign() -> None:
    info = unit_info(units(), 0)
    still = sentences.unit_sentence(
        info._replace(curves=np.zeros((4, 4)), margin=-0.001, margin_without=-1.5), "gru", 0
    )
    assert "moves its mean state by 0.00, a plural attractor by 0.00." in still
    assert "by 0.00 on average, without the unit by −1.50" in still
    falling = sentences.unit_sentence(info._replace(curves=-info.curves), "gru", 0)
    assert "moves its mean state by −0.24, a plural attractor by −0.12" in falling
