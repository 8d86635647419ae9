"""A bag of words: the same network and the same sentences, but all words are read at once, and their order is lost.

x = how often each word occurs. With one time step what remains of the network is one hidden layer: it can learn that a
negator turns an adjective around, but not which of two adjectives is meant.
"""

from __future__ import annotations

import numpy as np

from rnn_core.batches import EVALUATION, batch_of_update, random_stream
from rnn_core.config import Config
from rnn_core.evaluation import accuracy_on
from rnn_core.tasks import TASKS
from rnn_core.training import starting_state, training_update
from rnn_core.types import Batch, Params


def bag_of(batch: Batch, words: int, nothing: int) -> Batch:
    """Sentences (T, B) as one time step of word counts (1, B, words); the token `nothing` is not counted.

    The loss is read where it is read at the sentences' last time step.
    """
    T, N = batch.inputs.shape
    counts = np.zeros((1, N, words), batch.weights.dtype)
    np.add.at(counts[0], (np.broadcast_to(np.arange(N), (T, N)), batch.inputs), 1)
    counts[..., nothing] = 0
    return Batch(counts, batch.targets[-1:], batch.weights[-1:])


def train_bag(config: Config, nothing: int) -> Params:
    """The weights after as many updates of the same kind, on the same sentences, as the run of this config."""
    words, state = TASKS[config.task].inputs, starting_state(config)
    for update in range(config.updates):
        state = training_update(config, state, bag_of(batch_of_update(config, update), words, nothing), update).state
    return state.params


def bag_accuracy(config: Config, nothing: int) -> dict[str, float]:
    """Share of right answers of a bag of words, by held-out slice: those that the run itself is evaluated on."""
    task, params = TASKS[config.task], train_bag(config, nothing)
    slices = task.slices(config, random_stream(config, EVALUATION), task.held_out)
    return {
        name: accuracy_on(config, params, bag_of(found.batch, task.inputs, nothing)) for name, found in slices.items()
    }
