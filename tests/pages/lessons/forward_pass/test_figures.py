"""The pictures and formulas of the page on the forward pass: every number is one of `bptt.forward`, or of its parts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.components.latex import plain, plain_row
from pages.lessons.forward_pass import sentences
from pages.lessons.forward_pass.equations import output_equations, row_equation, state_equations, unit_equations
from pages.lessons.forward_pass.equations import word_equations as of_word
from pages.lessons.forward_pass.figures.activation_curves import activation_curves, activation_curves_alt, curves_info
from pages.lessons.forward_pass.figures.embedding_rows import embedding_info, embedding_rows, embedding_rows_alt
from pages.lessons.forward_pass.figures.next_words import next_info, next_words, next_words_alt
from pages.lessons.forward_pass.figures.state_parts import parts_info, state_parts, state_parts_alt
from pages.lessons.forward_pass.figures.state_sizes import sizes_info, state_sizes, state_sizes_alt
from pages.lessons.forward_pass.figures.unrolled_forward import (
    COLOUR_OUT,
    COLOUR_PAST,
    COLOUR_WORD,
    forward_info,
    unrolled_forward,
    unrolled_forward_alt,
)
from pages.lessons.forward_pass.networks import SENTENCE, Small, small_network, without_past
from rnn_core.bptt import forward
from rnn_core.types import Batch
from tests.pages.lessons.backpropagation.small_chain import assert_shown, matrices

T = len(SENTENCE.split())
TIMES = range(1, T + 1)


def network(text: str = SENTENCE, hidden: int = 3, seed: int = 4) -> Small:
    return small_network(text, hidden, 1.2, seed)


def of_core(small: Small) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States (T+1, H), outputs and probabilities (T, O) by `bptt`."""
    n = len(small.words)
    tape = forward(small.params, Batch(small.inputs[:, None], np.zeros((n, 1), np.int64), np.ones((n, 1))))
    y = tape.logits[:, 0]
    return tape.h[:, 0], y, np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)


def shown(latex: str) -> list[np.ndarray]:
    """Matrices of a formula without their colours."""
    return matrices(re.sub(r"\\textcolor{[^}]*}{([^}]*)}", r"\1", latex))


def value_of(text: str) -> float:
    """What a sum in words comes to, such as (-0.219)·0.098 + 0.1."""
    assert re.fullmatch(r"[-+·()\d.e ]+", text), text
    return float(eval(text.replace("·", "*")))  # digits and signs alone


def terms_and_sum(latex: str) -> tuple[float, float]:
    """What the terms of an equation come to, and what it says that they do; its lines begin with = or +."""
    _symbols, first, *more, last = re.findall(r"&[=+] (.*?)(?: \\\\|\\end)", latex)
    written = " + ".join([first, *more]).replace(r"\cdot", "·")
    return value_of(written), float(last)


def coloured(figure: go.Figure, colour: str) -> set[tuple[float, ...]]:
    drawn = [a for a in figure.layout.annotations if a.showarrow and a.arrowcolor == colour]
    return {(a.ax, a.ay, a.x, a.y) for a in drawn}


def test_the_vocabulary_is_the_sentence_and_a_word_is_the_same_in_capitals() -> None:
    small = network("The artists NEAR the Übung")
    assert small.words == ("the", "artists", "near", "the", "übung")
    assert small.rows == ("the", "artists", "near", "übung")
    assert small.inputs.tolist() == [0, 1, 2, 0, 3]
    assert small.params["W_xh"].shape == (4, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["0 words", "2 to 8"]),
        ("one", ["1 word", "2 to 8"]),
        ("a b c d e f g h i", ["9 words"]),
        (f"the {'x' * 16}", ["16 letters", "15"]),
        ("!?", ["0 words"]),
    ],
)
def test_a_sentence_that_has_no_room_is_told_so(text: str, words: list[str]) -> None:
    with pytest.raises(ValueError, match=words[0]) as error:
        network(text)
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize("t", TIMES)
def test_every_vector_of_the_equations_is_the_cores(t: int) -> None:
    small = network()
    h, y, y_hat = of_core(small)
    W_xh, W_hh, b_h = (small.params[name] for name in ("W_xh", "W_hh", "b_h"))
    k, (word, past, total, state), (output, softmax) = small.inputs[t - 1], state_equations(small, t), _out(small, t)
    x, W, row = shown(word)
    np.testing.assert_array_equal(x[0], np.eye(len(W_xh))[k])
    assert_shown(W, W_xh)
    assert_shown(row, W_xh[k])
    for written, expected in zip(shown(past), (h[t - 1], W_hh, h[t - 1] @ W_hh), strict=True):
        assert_shown(written, expected)
    for written, expected in zip(
        shown(total), (W_xh[k], h[t - 1] @ W_hh, b_h, W_xh[k] + h[t - 1] @ W_hh + b_h), strict=True
    ):
        assert_shown(written, expected)
    assert_shown(shown(state)[-1], h[t])
    for written, expected in zip(
        shown(output), (h[t], small.params["W_hy"], small.params["b_y"], y[t - 1]), strict=True
    ):
        assert_shown(written, expected)
    assert_shown(shown(softmax)[-1], y_hat[t - 1])


