"""The chain rule in LaTeX: symbols, and below them the numbers of the arrays that they stand for.

Nothing that a visitor typed gets in here; what is not a letter of an equation is a number written by `tex`.
"""

from __future__ import annotations

from typing import NamedTuple

from pages.components.latex import aligned, tex, tex_column, tex_matrix
from rnn_core.toy_models.chain_rule import ChainRule
from rnn_core.types import Floats, Params

SYMBOLS = {"W_hy": "W_{hy}", "W_hh": "W_{hh}", "W_xh": "W_{xh}", "b_h": "b_h", "b_y": "b_y"}
"""The weights of the vanilla network in LaTeX, in the order in which the gradient meets them."""


class Step(NamedTuple):
    """One line on the blackboard: what it does, as Markdown, and the equations."""

    says: str
    equations: list[str]


def loss_name(rule: ChainRule) -> str:
    """L_s if one loss is followed, L if all are."""
    return f"L_{rule.read[0]}" if len(rule.read) == 1 and len(rule.y) > 1 else "L"


def chain_of(rule: ChainRule, weight: str) -> str:
    """The chain rule for one weight in symbols, a path a line."""
    L, W = loss_name(rule), SYMBOLS[weight]
    if weight in ("W_hy", "b_y"):
        paths = [rf"{_d(f'L_{s}', f'y_{s}')} \; {_d(f'y_{s}', W)}" for s in rule.read]
    elif len(rule.read) == 1:
        s = rule.read[0]
        paths = []
        for t in range(s, 0, -1):
            factors = [_d(f"h_{k}", f"h_{k - 1}") for k in range(s, t, -1)]
            paths.append(r" \; ".join([_d(L, f"h_{s}"), *factors, _d(f"h_{t}", W, "^+")]))
    else:
        paths = [rf"{_d(L, f'h_{t}')} \; {_d(f'h_{t}', W, '^+')}" for t in range(max(rule.read), 0, -1)]
    lines = [("&= " if k == 0 else "&+ ") + path for k, path in enumerate(paths)]
    return aligned([_d(L, W) + lines[0], *lines[1:]])


def steps(rule: ChainRule, params: Params, weight: str) -> list[Step]:
    """The chain rule for one weight with its numbers, from the loss to the weight."""
    at_outputs = Step(
        "**From the loss to the outputs.** What the network said, minus what is right.",
        [
            rf"{_d(f'L_{s}', f'y_{s}')} = \hat y_{s} - \text{{target}}_{s} = {tex_matrix(rule.y_hat[s - 1])} - "
            rf"{tex_matrix(rule.y[s - 1])} = {tex_matrix(rule.dz[s - 1])}"
            for s in rule.read
        ],
    )
    if weight in ("W_hy", "b_y"):
        return [at_outputs, _output_terms(rule, weight)]
    return [at_outputs, *_through_states(rule, params), _state_terms(rule, weight)]


def _through_states(rule: ChainRule, params: Params) -> list[Step]:
    """∂L/∂h_t from the last followed loss to the first word."""
    L, last = loss_name(rule), max(rule.read)
    symbols = rf"{_d(L, f'h_{last}')} &= {_d(f'L_{last}', f'y_{last}')} \, W_{{hy}}^\top"
    numbers = f"&= {tex_matrix(rule.dz[last - 1])} {tex_matrix(params['W_hy'].T)}"
    equation = aligned([symbols, numbers, _result(rule.dh[last])])
    steps = [Step(f"**Into the state** that the loss after word {last} was read from.", [equation])]
    for t in range(last - 1, 0, -1):
        factor = rf"{_d(f'h_{t + 1}', f'h_{t}')} &= \operatorname{{diag}}(1 - h_{t + 1}^2) \, W_{{hh}}^\top"
        product = rf"&= \operatorname{{diag}}\!{tex_matrix(rule.slope[t])} {tex_matrix(params['W_hh'].T)}"
        symbols = rf"{_d(L, f'h_{t}')} &= {_d(L, f'h_{t + 1}')} \; {_d(f'h_{t + 1}', f'h_{t}')}"
        numbers = f"&= {tex_matrix(rule.dh[t + 1])} {tex_matrix(rule.jacobians[t])}"
        says = f"**One word back,** from $h_{t + 1}$ to $h_{t}$."
        if t in rule.read:
            symbols += rf" + {_d(f'L_{t}', f'y_{t}')} \, W_{{hy}}^\top"
            numbers += f" + {tex_matrix(rule.dh_direct[t - 1])}"
            says = f"**One word back,** from $h_{t + 1}$ to $h_{t}$, where the loss after word {t} joins it."
        jacobian = aligned([factor, product, _result(rule.jacobians[t])])
        steps.append(Step(says, [jacobian, aligned([symbols, numbers, _result(rule.dh[t])])]))
    return steps


