"""Saliency: what a change of each input word is worth to the loss.

Source: Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", ICLR workshop 2014; for words of a
sentence: Li, Chen, Hovy and Jurafsky, "Visualizing and understanding neural models in NLP", NAACL 2016.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.numerics.blas import one_blas_thread
from rnn_core.numerics.norms import row_norms
from rnn_core.types import Batch, Floats, Gradients, Params


class Saliency(NamedTuple):
    """The gradient of the loss with respect to the inputs, word by word.

    Attributes
    ----------
    norm : (T, B) ‖∂L/∂x_t‖ over the D entries of each sequence's x_t
    times_input : (T, B) ∂L/∂x_t · x_t, signed. For a one-hot word, its own entry of ∂L/∂x_t: by how much the loss would
        fall, to first order, were this word's input taken away
    """

    norm: Floats
    times_input: Floats


@one_blas_thread()
@np.errstate(over="ignore", under="ignore", invalid="ignore")
def input_gradients(params: Params, gradients: Gradients) -> Floats:
    """∂L/∂x_t = ∂L/∂a_t W_xhᵀ for t = 1 ... T: (T, B, D); token ids count as one-hot x_t."""
    da = gradients.da
    dx: Floats = (da.reshape(-1, da.shape[-1]) @ params["W_xh"].T).reshape(*da.shape[:2], -1)
    return dx


@np.errstate(over="ignore", under="ignore", invalid="ignore")
def saliency(params: Params, batch: Batch, gradients: Gradients) -> Saliency:
    """Norm and gradient · input of ∂L/∂x_t, from the backward pass of any loss of the batch.

    A loss that is a mean over B sequences makes each of them 1/B as salient.
    """
    dx = input_gradients(params, gradients)
    T, B, D = dx.shape
    if batch.inputs.ndim == 2:
        times_input = np.take_along_axis(dx, batch.inputs[:, :, None].astype(np.intp), axis=2)[:, :, 0]
    else:
        times_input = (dx * batch.inputs).sum(axis=2)
    return Saliency(row_norms(dx.reshape(T * B, D)).reshape(T, B), times_input)
