"""How well the words are tagged whose tag depends on what stood before: a trained network beside tables."""

from __future__ import annotations

from .batches import EVALUATION, random_stream
from .blas import one_blas_thread
from .bptt import forward
from .cells import cell_of
from .config import Config
from .tasks import TASKS, tagging
from .types import Params

NETWORK = "the network"


@one_blas_thread()
def on_ambiguous_words(config: Config, params: Params) -> dict[str, float]:
    """Share of the ambiguous words of the held-out sentences with the right tag: the network's, and each table's."""
    held_out = TASKS["tagging"].slices(config, random_stream(config, EVALUATION), TASKS["tagging"].held_out)
    batch = held_out[tagging.FRESH].batch
    asked = tagging.AMBIGUOUS[batch.inputs]
    said = {NETWORK: forward(params, batch, cell_of(config)).logits.argmax(axis=-1), **tagging.looked_up(batch.inputs)}
    return {name: float((tags == batch.targets)[asked].mean()) for name, tags in said.items()}