def _state_terms(rule: ChainRule, weight: str) -> Step:
    """What each time step adds to ∂L/∂W_hh, ∂L/∂W_xh or ∂L/∂b_h, and the sum."""
    equations = []
    for t in range(max(rule.read), 0, -1):
        symbol, column = {
            "W_hh": (rf"h_{t - 1}^\top", tex_column(rule.h[t - 1])),
            "W_xh": (rf"x_{t}^\top", tex_column(rule.x[t - 1])),
            "b_h": ("", ""),
        }[weight]
        named = rf"t = {t}\!:\quad {symbol} \left({_d(loss_name(rule), f'h_{t}')} \odot (1 - h_{t}^2)\right)"
        factors = rf"{column} \left({tex_matrix(rule.dh[t])} \odot {tex_matrix(rule.slope[t - 1])}\right)"
        equations.append(aligned([f"&{named}", f"&= {factors}", _result(rule.terms[weight][t - 1])]))
    says = (
        f"**From each state into the weight.** The same ${SYMBOLS[weight]}$ is used at every time step, so each time "
        "step adds a term; their sum is the gradient."
    )
    return Step(says, [*equations, total(rule, weight)])


def _output_terms(rule: ChainRule, weight: str) -> Step:
    """What each followed loss adds to ∂L/∂W_hy or ∂L/∂b_y, and the sum."""
    equations = []
    for s in rule.read:
        symbol, column = (rf"h_{s}^\top", tex_column(rule.h[s])) if weight == "W_hy" else ("", "")
        equations.append(
            rf"t = {s}\!:\quad {symbol} \left(\hat y_{s} - \text{{target}}_{s}\right) = {column} "
            f"{tex_matrix(rule.dz[s - 1])} = {tex_matrix(rule.terms[weight][s - 1])}"
        )
    says = f"**Into the weight.** ${SYMBOLS[weight]}$ is used once per loss, at its own time step: no way back in time."
    return Step(says, [*equations, total(rule, weight)])


def total(rule: ChainRule, weight: str) -> str:
    """The gradient that the terms sum to."""
    of_read = weight in ("W_hy", "b_y")
    times = rule.read if of_read else tuple(range(1, max(rule.read) + 1))
    terms = r"\text{this term}" if len(times) == 1 else " + ".join(rf"\text{{term }} {t}" for t in reversed(times))
    return rf"{_d(loss_name(rule), SYMBOLS[weight])} = {terms} = \boxed{{{tex_matrix(rule.gradients[weight])}}}"


def update_of(weight: str, before: Floats, gradient: Floats, after: Floats, alpha: float) -> str:
    """W - α ∂L/∂W with its numbers."""
    symbols = rf"{SYMBOLS[weight]} - \alpha {_d('L', SYMBOLS[weight])}"
    numbers = f"{symbols} &= {tex_matrix(before)} - {tex(alpha)} {tex_matrix(gradient)}"
    return aligned([numbers, _result(after)])


def _result(result: Floats) -> str:
    """On a line of its own: beside its factors it would not fit on a phone."""
    return f"&= {tex_matrix(result)}"


def _d(of: str, by: str, mark: str = "") -> str:
    return rf"\frac{{\partial{mark} {of}}}{{\partial {by}}}"
