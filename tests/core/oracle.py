"""Two independent judges of a gradient: PyTorch's autograd, and central differences. Neither uses the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from rnn_core.types import Batch, Params


class Verdict(NamedTuple):
    """What PyTorch says of one forward and backward pass."""

    loss: float
    h: np.ndarray  # (T+1, B, H)
    params: Params
    dh: np.ndarray  # (T+1, B, H) total ∂L/∂h_t
    dh_direct: np.ndarray  # (T, B, H) from the output at t alone


def pytorch(params: Params, batch: Batch, h_0: np.ndarray) -> Verdict:
    """Loss and gradients of a tanh network by autograd, one time step and one equation after the other."""
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle")
    torch.set_num_threads(1)
    W = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
    weights, targets = torch.tensor(batch.weights), torch.tensor(batch.targets)
    inputs = torch.tensor(batch.inputs)
    if batch.inputs.ndim == 2:
        inputs = torch.nn.functional.one_hot(inputs.long(), len(params["W_xh"])).to(W["W_xh"].dtype)
    h = [torch.tensor(h_0, requires_grad=True)]
    detached, losses = [], []
    for t in range(len(batch.inputs)):
        h.append(torch.tanh(inputs[t] @ W["W_xh"] + h[-1] @ W["W_hh"] + W["b_h"]))
        h[-1].retain_grad()
        detached.append(h[-1].detach().clone().requires_grad_())
        losses.append(
            [_loss(torch, state @ W["W_hy"] + W["b_y"], targets[t], weights[t]) for state in (h[-1], detached[-1])]
        )
    loss = torch.stack([through_time for through_time, _ in losses]).sum()
    loss.backward()
    gradients = {name: weight.grad.numpy().copy() for name, weight in W.items()}
    direct = torch.autograd.grad(torch.stack([alone for _, alone in losses]).sum(), detached)
    return Verdict(
        loss=loss.item(),
        h=np.stack([state.detach().numpy() for state in h]),
        params=gradients,
        dh=np.stack([state.grad.numpy() for state in h]),
        dh_direct=np.stack([gradient.numpy() for gradient in direct]),
    )


def _loss(torch: Any, logits: Any, targets: Any, weights: Any) -> Any:
    return (weights * torch.nn.functional.cross_entropy(logits, targets, reduction="none")).sum()


def central_differences(loss: Callable[[], float], array: np.ndarray, width: float = 5e-4) -> np.ndarray:
    """∂loss/∂array, an entry at a time: (8 (L(x+w) - L(x-w)) - (L(x+2w) - L(x-2w))) / 12w.

    What this cuts off (w⁴/30 times the fifth derivative) and what the rounding of the loss leaves (1e-16 / w) are both
    about 1e-12 for a loss and derivatives of order 1 to 100.
    """
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        at = []
        for nudge in (-2, -1, 1, 2):
            array[index] = kept + nudge * width
            at.append(loss())
        array[index] = kept
        gradient[index] = (8 * (at[2] - at[1]) - (at[3] - at[0])) / (12 * width)
    return gradient
