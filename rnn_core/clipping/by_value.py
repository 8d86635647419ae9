"""The clip that cuts entries."""

from __future__ import annotations

import numpy as np

from rnn_core.numerics.norms import global_norm
from rnn_core.types import Params

from .measures import ClipOptions, Clipped, all_finite, clipped_to, unclipped


def clip_value(gradients: Params, options: ClipOptions) -> Clipped:
    """g_i ← max(-threshold, min(threshold, g_i)), each entry for itself; this can turn the gradient's direction.

    Source: Mikolov, "Statistical language models based on neural networks", PhD thesis, Brno 2012.
    """
    threshold, norm = options.threshold, global_norm(gradients.values())
    if not all_finite(gradients.values(), norm) or all(np.abs(g).max() <= threshold for g in gradients.values()):
        return unclipped(gradients, norm, options)
    clipped = {name: np.clip(g, -threshold, threshold) for name, g in gradients.items()}
    return clipped_to(clipped, gradients, options.norms)
