"""Number units: a unit that was made to carry the number is found, and held units are what PyTorch says they are."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.cells import CELLS
from rnn_core.config import Config
from rnn_core.diagnostics.units import CONDITIONS, aligned_sentences, number_units, outputs_with_units_held
from rnn_core.recording import train
from rnn_core.tasks.agreement import ANSWERS, NUMBER, TEMPLATES, TOKEN, VOCABULARY, layouts, sentences
from rnn_core.training import starting_params
from rnn_core.types import Params
from tests.core.small_networks import CELL_NAMES, network, torch_of, torch_params, torch_step

CARRIER, H = 3, 6


def made_by_hand(cell: str, outputs: int = 2, answers: tuple[int, int] = (0, 1)) -> Params:
    """A network whose unit 3 hears the nouns' numbers, keeps them, and alone speaks to the answers."""
    blocks = len(CELLS[cell]["tanh"].blocks)
    params = starting_params(Config(cell=cell, hidden_size=H, dtype="float64"))
    W_xh, W_hh, b_h = (np.array(params[name]) for name in ("W_xh", "W_hh", "b_h"))
    heard = {"vanilla": 0, "gru": 2, "lstm": 2}[cell] * H + CARRIER  # a, n or g
    columns = np.arange(blocks) * H + CARRIER
    W_xh[:, columns] = W_hh[:, columns] = b_h[columns] = 0
    W_xh[:, heard] = 1.5 * NUMBER
    if cell == "vanilla":
        W_hh[CARRIER, CARRIER] = 3  # a latch: the first noun sets it, and no other turns it
    elif cell == "gru":
        b_h[H + CARRIER], W_xh[NUMBER != 0, H + CARRIER] = 20, -17  # z: keep, and at nouns listen a little
    else:
        b_h[CARRIER], b_h[H + CARRIER], b_h[3 * H + CARRIER] = 20, 20, 20  # i, f and o open: c counts
    W_hy, b_y = np.zeros((H, outputs)), np.zeros(outputs)
    W_hy[CARRIER, list(answers)] = -5, 5
    params |= {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": W_hy, "b_y": b_y}
    return params


@pytest.mark.parametrize("cell", CELLS)
def test_the_unit_that_carries_the_number_is_found_and_nothing_is_left_without_it(cell: str) -> None:
    config = Config(cell=cell, hidden_size=H, dtype="float64", attractors=2)
    found = number_units(config, made_by_hand(cell), np.random.default_rng(0), asked=480)
    others = np.arange(H) != CARRIER
    assert found.ranking[0] == CARRIER
    assert found.whole.accuracy > 0.65  # the first noun, or a vote of nouns, is often right
    assert (found.averaged.accuracy[others] == found.whole.accuracy).all()
    assert (found.zeroed.accuracy[others] == found.whole.accuracy).all()
    assert found.zeroed.accuracy[CARRIER] == 0.5
    assert found.zeroed.margin[CARRIER] == 0
    assert found.averaged.accuracy[CARRIER] == 0.5  # the same answer to all sentences, of 240 each
    assert found.averaged.margin[CARRIER] == pytest.approx(0, abs=1e-12)


def test_curves_of_a_latch_part_at_the_subject_and_do_not_hear_the_attractor() -> None:
    config = Config(hidden_size=H, dtype="float64", attractors=1)
    found = number_units(config, made_by_hand("vanilla"), np.random.default_rng(0))
    subject, curve = found.slots.index("SUBJECT") + 1, found.curves[:, :, CARRIER]
    assert found.curves.shape == (4, config.sentence_length + 1, H)
    assert not curve[:, :subject].any()
    for (of_subject, _), of_condition in zip(CONDITIONS, curve, strict=True):
        assert (np.sign(of_condition[subject:]) == (1 if of_subject == "plural" else -1)).all()
    np.testing.assert_allclose(curve[0], -curve[3], rtol=1e-12)


def test_a_unit_that_only_tells_the_time_is_missed_at_zero_but_not_at_its_mean() -> None:
    params = made_by_hand("vanilla")
    params["W_xh"][:, 0] = params["W_hh"][:, 0] = 0
    params["W_hh"][0, 0], params["b_h"][0] = -5, 0.5  # it swings between -1 and +1
    params["W_hy"][0], params["b_y"][:] = (0, 20), (0, 20)  # in even time steps it makes up for the bias b_y
    found = number_units(Config(hidden_size=H, dtype="float64"), params, np.random.default_rng(0))
    assert found.curves[0, -1, 0] == pytest.approx(-1, abs=1e-3)
    assert found.whole.accuracy > 0.65
    assert found.averaged.accuracy[0] == found.whole.accuracy
    assert found.averaged.margin[0] == pytest.approx(found.whole.margin, rel=1e-9)
    assert found.zeroed.accuracy[0] == 0.5


def shared_by_hand(shares: list[float]) -> Params:
    """The latch, with copies of it in the other units, of which the answers hear these shares."""
    params = made_by_hand("vanilla")
    for name in ("W_xh", "b_h"):
        params[name][...] = params[name][..., [CARRIER]]
    params["W_hh"][:] = 3 * np.eye(H)
    params["W_hy"] = np.outer(shares, [-1, 1])
    return params


def test_units_whose_loss_turns_no_answer_are_ranked_by_the_margin_that_they_cost() -> None:
    shares = [1.0, 5.0, 2.0, 4.0, 0.0, 3.0]
    config = Config(hidden_size=H, dtype="float64", attractors=1)
    found = number_units(config, shared_by_hand(shares), np.random.default_rng(0))
    assert found.ranking.tolist() == [1, 3, 5, 2, 0, 4]
    assert (found.averaged.accuracy == found.whole.accuracy).all()
    expected = found.whole.margin * (15 - np.array(shares)) / 15
    np.testing.assert_allclose(found.averaged.margin, expected, rtol=1e-9)


def test_units_that_share_the_number_are_missed_together() -> None:
    config = Config(hidden_size=H, dtype="float64", attractors=1)
    found = number_units(config, shared_by_hand([1.0, 5.0, 2.0, 4.0, 0.0, 3.0]), np.random.default_rng(0))
    left = np.array([15, 10, 6, 3, 1, 0, 0]) / 15
    np.testing.assert_allclose(found.together.margin, found.whole.margin * left, rtol=1e-9, atol=1e-12)
    assert (found.together.accuracy[:5] == found.whole.accuracy).all()
    assert (found.together.accuracy[5:] == 0.5).all()


def test_the_margin_is_how_far_the_right_answer_is_ahead() -> None:
    config = Config(hidden_size=H, dtype="float64", attractors=1)
    found = number_units(config, made_by_hand("vanilla"), np.random.default_rng(0))
    right_minus_wrong = 2 * found.whole.accuracy - 1  # the latch is at about ±1, and each answer hears 5 times that
    assert found.whole.margin == pytest.approx(10 * right_minus_wrong, rel=0.02)


@pytest.mark.parametrize("name", CELL_NAMES)
def test_a_held_unit_is_held_at_every_time_step_and_heard_by_nobody_otherwise(name: tuple[str, str]) -> None:
    torch, net = torch_of(), network(name)
    W, T, N = torch_params(net.params), *net.batch.inputs.shape
    values, held = np.random.default_rng(5).normal(size=(T, 4)), np.vstack([np.eye(4), [0, 0, 0, 0], [1, 0, 0, 1]]) > 0
    found = outputs_with_units_held(net.params, net.cell, net.batch.inputs, held, values)
    for k, units in enumerate(held):
        states = tuple(torch.zeros(N, 4, dtype=torch.float64) for _ in net.cell.states)
        for t in range(T):
            h, *c = torch_step(name, W, torch.tensor(np.eye(5)[net.batch.inputs[t]]), states)
            h = torch.where(torch.tensor(units), torch.tensor(values[t]), h)
            states = (h, *c)
        expected = (h @ W["W_hy"] + W["b_y"]).detach().numpy()
        np.testing.assert_allclose(found[k], expected, rtol=1e-9)


@pytest.mark.parametrize("numbers_at_once", [1, 40, 10**9])
def test_how_units_are_grouped_changes_nothing(numbers_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net, units = network(("gru", "tanh")), np.eye(4)[[3, 1, 0]] > 0
    values = np.random.default_rng(5).normal(size=(7, 4))
    whole = outputs_with_units_held(net.params, net.cell, net.batch.inputs, units, values)
    monkeypatch.setattr("rnn_core.diagnostics.units._ROW_NUMBERS", numbers_at_once)
    again = outputs_with_units_held(net.params, net.cell, net.batch.inputs, units, values)
    np.testing.assert_allclose(again, whole, rtol=1e-12)


@pytest.mark.parametrize("template", range(len(TEMPLATES)))
def test_aligned_sentences_differ_in_the_number_of_subject_and_attractors_alone(template: int) -> None:
    found = aligned_sentences(np.random.default_rng(1), 17, 2, 50, template, layout=3)
    assert found.tokens.shape == (4, 17, 50)
    for (of_subject, of_attractors), tokens in zip(CONDITIONS, found.tokens, strict=True):
        for slot, row in zip(found.slots, tokens, strict=True):
            if slot == "SUBJECT":
                assert (NUMBER[row] == (1 if of_subject == "plural" else -1)).all()
            elif slot == "ATTRACTOR":
                assert (NUMBER[row] == (1 if of_attractors == "plural" else -1)).all()
            elif slot == "OTHER":
                assert set(NUMBER[row].tolist()) == {-1, 1}
            else:
                assert not NUMBER[row].any()
                assert slot != "RELATIVE" or set(row.tolist()) == {TOKEN["that"]}  # "who" fits people alone
    assert found.slots.count("SUBJECT") == 1
    assert found.slots.count("ATTRACTOR") == 2
    nouns = np.isin(found.slots, ("SUBJECT", "ATTRACTOR"))
    assert (found.tokens[:, ~nouns] == found.tokens[:1, ~nouns]).all()
    lemmas = found.tokens[:, nouns] - 12 * (NUMBER[found.tokens[:, nouns]] == 1)
    assert (lemmas == lemmas[:1]).all()


def test_aligned_sentences_are_sentences_of_the_task() -> None:
    drawn = sentences(np.random.default_rng(0), 14, 2, (20_000,)).tokens
    known = {VOCABULARY[token] for token in np.unique(drawn)}
    found = aligned_sentences(np.random.default_rng(0), 14, 2, 200)
    assert {VOCABULARY[token] for token in np.unique(found.tokens)} <= known
    assert len(found.slots) == layouts(14, 2).shape[-1]


def test_a_trained_network_loses_accuracy_with_its_first_units_more_than_with_its_last() -> None:
    config = Config(hidden_size=10, attractors=1, sentence_length=11, updates=500, learning_rate=0.3)
    params = {name: W[-1] for name, W in train(config).probe_params.items()}
    found = number_units(config, params, np.random.default_rng(0))
    assert found.whole.accuracy > 0.9
    assert found.averaged.accuracy[found.ranking[0]] < found.whole.accuracy - 0.1
    assert found.averaged.accuracy[found.ranking[0]] <= found.averaged.accuracy[found.ranking[-1]]
    assert (np.diff(found.averaged.accuracy[found.ranking]) >= 0).all()
    assert not (np.diff(found.averaged.margin[found.ranking]) >= 0).all()  # accuracy comes first
    assert np.array_equal(np.sort(found.ranking), np.arange(10))
    assert found.together.accuracy[10] == 0.5


def test_next_word_is_asked_for_its_choice_between_the_two_answers() -> None:
    columns = tuple(TOKEN[answer] for answer in ANSWERS)
    made = made_by_hand("vanilla", len(VOCABULARY), columns)
    made["b_y"][TOKEN["the"]] = 100  # another word is likelier than both
    config = Config(task="next_word", hidden_size=H, dtype="float64", attractors=1)
    ours = number_units(config, made, np.random.default_rng(0))
    theirs = number_units(config.replace(task="agreement"), made_by_hand("vanilla"), np.random.default_rng(0))
    assert np.array_equal(ours.averaged.accuracy, theirs.averaged.accuracy)
    assert ours.whole.accuracy == theirs.whole.accuracy > 0.65


def test_sentences_that_disagree_are_asked_for_on_demand() -> None:
    config, params = Config(cell="lstm", hidden_size=H, dtype="float64", attractors=2), made_by_hand("lstm")
    mixed, disagreeing = (
        number_units(config, params, np.random.default_rng(0), disagree=disagree) for disagree in (False, True)
    )
    assert mixed.asked == disagreeing.asked == 240
    assert mixed.whole.accuracy > 0.65
    assert disagreeing.whole.accuracy < 0.3  # two attractors outvote one subject, unless another noun comes to its help


def test_weights_that_are_not_finite_answer_nothing_right() -> None:
    params = made_by_hand("vanilla")
    params["W_xh"][:] = np.nan
    found = number_units(Config(hidden_size=H, dtype="float64"), params, np.random.default_rng(0))
    assert found.whole.accuracy == 0
    assert not found.averaged.accuracy.any()
    assert np.isnan(found.whole.margin)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "adding"}, "task is adding; number units are those of agreement and next_word"),
        ({"attractors": 0, "sentence_length": 9}, "sentence_length is 9; with an attractor at least 11"),
    ],
)
def test_where_there_is_no_number_to_carry_that_is_said(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        number_units(Config(**changes), {}, np.random.default_rng(0))
