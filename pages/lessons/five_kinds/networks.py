"""The networks of the page: trained in the page's processes, kept, and let read and write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pages.components.jobs.waiting import trained
from rnn_core.batches import batch_of_update
from rnn_core.bptt import Pass, loss_and_gradients
from rnn_core.cells import cell_of
from rnn_core.config import Config
from rnn_core.experiments.kinds import KINDS, GradientFlow, Kind, gradient_flow
from rnn_core.losses import Loss, softmax
from rnn_core.models.decoding import greedy
from rnn_core.tasks import TASKS
from rnn_core.tasks.encoder_decoder import Pairs, Symbols, as_batch
from rnn_core.types import Batch, Floats, Params, Record


class Network(NamedTuple):
    """A trained network of one kind.

    Attributes
    ----------
    name, kind : of `KINDS`
    record : its run
    params : the weights at the end
    gradient_flow : which way its gradient went in training
    """

    name: str
    kind: Kind
    record: Record
    params: Params
    gradient_flow: GradientFlow

    def read(self, batch: Batch) -> Pass:
        """Let it read a batch, and send the loss back."""
        return loss_and_gradients(self.params, batch, cell_of(self.record.config), loss=self.loss)

    @property
    def loss(self) -> Loss:
        """What is asked of its outputs."""
        return TASKS[self.record.config.task].loss


def network_of(name: str, seed: int) -> Network:
    """The network of a kind, trained now if it is not kept."""
    config = KINDS[name].config.replace(seed=seed)
    (record,) = trained(config)
    params = {key: W[-1] for key, W in record.probe_params.items()}
    return Network(name, KINDS[name], record, params, gradient_flow(record, batch_of_update(config, 0)))


class Written(NamedTuple):
    """What a network wrote.

    Attributes
    ----------
    classes : K symbols, up to END or to where it was cut
    p : (K, O) probabilities of all symbols
    """

    classes: tuple[int, ...]
    p: Floats

    @property
    def sure(self) -> Floats:
        """(K,) probability of each symbol that was written."""
        return self.p[np.arange(len(self.classes)), list(self.classes)]


def write(config: Config, params: Params, symbols: Symbols, read: Sequence[int], most: int) -> Written:
    """Let a network read token ids and write at most so many symbols, END among them."""
    batch = batch_of(symbols, read, [symbols.end] * most, config)
    p = softmax(greedy(params, cell_of(config), symbols, batch.inputs)[len(read) :, 0])
    said = p.argmax(axis=1).tolist()
    K = said.index(symbols.end) + 1 if symbols.end in said else most
    return Written(tuple(said[:K]), p[:K])


def batch_of(symbols: Symbols, read: Sequence[int], written: Sequence[int], config: Config) -> Batch:
    """One sequence: token ids to read, and classes to write."""
    pairs = Pairs(np.array([read]).T, np.array([len(read)]), np.array([written]).T)
    return as_batch(symbols, pairs, len(read) + len(written), config.dtype)


def text_of(symbols: Symbols, classes: Sequence[int]) -> str:
    """What was written, without its END."""
    return "".join(symbols.written[k] for k in classes if k != symbols.end)
