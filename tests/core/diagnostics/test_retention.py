"""What of a sentence is left at its end, against differences, written-out gates and networks that cannot forget."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.bptt import forward
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.diagnostics import retention
from rnn_core.experiments.memory import CELLS
from rnn_core.tasks import reading
from rnn_core.training import starting_params
from rnn_core.types import Batch, Floats, Params

TOKENS = reading.read("The artists who performed near the doctor").tokens
EPS = 1e-5


def network(cell: str, seed: int = 0, **changes: object) -> tuple[Config, Params]:
    config = Config(**({"cell": cell, "hidden_size": 5, "dtype": "float64", "seed": seed} | changes))
    return config, starting_params(config)


def last_state(config: Config, params: Params, tokens: Floats, states: list[Floats]) -> Floats:
    """h_T if the network reads these words from these states (1, H)."""
    nothing = np.zeros((len(tokens), 1))
    batch = Batch(tokens[:, None], nothing.astype(int), nothing)
    return forward(params, batch, cell_of(config), *states).h[-1, 0]


@pytest.mark.parametrize("cell", CELLS)
def test_reach_is_the_largest_stretch_found_by_differences(cell: str) -> None:
    config, params = network(cell)
    found = retention.jacobian_norms(params, TOKENS, cell_of(config))
    tape = retention.read(params, TOKENS, cell_of(config))
    states = [tape.h, tape.saved["c"]] if cell == "lstm" else [tape.h]
    assert found.shape == (len(TOKENS) + 1,)
    for t in range(len(TOKENS)):
        rows = []
        for k in range(len(states)):
            for unit in range(5):
                ends = []
                for sign in (+1, -1):
                    moved = [state[t].copy() for state in states]
                    moved[k][0, unit] += sign * EPS
                    ends.append(last_state(config, params, TOKENS[t:], moved))
                rows.append((ends[0] - ends[1]) / (2 * EPS))
        assert found[t] == pytest.approx(np.linalg.norm(np.array(rows), 2), rel=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_the_last_state_reaches_itself_whole(cell: str) -> None:
    config, params = network(cell)
    assert retention.jacobian_norms(params, TOKENS, cell_of(config))[-1] == 1.0


@pytest.mark.parametrize("cell", CELLS)
def test_the_reach_of_one_word_is_that_of_all_words(cell: str) -> None:
    networks = [network(cell, seed) for seed in (0, 1)]
    for word in (0, 3, len(TOKENS) - 1):
        whole = [retention.jacobian_norms(params, TOKENS, cell_of(config))[word + 1] for config, params in networks]
        np.testing.assert_allclose(retention.reaches(networks, TOKENS, word), whole, rtol=1e-12)


def test_a_linear_network_that_turns_states_loses_nothing_and_one_that_halves_them_half_a_word() -> None:
    for gain in (1.0, 0.5):
        config, params = network("vanilla", activation="identity", initializer="orthogonal", spectral_radius=gain)
        jacobian_norms = retention.jacobian_norms(params, TOKENS, cell_of(config))
        np.testing.assert_allclose(jacobian_norms, gain ** np.arange(len(TOKENS), -1, -1), rtol=1e-12)


def test_a_gradient_that_is_not_finite_is_nan_and_not_zero() -> None:
    config, params = network("vanilla", activation="identity")
    params["W_hh"] = params["W_hh"] * 1e200
    jacobian_norms = retention.jacobian_norms(params, TOKENS, cell_of(config))
    assert np.isnan(jacobian_norms[0])
    assert jacobian_norms[-1] == 1.0


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_gates_are_the_sigmoids_of_their_blocks(cell: str) -> None:
    config, params = network(cell)
    kind = cell_of(config)
    found = retention.gates(params, TOKENS, kind)
    assert list(found) == {"gru": ["r", "z"], "lstm": ["i", "f", "o"]}[cell]
    h = retention.read(params, TOKENS, kind).h[:-1, 0]
    a = params["W_xh"][TOKENS] + params["b_h"] + h @ params["W_hh"]
    for name, gate in found.items():
        k = kind.blocks.index(name)
        np.testing.assert_allclose(gate, 1 / (1 + np.exp(-a[:, 5 * k : 5 * (k + 1)])), rtol=1e-12)


def test_the_vanilla_cell_has_no_gates() -> None:
    config, params = network("vanilla")
    assert retention.gates(params, TOKENS, cell_of(config)) == {}


def test_what_a_gate_keeps_is_the_product_over_the_words_after() -> None:
    gate = np.array([[0.5, 1.0], [0.1, 1.0], [0.5, 0.5], [0.2, 1.0]])
    np.testing.assert_allclose(retention.kept(gate, 1), [0.1, 0.5])
    np.testing.assert_array_equal(retention.kept(gate, 3), [1.0, 1.0])


def test_an_lstm_whose_gates_only_keep_passes_its_cell_state_on_unchanged() -> None:
    config, params = network("lstm")
    H = config.hidden_size
    params = {name: np.zeros_like(W) for name, W in params.items()}
    params["b_h"][H : 2 * H] = 50.0
    found = retention.gates(params, TOKENS, cell_of(config))
    np.testing.assert_array_equal(retention.kept(found["f"], 0), np.ones(H))
    np.testing.assert_allclose(
        retention.jacobian_norms(params, TOKENS, cell_of(config))[:-1], 0.5
    )  # o = ½, tanh'(0) = 1