def _out(small: Small, t: int) -> list[str]:
    return output_equations(small, t)


@pytest.mark.parametrize("t", [1, 3])
@pytest.mark.parametrize("unit", [1, 3])
def test_an_entry_taken_apart_is_the_sum_it_stands_for(t: int, unit: int) -> None:
    small = network()
    h, y, y_hat = of_core(small)
    total, tanh = unit_equations(small, t, unit)
    summed, last = terms_and_sum(total)
    assert summed == pytest.approx(np.arctanh(h[t, unit - 1]), abs=0.02)
    assert last == pytest.approx(np.arctanh(h[t, unit - 1]), rel=0.006)
    assert float(tanh.split("= ")[-1]) == pytest.approx(h[t, unit - 1], rel=0.006)
    sums, share = of_word(small, t, unit)
    summed, last = terms_and_sum(sums)
    assert summed == pytest.approx(y[t - 1, unit - 1], abs=0.02)
    assert last == pytest.approx(y[t - 1, unit - 1], rel=0.006)
    assert float(share.split("= ")[-1]) == pytest.approx(y_hat[t - 1, unit - 1], rel=0.006)


@pytest.mark.parametrize("row", range(4))
def test_a_word_is_its_row(row: int) -> None:
    small = network()
    latex = row_equation(small, row)
    x, W, product = shown(latex)
    np.testing.assert_array_equal(x[0], np.eye(4)[row])
    assert_shown(W, small.params["W_xh"])
    assert_shown(product, small.params["W_xh"][row])
    assert latex.count(r"\textcolor") == 2 * 3


@pytest.mark.parametrize("t", TIMES)
def test_each_cell_of_the_state_says_the_sum_that_it_is(t: int) -> None:
    small = network()
    h, *_ = of_core(small)
    info = parts_info(small.done, small.params, small.words[t - 1], t, 2)
    np.testing.assert_allclose(info.values[3], info.values[:3].sum(axis=0), atol=1e-15)
    np.testing.assert_allclose(info.values[4], h[t], atol=1e-12)
    for j in range(3):
        assert value_of(info.sums[1][j]) == pytest.approx(info.values[1, j], abs=0.01)
        assert value_of(info.sums[3][j]) == pytest.approx(info.values[3, j], abs=0.01)
        assert f"row “{small.words[t - 1]}”" in info.sums[0][j]
    (heat,) = state_parts(info).data
    np.testing.assert_array_equal(heat.z, info.values)
    assert (heat.zmin, heat.zmax) == (-1, 1)
    (frame,) = state_parts(info).layout.shapes
    assert (frame.x0, frame.x1) == (0.5, 1.5)
    assert not state_parts(info._replace(unit=None)).layout.shapes
    assert f"{h[t, 0]:.3g}" in state_parts_alt(info)


