"""Gradient clipping: pure functions of the gradient that report what they did.

A threshold that is not reached changes no bit. The formulas are the published ones, with nothing added: PyTorch's
`clip_grad_norm_` multiplies by threshold / (norm + 1e-6); here, as in Pascanu et al. (2013), the clipped norm is the
threshold.

Nothing is zeroed in silence:

- Where the norm of finite entries overflows, the entries are divided by the largest of them first, and what is clipped
  keeps its direction.
- An entry that is not finite has no length to be shortened to: every clip leaves such a gradient as it is, and the run
  ends there and reports it. So it does with the clip "flow" where ∂L/∂h_t overflows without clipping.

What others do with a norm that is not finite, clipping by global norm:

- PyTorch 2.13, `torch.nn.utils.clip_grad_norm_`, with its default error_if_nonfinite=False: where the norm is infinite
  the factor is 0, so finite entries become 0 and infinite ones NaN; one NaN makes all entries NaN. The norm is taken in
  the gradients' own precision: entries of 10²⁰ in float32 are enough. A test runs it.
- TensorFlow, `tf.clip_by_global_norm`: all entries become NaN, as a sign of the error (documentation of 2.x; since pull
  request 27733 of 2019; before 2018 zeros, issue 21363).
- optax, `clip_by_global_norm`: g / norm · threshold wherever not norm < threshold, with the root of the sum of squares
  as norm. So as in PyTorch: 0 for finite entries and NaN for infinite ones, or NaN for all (source code,
  optax/transforms/_clipping.py).
- The code of Pascanu et al. itself (github.com/pascanur/trainingRNNs, RNN.py): where the norm is not finite, or above
  10¹⁰, the gradient is replaced: by 0.02 W_hh for W_hh, by 0 for all other weights.
"""

from __future__ import annotations

from collections.abc import Callable

from rnn_core.types import Params

from .adaptive import clip_adaptive
from .autoclip import clip_auto
from .by_norm import clip_norm, clip_off, clip_param_norm, rescale
from .by_value import clip_value
from .measures import NO_NORMS, ClipOptions, Clipped, all_finite, angle, clipped_to

__all__ = ["CLIPS", "NO_NORMS", "ClipOptions", "Clipped", "all_finite", "angle", "clipped_to", "rescale"]

CLIPS: dict[str, Callable[[Params, ClipOptions], Clipped]] = {
    "off": clip_off,
    "norm": clip_norm,
    "param_norm": clip_param_norm,
    "value": clip_value,
    "adaptive": clip_adaptive,
    "autoclip": clip_auto,
}
"""Clips by their name in `Config.clip`. The clip "flow" is no function of the gradient: see `bptt.backward`."""
