"""One update from gradients, for networks that the recurrent training loop does not know."""

from __future__ import annotations

from .clipping import CLIPS, ClipOptions
from .config import Config
from .optimizers import OPTIMIZERS, Rates
from .types import Params, State


def updated(config: Config, state: State, gradients: Params, update: int) -> State:
    """The state after the run's clipping and optimiser, as `training.training_update` makes for a recurrent network."""
    limits = ClipOptions(config.clip_threshold, state.params, state.norms, config.clip_percentile)
    clipped = CLIPS[config.clip](gradients, limits)
    rates = Rates(config.learning_rate, config.momentum, config.decay, update)
    params, moments = OPTIMIZERS[config.optimizer].update(state.params, clipped.gradients, state.moments, rates)
    return State(params, moments, clipped.norms)