@pytest.mark.parametrize("t", TIMES)
def test_the_bars_are_the_probabilities_and_the_right_word_has_its_own_colour(t: int) -> None:
    small = network()
    _, y, y_hat = of_core(small)
    info = next_info(small.done, small.params, small.words, small.rows, t)
    bars: dict[str, float] = {}
    for bar in next_words(info).data:
        bars |= dict(zip(bar.y, bar.x, strict=True))
        if bar.name != "other words":
            assert list(bar.y) == [small.words[t]]
    np.testing.assert_allclose([bars[word] for word in small.rows], y_hat[t - 1], rtol=1e-12)
    for text, value in zip(info.sums, y[t - 1], strict=True):
        assert value_of(text) == pytest.approx(value, abs=0.02)
    assert (info.right == "") is (t == T)
    assert f"{y_hat[t - 1, 0]:.1%}" in next_words_alt(info)


@pytest.mark.parametrize("t", TIMES)
def test_only_what_the_time_step_computes_is_in_colour_and_what_comes_after_is_faint(t: int) -> None:
    small = network()
    h, _, y_hat = of_core(small)
    info = forward_info(small.done, small.words, small.rows, t)
    figure = unrolled_forward(info)
    assert coloured(figure, COLOUR_WORD) == {(t, 0, t, 1)}
    assert coloured(figure, COLOUR_PAST) == {(t - 1, 1, t, 1)}
    assert coloured(figure, COLOUR_OUT) == {(t, 1, t, 2)}
    assert sum(a.showarrow for a in figure.layout.annotations) == 3 * T
    assert all((a.opacity < 1) is (a.x > t) for a in figure.layout.annotations if a.showarrow)
    states, outputs, *_ = figure.data
    assert [shade < 1 for shade in states.marker.opacity] == [k > t for k in range(T + 1)]
    assert [tells == "not computed yet" for tells in states.customdata] == [k > t for k in range(T + 1)]
    assert [tells == "not computed yet" for tells in outputs.customdata] == [k > t for k in TIMES]
    assert states.customdata[t] == ", ".join(f"{value:.3g}" for value in h[t])
    best = small.rows[int(y_hat[t - 1].argmax())]
    assert f"{best}? {y_hat[t - 1].max():.0%}" in [a.text for a in figure.layout.annotations]
    assert f"“{small.words[t - 1]}”" in unrolled_forward_alt(info)


def test_the_picked_word_s_row_is_framed() -> None:
    small = network()
    info = embedding_info(small.params["W_xh"], small.rows, "near")
    figure = embedding_rows(info)
    np.testing.assert_array_equal(figure.data[0].z, small.params["W_xh"])
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (1.5, 2.5)
    assert f"{small.params['W_xh'][2, 0]:.3g}" in embedding_rows_alt(info)


@pytest.mark.parametrize(
    ("name", "values"), [("tanh", np.tanh([-4.0, 2.0])), ("relu", [0, 2]), ("identity", [-4, 2]), ("sigmoid", None)]
)
def test_units_lie_on_their_curve(name: str, values: Any) -> None:
    info = curves_info(name, np.array([-4.0, 2.0]))
    expected = 1 / (1 + np.exp([4.0, -2.0])) if values is None else values
    np.testing.assert_allclose(info.value, expected, rtol=1e-12)
    assert info.a[0] < -4 < 4 < info.a[-1]
    lines = {line.name: line for line in activation_curves(info).data}
    assert [line.opacity for line in lines.values()].count(1.0) == 1
    np.testing.assert_allclose(lines["tanh"].y, np.tanh(info.a))
    assert "between" in activation_curves_alt(info)


STATES = {
    "tanh": np.array([[0, 0], [0.5, -0.9], [0.1, 0.2], [1, -0.5]]),
    "relu": np.array([[0, 0], [0.5, 0], [0, 0], [0, 0]]),
    "sigmoid": np.full((4, 2), 0.5),
    "identity": np.array([[0, 0], [2, -2000], [np.inf, 0], [np.nan, 0]]),
}


