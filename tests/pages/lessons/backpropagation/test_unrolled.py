"""The picture of the unrolled network: which arrows are whose, and the numbers beside them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from pages.lessons.backpropagation.figures.unrolled import (
    COLOUR_BACK,
    COLOUR_FORWARD,
    COLOUR_TERM,
    UnrolledInfo,
    unrolled,
    unrolled_alt,
    unrolled_info,
)

from .small_chain import WORDS, of_core, worked


def info_of(read: tuple[int, ...], weight: str) -> UnrolledInfo:
    small, rule = worked(read)
    return unrolled_info(rule, small.words, weight)


def arrows(figure: go.Figure, colour: str) -> set[tuple[float, ...]]:
    """(x, y) of the start and of the end."""
    shown = [a for a in figure.layout.annotations if a.showarrow and a.arrowcolor == colour]
    return {(a.ax, a.ay, a.x, a.y) for a in shown}


def numbers(figure: go.Figure, colour: str) -> list[str]:
    return [a.text for a in figure.layout.annotations if not a.showarrow and a.font.color == colour]


@pytest.mark.parametrize("weight", ["W_hh", "W_xh", "W_hy"])
def test_the_norms_are_those_of_bptt(weight: str) -> None:
    small, _ = worked((3,))
    info, done = info_of((3,), weight), of_core(small, (3,))
    np.testing.assert_allclose(info.dh_norm, np.linalg.norm(done.gradients.dh[:, 0], axis=1), rtol=1e-12)
    h, da, dz = done.tape.h[:, 0], done.gradients.da[:, 0], done.dlogits[0, 0]
    outer = {
        "W_hh": [np.outer(h[t], da[t]) for t in range(4)],
        "W_xh": da,
        "W_hy": [np.outer(h[3], dz) * (t == 2) for t in range(4)],
    }[weight]
    expected = [np.linalg.norm(term) for term in outer]
    np.testing.assert_allclose(info.term_norm, expected, rtol=1e-12, atol=1e-300)


def test_into_w_hh_each_arrow_between_states_is_a_term() -> None:
    figure = unrolled(info_of((2,), "W_hh"))
    assert arrows(figure, COLOUR_TERM) == {(2, 1, 1, 1), (1, 1, 0, 1)}
    assert arrows(figure, COLOUR_BACK) == {(2, 2, 2, 1)}
    assert len(arrows(figure, COLOUR_FORWARD)) == 3 * 4 - 3


def test_into_w_xh_the_way_ends_at_each_word_up_to_the_loss() -> None:
    figure = unrolled(info_of((3,), "W_xh"))
    assert arrows(figure, COLOUR_TERM) == {(3, 1, 3, 0), (2, 1, 2, 0), (1, 1, 1, 0)}
    assert arrows(figure, COLOUR_BACK) == {(3, 2, 3, 1), (3, 1, 2, 1), (2, 1, 1, 1)}


def test_into_w_hy_nothing_goes_back_in_time() -> None:
    figure = unrolled(info_of((2,), "W_hy"))
    assert arrows(figure, COLOUR_TERM) == {(2, 2, 2, 1)}
    assert not arrows(figure, COLOUR_BACK)
    assert not numbers(figure, COLOUR_BACK)


def test_all_losses_send_something() -> None:
    figure = unrolled(info_of((1, 2, 3, 4), "b_h"))
    down = {(t, 2, t, 1) for t in (1, 2, 3, 4)}
    assert down <= arrows(figure, COLOUR_BACK)
    assert arrows(figure, COLOUR_FORWARD) == {(0, 1, 1, 1)}


def test_the_numbers_beside_the_arrows_are_the_norms() -> None:
    info = info_of((2,), "W_hh")
    figure = unrolled(info)
    assert numbers(figure, COLOUR_BACK) == [f"<b>{value:.3g}</b>" for value in info.dh_norm[:3]]
    assert numbers(figure, COLOUR_TERM) == [f"<b>{value:.3g}</b>" for value in info.term_norm[:2]]
    assert "<b>0</b>" in numbers(figure, COLOUR_TERM)


def test_the_legend_names_the_loss_and_the_weight() -> None:
    names = [trace.name for trace in unrolled(info_of((2,), "W_xh")).data if trace.name]
    assert any("L<sub>2</sub>" in name for name in names)
    assert any("W<sub>xh</sub>" in name for name in names)


def test_the_words_for_a_screen_reader_hold_the_numbers() -> None:
    info = info_of((2,), "W_hh")
    text = unrolled_alt(info)
    assert WORDS in text
    assert f"{info.dh_norm[1]:.3g} at h_1" in text
    assert f"{info.term_norm[1]:.3g} at time step 2" in text
    assert "all losses together" in unrolled_alt(info_of((1, 2, 3, 4), "W_hh"))
