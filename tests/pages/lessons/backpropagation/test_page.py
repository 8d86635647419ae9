"""The page on backpropagation end to end, without a browser: its numbers are those of `rnn_core`."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.lessons.backpropagation.figures.distances import distances_info
from pages.lessons.backpropagation.networks import CELLS, Reader, cell_fields, reader, sentence_of
from pages.lessons.backpropagation.parts import prove
from rnn_core import checking
from rnn_core.bptt import loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.checking import TOLERANCE
from rnn_core.config import Config
from rnn_core.diagnostics.itemised import itemised
from rnn_core.recording import train
from rnn_core.tasks import TASKS, reading
from rnn_core.training import starting_params
from tests.pages.opening import page_of
from tests.pages.reading import _decoded, words

from .small_chain import assert_shown, matrices, of_core, worked

CHARTS = ("unrolled", "descent", "itemised", "distances")
SMALL = {"bp_hidden": 8}
ALL = (1, 2, 3, 4)


def opened(**query: Any) -> AppTest:
    at = page_of("backpropagation")
    at.query_params["reveal"] = "now"
    for key, value in (SMALL | query).items():
        at.query_params[key] = str(value)
    return at.run()


def chart(at: AppTest, name: str) -> dict[str, Any]:
    return _decoded(json.loads(at.get("plotly_chart")[CHARTS.index(name)].proto.spec))


def assert_alive(at: AppTest) -> None:
    assert not at.exception
    assert not at.error
    assert len(at.get("plotly_chart")) == len(CHARTS)
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 40


def reader_of(params: Any = None, **changes: Any) -> Reader:
    config = Config(**({"task": "next_word", "hidden_size": 8, "updates": 1, "dtype": "float64"} | changes))
    return reader(
        sentence_of(reading.ARTICLE, config.task), config, starting_params(config) if params is None else params
    )


@pytest.fixture(scope="module")
def at() -> AppTest:
    return opened()


def test_the_page_opens_on_l2_and_says_what_to_look_for(at: AppTest) -> None:
    assert_alive(at)
    assert not at.warning
    assert "Look for" in at.markdown[0].value
    assert any(r"\frac{\partial L_2}{\partial h_2}" in equation.value for equation in at.latex)


@pytest.mark.parametrize(
    ("loss", "read", "weight"),
    [("L2", (2,), "W_hh"), ("L4", (4,), "W_xh"), ("all", ALL, "W_hh"), ("all", ALL, "b_h"), ("L1", (1,), "W_hy")],
)
def test_the_boxed_gradient_is_bptts(loss: str, read: tuple[int, ...], weight: str) -> None:
    page = opened(bp_loss=loss, bp_weight=weight, bp_units=3, bp_seed=5)
    assert_alive(page)
    small, _ = worked(read, hidden_size=3, seed=5)
    (boxed,) = [equation.value for equation in page.latex if r"\boxed" in equation.value]
    assert_shown(matrices(boxed)[-1], of_core(small, read).gradients.params[weight])


def test_the_update_shows_every_weight_before_and_after_and_the_loss_that_was_measured(at: AppTest) -> None:
    small, _ = worked(ALL)
    done = of_core(small, ALL)
    shown = [matrices(equation.value) for equation in at.latex if r"\alpha \frac" in equation.value]
    assert len(shown) == len(small.params)
    after = {}
    for (before, gradient, result), (name, W) in zip(shown, small.params.items(), strict=True):
        after[name] = W - 0.3 * done.gradients.params[name]
        assert_shown(before, W)
        assert_shown(gradient, done.gradients.params[name])
        assert_shown(result, after[name])
    loss = of_core(small._replace(params=after), ALL).loss
    assert f"**The loss goes from {done.loss:.3g} to {loss:.3g} nats.**" in words(at)


def test_a_large_step_is_told_to_go_up() -> None:
    page = opened(bp_alpha=10)
    assert_alive(page)
    assert "went **up**" in words(page)
    assert "went **up**" not in words(opened(bp_alpha=0.1))


@pytest.mark.parametrize("cell", CELLS)
def test_the_matrix_and_the_lines_are_the_cores(cell: str) -> None:
    page = opened(bp_cell=cell)
    assert_alive(page)
    expected = reader_of(**cell_fields(cell))
    matrix, *_ = chart(page, "itemised")["data"]
    with np.errstate(divide="ignore"):
        expected_log = np.where(expected.itemised > 0, np.log10(expected.itemised), np.nan)
    np.testing.assert_array_equal(np.asarray(matrix["z"], float), expected_log.astype(np.float32))
    gradients = expected.done.gradients
    for name, dh in (("total", gradients.dh), ("direct", gradients.dh_direct)):
        (line,) = [t for t in chart(page, "itemised")["data"] if name in t.get("name", "") and t["x"][0] is not None]
        shown = np.asarray(line["y"], float)[-len(dh) :]
        np.testing.assert_allclose(shown, np.linalg.norm(dh, axis=(1, 2)), rtol=1e-12)


@pytest.mark.parametrize("cell", ["relu", "gru", "lstm"])
def test_the_shares_are_the_cores_and_the_sentence_adds_them_up(cell: str) -> None:
    page = opened(bp_cell=cell, bp_task="agreement")
    info = distances_info(reader_of(task="agreement", **cell_fields(cell)).by_distance)
    bars, up_to, *_ = chart(page, "distances")["data"]
    np.testing.assert_array_equal(bars["y"], info.share)
    np.testing.assert_array_equal(up_to["y"], info.up_to)
    assert f"**{info.up_to[2]:.1%} of ∂L/∂W_hh comes from the 3 words nearest" in words(page)


def test_with_one_loss_there_is_one_row() -> None:
    page = opened(bp_task="agreement")
    assert_alive(page)
    assert np.asarray(chart(page, "itemised")["data"][0]["z"]).shape == (1, 15)
    assert "Only one loss is read" in words(page)


def test_trained_weights_are_those_after_so_many_updates() -> None:
    page = opened(bp_updates=20, bp_cell="gru", bp_run_seed=3)
    assert_alive(page)
    record = train(Config(task="next_word", cell="gru", hidden_size=8, updates=20, dtype="float64", seed=3))
    expected = reader_of({name: W[-1] for name, W in record.probe_params.items()}, cell="gru")
    matrix, *_ = chart(page, "itemised")["data"]
    steps = np.arange(14)
    np.testing.assert_allclose(
        np.asarray(matrix["z"], float)[steps, steps + 1],
        np.log10(expected.itemised[steps, steps + 1]).astype(np.float32),
        rtol=1e-6,
    )
    assert "Trained for 20 updates" in words(page)


def test_a_reader_is_one_pass_of_the_core() -> None:
    config = Config(task="next_word", cell="lstm", hidden_size=8, updates=1, dtype="float64")
    params, cell, loss = starting_params(config), cell_of(config), TASKS["next_word"].loss
    sentence = sentence_of(reading.ARTICLE, "next_word")
    batch = sentence.batch
    read, done = reader(sentence, config, params), loss_and_gradients(params, batch, cell, loss=loss)
    assert read.done.loss == done.loss
    np.testing.assert_array_equal(read.itemised, itemised(params, batch, done.tape, done.dlogits, cell))
    np.testing.assert_allclose(read.by_distance.sum(axis=0), done.gradients.params["W_hh"], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("read", [(2,), ALL])
def test_prove_it_checks_the_gradient_on_screen_and_says_what_it_found(read: tuple[int, ...]) -> None:
    page = opened(bp_loss="L2" if len(read) == 1 else "all")
    page.button(key="bp_prove").click().run()
    assert not page.exception
    (verdict,) = page.success
    assert "Proven" in verdict.value
    table = page.table[1].value
    small, _ = worked(read)
    of = "L₂" if len(read) == 1 else "L"
    assert list(table.index) == [f"∂{of}/∂{name}" for name in (*small.params, "hₜ, all t")]
    sizes = [W.size for W in small.params.values()]
    assert [int(n) for n in table["entries compared"]][:-1] == sizes


@pytest.mark.parametrize("cell", ["sigmoid", "gru", "lstm"])
def test_prove_it_covers_every_tensor_of_the_sentences_network(cell: str) -> None:
    page = opened(bp_cell=cell)
    page.button(key="bp_prove_sentence").click().run()
    (verdict,) = page.success
    names = "\n".join(page.table[1].value.index)
    for name in (*starting_params(Config(**cell_fields(cell))), "hₜ", *(["cₜ"] if cell == "lstm" else [])):
        assert f"∂L/∂{name}" in names
    assert float(re.search(r"agree to ([\d.]+)·10⁻", verdict.value)[1]) > 0


def test_a_proof_goes_when_the_gradient_changes_and_stays_when_it_does_not() -> None:
    page = opened()
    page.button(key="bp_prove").click().run()
    assert page.success
    page.select_slider(key="bp_alpha").set_value(1.0).run()
    assert page.success
    page.radio(key="bp_loss").set_value("L3").run()
    assert not page.success


def test_a_wrong_gradient_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    true = checking.loss_and_gradients

    def wrong(*arguments: Any, **options: Any) -> Any:
        done = true(*arguments, **options)
        done.gradients.params["W_hh"] *= 1.01
        return done

    monkeypatch.setattr(checking, "loss_and_gradients", wrong)
    page.button(key="bp_prove").click().run()
    assert not page.success
    assert "Wrong" in page.error[0].value


@pytest.mark.parametrize(("radius", "accused"), [(4, False), (0.5, True)])
def test_where_states_are_huge_nobody_is_accused(radius: float, accused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(bp_cell="identity", bp_radius=radius)
    monkeypatch.setattr(prove, "proof", lambda *network: [checking.TensorCheck("W_hy", 2, 1.0, 0.5)])
    page.button(key="bp_prove_sentence").click().run()
    assert not page.exception
    assert ["Wrong" in error.value for error in page.error] == [True] * accused
    assert ["No proof here" in warning.value for warning in page.warning] == [True] * (not accused)


def test_the_proof_is_the_cores_check() -> None:
    config = Config(hidden_size=8, dtype="float64")
    checks = prove.proof(*_first_batch(config))
    by_command = checking.check_gradients(config)
    assert [check.name for check in checks] == [check.name for check in by_command]
    assert max(check.error for check in checks) < TOLERANCE
    for ours, theirs in zip(checks, by_command, strict=True):
        assert ours.largest == theirs.largest
        if theirs.entries < checking.MOST_ENTRIES:  # of larger tensors, other entries are chosen
            assert (ours.entries, ours.error) == (theirs.entries, theirs.error)


def _first_batch(config: Config) -> tuple[Any, ...]:
    from rnn_core.batches import batch_of_update

    return starting_params(config), batch_of_update(config, 0), cell_of(config), TASKS[config.task].loss


def test_a_proof_leaves_the_weights_alone() -> None:
    config = Config(hidden_size=4, dtype="float64")
    params, *others = _first_batch(config)
    for W in params.values():
        W.setflags(write=False)
    prove.proof(params, *others)


LINK = {
    "bp_words": "the guide near the artists",
    "bp_units": 3,
    "bp_gain": 1.25,
    "bp_seed": 7,
    "bp_loss": "L5",
    "bp_weight": "W_xh",
    "bp_alpha": 0.7,
    "bp_sentence": "the singer who waited was",
    "bp_task": "agreement",
    "bp_cell": "gru",
    "bp_hidden": 5,
    "bp_radius": 0.95,
    "bp_updates": 7,
    "bp_run_seed": 11,
}


def test_a_link_restores_everything() -> None:
    page = opened(**LINK)
    assert_alive(page)
    assert not page.warning
    for key in ("bp_units", "bp_gain", "bp_alpha", "bp_hidden", "bp_radius", "bp_updates"):
        assert page.select_slider(key=key).value == LINK[key]
    for key in ("bp_words", "bp_sentence"):
        assert page.text_input(key=key).value == LINK[key]
    for key in ("bp_loss", "bp_weight"):
        assert page.radio(key=key).value == LINK[key]
    for key in ("bp_task", "bp_cell"):
        assert page.selectbox(key=key).value == LINK[key]
    for key in ("bp_seed", "bp_run_seed"):
        assert page.number_input(key=key).value == LINK[key]
    assert chart(page, "itemised")["layout"]["xaxis2"]["labelalias"]["2"] == "singer"


def test_a_shorter_sentence_takes_the_loss_that_it_has() -> None:
    page = opened(bp_loss="L4")
    page.text_input(key="bp_words").set_value("the artists").run()
    assert_alive(page)
    assert page.radio(key="bp_loss").value == "L2"
    page.run()
    assert not page.warning
    assert "bp_loss" not in page.query_params


def test_an_example_sets_its_controls() -> None:
    page = opened()
    next(button for button in page.button if button.label == "Vanishing: sigmoid").click().run()
    assert_alive(page)
    assert page.selectbox(key="bp_cell").value == "sigmoid"
    assert "sigmoid" in page.query_params["bp_cell"]


def test_the_words_that_can_be_read_are_listed(at: AppTest) -> None:
    assert any("achievements" in text.value for text in at.expander[0].markdown)


BAD = [
    {"bp_words": "the"},
    {"bp_words": "<b>bold</b>"},
    {"bp_sentence": "artsts"},
    {"bp_sentence": " ".join(["and"] * 31)},
    {"bp_loss": "L9"},
    {"bp_weight": "W"},
    {"bp_cell": "transformer"},
    {"bp_radius": 100},
    {"bp_gain": "nan"},
    {"bp_alpha": "banana"},
    {"bp_seed": "1e999"},
    {"bp_run_seed": -1},
    {"bp_updates": 1e9},
    {"bp_loss": "L4", "bp_words": "the artists"},
]


@pytest.mark.parametrize("link", BAD, ids=str)
def test_nonsense_in_a_link_gets_a_sentence_and_the_default(link: dict[str, Any]) -> None:
    page = opened(**link)
    assert_alive(page)
    assert len(page.warning) == 1


EXTREMES: list[dict[str, Any]] = [
    {"bp_gain": 4, "bp_units": 3, "bp_alpha": 100, "bp_loss": "L1"},
    {"bp_gain": 0.01, "bp_alpha": 0.0001, "bp_loss": "L2", "bp_words": "the artists"},
    {"bp_cell": "identity", "bp_radius": 4},
    {"bp_cell": "relu", "bp_radius": 4, "bp_hidden": 1, "bp_sentence": "the artists"},
    {"bp_cell": "sigmoid", "bp_radius": 0.01, "bp_sentence": " ".join(["and"] * 30)},
]


@pytest.mark.parametrize("link", EXTREMES, ids=str)
def test_extreme_settings_keep_the_page_alive(link: dict[str, Any]) -> None:
    page = opened(**link)
    assert_alive(page)
    assert not page.warning


def test_what_a_visitor_typed_is_never_markup() -> None:
    page = opened(bp_words="$x$ **bold** the artsts", bp_sentence="<script>alert(1)</script>")
    assert_alive(page)
    for warning in page.warning:
        assert "<script>" not in warning.value
    assert not any("script" in equation.value or "bold" in equation.value for equation in page.latex)