def test_sizes_are_drawn_and_what_has_no_place_on_the_axis_gets_a_mark() -> None:
    info = sizes_info(STATES, "relu", 1)
    np.testing.assert_array_equal(info.largest["tanh"], [0.9, 0.2, 1])
    traces = {trace.name: trace for trace in state_sizes(info).data}
    np.testing.assert_array_equal(traces["tanh"].y, [0.9, 0.2, 1])
    np.testing.assert_array_equal(traces["identity"].y, [2000, np.nan, np.nan])
    assert [name for name, trace in traces.items() if trace.opacity is None] == ["ReLU", "not finite", "exactly zero"]
    np.testing.assert_array_equal(traces["exactly zero"].x, [2, 3])
    np.testing.assert_array_equal(traces["not finite"].x, [2, 3])
    assert "silence" in [a.text for a in state_sizes(info).layout.annotations]
    assert "silence" not in [a.text for a in state_sizes(info._replace(sentence_end=None)).layout.annotations]
    assert "identity ends at nan" in state_sizes_alt(info)


def test_the_table_says_where_each_activation_leaves_the_numbers() -> None:
    table = sentences.growth_table(sizes_info(STATES, "tanh"))
    rows = dict(zip(table["activation"], zip(*list(table.values())[1:], strict=True), strict=True))
    assert rows["tanh"] == ("1", "1", "−0.5, 1", "never", "never", "never")
    assert rows["ReLU"] == ("0.5", "0", "0, 0", "never", "never", "2")
    assert rows["identity"] == ("∞", "NaN", "NaN", "2", "3", "never")


@pytest.mark.parametrize(
    ("largest", "name"),
    [
        (0.0, sentences.SMALL),
        (1.0, sentences.SMALL),
        (1.01, sentences.MIDDLE),
        (1000.0, sentences.MIDDLE),
        (1001.0, sentences.LARGE),
        (3e38, sentences.LARGE),
        (np.inf, sentences.INFINITE),
        (np.nan, sentences.INFINITE),
    ],
)
def test_every_size_has_its_answer(largest: float, name: str) -> None:
    assert sentences.size_name(largest) == name


def test_the_reason_tells_the_run_s_own_numbers() -> None:
    info = sizes_info(STATES, "tanh")
    of_identity = sentences.growth_because(info._replace(chosen="identity"))
    assert "At time step 2 the first state leaves float32 (2,000 one time step before)" in of_identity
    assert "before); at 3 the first NaN" in of_identity
    assert "at most 1. tanh cannot pass 1." in sentences.growth_because(info)
    at_once = {"identity": np.array([[1.0], [2000.0], [np.nan]])}
    assert "with it comes the first NaN" in sentences.growth_because(sizes_info(at_once, "identity"))
    doubling = {"identity": 2.0 ** np.arange(11)[:, None]}
    assert "a factor of 2 per time step" in sentences.growth_because(sizes_info(doubling, "identity"))
    assert sentences.growth_because(sizes_info({"relu": np.zeros((5, 2))}, "relu")).endswith("largest entry is 0.")


def test_the_past_is_what_w_hh_brings() -> None:
    small = network()
    without = without_past(small)
    h, *_ = of_core(small)
    table = sentences.zero_table(small, without)
    assert table["state hₜ"] == [plain_row(row) for row in h[1:]]
    alone = np.tanh(small.params["W_xh"][small.inputs] + small.params["b_h"])
    assert table["hₜ if W_hh were 0"] == [plain_row(row) for row in alone]
    assert f"they are {plain(np.abs(h[1] - h[4]).max())} apart" in sentences.repeated_sentence(small, without)
    assert "time steps 1 and 4" in sentences.repeated_sentence(small, without)
    other = network("the artists near guide")
    assert "No word of your sentence comes twice" in sentences.repeated_sentence(other, without_past(other))


def test_a_step_is_told_with_its_own_numbers() -> None:
    small = network()
    _, _, y_hat = of_core(small)
    assert "Nothing comes from the past" in sentences.step_sentences(small, 1)[1]
    weighs = sentences.step_sentences(small, 3)[1]
    of_word_norm, of_past_norm = (np.linalg.norm(part[2]) for part in (small.done.from_word, small.done.from_state))
    assert ("The past weighs more" in weighs) is bool(of_past_norm >= of_word_norm)
    assert f"{of_word_norm:.3g}" in weighs
    guess = sentences.step_sentences(small, 2)[-1]
    assert f"“{small.rows[int(y_hat[1].argmax())]}”** ({y_hat[1].max():.1%})" in guess
    assert "The sentence ends here" in sentences.step_sentences(small, T)[-1]
