"""Errors of gradients, and losses of two classes, as pictures."""

from __future__ import annotations

import numpy as np
import pytest

from pages.components.figures import style
from pages.lessons.from_text_to_code.figures.attempt_losses import (
    ATTEMPT,
    MENDED,
    attempt_losses,
    attempt_losses_alt,
    losses_info,
)
from pages.lessons.from_text_to_code.figures.gradient_errors import (
    ENDS,
    errors_info,
    gradient_errors,
    gradient_errors_alt,
)
from rnn_core.checking import TOLERANCE
from rnn_core.toy_models.first_attempt.check import ParameterCheck
from rnn_core.toy_models.first_attempt.learning import GROUP, Learning

ERRORS = {"W_xh": 3e-13, "W_hh": 0.25, "b_h": 0.0, "W_hy": 1.9, "b_y": TOLERANCE}
CHECKS = [ParameterCheck(name, 1.0, error) for name, error in ERRORS.items()]


def test_each_parameter_has_a_mark_of_its_kind_where_its_error_is() -> None:
    figure = gradient_errors(errors_info(CHECKS))
    marks = {trace.name: trace for trace in figure.data if trace.mode == "markers+text"}
    right, wrong = marks["right"], marks["wrong"]
    assert list(right.y) == ["W_xh", "b_h", "b_y"]
    assert list(wrong.y) == ["W_hh", "W_hy"]
    np.testing.assert_array_equal(wrong.x, [0.25, 1.9])
    np.testing.assert_array_equal(right.customdata, [3e-13, 0.0, TOLERANCE])
    assert right.x[0] == 3e-13
    assert right.x[1] == pytest.approx(10.0 ** ENDS[0], rel=1e-5)  # a zero, at the edge
    assert (right.marker.symbol, wrong.marker.symbol) == ("circle", "x")
    assert right.marker.color != wrong.marker.color
    assert [text.strip() for text in wrong.text] == ["0.25", "1.9"]
    [line] = figure.layout.shapes
    assert line.x0 == line.x1 == TOLERANCE
    assert list(figure.layout.yaxis.categoryarray) == list(ERRORS)[::-1]  # the first at the top


def test_the_axis_of_errors_is_the_same_whatever_they_are() -> None:
    small = [check._replace(error=1e-12) for check in CHECKS]
    ranges = [gradient_errors(errors_info(checks)).layout.xaxis.range for checks in (CHECKS, small)]
    assert ranges[0] == ranges[1] == ENDS


@pytest.mark.parametrize("error", [np.nan, np.inf])
def test_an_error_that_is_no_number_is_wrong_and_drawn_at_the_far_edge(error: float) -> None:
    info = errors_info([CHECKS[0]._replace(error=error)])
    assert info.right == (False,)
    marks = next(trace for trace in gradient_errors(info).data if trace.name == "wrong" and trace.mode != "lines")
    assert marks.x[0] == pytest.approx(10.0 ** ENDS[1], rel=1e-5)


def test_the_words_for_errors_hold_each_number() -> None:
    text = gradient_errors_alt(errors_info(CHECKS))
    assert "W_hh wrong (2.5e-01)" in text
    assert "W_xh right (3.0e-13)" in text
    assert "tolerance 1e-06" in text


RIGHT, WRONG = Learning(np.array([1.0, 0.5, 0.25])), Learning(np.array([1.0, np.nan, 2.0]))


def test_losses_are_those_of_both_classes_and_of_guessing() -> None:
    figure = attempt_losses(losses_info(WRONG, RIGHT, 0.8))
    lines = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(lines[MENDED].y, RIGHT.loss)
    np.testing.assert_array_equal(lines[ATTEMPT].y, WRONG.loss)
    np.testing.assert_array_equal(lines[MENDED].x, [0, GROUP, 2 * GROUP])
    assert (lines[MENDED].line.color, lines[ATTEMPT].line.color) == (style.COLOUR_B, style.COLOUR_A)
    assert list(lines["not finite"].x) == [GROUP]
    assert figure.layout.shapes[0].y0 == 0.8
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 2


def test_a_class_that_is_stopped_has_no_line_and_the_words_say_so() -> None:
    info = losses_info(None, RIGHT, 0.8)
    assert [trace.name for trace in attempt_losses(info).data if trace.name == ATTEMPT] == []
    assert "stopped by an error" in attempt_losses_alt(info)
    text = attempt_losses_alt(losses_info(WRONG, RIGHT, 0.8))
    assert "from 1 to 0.25" in text
    assert "from 1 to 2" in text
    assert f"{3 * GROUP} updates" in text
