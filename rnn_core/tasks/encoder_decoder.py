"""Read symbols, then write others: the frame of every task whose output is a sequence of another length.

One network does both. It reads the input symbols, then GO, then what it is to write, each symbol one time step after it
was asked for; at GO it is asked for the first, and after the last for END:

    time step   1    2    3    4    5    6
    input       7    4    GO   4'   7'   END'
    asked for   .    .    4    7    END  .

Input symbols and written ones have token ids of their own, so embeddings (rows of W_xh) of their own; W_hh is shared.
All that the decoder knows of the input is the one state h_t that follows its last symbol. In training the written
symbols are the right ones whatever the network would have written (teacher forcing, after Williams and Zipser, "A
learning algorithm for continually running fully recurrent neural networks", Neural Computation 1 (1989)); in use they
are its own, see `rnn_core.models.decoding`. After END come further ENDs, without a loss, up to the length of the
longest.

Source: Sutskever, Vinyals and Le, "Sequence to sequence learning with neural networks", NIPS 2014, and Cho et al.,
"Learning phrase representations using RNN encoder-decoder for statistical machine translation", EMNLP 2014, both with
two networks in place of the one here.

The loss is the mean over all symbols to write, in nats per symbol. An answer is right if all of it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_core.losses import Loss, softmax_cross_entropy
from rnn_core.types import Batch, EvaluationSet, Floats, Ints, Values

from .next_word import unigram_loss

FRESH = "fresh sequences"
ONE_ANSWER = "one answer"
UNIGRAM = "unigram"


class Symbols(NamedTuple):
    """What is read and what is written.

    Attributes
    ----------
    read : input symbols by token id
    written : output symbols by class; the last is END
    """

    read: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def go(self) -> int:
        """Token id of GO."""
        return len(self.read)

    @property
    def end(self) -> int:
        """Class of END."""
        return len(self.written) - 1

    def fed(self, written: Ints) -> Ints:
        """Token ids of symbols that were written, given by class."""
        return self.go + 1 + written

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token by its id; a written symbol has a prime."""
        return (*self.read, "GO", *(f"{symbol}′" for symbol in self.written))


class Pairs(NamedTuple):
    """N inputs with what is to be written for each.

    Attributes
    ----------
    read : (longest, N) token ids; from `lengths` on, anything
    lengths : (N,)
    written : (most, N) classes; END ends each, and fills the rest
    """

    read: Ints
    lengths: Ints
    written: Ints


def as_batch(symbols: Symbols, pairs: Pairs, T: int, dtype: str) -> Batch:
    """N pairs as a batch of T time steps, teacher-forced, with the mean over all symbols to write as the loss."""
    t = np.arange(T)[:, None]
    place = t - pairs.lengths  # (T, N): 0 where GO is read, and the first symbol asked for
    n = np.arange(len(pairs.lengths))
    targets = pairs.written[np.clip(place, 0, len(pairs.written) - 1), n]
    fed = symbols.fed(np.concatenate([targets[:1], targets[:-1]]))
    read = pairs.read[np.minimum(t, len(pairs.read) - 1), n]
    inputs = np.where(place < 0, read, np.where(place == 0, symbols.go, fed))
    asked = (place >= 0) & (place <= (pairs.written == symbols.end).argmax(axis=0))
    return Batch(inputs, targets, (asked / asked.sum()).astype(dtype))


def whole_answers(logits: Floats, targets: Values, weights: Floats) -> float:
    """Share of sequences in which every symbol asked for has the largest logit; logits (R, B, O).

    Whether the right symbols are fed or the network's own makes no difference to it: up to the first mistake they are
    the same. Where a logit is not a number, the answer is wrong.
    """
    right = (logits.argmax(axis=-1) == targets) & ~np.isnan(logits).any(axis=-1)
    return float((right | (weights == 0)).all(axis=0).mean())


LOSS = Loss(softmax_cross_entropy, whole_answers)


def as_slice(symbols: Symbols, pairs: Pairs, T: int, dtype: str) -> EvaluationSet:
    """The same as held-out data; the baselines always write what is commonest, as a whole and symbol by symbol."""
    batch = as_batch(symbols, pairs, T, dtype)
    commonest = np.unique(pairs.written, axis=1, return_counts=True)[1].max()
    one_answer = float(commonest) / len(pairs.lengths)
    return EvaluationSet(batch, {ONE_ANSWER: one_answer}, {UNIGRAM: unigram_loss(batch.targets[batch.weights > 0])})
