"""PyTorch doing the same update: a loop that keeps every ∂L/∂h_t, and the fused layer that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .problem import CLASSES, TOKENS, Outcome, Peer, Problem

torch.set_num_threads(1)

RUN = tuple[Tensor, list[Tensor]]
"""h_T, and all h_t whose gradients are kept."""


class Network(NamedTuple):
    """A network in PyTorch.

    Attributes
    ----------
    run : the forward pass through time
    weights : by the project's names; `transposed` ones are stored as PyTorch's layers store them
    """

    run: Callable[[], RUN]
    weights: dict[str, Tensor]
    transposed: bool


def torch_loop(problem: Problem) -> list[Peer]:
    """A loop over time steps with `retain_grad` on each h_t, in every way known here: the benchmark takes the fastest.

    By hand, with the rows of W_xh looked up once for all t (`embedding`), or with `nn.RNNCell` on one-hot vectors.
    """
    return [_peer(problem, make(problem)) for make in LOOPS[problem.size.cell]]


def torch_cell(problem: Problem) -> list[Peer]:
    """The loop that PyTorch's documentation shows: `nn.RNNCell`, here with `retain_grad`, on one-hot vectors."""
    return [_peer(problem, LOOPS[problem.size.cell][-1](problem))]


def torch_fused(problem: Problem) -> list[Peer]:
    """The fused `nn.RNN` on one-hot vectors. It gives no access to ∂L/∂h_t, so their norms are left out."""
    return [_peer(problem, FUSED[problem.size.cell](problem))]


def _vanilla_by_hand(problem: Problem) -> Network:
    weights = {name: torch.tensor(W, requires_grad=True) for name, W in problem.params.items()}
    tokens, H = torch.tensor(problem.batch.inputs), problem.size.H

    def run() -> RUN:
        h = [torch.zeros(problem.size.B, H, requires_grad=True)]
        for ax_t in (functional.embedding(tokens, weights["W_xh"]) + weights["b_h"]).unbind(0):
            h.append(torch.tanh(torch.addmm(ax_t, h[-1], weights["W_hh"])))
            h[-1].retain_grad()
        return h[-1], h

    return Network(run, weights, transposed=False)


def _vanilla_cell(problem: Problem) -> Network:
    cell = nn.RNNCell(TOKENS, problem.size.H)
    x = _one_hot(problem).unbind(0)

    def run() -> RUN:
        h = [torch.zeros(problem.size.B, problem.size.H, requires_grad=True)]
        for x_t in x:
            h.append(cell(x_t, h[-1]))
            h[-1].retain_grad()
        return h[-1], h

    return Network(run, _layer_weights(problem, cell, ""), transposed=True)


def _vanilla_fused(problem: Problem) -> Network:
    layer, x = nn.RNN(TOKENS, problem.size.H), _one_hot(problem)
    return Network(lambda: (layer(x)[0][-1], []), _layer_weights(problem, layer, "_l0"), transposed=True)


LOOPS: dict[str, tuple[Callable[[Problem], Network], ...]] = {"vanilla": (_vanilla_by_hand, _vanilla_cell)}
"""By the cell's name; the last is PyTorch's own cell."""

FUSED: dict[str, Callable[[Problem], Network]] = {"vanilla": _vanilla_fused}
"""By the cell's name."""


def _one_hot(problem: Problem) -> Tensor:
    return functional.one_hot(torch.tensor(problem.batch.inputs), TOKENS).float()


def _layer_weights(problem: Problem, layer: nn.Module, suffix: str) -> dict[str, Tensor]:
    """A layer's parameters by the project's names, set to the problem's; its second bias is 0 and stays it."""
    output = nn.Linear(problem.size.H, CLASSES)
    weights = {
        "W_xh": getattr(layer, f"weight_ih{suffix}"),
        "W_hh": getattr(layer, f"weight_hh{suffix}"),
        "b_h": getattr(layer, f"bias_ih{suffix}"),
        "W_hy": output.weight,
        "b_y": output.bias,
    }
    second_bias = getattr(layer, f"bias_hh{suffix}").requires_grad_(False)
    with torch.no_grad():
        second_bias.zero_()
        for name, weight in weights.items():
            weight.copy_(torch.tensor(problem.params[name].T))
    return weights


def _peer(problem: Problem, network: Network) -> Peer:
    run, weights, transposed = network
    optimizer = torch.optim.SGD(weights.values(), lr=problem.config.learning_rate)
    targets = torch.tensor(problem.batch.targets[-1])

    def update() -> tuple[float, float, Tensor | None]:
        optimizer.zero_grad()
        h_T, h = run()
        if transposed:
            logits = functional.linear(h_T, weights["W_hy"], weights["b_y"])
        else:
            logits = torch.addmm(weights["b_y"], h_T, weights["W_hy"])
        loss = functional.cross_entropy(logits, targets)
        loss.backward()
        dh_norm = torch.linalg.vector_norm(torch.stack([h_t.grad for h_t in h]), dim=(1, 2)) if h else None
        norm = nn.utils.clip_grad_norm_(weights.values(), problem.config.clip_threshold)
        optimizer.step()
        return loss.item(), norm.item(), dh_norm

    def outcome(result: tuple[float, float, Tensor | None]) -> Outcome:
        loss, norm, dh_norm = result
        arrays = {name: W.detach().numpy().copy() for name, W in weights.items()}
        params = {name: W.T if transposed else W for name, W in arrays.items()}
        return Outcome(loss, norm, None if dh_norm is None else dh_norm.numpy(), params)

    return Peer(update, outcome)
